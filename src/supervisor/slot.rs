//! One bot's place in the supervisor: its definition, its running tree, its failures.

use super::diff;
use super::status::{BotStatus, State};
use crate::app::App;
use crate::bot::{self, Backoff, BotError, BotEvent, Hold};
use crate::config::BotConfig;
use crate::domain::slug::Slug;
use crate::domain::token::bot_id;
use crate::fleet::Order;
use crate::health::Health;
use crate::lifecycle::{Lifecycle, Running};
use crate::watchdog::watched;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// After so long without a failure earlier ones are forgotten.
const HEALTHY: chrono::TimeDelta = chrono::TimeDelta::seconds(60);

/// What a start needs of the supervisor.
pub struct Spawner<'a> {
    /// The farm.
    pub app: &'a App,
    /// Where the bot reports.
    pub events: &'a mpsc::UnboundedSender<(Slug, BotEvent)>,
    /// Bounds how many connect at once.
    pub starting: &'a Arc<Semaphore>,
}

/// What follows when the running tree has ended.
#[derive(Debug)]
enum Next {
    /// Start again with the definition of the slot.
    Again,
    /// Nothing: the file is gone.
    Removed,
}

/// One bot's place.
pub struct Slot {
    /// Where it stands.
    pub state: State,
    /// When it is tried again.
    pub retry_at: Option<Instant>,
    order: Order,
    change: &'static str,
    /// What users meet.
    in_force: Arc<BotConfig>,
    live: Option<watch::Sender<Arc<BotConfig>>>,
    stop: Lifecycle,
    next: Option<Next>,
    backoff: Backoff,
    since: Option<DateTime<Utc>>,
    reason: Option<String>,
    /// The account at Telegram that it runs with.
    account: Option<i64>,
    health: Health,
}

/// What a change has done that is not in force yet.
const BEING_APPLIED: &str = "being applied";

impl Slot {
    /// A place for a bot that has not been started.
    pub fn new(order: Order) -> Self {
        Self {
            state: State::Starting,
            retry_at: None,
            change: "started",
            in_force: Arc::clone(&order.config),
            live: None,
            stop: Lifecycle::default(),
            next: None,
            backoff: Backoff::new(FIRST_PAUSE, LONGEST_PAUSE),
            since: None,
            reason: None,
            account: None,
            health: Health::of(order.config.slug.as_str()),
            order,
        }
    }

    /// As it runs, or will.
    pub fn running<'a>(&'a self, slug: &'a Slug) -> diff::Running<'a> {
        let config = (!self.is_removed()).then_some(&*self.order.config);
        diff::Running { slug, path: &self.order.path, epoch: self.order.epoch, config }
    }

    /// It runs with the account that the other one is to have.
    pub fn has_account_of(&self, other: &Self) -> bool {
        self.account.is_some() && self.account == bot_id(other.order.config.token.expose_secret())
    }

    /// Tries again after a while.
    pub fn wait(&mut self, pause: Duration) {
        self.retry_at = Some(Instant::now() + pause);
    }

    /// Its file is gone.
    pub fn is_removed(&self) -> bool {
        matches!(self.next, Some(Next::Removed))
    }

    /// Nothing of it runs.
    pub fn is_idle(&self) -> bool {
        self.live.is_none()
    }

    /// Starts its tree.
    pub fn start(&mut self, by: Spawner<'_>, tasks: &mut JoinSet<Result<(), BotError>>, running: Running) -> Id {
        let (live, config) = watch::channel(Arc::clone(&self.order.config));
        self.in_force = Arc::clone(&self.order.config);
        self.live = Some(live);
        self.account = bot_id(self.order.config.token.expose_secret());
        self.stop = Lifecycle::default();
        self.next = None;
        self.retry_at = None;
        self.state = State::Starting;
        let (app, stop, events) = (by.app.clone(), self.stop.clone(), by.events.clone());
        let (slug, starting) = (self.order.config.slug.clone(), Arc::clone(by.starting));
        let hold = Hold { epoch: self.order.epoch, lease: self.order.lease.clone(), health: self.health.clone() };
        let tree = async move {
            let _running = running;
            let turn = starting.acquire_owned().await.ok();
            let turn = std::sync::Mutex::new(turn);
            let report = move |event| {
                turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
                let _ = events.send((slug.clone(), event));
            };
            bot::run(app, hold, config, stop, report).await
        };
        tasks.spawn(watched(&self.health, "the bot", tree)).id()
    }

    /// It answers.
    pub fn up(&mut self, now: DateTime<Utc>) {
        if self.is_idle() {
            return;
        }
        self.state = State::Running;
        self.since = Some(now);
        self.reason = None;
    }

    /// Its tree has ended. True when it is to be started at once.
    pub fn ended(&mut self, result: Result<(), BotError>, refused: Duration, now: DateTime<Utc>) -> bool {
        self.live = None;
        if self.next.take().is_some() {
            return true;
        }
        let Err(error) = result else { return true };
        // Only a bot that answered for a while has recovered; one that fails at once is slowed down.
        let ran = self.since.filter(|_| self.state == State::Running).map(|at| now - at);
        if ran.is_some_and(|ran| ran > HEALTHY) {
            self.backoff.reset();
        }
        let pause = match &error {
            BotError::BadToken(_) => refused,
            BotError::Wait(wait) => *wait,
            BotError::Failed(_) => self.backoff.pause(),
        };
        self.state = State::Failed;
        self.since = Some(now);
        self.reason = Some(error.to_string());
        self.retry_at = Some(Instant::now() + pause);
        false
    }

    /// Takes a definition over without a new connection.
    pub fn apply(&mut self, order: Order) {
        match &self.live {
            Some(live) => {
                self.change = BEING_APPLIED;
                let _ = live.send(Arc::clone(&order.config));
            }
            None => self.in_force = Arc::clone(&order.config),
        }
        self.order = order;
    }

    /// Users meet this definition.
    pub fn is_in_force(&mut self, config: Arc<BotConfig>) {
        if Arc::ptr_eq(&config, &self.order.config) && self.change == BEING_APPLIED {
            self.change = "applied live";
        }
        self.in_force = config;
    }

    /// Takes a definition over that needs a new connection: the old tree ends first.
    pub fn replace(&mut self, order: Order) {
        self.change = "restarted";
        self.order = order;
        self.backoff.reset();
        self.retry_at = None;
        if !self.is_idle() {
            self.next = Some(Next::Again);
            self.state = State::Stopping;
            self.stop();
        }
    }

    /// The file is gone. True when nothing runs, so that the place can go at once.
    pub fn remove(&mut self) -> bool {
        self.next = Some(Next::Removed);
        self.retry_at = None;
        self.state = State::Stopping;
        self.stop();
        self.is_idle()
    }

    /// Ends its tree softly; a tree that hangs is cut off.
    pub fn stop(&self) {
        self.stop.soft.cancel();
        let hard = self.stop.hard.clone();
        tokio::spawn(async move {
            tokio::time::sleep(crate::lifecycle::DRAIN).await;
            hard.cancel();
        });
    }

    /// Ends its tree now: it may run elsewhere.
    pub fn cut(&self) {
        self.stop.hard.cancel();
    }

    /// What the farm tells of it.
    pub fn status(&self, slug: &Slug) -> BotStatus {
        BotStatus {
            slug: slug.to_string(),
            name: self.in_force.name.clone(),
            state: self.state,
            since: self.since,
            reason: self.reason.clone().or_else(|| self.health.summary()),
            change: self.change,
            from: self.order.path.display().to_string(),
            failures: self.backoff.failures(),
        }
    }
}

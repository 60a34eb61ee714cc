//! Runs the bots that this host is ordered to run: orders → diff → apply; failed bots are started again
//! with backoff; status goes out on a watch channel.
//!
//! The old one of a bot has ended fully before its successor starts, and before its lease is given
//! away: one session never runs twice.

pub mod diff;
pub mod slot;
pub mod status;

use crate::app::App;
use crate::bot::{BotError, BotEvent};
use crate::domain::slug::Slug;
use crate::fleet::{self, Orders, Report};
use crate::lifecycle::Lifecycle;
use crate::meter;
use crate::service::hosts::Told;
use diff::{Change, diff};
use slot::{Slot, Spawner};
use status::{FarmStatus, State};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::task::AbortOnDropHandle;

/// Bots that connect at once; the others wait their turn.
const STARTING: usize = 24;
/// How long a bot waits whose token is still in use under another name.
const TOKEN_PAUSE: Duration = Duration::from_millis(200);
/// How the bots are is looked at so often.
const HEALTH: Duration = Duration::from_secs(1);
/// A refused token is tried again this rarely: BotFather may give it back.
const REFUSED: Duration = Duration::from_secs(600);

/// The supervisor's memory.
pub struct Supervisor {
    app: App,
    lifecycle: Lifecycle,
    slots: HashMap<Slug, Slot>,
    tasks: JoinSet<Result<(), BotError>>,
    by_task: HashMap<Id, Slug>,
    status: watch::Sender<FarmStatus>,
    events: mpsc::UnboundedSender<(Slug, BotEvent)>,
    reports: mpsc::UnboundedSender<Report>,
    starting: Arc<Semaphore>,
    orders: Arc<Orders>,
}

/// Runs the farm's bots until the lifecycle ends and everything was handed over.
pub async fn run(app: App, lifecycle: Lifecycle, status: watch::Sender<FarmStatus>) {
    let (orders, mut ordered) = watch::channel(Arc::default());
    let (reports, reported) = mpsc::unbounded_channel();
    let fleet = fleet::run(app.clone(), lifecycle.clone(), orders, reported);
    let mut fleet = AbortOnDropHandle::new(tokio::spawn(fleet));
    let (events, mut heard) = mpsc::unbounded_channel();
    let mut supervisor = Supervisor {
        app,
        lifecycle,
        slots: HashMap::new(),
        tasks: JoinSet::new(),
        by_task: HashMap::new(),
        status,
        events,
        reports,
        starting: Arc::new(Semaphore::new(STARTING)),
        orders: Arc::default(),
    };
    let mut looks = tokio::time::interval(HEALTH);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let retry = supervisor.next_retry();
        tokio::select! {
            _ = &mut fleet => break,
            () = supervisor.lifecycle.hard.cancelled() => break,
            Ok(()) = ordered.changed() => {
                let orders = ordered.borrow_and_update().clone();
                supervisor.follow(orders);
            }
            Some((slug, event)) = heard.recv() => supervisor.hear(&slug, event),
            Some(ended) = supervisor.tasks.join_next_with_id() => supervisor.ended(ended),
            () = tokio::time::sleep_until(retry) => supervisor.start_due(),
            // What ails a bot is told with the next look.
            _ = looks.tick() => {}
        }
        supervisor.publish();
    }
    supervisor.stop_all().await;
}

impl Supervisor {
    /// Brings the bots to what is ordered.
    fn follow(&mut self, orders: Arc<Orders>) {
        self.orders = orders;
        let running = self.slots.iter().map(|(slug, slot)| slot.running(slug));
        let changes = diff(running, &self.orders.bots);
        changes.into_iter().for_each(|change| self.apply(change));
        if self.orders.cut {
            self.slots.values().filter(|slot| slot.is_removed()).for_each(Slot::cut);
        }
        for (slug, epoch) in self.orders.releasing.iter().filter(|(slug, _)| !self.slots.contains_key(*slug)) {
            let _ = self.reports.send(Report::Gone(slug.clone(), *epoch));
        }
    }

    fn apply(&mut self, change: Change) {
        tracing::info!(%change, "the bots of this host change");
        match change {
            Change::Start(order) => {
                let slug = order.config.slug.clone();
                match self.slots.get_mut(&slug) {
                    Some(stopping) => stopping.replace(order),
                    None => {
                        self.slots.insert(slug.clone(), Slot::new(order));
                        self.start(&slug);
                    }
                }
            }
            Change::Apply(order) => {
                if let Some(slot) = self.slots.get_mut(&order.config.slug) {
                    slot.apply(order);
                }
            }
            Change::Restart(order) => {
                let slug = order.config.slug.clone();
                if let Some(slot) = self.slots.get_mut(&slug) {
                    slot.replace(order);
                }
                self.start_if_idle(&slug);
            }
            Change::Stop(slug) => {
                if self.slots.get_mut(&slug).is_some_and(Slot::remove) {
                    self.let_go(&slug);
                }
            }
        }
    }

    /// Nothing of the bot runs here any more.
    fn let_go(&mut self, slug: &Slug) {
        self.slots.remove(slug);
        self.app.doors.of(slug).gate.store(None);
        meter::gone(slug.as_str());
        if let Some(epoch) = self.orders.releasing.get(slug) {
            let _ = self.reports.send(Report::Gone(slug.clone(), *epoch));
        }
    }

    fn start_if_idle(&mut self, slug: &Slug) {
        if self.slots.get(slug).is_some_and(Slot::is_idle) {
            self.start(slug);
        }
    }

    fn start(&mut self, slug: &Slug) {
        if self.is_account_in_use(slug) {
            if let Some(slot) = self.slots.get_mut(slug) {
                slot.wait(TOKEN_PAUSE);
            }
            return;
        }
        let spawner = Spawner { app: &self.app, events: &self.events, starting: &self.starting };
        if let Some(slot) = self.slots.get_mut(slug) {
            let id = slot.start(spawner, &mut self.tasks, self.lifecycle.enter(format!("bot {slug}")));
            self.by_task.insert(id, slug.clone());
        }
    }

    /// Another bot's tree with the same account still ends, after this host has lost its leases. One session
    /// never runs twice, so the newcomer waits for its end.
    fn is_account_in_use(&self, slug: &Slug) -> bool {
        let Some(slot) = self.slots.get(slug) else { return false };
        self.slots.iter().any(|(other, o)| other != slug && !o.is_idle() && o.has_account_of(slot))
    }

    fn hear(&mut self, slug: &Slug, event: BotEvent) {
        let Some(slot) = self.slots.get_mut(slug) else { return };
        match event {
            BotEvent::Up => {
                tracing::info!(bot = %slug, "the bot answers");
                slot.up(self.app.clock.now());
            }
            BotEvent::InForce(config) => slot.is_in_force(config),
        }
    }

    /// A bot's tree has ended: gone for good, replaced, or to be tried again.
    fn ended(&mut self, ended: Result<(Id, Result<(), BotError>), JoinError>) {
        let (id, result) = match ended {
            Ok((id, result)) => (id, result),
            Err(error) => (error.id(), Err(BotError::Failed(format!("the bot's task failed: {error}")))),
        };
        let Some(slug) = self.by_task.remove(&id) else { return };
        let Some(slot) = self.slots.get_mut(&slug) else { return };
        if slot.is_removed() {
            tracing::info!(bot = %slug, "the bot has stopped");
            self.let_go(&slug);
            return;
        }
        if let Err(error) = &result {
            tracing::error!(bot = %slug, %error, "the bot has failed");
        }
        let again_at_once = slot.ended(result, REFUSED, self.app.clock.now());
        if again_at_once {
            self.start(&slug);
        }
    }

    fn next_retry(&self) -> tokio::time::Instant {
        let due = self.slots.values().filter_map(|slot| slot.retry_at).min();
        due.unwrap_or_else(|| tokio::time::Instant::now() + Duration::from_secs(3600))
    }

    fn start_due(&mut self) {
        let now = tokio::time::Instant::now();
        let due = self.slots.iter().filter(|(_, slot)| slot.retry_at.is_some_and(|at| at <= now));
        let due: Vec<Slug> = due.map(|(slug, _)| slug.clone()).collect();
        due.iter().for_each(|slug| self.start(slug));
    }

    fn publish(&self) {
        let mut bots: Vec<_> = self.slots.iter().map(|(slug, slot)| slot.status(slug)).collect();
        bots.sort_by(|a, b| a.slug.cmp(&b.slug));
        let told = |bot: &status::BotStatus| Told {
            slug: bot.slug.clone(),
            state: bot.state.word(),
            since: bot.since,
            reason: bot.reason.clone(),
        };
        let is_known = self.orders.is_known;
        let next = FarmStatus { loaded: is_known, bots, faults: self.orders.faults.clone() };
        self.status.send_if_modified(|status| {
            let is_changed = *status != next;
            // Those alone that say something else: while a thousand bots start, each of them changes.
            let was = |bot: &status::BotStatus| {
                let place = status.bots.binary_search_by(|other| other.slug.cmp(&bot.slug));
                place.is_ok_and(|place| status.bots[place] == *bot)
            };
            let told: Vec<Told> = next.bots.iter().filter(|bot| !was(bot)).map(told).collect();
            if !told.is_empty() {
                let _ = self.reports.send(Report::Told(told));
            }
            *status = next;
            is_changed
        });
    }

    /// Stops every bot softly; the hard token cuts the wait short.
    async fn stop_all(&mut self) {
        for slot in self.slots.values_mut() {
            slot.stop();
            slot.state = State::Stopping;
        }
        self.publish();
        let draining = async { while self.tasks.join_next().await.is_some() {} };
        tokio::select! {
            () = draining => {}
            () = self.lifecycle.hard.cancelled() => self.tasks.shutdown().await,
        }
    }
}

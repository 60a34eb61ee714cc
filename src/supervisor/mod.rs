//! Runs every bot of the directory: nudge → load → diff → apply; failed bots are started again
//! with backoff; status goes out on a watch channel.
//!
//! The old one of a bot has ended fully before its successor starts: one session never runs twice.

pub mod diff;
pub mod slot;
pub mod status;

use crate::app::App;
use crate::bot::{BotError, BotEvent};
use crate::config::{FileFaults, Loaded, load_dir, watch};
use crate::domain::slug::Slug;
use crate::lifecycle::Lifecycle;
use diff::{Change, diff};
use slot::{Slot, Spawner};
use status::{FarmStatus, State};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{Id, JoinError, JoinSet};

/// Bots that connect at once; the others wait their turn.
const STARTING: usize = 24;
/// How long a bot waits whose token is still in use under another name.
const TOKEN_PAUSE: Duration = Duration::from_millis(200);
/// A refused token is tried again this rarely: BotFather may give it back.
const REFUSED: Duration = Duration::from_secs(600);

/// The supervisor's memory.
pub struct Supervisor {
    app: App,
    lifecycle: Lifecycle,
    slots: HashMap<Slug, Slot>,
    tasks: JoinSet<Result<(), BotError>>,
    by_task: HashMap<Id, Slug>,
    status: tokio::sync::watch::Sender<FarmStatus>,
    events: mpsc::UnboundedSender<(Slug, BotEvent)>,
    starting: Arc<Semaphore>,
    faults: Vec<FileFaults>,
    loaded: bool,
}

/// Runs the farm's bots until the lifecycle ends.
pub async fn run(app: App, lifecycle: Lifecycle, status: tokio::sync::watch::Sender<FarmStatus>) {
    let (nudge, mut nudges) = mpsc::channel(1);
    let watching = tokio::spawn(watch::watch(app.host.bots_dir.clone(), nudge));
    let (events, mut heard) = mpsc::unbounded_channel();
    let mut supervisor = Supervisor {
        app,
        lifecycle,
        slots: HashMap::new(),
        tasks: JoinSet::new(),
        by_task: HashMap::new(),
        status,
        events,
        starting: Arc::new(Semaphore::new(STARTING)),
        faults: Vec::new(),
        loaded: false,
    };
    loop {
        let retry = supervisor.next_retry();
        tokio::select! {
            () = supervisor.lifecycle.soft.cancelled() => break,
            Some(()) = nudges.recv() => supervisor.reload(),
            Some((slug, event)) = heard.recv() => supervisor.hear(&slug, &event),
            Some(ended) = supervisor.tasks.join_next_with_id() => supervisor.ended(ended),
            () = tokio::time::sleep_until(retry) => supervisor.start_due(),
        }
        supervisor.publish();
    }
    watching.abort();
    supervisor.stop_all().await;
}

impl Supervisor {
    /// Loads the directory and brings the bots to what it says.
    fn reload(&mut self) {
        self.loaded = true;
        // A file whose bot runs wins over a newcomer with the same slug or token.
        let known: Vec<_> = self.slots.values().filter(|s| s.wanted().is_some()).map(|s| s.path.clone()).collect();
        let loaded = match load_dir(&self.app.host.bots_dir, &self.app.key, &known) {
            Ok(loaded) => loaded,
            Err(fault) => {
                tracing::error!("the bots' directory cannot be read, every bot goes on as it is: {fault}");
                self.faults = vec![fault];
                return;
            }
        };
        for faults in loaded.faults.iter().filter(|f| !self.faults.contains(f)) {
            tracing::error!("a bot's file has faults, and its bot goes on as it was:\n{faults}");
        }
        let known = self.slots.iter().map(|(slug, slot)| (slug, slot.path.as_path(), slot.wanted()));
        let changes = diff(known, &loaded);
        let Loaded { faults, .. } = loaded;
        self.faults = faults;
        changes.into_iter().for_each(|change| self.apply(change));
    }

    fn apply(&mut self, change: Change) {
        tracing::info!(%change, "the directory of bots has changed");
        match change {
            Change::Start(path, config) => {
                let slug = config.slug.clone();
                match self.slots.get_mut(&slug) {
                    Some(stopping) => stopping.replace(path, config),
                    None => {
                        self.slots.insert(slug.clone(), Slot::new(path, config));
                        self.start(&slug);
                    }
                }
            }
            Change::Apply(slug, path, config) => {
                if let Some(slot) = self.slots.get_mut(&slug) {
                    slot.apply(path, config);
                }
            }
            Change::Restart(path, config) => {
                let slug = config.slug.clone();
                if let Some(slot) = self.slots.get_mut(&slug) {
                    slot.replace(path, config);
                }
                self.start_if_idle(&slug);
            }
            Change::Stop(slug) => {
                if self.slots.get_mut(&slug).is_some_and(Slot::remove) {
                    self.slots.remove(&slug);
                    self.close_door(&slug);
                }
            }
        }
    }

    fn start_if_idle(&mut self, slug: &Slug) {
        if self.slots.get(slug).is_some_and(Slot::is_idle) {
            self.start(slug);
        }
    }

    fn start(&mut self, slug: &Slug) {
        if self.is_token_in_use(slug) {
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

    /// Another bot's tree with the same token still runs: a renamed file. One session never runs
    /// twice, so the newcomer waits for its end.
    fn is_token_in_use(&self, slug: &Slug) -> bool {
        let Some(slot) = self.slots.get(slug) else { return false };
        self.slots.iter().any(|(other, o)| other != slug && !o.is_idle() && o.has_token_of(slot))
    }

    fn hear(&mut self, slug: &Slug, event: &BotEvent) {
        let BotEvent::Up = event;
        tracing::info!(bot = %slug, "the bot answers");
        if let Some(slot) = self.slots.get_mut(slug) {
            slot.up(self.app.clock.now());
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
            self.slots.remove(&slug);
            self.close_door(&slug);
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

    fn close_door(&self, slug: &Slug) {
        self.app.doors.of(slug).gate.store(None);
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
        let mut roster: Vec<_> = self.slots.values().filter_map(Slot::listed).collect();
        roster.sort_by(|a, b| a.slug.cmp(&b.slug));
        if **self.app.roster.load() != roster {
            self.app.roster.store(Arc::new(roster));
        }
        let faults = self.faults.iter().map(ToString::to_string).collect();
        self.status.send_if_modified(|status| {
            let next = FarmStatus { loaded: self.loaded, bots, faults };
            let changed = *status != next;
            *status = next;
            changed
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

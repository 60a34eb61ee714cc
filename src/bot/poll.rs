//! Reads the polled providers: fast while a rental waits for one, slowly otherwise.

use super::{Backoff, BotShared};
use crate::domain::message::cut;
use crate::health::Trouble;
use crate::inbound::{self, Way};
use crate::meter;
use crate::provider::poll::{self, PollError, Position};
use crate::service::alerts::{self, Alert, Lasting};
use crate::service::{ServiceError, inbox, providers};
use crate::sources::Source;
use crate::ui::outside::Circuit;
use crate::watchdog::watched;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A provider that nothing waits for is read this many times more slowly, and at least this often.
const IDLE_FACTOR: u32 = 12;
const IDLE: Duration = Duration::from_secs(60);
/// A failing provider is tried again after at most this time.
const LONGEST: Duration = Duration::from_secs(60);

/// After so many failures in a row the owner is told: one alone is no outage.
const ALERT_AFTER: u32 = 3;
/// The reason in that alert is at most so long, in UTF-16 units.
const LONGEST_REASON: usize = 200;

/// A provider that goes on well is noted so often.
const NOTED: Duration = Duration::from_secs(60);

/// Runs a monitor for each polled provider, anew after each change of them.
pub async fn run(shared: Arc<BotShared>, stop: CancellationToken) {
    let mut sources = shared.sources.subscribe();
    loop {
        let current = sources.borrow_and_update().clone();
        let mut monitors = JoinSet::new();
        for source in current.iter().filter(|s| s.config.poll.is_some()) {
            monitors.spawn(watched(&shared.health, "a monitor", monitor(Arc::clone(&shared), source.clone())));
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = sources.changed() => if changed.is_err() { return },
            Some(ended) = monitors.join_next() => {
                // Monitors do not end by themselves: a panic ends the bot's tree, which comes back.
                if let Err(error) = ended
                    && let Ok(panic) = error.try_into_panic()
                {
                    std::panic::resume_unwind(panic);
                }
            }
        }
        monitors.shutdown().await;
    }
}

async fn monitor(shared: Arc<BotShared>, source: Source) {
    let Some(poll) = source.config.poll.clone() else { return };
    let interval = Duration::from_secs(poll.interval_sec.into());
    let mut backoff = Backoff::new(interval, LONGEST);
    let mut rentals = shared.door.wakes.rentals.subscribe();
    let mut history = History::default();
    let mut position: Option<Position> = None;
    loop {
        let answered = read(&shared, &source, &mut position).await;
        meter::poll(shared.tenant.slug().as_str(), &source.config.name, answered.is_ok());
        let (pause, may_be_woken) = match answered {
            Ok(awaited) => {
                history.went_well(&shared, &source).await;
                backoff.reset();
                (if awaited { interval } else { (interval * IDLE_FACTOR).min(IDLE.max(interval)) }, true)
            }
            Err(Failure { why, retry_after }) => {
                history.failed(&shared, &source, &why).await;
                let pause = backoff.pause().max(retry_after.unwrap_or_default());
                // Whoever is down is not asked more often because more people wait.
                (pause, history.failures < ALERT_AFTER && retry_after.is_none())
            }
        };
        shared
            .circuits
            .note(source.id, history.circuit(shared.app.clock.now() + TimeDelta::from_std(pause).unwrap_or_default()));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // A code needs a moment to arrive; many rentals at once are one reason to read.
            _ = rentals.changed(), if may_be_woken => {
                backoff.reset();
                tokio::time::sleep(interval.min(pause)).await;
            }
        }
    }
}

/// Why a read failed.
struct Failure {
    why: String,
    retry_after: Option<Duration>,
}

impl From<PollError> for Failure {
    fn from(error: PollError) -> Self {
        Self { why: error.to_string(), retry_after: error.retry_after() }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        Self { why: error.to_string(), retry_after: None }
    }
}

/// How a provider did lately: failures in a row, whatever wakes the monitor meanwhile; what the owner
/// was told; and when it was written down.
#[derive(Default)]
struct History {
    failures: u32,
    told: Told,
    noted: Option<Instant>,
}

impl History {
    fn circuit(&self, next_try: DateTime<Utc>) -> Option<Circuit> {
        let failures = self.failures;
        (failures > 0).then_some(Circuit { is_open: failures >= ALERT_AFTER, failures, next_try })
    }

    async fn went_well(&mut self, shared: &BotShared, source: &Source) {
        let name = &source.config.name;
        if self.failures > 0 {
            tracing::info!(bot = %shared.tenant.slug(), provider = name, "the provider answers again");
        }
        // Also at the first answer of a process: the alert may be from before a restart.
        if self.told != Told::Up && tell_up(shared, name).await {
            self.told = Told::Up;
        }
        if self.failures > 0 || self.noted.is_none_or(|at| at.elapsed() > NOTED) {
            self.noted = Some(Instant::now());
            note(shared, source, None).await;
        }
        self.failures = 0;
        shared.health.clear(Trouble::Provider(source.id));
    }

    async fn failed(&mut self, shared: &BotShared, source: &Source, why: &str) {
        let name = &source.config.name;
        if self.failures == 0 {
            tracing::warn!(bot = %shared.tenant.slug(), provider = name, error = why, "the provider fails");
        }
        self.failures = self.failures.saturating_add(1);
        shared.health.note(Trouble::Provider(source.id), format!("provider {name}: {why}"), LONGEST * 3);
        if self.failures == 1 || self.noted.is_none_or(|at| at.elapsed() > NOTED) {
            self.noted = Some(Instant::now());
            note(shared, source, Some(why)).await;
        }
        if self.failures >= ALERT_AFTER && self.told != Told::Down && tell_down(shared, name, why).await {
            self.told = Told::Down;
        }
    }
}

/// What the owner was told last.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Nothing,
    Up,
    Down,
}

/// Tells the owner once that a provider is down. False when that failed.
async fn tell_down(shared: &BotShared, name: &str, reason: &str) -> bool {
    let alert = Alert::ProviderDown { provider: name.to_owned(), reason: cut(reason, LONGEST_REASON).to_owned() };
    let (live, now) = (shared.live.load_full(), shared.app.clock.now());
    let told = alerts::begin(&shared.tenant, &live.brand.policy, lasting(name), &alert, now).await;
    if let Err(error) = &told {
        tracing::warn!(bot = %shared.tenant.slug(), provider = name, %error, "the owner could not be told");
    }
    shared.door.wakes.outbox.notify_one();
    told.is_ok()
}

/// Tells the owner that it is back, if they were told that it was down. False when that failed.
async fn tell_up(shared: &BotShared, name: &str) -> bool {
    let alert = Alert::ProviderUp { provider: name.to_owned() };
    let (live, now) = (shared.live.load_full(), shared.app.clock.now());
    let told = alerts::end(&shared.tenant, &live.brand.policy, lasting(name), Some(&alert), now).await;
    shared.door.wakes.outbox.notify_one();
    told.is_ok()
}

fn lasting(name: &str) -> Lasting<'_> {
    Lasting { kind: "provider", subject: name }
}

/// Writes down how a provider does, for the panel.
async fn note(shared: &BotShared, source: &Source, failure: Option<&str>) {
    let now = shared.app.clock.now();
    let noted = match failure {
        None => providers::note_answer(&shared.tenant, source.id, now).await,
        Some(why) => providers::note_failure(&shared.tenant, source.id, cut(why, LONGEST_REASON), now).await,
    };
    if let Err(error) = noted {
        tracing::debug!(bot = %shared.tenant.slug(), provider = source.config.name, %error, "not noted");
    }
}

/// Reads the provider once; tells whether a rental waits for it.
async fn read(shared: &BotShared, source: &Source, known: &mut Option<Position>) -> Result<bool, Failure> {
    let Some(polled) = source.polled() else { return Ok(false) };
    let Some(gate) = shared.door.gate.load_full() else { return Ok(false) };
    let Some(provider) = gate.providers.get(&source.config.name) else { return Ok(false) };
    let from = match known.take() {
        Some(position) => position,
        None => {
            let (cursor, until) = providers::position(&shared.tenant, source.id).await?;
            Position { cursor, until, ..Position::default() }
        }
    };
    let now = shared.app.clock.now();
    let read = match poll::read(&shared.app.fetcher, &polled, &from, now).await {
        Ok(read) => read,
        Err(error) => {
            *known = Some(from.after(&error));
            return Err(error.into());
        }
    };
    // A failure from here on forgets the position in memory: what was not stored is read again.
    let taken = inbound::take(&gate, provider, &shared.door.wakes, read.items, Way::Read, now).await?;
    let mut next = read.position;
    if next.resumed && read.is_newest_first && taken.new == 0 {
        // Everything from here on is known: a source without a window shows all it ever had.
        next.resume = None;
    }
    if (&next.cursor, next.until) != (&from.cursor, from.until) {
        providers::set_position(&shared.tenant, source.id, next.cursor.as_deref(), next.until).await?;
    }
    *known = Some(next);
    Ok(inbox::is_awaited(&shared.tenant, provider.id).await?)
}

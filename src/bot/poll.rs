//! Reads the polled providers: fast while a rental waits for one, slowly otherwise.

use super::sources::Source;
use super::{Backoff, BotShared};
use crate::config::catalog::PollConfig;
use crate::domain::message::cut;
use crate::inbound;
use crate::provider::generic;
use crate::service::alerts::{self, Alert, Lasting};
use crate::service::{inbox, providers};
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
            monitors.spawn(monitor(Arc::clone(&shared), source.clone()));
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
    let name = source.config.name.clone();
    let interval = Duration::from_secs(poll.interval_sec.into());
    let mut backoff = Backoff::new(interval, LONGEST);
    let mut rentals = shared.door.wakes.rentals.subscribe();
    // Failures in a row, whatever wakes the monitor meanwhile; and what the owner was told.
    let (mut failures, mut told) = (0_u32, Told::Nothing);
    let mut noted: Option<Instant> = None;
    loop {
        let pause = match read(&shared, &source, &poll).await {
            Ok(awaited) => {
                if failures > 0 {
                    tracing::info!(bot = %shared.tenant.slug(), provider = name, "the provider answers again");
                }
                // Also at the first answer of a process: the alert may be from before a restart.
                if told != Told::Up && tell_up(&shared, &name).await {
                    told = Told::Up;
                }
                if failures > 0 || noted.is_none_or(|at| at.elapsed() > NOTED) {
                    noted = Some(Instant::now());
                    note(&shared, &source, None).await;
                }
                failures = 0;
                backoff.reset();
                if awaited { interval } else { (interval * IDLE_FACTOR).min(IDLE.max(interval)) }
            }
            Err(error) => {
                if failures == 0 {
                    tracing::warn!(bot = %shared.tenant.slug(), provider = name, %error, "the provider fails");
                }
                failures = failures.saturating_add(1);
                if failures == 1 || noted.is_none_or(|at| at.elapsed() > NOTED) {
                    noted = Some(Instant::now());
                    note(&shared, &source, Some(&error)).await;
                }
                if failures >= ALERT_AFTER && told != Told::Down && tell_down(&shared, &name, &error).await {
                    told = Told::Down;
                }
                backoff.pause()
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            // A code needs a moment to arrive; many rentals at once are one reason to read.
            _ = rentals.changed() => {
                backoff.reset();
                tokio::time::sleep(interval.min(pause)).await;
            }
        }
    }
}

/// What the owner was told last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
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
async fn read(shared: &BotShared, source: &Source, poll: &PollConfig) -> Result<bool, String> {
    let key = poll.api_key.as_ref();
    let body = shared.app.fetcher.get(&poll.url, key, source.reach).await.map_err(|e| e.to_string())?;
    let items = generic::parse(&body).map_err(|e| e.to_string())?;
    let Some(gate) = shared.door.gate.load_full() else { return Ok(false) };
    let Some(provider) = gate.providers.get(&source.config.name) else { return Ok(false) };
    let now = shared.app.clock.now();
    inbound::take(&gate, provider, &shared.door.wakes, items, now).await.map_err(|e| e.to_string())?;
    inbox::is_awaited(&shared.tenant, provider.id).await.map_err(|e| e.to_string())
}

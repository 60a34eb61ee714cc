//! What ails a bot that runs: noted where it is met, shown in `status` and `/status` with its reason.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A kind of trouble; of each kind the newest reason is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// A handler panicked.
    Handler,
    /// Something uses a processor without a pause.
    Processor,
    /// The database refuses or is too slow.
    Database,
    /// A new definition cannot be put in force.
    Definition,
    /// Telegram asks to wait.
    Telegram,
    /// Messages wait for too long.
    Outbox,
    /// A provider does not answer; which one, by its row.
    Provider(i64),
}

/// A bot's health; clones are one.
#[derive(Clone, Default)]
pub struct Health(Arc<Inner>);

#[derive(Default)]
struct Inner {
    /// The bot's short name, for the log.
    bot: String,
    troubles: Mutex<BTreeMap<Trouble, (String, Instant)>>,
    stalled: watch::Sender<bool>,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Health({:?})", self.summary())
    }
}

impl Health {
    /// The health of a bot.
    pub fn of(bot: &str) -> Self {
        Self(Arc::new(Inner { bot: bot.to_owned(), ..Inner::default() }))
    }

    fn troubles(&self) -> MutexGuard<'_, BTreeMap<Trouble, (String, Instant)>> {
        self.0.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a trouble; it is told for so long, unless it is noted again or cleared. Its beginning is logged.
    pub fn note(&self, trouble: Trouble, reason: impl Into<String>, lasts: Duration) {
        let (reason, now) = (reason.into(), Instant::now());
        let before = self.troubles().insert(trouble, (reason.clone(), now + lasts));
        if before.is_none_or(|(_, until)| until <= now) {
            tracing::warn!(bot = %self.0.bot, reason, "something ails the bot");
        }
    }

    /// The trouble is over.
    pub fn clear(&self, trouble: Trouble) {
        self.troubles().remove(&trouble);
    }

    /// Every reason that is told now.
    pub fn summary(&self) -> Option<String> {
        let mut troubles = self.troubles();
        let now = Instant::now();
        troubles.retain(|_, (_, until)| *until > now);
        let reasons: Vec<&str> = troubles.values().map(|(reason, _)| reason.as_str()).collect();
        (!reasons.is_empty()).then(|| reasons.join("; "))
    }

    /// Says whether something of the bot uses a processor without a pause.
    pub fn stall(&self, is_stalled: bool) {
        self.0.stalled.send_replace(is_stalled);
    }

    /// Waits until nothing does: a second handler would take a second processor.
    pub async fn not_stalled(&self) {
        let _ = self.0.stalled.subscribe().wait_for(|is_stalled| !is_stalled).await;
    }
}

/// Steps of times, longest first, in seconds.
const STEPS: [(u64, &str); 5] =
    [(86_400, "a day"), (3600, "an hour"), (600, "ten minutes"), (60, "a minute"), (10, "10 s")];

/// What a time exceeds, in words. A reason that counted seconds would be told to every host each second.
pub fn exceeded(time: Duration) -> &'static str {
    STEPS.iter().find(|(step, _)| time.as_secs() >= *step).map_or("a second", |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: F3
    #[test]
    fn reasons_are_told_until_their_time_is_over_or_they_are_cleared() {
        let health = Health::default();
        assert_eq!(health.summary(), None);
        health.note(Trouble::Provider(1), "sms1 does not answer", Duration::from_secs(60));
        health.note(Trouble::Database, "too slow", Duration::from_secs(60));
        assert_eq!(health.summary().as_deref(), Some("too slow; sms1 does not answer"));
        health.clear(Trouble::Provider(1));
        health.note(Trouble::Database, "slow no more", Duration::ZERO);
        assert_eq!(health.summary(), None);
    }

    #[test]
    fn times_are_told_in_steps() {
        let told = [1, 9, 10, 59, 60, 3600, 200_000].map(|secs| exceeded(Duration::from_secs(secs)));
        assert_eq!(told, ["a second", "a second", "10 s", "10 s", "a minute", "an hour", "a day"]);
    }
}

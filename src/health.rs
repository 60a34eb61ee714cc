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
    troubles: Mutex<BTreeMap<Trouble, (String, Instant)>>,
    stalled: watch::Sender<bool>,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Health({:?})", self.summary())
    }
}

impl Health {
    fn troubles(&self) -> MutexGuard<'_, BTreeMap<Trouble, (String, Instant)>> {
        self.0.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a trouble; it is told for so long, unless it is noted again or cleared.
    pub fn note(&self, trouble: Trouble, reason: impl Into<String>, lasts: Duration) {
        self.troubles().insert(trouble, (reason.into(), Instant::now() + lasts));
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
}

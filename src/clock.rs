//! The farm's clock. Business times come from here, so that tests can move time.
//!
//! Every other module is forbidden to read the wall clock (`clippy.toml`).

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells the time: the system's, shifted by an offset that tests move.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    shift_ms: Arc<AtomicI64>,
    correction_ms: Arc<AtomicI64>,
}

/// A smaller difference is as likely the way to the database and back, in milliseconds.
const SLIGHT: i64 = 100;

impl Clock {
    /// The present, in UTC, whole microseconds as the database keeps them.
    pub fn now(&self) -> DateTime<Utc> {
        let shift = self.shift_ms.load(Ordering::Relaxed) + self.correction_ms.load(Ordering::Relaxed);
        let shifted = self.uncorrected() + TimeDelta::milliseconds(shift);
        DateTime::from_timestamp_micros(shifted.timestamp_micros()).unwrap_or(shifted)
    }

    /// What this machine's clock says.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
    pub fn uncorrected(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// Goes by the database's clock, which is so far ahead: hosts must agree when a rental ends.
    pub fn correct(&self, ahead_ms: i64) {
        let ahead = if ahead_ms.abs() < SLIGHT { 0 } else { ahead_ms };
        self.correction_ms.store(ahead, Ordering::Relaxed);
    }

    /// Moves this clock and its clones forward.
    pub fn advance(&self, by: TimeDelta) {
        self.shift_ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}

//! Until when a host may act for its bots.
//!
//! Told by the boot clock, which also runs while the process is frozen or the machine sleeps: a host
//! that wakes up late knows at once that its time is over, before it has asked anybody. The times of
//! the leases themselves are the database's; a host counts from before it asked, so that its own end
//! always comes first.

use nix::time::{ClockId, clock_gettime};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A moment of the boot clock.
#[derive(Clone, Copy, Debug)]
pub struct Moment(u64);

impl Moment {
    /// Now. A clock that cannot be read is at its end, so that no lease seems to hold.
    pub fn now() -> Self {
        let read = clock_gettime(ClockId::CLOCK_BOOTTIME).map(Duration::from);
        Self(read.map_or(u64::MAX, |since_boot| u64::try_from(since_boot.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How long ago it was.
    pub fn elapsed(self) -> Duration {
        Duration::from_millis(Self::now().0.saturating_sub(self.0))
    }
}

/// What one registration of a host may do, and until when; shared by all who act under it.
#[derive(Clone, Debug)]
pub struct Lease(Arc<AtomicU64>);

impl Lease {
    /// Not held until it is [`extend`](Self::extend)ed.
    pub fn pending() -> Self {
        Self(Arc::new(AtomicU64::new(0)))
    }

    /// For what needs no lease: the one question whose token it is.
    pub fn unlimited() -> Self {
        Self(Arc::new(AtomicU64::new(u64::MAX - 1)))
    }

    /// Holds it until `time` after `from`.
    pub fn extend(&self, from: Moment, time: Duration) {
        let until = from.0.saturating_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        self.0.fetch_max(until.min(u64::MAX - 1), Ordering::Relaxed);
    }

    /// Ends it now; who registers anew gets another one.
    pub fn end(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Whether it is held right now.
    pub fn is_held(&self) -> bool {
        Moment::now().0 < self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: F9
    #[test]
    fn a_lease_is_held_for_its_time_only_and_ends_when_told() {
        let lease = Lease::pending();
        assert!(!lease.is_held());
        let start = Moment::now();
        lease.extend(start, Duration::from_secs(60));
        assert!(lease.is_held() && Lease::unlimited().is_held());
        // An answer that comes late does not shorten what a later one has given.
        lease.extend(start, Duration::from_secs(1));
        assert!(lease.is_held());
        lease.end();
        assert!(!lease.is_held());
        lease.extend(Moment(start.0.saturating_sub(10_000)), Duration::from_secs(5));
        assert!(!lease.is_held(), "its time is over");
    }
}

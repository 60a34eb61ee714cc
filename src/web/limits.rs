//! How often a provider may post.

use governor::clock::DefaultClock;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::num::NonZeroU32;

/// Posts per second of one provider, and how many may come at once.
const PER_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(499);
const AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(999);

/// The limits by provider's row; only known providers have one, so the map is bounded.
#[derive(Debug)]
pub struct Limits(RateLimiter<(String, i64), HashMapStateStore<(String, i64)>, DefaultClock>);

impl Default for Limits {
    fn default() -> Self {
        Self(RateLimiter::hashmap(Quota::per_second(PER_SECOND).allow_burst(AT_ONCE)))
    }
}

impl Limits {
    /// Whether a provider of a bot may post now.
    pub fn allow(&self, bot: &str, provider: i64) -> bool {
        self.0.check_key(&(bot.to_owned(), provider)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M6
    #[test]
    fn a_flood_is_refused_and_another_provider_is_not() {
        let limits = Limits::default();
        let allowed = (0..3000).filter(|_| limits.allow("a", 1)).count();
        assert!((1000..2900).contains(&allowed), "{allowed}");
        assert!(limits.allow("a", 2) && limits.allow("b", 1));
    }
}

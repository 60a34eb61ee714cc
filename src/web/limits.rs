//! How often a provider may post, and all providers of a bot together.

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

/// Posts per second of one provider; twice as many may come at once.
const OF_PROVIDER: NonZeroU32 = NonZeroU32::MIN.saturating_add(999);
/// Posts per second of one bot: a bot with many providers leaves room for the others.
const OF_BOT: NonZeroU32 = NonZeroU32::MIN.saturating_add(2499);

type Keyed<K> = RateLimiter<K, HashMapStateStore<K>, DefaultClock>;

fn keyed<K: Hash + Eq + Clone>(per_second: NonZeroU32) -> Keyed<K> {
    RateLimiter::hashmap(
        Quota::per_second(per_second).allow_burst(per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1))),
    )
}

/// The limits by bot and by provider's row; only known ones have one, so the maps are bounded.
#[derive(Debug)]
pub struct Limits {
    bots: Keyed<String>,
    providers: Keyed<(String, i64)>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bots: keyed(OF_BOT), providers: keyed(OF_PROVIDER) }
    }
}

impl Limits {
    /// Whether a provider of a bot may post now; else how long it has to wait.
    pub fn allow(&self, bot: &str, provider: i64) -> Result<(), Duration> {
        let clock = DefaultClock::default();
        self.providers
            .check_key(&(bot.to_owned(), provider))
            .and_then(|()| self.bots.check_key(&bot.to_owned()))
            .map_err(|wait| wait.wait_time_from(clock.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M6
    #[test]
    fn a_flood_is_refused_and_another_provider_is_not() {
        let limits = Limits::default();
        let allowed = (0..6000).filter(|_| limits.allow("a", 1).is_ok()).count();
        assert!((2000..5900).contains(&allowed), "{allowed}");
        assert!(limits.allow("a", 2).is_ok() && limits.allow("b", 1).is_ok());
    }

    // SPEC: M6
    #[test]
    fn a_bot_with_many_providers_has_a_limit_too() {
        let limits = Limits::default();
        let allowed = (0..20).flat_map(|provider| (0..1000).map(move |_| provider));
        let allowed = allowed.filter(|provider| limits.allow("a", *provider).is_ok()).count();
        assert!((5000..19000).contains(&allowed), "{allowed}");
        assert!(limits.allow("b", 1).is_ok());
    }
}

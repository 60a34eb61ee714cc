//! How often a provider may post, and all providers of a bot together.

use governor::clock::{Clock, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::num::NonZeroU32;
use std::time::Duration;

/// Messages per second of one provider; twice as many may come at once.
const OF_PROVIDER: NonZeroU32 = NonZeroU32::MIN.saturating_add(999);
/// Messages per second of one bot: a bot with many providers leaves room for the others.
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
    /// Whether a provider of a bot may post so many messages now; else how long it has to wait.
    pub fn allow(&self, bot: &str, provider: i64, messages: usize) -> Result<(), Duration> {
        let many = u32::try_from(messages).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        check(&self.providers, &(bot.to_owned(), provider), many)?;
        check(&self.bots, &bot.to_owned(), many)
    }
}

fn check<K: Hash + Eq + Clone>(limit: &Keyed<K>, key: &K, many: NonZeroU32) -> Result<(), Duration> {
    match limit.check_key_n(key, many) {
        Ok(allowed) => allowed.map_err(|wait| wait.wait_time_from(DefaultClock::default().now())),
        // More at once than there is ever room for.
        Err(_) => Err(Duration::from_secs(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M6
    #[test]
    fn a_flood_is_refused_and_another_provider_is_not() {
        let limits = Limits::default();
        let allowed = (0..6000).filter(|_| limits.allow("a", 1, 1).is_ok()).count();
        assert!((2000..5900).contains(&allowed), "{allowed}");
        assert!(limits.allow("a", 2, 1).is_ok() && limits.allow("b", 1, 1).is_ok());
    }

    // SPEC: M6
    #[test]
    fn messages_count_and_not_posts() {
        let limits = Limits::default();
        assert_eq!((0..10).filter(|_| limits.allow("a", 1, 1000).is_ok()).count(), 2);
        assert!(limits.allow("a", 2, 0).is_ok());
    }

    // SPEC: M6
    #[test]
    fn a_bot_with_many_providers_has_a_limit_too() {
        let limits = Limits::default();
        let allowed = (0..20).flat_map(|provider| (0..1000).map(move |_| provider));
        let allowed = allowed.filter(|provider| limits.allow("a", *provider, 1).is_ok()).count();
        assert!((5000..19000).contains(&allowed), "{allowed}");
        assert!(limits.allow("b", 1, 1).is_ok());
    }
}

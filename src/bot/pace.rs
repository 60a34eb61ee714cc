//! How fast a bot may be used: presses and messages of each user, and of all together.

use crate::config::rules::Limits;
use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Users whose pace is kept; beyond it those who rest are forgotten.
const KEPT: usize = 10_000;

type PerUser = RateLimiter<i64, HashMapStateStore<i64>, DefaultClock>;

/// The limiters of one bot.
#[derive(Debug)]
pub struct Pace {
    users: PerUser,
    bot: DefaultDirectRateLimiter,
    told: Mutex<HashSet<i64>>,
    clock: DefaultClock,
    limits: Limits,
}

/// What somebody is told who is too fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFast {
    /// Until the next press is taken.
    pub wait: Duration,
    /// The first refusal in a row; later ones to messages are not answered.
    pub is_first: bool,
}

fn at_least_one(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

impl Pace {
    /// Limiters that have seen nobody.
    pub fn new(limits: Limits) -> Self {
        Self {
            users: RateLimiter::hashmap(Quota::per_minute(at_least_one(limits.presses_per_minute))),
            bot: RateLimiter::direct(Quota::per_second(at_least_one(limits.bot_presses_per_second))),
            told: Mutex::default(),
            clock: DefaultClock::default(),
            limits,
        }
    }

    /// Whether these limiters keep those limits.
    pub fn keeps(&self, limits: Limits) -> bool {
        self.limits == limits
    }

    /// Counts a press or message of a user.
    pub fn check(&self, user: i64) -> Result<(), TooFast> {
        if self.users.len() > KEPT {
            self.users.retain_recent();
        }
        let now = self.clock.now();
        let users = self.users.check_key(&user).map_err(|early| early.wait_time_from(now));
        let checked = users.and_then(|()| self.bot.check().map_err(|early| early.wait_time_from(now)));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() > KEPT {
            told.clear();
        }
        match checked {
            Ok(()) => {
                told.remove(&user);
                Ok(())
            }
            Err(wait) => Err(TooFast { wait, is_first: told.insert(user) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: U14
    #[test]
    fn one_users_flood_is_refused_with_a_wait_and_anothers_press_is_not() {
        let limits = Limits { presses_per_minute: 3, ..Limits::default() };
        let pace = Pace::new(limits);
        assert!((0..3).all(|_| pace.check(1).is_ok()));
        let refused = pace.check(1).unwrap_err();
        assert!(refused.is_first && refused.wait <= Duration::from_secs(20), "{refused:?}");
        assert!(!pace.check(1).unwrap_err().is_first);
        assert!(pace.check(2).is_ok());
    }

    // SPEC: U14
    #[test]
    fn all_users_together_are_limited_too() {
        let limits = Limits { bot_presses_per_second: 5, ..Limits::default() };
        let pace = Pace::new(limits);
        assert_eq!((0..20).filter(|user| pace.check(*user).is_ok()).count(), 5);
    }
}

//! Users whom the bot has met, kept in memory while their profile is the same.

use crate::service::users::Known;
use crate::telegram::incoming::Sender;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Users kept; beyond it all are forgotten, and read again.
const KEPT: usize = 20_000;

/// What is known is believed for this long: another process may ban somebody.
const BELIEVED: Duration = Duration::from_secs(30);

/// The users by their Telegram id.
#[derive(Default)]
pub struct KnownUsers(Mutex<HashMap<i64, (Sender, Known, Instant)>>);

impl KnownUsers {
    fn users(&self) -> MutexGuard<'_, HashMap<i64, (Sender, Known, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A user whose profile is the same as last time.
    pub fn find(&self, from: &Sender) -> Option<Known> {
        let is_valid = |(seen, _, at): &&(Sender, Known, Instant)| seen == from && at.elapsed() < BELIEVED;
        self.users().get(&from.id).filter(is_valid).map(|(_, known, _)| known.clone())
    }

    /// Remembers a user.
    pub fn remember(&self, from: Sender, known: Known) {
        let mut users = self.users();
        if users.len() >= KEPT {
            users.clear();
        }
        users.insert(from.id, (from, known, Instant::now()));
    }

    /// Forgets a user: something about them has changed.
    pub fn forget(&self, id: i64) {
        self.users().remove(&id);
    }

    /// Forgets everybody: somebody was changed elsewhere.
    pub fn forget_all(&self) {
        self.users().clear();
    }
}

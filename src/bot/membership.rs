//! Who is in which channel: asked of Telegram, remembered for a short time, heard from updates.
//!
//! What gates rely on may be a minute old; what pays is asked anew. Questions of one bot are
//! limited, because Telegram limits them.

use super::BotShared;
use crate::domain::channel::{ChannelRef, Membership};
use crate::service::alerts::{self, Alert, Lasting};
use crate::service::channels::Channel;
use crate::telegram::channels::Channel as Seen;
use crate::ui::lookup::{Asked, FoundChannel, Lookup, NoChannel};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Questions about members in a second, and how many may come at once.
const PER_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);
/// A question that is not let through within this time is answered "unknown".
const PATIENCE: Duration = Duration::from_secs(3);
/// A member is believed to be one for this long.
const MEMBER: Duration = Duration::from_secs(60);
/// Everybody else for this long: somebody who joins should not have to wait.
const OTHER: Duration = Duration::from_secs(3);
/// Answers kept; beyond it all are forgotten.
const KEPT: usize = 50_000;

/// What is remembered of one bot's channels.
pub struct Memberships {
    answers: Mutex<HashMap<(i64, i64), (Membership, Instant)>>,
    /// Channels by their row.
    seen: Mutex<HashMap<i64, Seen>>,
    /// Whether the members of a channel could be seen last time, by its row.
    rights: Mutex<HashMap<i64, bool>>,
    pace: DefaultDirectRateLimiter,
}

impl Default for Memberships {
    fn default() -> Self {
        let pace = RateLimiter::direct(Quota::per_second(PER_SECOND));
        Self { answers: Mutex::default(), seen: Mutex::default(), rights: Mutex::default(), pace }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memberships {
    /// Telegram told that somebody joined or left a channel.
    pub fn heard(&self, channel: i64, user: i64, membership: Membership) {
        let mut answers = lock(&self.answers);
        if answers.len() >= KEPT {
            answers.clear();
        }
        answers.insert((channel, user), (membership, Instant::now()));
    }

    fn remembered(&self, channel: i64, user: i64) -> Option<Membership> {
        let (membership, at) = *lock(&self.answers).get(&(channel, user))?;
        let lasts = if membership == Membership::Member { MEMBER } else { OTHER };
        (at.elapsed() < lasts).then_some(membership)
    }

    /// Forgets what channels look like: they may have been changed.
    pub fn forget_channels(&self) {
        lock(&self.seen).clear();
    }

    async fn may_ask(&self) -> bool {
        tokio::time::timeout(PATIENCE, self.pace.until_ready()).await.is_ok()
    }
}

impl BotShared {
    async fn seen(&self, channel: &Channel) -> Result<Seen, Membership> {
        if let Some(seen) = lock(&self.memberships.seen).get(&channel.id) {
            return Ok(seen.clone());
        }
        match self.telegram.find_channel(&channel.reference()).await {
            Ok(Some(seen)) => {
                lock(&self.memberships.seen).insert(channel.id, seen.clone());
                Ok(seen)
            }
            Ok(None) => Err(Membership::NoRights),
            Err(_) => Err(Membership::Unknown),
        }
    }

    async fn ask(&self, channel: &Channel, user: i64, fresh: bool) -> Membership {
        let remembered = channel.chat_id.filter(|_| !fresh).and_then(|id| self.memberships.remembered(id, user));
        if let Some(membership) = remembered {
            return membership;
        }
        if !self.memberships.may_ask().await {
            return Membership::Unknown;
        }
        let membership = match self.seen(channel).await {
            Err(unseen) => unseen,
            Ok(seen) => {
                if !fresh && let Some(membership) = self.memberships.remembered(seen.id, user) {
                    return membership;
                }
                let membership = self.telegram.membership(&seen, user).await;
                self.memberships.heard(seen.id, user, membership);
                membership
            }
        };
        self.note_rights(channel, membership).await;
        membership
    }

    /// Tells the owner once when the bot loses sight of a channel's members.
    async fn note_rights(&self, channel: &Channel, membership: Membership) {
        if membership == Membership::Unknown {
            return;
        }
        let sees = membership != Membership::NoRights;
        if lock(&self.memberships.rights).insert(channel.id, sees) == Some(sees) {
            return;
        }
        let (live, now, subject) = (self.live.load_full(), self.app.clock.now(), channel.id.to_string());
        let lasting = Lasting { kind: "channel", subject: &subject };
        let told = if sees {
            alerts::end(&self.tenant, &live.brand.policy, lasting, None, now).await
        } else {
            let alert = Alert::RightsLost { channel: channel.title.clone() };
            alerts::begin(&self.tenant, &live.brand.policy, lasting, &alert, now).await
        };
        if let Err(error) = told {
            lock(&self.memberships.rights).remove(&channel.id);
            tracing::warn!(bot = %self.tenant.slug(), %error, "the owner could not be told of a channel");
        }
        self.door.wakes.outbox.notify_one();
    }

    async fn find(&self, wanted: &ChannelRef) -> Result<FoundChannel, NoChannel> {
        let found = self.telegram.find_channel(wanted).await.map_err(|_| NoChannel::Unknown)?;
        let found = found.ok_or(NoChannel::NotFound)?;
        match self.telegram.is_admin_of(&found).await {
            Membership::Member => Ok(FoundChannel { chat_id: found.id, title: found.title, username: found.username }),
            Membership::Unknown => Err(NoChannel::Unknown),
            _ => Err(NoChannel::NoRights),
        }
    }
}

impl Lookup for BotShared {
    fn membership<'a>(&'a self, channel: &'a Channel, user: i64, fresh: bool) -> Asked<'a, Membership> {
        Box::pin(self.ask(channel, user, fresh))
    }

    fn find_channel<'a>(&'a self, channel: &'a ChannelRef) -> Asked<'a, Result<FoundChannel, NoChannel>> {
        Box::pin(self.find(channel))
    }
}

//! Who is in which channel: asked of Telegram, remembered for a short time, heard from updates.
//!
//! What gates rely on may be a minute old; what pays is asked anew. Questions of one bot are
//! limited, because Telegram limits them.

use super::BotShared;
use crate::domain::channel::{ChannelRef, Membership};
use crate::service::alerts::{self, Alert, Lasting};
use crate::service::channels::Channel;
use crate::telegram::channels::Channel as Seen;
use crate::ui::outside::{Age, FoundChannel, NoChannel};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Mutex as AsyncMutex;

/// Questions about members in a second, and how many may come at once.
const PER_SECOND: NonZeroU32 = NonZeroU32::MIN.saturating_add(29);
/// A question that is not let through within this time is answered "unknown".
const PATIENCE: Duration = Duration::from_secs(3);
/// A member is believed to be one for this long.
const MEMBER: Duration = Duration::from_secs(60);
/// Everybody else for this long: somebody who joins should not have to wait.
const OTHER: Duration = Duration::from_secs(3);
/// Everybody else who says that they have joined.
const MOMENT: Duration = Duration::from_secs(1);
/// What could not be found is looked for again after this time.
const UNSEEN: Duration = Duration::from_secs(10);
/// Answers kept; beyond it all are forgotten.
const KEPT: usize = 50_000;

/// What was looked for, what was found, and when.
type Looked = (ChannelRef, Result<Seen, Membership>, Instant);

/// What is remembered of one bot's channels.
pub struct Memberships {
    answers: Mutex<HashMap<(i64, i64), (Membership, Instant)>>,
    /// Channels by their row. Held while one is looked for, so that it is looked for once.
    seen: AsyncMutex<HashMap<i64, Looked>>,
    /// Whether the members of a channel could be seen last time, by its row.
    rights: Mutex<HashMap<i64, bool>>,
    pace: DefaultDirectRateLimiter,
}

impl Default for Memberships {
    fn default() -> Self {
        let pace = RateLimiter::direct(Quota::per_second(PER_SECOND));
        Self { answers: Mutex::default(), seen: AsyncMutex::default(), rights: Mutex::default(), pace }
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

    fn last(&self, channel: i64, user: i64) -> Option<(Membership, Duration)> {
        let (membership, at) = *lock(&self.answers).get(&(channel, user))?;
        Some((membership, at.elapsed()))
    }

    fn remembered(&self, channel: i64, user: i64, age: Age) -> Option<Membership> {
        let (membership, old) = self.last(channel, user)?;
        let lasts = match (age, membership) {
            (Age::Fresh, _) => Duration::ZERO,
            (_, Membership::Member) => MEMBER,
            (Age::Recent, _) => MOMENT,
            (Age::Remembered, _) => OTHER,
        };
        (old < lasts).then_some(membership)
    }

    async fn may_ask(&self) -> bool {
        tokio::time::timeout(PATIENCE, self.pace.until_ready()).await.is_ok()
    }
}

impl BotShared {
    async fn seen(&self, channel: &Channel) -> Result<Seen, Membership> {
        let mut seen = self.memberships.seen.lock().await;
        let wanted = channel.reference();
        match seen.get(&channel.id).filter(|(looked_for, ..)| *looked_for == wanted) {
            Some((_, Ok(found), _)) => return Ok(found.clone()),
            Some((_, Err(unseen), at)) if at.elapsed() < UNSEEN => return Err(*unseen),
            _ => {}
        }
        let found = match self.telegram.find_channel(&wanted).await {
            Ok(found) => found.ok_or(Membership::NoRights),
            Err(_) => Err(Membership::Unknown),
        };
        seen.insert(channel.id, (wanted, found.clone(), Instant::now()));
        found
    }

    pub(super) async fn ask(&self, channel: &Channel, user: i64, age: Age) -> Membership {
        let membership = match self.seen(channel).await {
            Err(unseen) => unseen,
            Ok(seen) => {
                if let Some(membership) = self.memberships.remembered(seen.id, user, age) {
                    return membership;
                }
                if !self.memberships.may_ask().await {
                    // Too many questions at once must not open the gate to those who are known.
                    let last = self.memberships.last(seen.id, user).filter(|_| age != Age::Fresh);
                    return last.map_or(Membership::Unknown, |(membership, _)| membership);
                }
                let membership = self.telegram.membership(&seen, user).await;
                if membership != Membership::Unknown {
                    self.memberships.heard(seen.id, user, membership);
                }
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

    pub(super) async fn find(&self, wanted: &ChannelRef) -> Result<FoundChannel, NoChannel> {
        let found = self.telegram.find_channel(wanted).await.map_err(|_| NoChannel::Unknown)?;
        let found = found.ok_or(NoChannel::NotFound)?;
        match self.telegram.is_admin_of(&found).await {
            Membership::Member => Ok(FoundChannel { chat_id: found.id, title: found.title, username: found.username }),
            Membership::Unknown => Err(NoChannel::Unknown),
            _ => Err(NoChannel::NoRights),
        }
    }
}

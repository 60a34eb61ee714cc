//! The screens of the chats: one ordered lane per chat, older states dropped, each screen stamped,
//! and what was shown written down in batches.

use super::shown::{NOWHERE, RentalVersion, Shown};
use crate::clock::Clock;
use crate::domain::message::Message;
use crate::domain::stamp::Stamp;
use crate::service::Tenant;
use crate::service::screens::{self, ShownRental};
use crate::telegram::{Telegram, TelegramError};
use crate::ui::router::Screen;
use chrono::TimeDelta;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex as AsyncMutex;

/// Chats kept in memory; beyond it those that nobody uses go.
const KEPT: usize = 20_000;
/// What was shown is gathered this long before it is written.
const GATHER: Duration = Duration::from_millis(100);
/// So long somebody who has pressed waits for their screen.
pub const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Where a screen goes.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The user's Telegram id.
    pub user: i64,
    /// The message to replace; a new one is sent without it.
    pub message_id: Option<i32>,
    /// For a new message.
    pub random_id: i64,
    /// Flood waits are waited for up to this time, together.
    pub patience: Duration,
}

/// The chats of one bot.
pub struct Chats {
    tenant: Tenant,
    clock: Clock,
    chats: Mutex<HashMap<i64, Arc<AsyncMutex<Shown>>>>,
    to_note: Arc<Mutex<HashMap<i64, ShownRental>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Chats {
    /// No chats yet.
    pub fn new(tenant: Tenant, clock: Clock) -> Self {
        Self { tenant, clock, chats: Mutex::default(), to_note: Arc::default() }
    }

    fn lane(&self, user: i64) -> Arc<AsyncMutex<Shown>> {
        let mut chats = lock(&self.chats);
        if chats.len() >= KEPT {
            chats.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        Arc::clone(chats.entry(user).or_default())
    }

    /// How the screen of a press stands to what its message shows now. A message that is not
    /// remembered is asked for: the truth is with Telegram, also after a restart.
    pub async fn screen_of(
        &self,
        telegram: &Telegram,
        user: i64,
        message_id: i32,
        stamp: Stamp,
        lifetime: TimeDelta,
    ) -> Screen {
        let lane = self.lane(user);
        let mut shown = lane.lock().await;
        if !shown.knows(message_id) {
            match telegram.callback_data(user, message_id).await {
                Ok(data) => {
                    let stamp = data.iter().find_map(|data| Stamp::split(data)).map(|(_, stamp)| stamp);
                    if stamp.is_none() {
                        return Screen::Replaced;
                    }
                    shown.note_found(message_id, stamp);
                }
                // Without an answer the press counts: whatever acts is idempotent by its key.
                Err(error) => tracing::debug!(bot = %self.tenant.slug(), %error, "a pressed message was not found"),
            }
        }
        if shown.stamp(message_id).is_some_and(|current| current != stamp) {
            return Screen::Replaced;
        }
        if stamp.age(self.clock.now()) > lifetime {
            // Its next drawing gets a stamp of its own.
            let rental = shown.rental(message_id);
            shown.note(message_id, rental, Some(stamp));
            return Screen::TooOld;
        }
        Screen::Current
    }

    /// Whether a message of a chat shows a rental.
    pub async fn shows_rental(&self, user: i64, message_id: i32) -> bool {
        let lane = self.lane(user);
        let shown = lane.lock().await;
        shown.rental(message_id).is_some()
    }

    /// Shows a screen, in the order of the chat; tells which message shows it, if that is known.
    /// A rental's older version never replaces a newer.
    pub async fn show(
        &self,
        telegram: &Telegram,
        place: Place,
        screen: Option<Message>,
        rental: Option<RentalVersion>,
        notice: Option<String>,
    ) -> Result<Option<i32>, TelegramError> {
        let Some(mut message) = with_notice(screen, notice) else { return Ok(None) };
        let lane = self.lane(place.user);
        let mut shown = lane.lock().await;
        if rental.is_some_and(|rental| shown.has_newer(rental)) {
            return Ok(None);
        }
        let buttons = fingerprint(&message);
        let same = place.message_id.and_then(|id| shown.same(id, buttons));
        let earlier = place.message_id.and_then(|id| shown.stamp(id));
        let stamp = same.unwrap_or_else(|| Stamp::after(self.clock.now(), earlier));
        stamp.mark(&mut message);
        let message_id = match put(telegram, place, &message).await {
            Ok(message_id) => message_id,
            Err(error) => {
                // The answer may be lost and the message changed: what it shows is asked for again.
                place.message_id.into_iter().for_each(|id| shown.forget(id));
                return Err(error);
            }
        };
        if let Some(message_id) = message_id {
            // The message showed another rental: that one is on no screen any more.
            let before = shown.rental(message_id).filter(|(id, _)| rental.is_none_or(|r| r.0 != *id));
            if let Some((id, version)) = before {
                self.note_later((id, version, NOWHERE));
            }
            shown.note_buttons(message_id, rental, Some(stamp), Some(buttons));
        }
        if let Some((id, version)) = rental {
            self.note_later((id, version, message_id.unwrap_or(NOWHERE)));
        }
        Ok(message_id)
    }

    /// Replaces the screen that shows a rental, if one still does.
    /// `noted` is the message that was written down for it, for when a restart has forgotten it.
    pub async fn update(
        &self,
        telegram: &Telegram,
        user: i64,
        rental: RentalVersion,
        noted: Option<i32>,
        message: &Message,
    ) {
        let lane = self.lane(user);
        let mut shown = lane.lock().await;
        let noted = noted.filter(|id| *id != NOWHERE && !shown.has_drawn(*id));
        let mut last = NOWHERE;
        for message_id in shown.older(rental).into_iter().chain(noted) {
            let stamp = Stamp::after(self.clock.now(), shown.stamp(message_id));
            let mut message = message.clone();
            stamp.mark(&mut message);
            match telegram.edit(user, message_id, &message).await {
                Ok(()) => {
                    shown.note(message_id, Some(rental), Some(stamp));
                    last = message_id;
                }
                Err(_) => shown.forget(message_id),
            }
        }
        if last == NOWHERE {
            // Its screen may still be on the way with an older version: that must not be drawn.
            shown.note(NOWHERE, Some(rental), None);
        }
        self.note_later((rental.0, rental.1, last));
    }

    /// Draws the same state of a rental again on the message that shows it. Its buttons stay
    /// valid: somebody may be about to press one.
    pub async fn redraw(
        &self,
        telegram: &Telegram,
        user: i64,
        rental: RentalVersion,
        noted: i32,
        mut message: Message,
    ) -> Result<(), TelegramError> {
        let lane = self.lane(user);
        let Ok(mut shown) = lane.try_lock() else { return Ok(()) };
        if shown.has_drawn(noted) && shown.rental(noted) != Some(rental) {
            return Ok(());
        }
        let stamp = shown.stamp(noted).unwrap_or_else(|| Stamp::at(self.clock.now()));
        stamp.mark(&mut message);
        if let Err(error) = telegram.edit(user, noted, &message).await {
            shown.forget(noted);
            return Err(error);
        }
        shown.note(noted, Some(rental), Some(stamp));
        Ok(())
    }

    /// Notes a message of the outbox, and the rental whose screen it is.
    /// Never waits for a slow chat: other people's codes are behind it. What is not noted is asked
    /// of Telegram when it is pressed.
    pub fn note_letter(&self, user: i64, message_id: i32, stamp: Stamp, rental: Option<RentalVersion>) {
        if let Ok(mut shown) = self.lane(user).try_lock() {
            shown.note(message_id, rental, Some(stamp));
        }
        if let Some((id, version)) = rental {
            self.note_later((id, version, message_id));
        }
    }

    /// Writes down, a little later and together with others, that a rental was shown.
    fn note_later(&self, rental: ShownRental) {
        let mut waiting = lock(&self.to_note);
        waiting.insert(rental.0, rental);
        if waiting.len() == 1 {
            let (to_note, tenant) = (Arc::clone(&self.to_note), self.tenant.clone());
            tokio::spawn(async move {
                tokio::time::sleep(GATHER).await;
                write(&tenant, &to_note).await;
            });
        }
    }

    /// Writes down what waits.
    pub async fn flush(&self) {
        write(&self.tenant, &self.to_note).await;
    }
}

async fn write(tenant: &Tenant, to_note: &Mutex<HashMap<i64, ShownRental>>) {
    let shown: Vec<ShownRental> = std::mem::take(&mut *lock(to_note)).into_values().collect();
    if shown.is_empty() {
        return;
    }
    if let Err(error) = screens::note_shown(tenant, &shown).await {
        tracing::warn!(bot = %tenant.slug(), %error, "shown screens could not be noted; they may be shown again");
    }
}

/// Tells the buttons of one screen from another's.
fn fingerprint(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    message.rows.hash(&mut hasher);
    hasher.finish()
}

/// A notice that was not said in time stands above the screen, or alone.
fn with_notice(screen: Option<Message>, notice: Option<String>) -> Option<Message> {
    match (screen, notice) {
        (Some(message), Some(notice)) => Some(message.under(&notice)),
        (None, Some(notice)) => Some(Message::compose(&notice, &[])),
        (screen, None) => screen,
    }
}

/// Edits or sends; a message that is gone is sent anew. Obeys a flood wait while its patience lasts.
async fn put(telegram: &Telegram, place: Place, message: &Message) -> Result<Option<i32>, TelegramError> {
    let mut place = place;
    let mut patience = place.patience;
    loop {
        let result = match place.message_id {
            Some(id) => telegram.edit(place.user, id, message).await.map(|()| Some(id)),
            None => telegram.send(place.user, message, place.random_id).await,
        };
        match result {
            Err(TelegramError::MessageGone) if place.message_id.is_some() => place.message_id = None,
            Err(TelegramError::FloodWait(wait)) if wait <= patience => {
                patience -= wait;
                tokio::time::sleep(wait).await;
            }
            Err(TelegramError::AlreadySent) => return Ok(None),
            other => return other,
        }
    }
}

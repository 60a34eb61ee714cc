//! The screens of the chats: one ordered lane per chat, older states dropped, and what was shown
//! written down in batches.

use crate::domain::message::{Message, TEXT_LIMIT, utf16};
use crate::service::Tenant;
use crate::service::screens::{self, ShownRental};
use crate::service::users::Known;
use crate::telegram::incoming::Sender;
use crate::telegram::{Telegram, TelegramError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex as AsyncMutex;

/// Users and chats kept in memory; beyond it the oldest knowledge goes.
const KEPT: usize = 20_000;
/// Messages of a chat whose rentals are remembered.
const SCREENS: usize = 8;
/// What was shown is gathered this long before it is written.
const GATHER: Duration = Duration::from_millis(100);
/// Flood waits on a screen are waited for up to this time, together.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Where a screen goes.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The user's Telegram id.
    pub user: i64,
    /// The message to replace; a new one is sent without it.
    pub message_id: Option<i32>,
    /// For a new message.
    pub random_id: i64,
}

/// Stands for the message of a rental's version that is on no screen.
const NOWHERE: i32 = 0;

/// Which rental each message of a chat shows: message, rental, version.
type Shown = Vec<(i32, i64, i32)>;

/// The chats of one bot.
pub struct Chats {
    tenant: Tenant,
    chats: Mutex<HashMap<i64, Arc<AsyncMutex<Shown>>>>,
    users: Mutex<HashMap<i64, (Sender, Known)>>,
    to_note: Arc<Mutex<HashMap<i64, ShownRental>>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Chats {
    /// No chats yet.
    pub fn new(tenant: Tenant) -> Self {
        Self { tenant, chats: Mutex::default(), users: Mutex::default(), to_note: Arc::default() }
    }

    /// A user whose profile is the same as last time.
    pub fn known_user(&self, from: &Sender) -> Option<Known> {
        lock(&self.users).get(&from.id).filter(|(seen, _)| seen == from).map(|(_, known)| known.clone())
    }

    /// Remembers a user.
    pub fn remember_user(&self, from: Sender, known: Known) {
        let mut users = lock(&self.users);
        if users.len() >= KEPT {
            users.clear();
        }
        users.insert(from.id, (from, known));
    }

    /// Forgets a user: something about them has changed.
    pub fn forget_user(&self, id: i64) {
        lock(&self.users).remove(&id);
    }

    fn lane(&self, user: i64) -> Arc<AsyncMutex<Shown>> {
        let mut chats = lock(&self.chats);
        if chats.len() >= KEPT {
            chats.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        Arc::clone(chats.entry(user).or_default())
    }

    /// Shows a screen, in the order of the chat. A rental's older version never replaces a newer.
    pub async fn show(
        &self,
        telegram: &Telegram,
        place: Place,
        screen: Option<Message>,
        rental: Option<(i64, i32)>,
        notice: Option<String>,
    ) -> Result<(), TelegramError> {
        let Some(message) = with_notice(screen, notice, place.message_id.is_none()) else { return Ok(()) };
        let lane = self.lane(place.user);
        let mut shown = lane.lock().await;
        let is_old = |(id, version): (i64, i32)| shown.iter().any(|(_, i, v)| *i == id && *v > version);
        if rental.is_some_and(is_old) {
            return Ok(());
        }
        let message_id = put(telegram, place, &message).await?;
        if let Some(message_id) = message_id {
            // The message showed another rental: that one is on no screen any more.
            let before = shown.iter().find(|(m, id, _)| *m == message_id && rental.is_none_or(|r| r.0 != *id));
            if let Some((_, id, version)) = before.copied() {
                self.note_later((id, version, NOWHERE));
            }
            note(&mut shown, message_id, rental);
        }
        if let Some((id, version)) = rental {
            self.note_later((id, version, message_id.unwrap_or(NOWHERE)));
        }
        Ok(())
    }

    /// Replaces the screen that shows a rental, if one still does.
    /// `noted` is the message that was written down for it, for when a restart has forgotten it.
    pub async fn update(
        &self,
        telegram: &Telegram,
        user: i64,
        rental: (i64, i32),
        noted: Option<i32>,
        message: &Message,
    ) {
        let lane = self.lane(user);
        let mut shown = lane.lock().await;
        let entry = shown.iter().find(|(_, id, version)| *id == rental.0 && *version < rental.1);
        let is_reused = |id: &i32| shown.iter().any(|(m, ..)| m == id);
        let noted = noted.filter(|id| !is_reused(id)).unwrap_or(NOWHERE);
        let message_id = entry.map_or(noted, |(message_id, ..)| *message_id);
        if message_id != NOWHERE && telegram.edit(user, message_id, message).await.is_ok() {
            note(&mut shown, message_id, Some(rental));
        } else {
            // Its screen may still be on the way with an older version: that must not be drawn.
            shown.push((NOWHERE, rental.0, rental.1));
            trim(&mut shown);
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

fn note(shown: &mut Shown, message_id: i32, rental: Option<(i64, i32)>) {
    shown.retain(|(message, ..)| *message != message_id);
    if let Some((id, version)) = rental {
        shown.push((message_id, id, version));
        trim(shown);
    }
}

fn trim(shown: &mut Shown) {
    if shown.len() > SCREENS {
        shown.remove(0);
    }
}

/// A notice that was not said in time stands above the screen, or alone in a new message.
fn with_notice(screen: Option<Message>, notice: Option<String>, is_new: bool) -> Option<Message> {
    match (screen, notice) {
        (Some(mut message), Some(notice)) => {
            let head = format!("{notice}\n\n");
            let shift = utf16(&head);
            if shift + utf16(&message.text) <= TEXT_LIMIT {
                message.text.insert_str(0, &head);
                message.codes.iter_mut().for_each(|(offset, _)| *offset += shift);
            }
            Some(message)
        }
        (None, Some(notice)) if is_new => Some(Message { text: notice, ..Message::default() }),
        (None, Some(notice)) => Some(Message::compose(&notice, &[])),
        (screen, None) => screen,
    }
}

/// Edits or sends; a message that is gone is sent anew. Obeys a short flood wait.
async fn put(telegram: &Telegram, place: Place, message: &Message) -> Result<Option<i32>, TelegramError> {
    let mut place = place;
    let mut patience = LONGEST_WAIT;
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

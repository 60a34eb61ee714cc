//! A message that shows how a long work goes: sent once, edited now and then, and at last with the
//! result.

use super::BotShared;
use super::chat::Place;
use crate::domain::message::Message;
use crate::telegram::TelegramError;
use std::time::{Duration, Instant};

/// Between two edits.
const PAUSE: Duration = Duration::from_secs(2);
/// The result is shown in so many tries.
const TRIES: u32 = 5;
/// Between two tries, unless Telegram names a longer wait.
const RETRY: Duration = Duration::from_secs(1);

/// The message in somebody's chat.
pub struct Board {
    user: i64,
    random_id: i64,
    message_id: Option<i32>,
    next: Instant,
    /// What it says.
    text: String,
}

impl Board {
    /// A board that is shown at its first update; `message_id` is the message of an earlier process.
    pub fn new(user: i64, random_id: i64, message_id: Option<i32>) -> Self {
        Self { user, random_id, message_id, next: Instant::now(), text: String::new() }
    }

    /// The message, once it was sent.
    pub fn message_id(&self) -> Option<i32> {
        self.message_id
    }

    /// Shows how it goes, if the last edit is some time ago; what fails is shown by the next one.
    pub async fn update(&mut self, shared: &BotShared, message: impl FnOnce() -> Message) {
        if Instant::now() < self.next {
            return;
        }
        self.next = Instant::now() + PAUSE;
        let message = message();
        if message.text == self.text {
            return;
        }
        if let Err(TelegramError::FloodWait(wait)) = self.put(shared, message).await {
            self.next = Instant::now() + wait;
        }
    }

    /// Shows the result, unless the board says it already: its reader may have gone on from there.
    pub async fn close(&mut self, shared: &BotShared, message: Message) {
        if message.text == self.text {
            return;
        }
        for _ in 0..TRIES {
            let pause = match self.put(shared, message.clone()).await {
                Ok(Some(_)) | Err(TelegramError::Unreachable(_)) => return,
                Ok(None) => Duration::ZERO,
                Err(TelegramError::FloodWait(wait)) => wait,
                Err(_) => RETRY,
            };
            tokio::time::sleep(pause).await;
        }
        tracing::warn!(bot = %shared.tenant.slug(), user = self.user, "the result of a work could not be shown");
    }

    /// Shows a message in the order of the chat, so that its buttons are valid for who presses one
    /// meanwhile; `None` when one of an earlier try shows it, and nobody knows which.
    async fn put(&mut self, shared: &BotShared, message: Message) -> Result<Option<i32>, TelegramError> {
        let text = message.text.clone();
        // The work goes on meanwhile: who shows it does not wait.
        let patience = Duration::ZERO;
        let place = Place { user: self.user, message_id: self.message_id, random_id: self.random_id, patience };
        let shown = shared.chats.show(&shared.telegram, place, Some(message), None, None).await?;
        if shown.is_none() || shown != self.message_id {
            // It was sent, now or by a try whose answer was lost: the next that is sent is another.
            self.random_id = self.random_id.wrapping_add(1);
        }
        self.message_id = shown;
        self.text = if shown.is_some() { text } else { String::new() };
        Ok(shown)
    }
}

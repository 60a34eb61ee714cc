//! A message that shows how a long work goes: sent once, edited now and then, and at last with the
//! result.

use super::BotShared;
use crate::domain::message::Message;
use crate::domain::stamp::Stamp;
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
    stamp: Stamp,
    next: Instant,
    text: String,
}

impl Board {
    /// A board that is shown at its first update; `message_id` is the message of an earlier process.
    pub fn new(shared: &BotShared, user: i64, random_id: i64, message_id: Option<i32>) -> Self {
        let stamp = Stamp::at(shared.app.clock.now());
        Self { user, random_id, message_id, stamp, next: Instant::now(), text: String::new() }
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
        self.text.clone_from(&message.text);
        if let Err(TelegramError::FloodWait(wait)) = self.put(shared, message).await {
            self.next = Instant::now() + wait;
        }
    }

    /// Shows the result.
    pub async fn close(&mut self, shared: &BotShared, message: Message) {
        self.stamp = Stamp::after(shared.app.clock.now(), Some(self.stamp));
        for _ in 0..TRIES {
            let pause = match self.put(shared, message.clone()).await {
                Ok(()) | Err(TelegramError::Unreachable(_)) => return,
                Err(TelegramError::FloodWait(wait)) => wait,
                Err(_) => RETRY,
            };
            tokio::time::sleep(pause).await;
        }
        tracing::warn!(bot = %shared.tenant.slug(), user = self.user, "the result of a work could not be shown");
    }

    async fn put(&mut self, shared: &BotShared, mut message: Message) -> Result<(), TelegramError> {
        self.stamp.mark(&mut message);
        if let Some(id) = self.message_id {
            match shared.telegram.edit(self.user, id, &message).await {
                // It was deleted: another takes its place.
                Err(TelegramError::MessageGone) => self.random_id = self.random_id.wrapping_add(1),
                result => {
                    shared.chats.note_letter(self.user, id, self.stamp, None);
                    return result;
                }
            }
        }
        match shared.telegram.send(self.user, &message, self.random_id).await {
            Ok(Some(id)) => {
                self.message_id = Some(id);
                shared.chats.note_letter(self.user, id, self.stamp, None);
                Ok(())
            }
            Ok(None) => Ok(()),
            // Sent by an earlier try whose answer was lost: its id is unknown, so another is sent.
            Err(TelegramError::AlreadySent) => {
                self.random_id = self.random_id.wrapping_add(1);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

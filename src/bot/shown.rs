//! What the messages of one chat show, as far as it is remembered.

use crate::domain::stamp::Stamp;

/// Messages of a chat that are remembered.
const REMEMBERED: usize = 8;
/// Stands for the message of a rental's version that is on no screen.
pub const NOWHERE: i32 = 0;

/// A rental's row and the version of its state.
pub type RentalVersion = (i64, i32);

/// One message, or a rental's version that is on no screen.
#[derive(Clone, Copy, Debug)]
struct Entry {
    message_id: i32,
    rental: Option<RentalVersion>,
    stamp: Option<Stamp>,
    buttons: Option<u64>,
    /// Drawn by this process, not found in the chat.
    drawn: bool,
}

/// The last messages of a chat, oldest first.
#[derive(Debug, Default)]
pub struct Shown(Vec<Entry>);

impl Shown {
    fn of(&self, message_id: i32) -> Option<&Entry> {
        self.0.iter().rev().find(|e| e.message_id == message_id && message_id != NOWHERE)
    }

    /// The stamp of the screen that a message shows.
    pub fn stamp(&self, message_id: i32) -> Option<Stamp> {
        self.of(message_id)?.stamp
    }

    /// The stamp of a message that shows these buttons already: they stay valid when the message is
    /// drawn again, because somebody may be about to press one.
    pub fn same(&self, message_id: i32, buttons: u64) -> Option<Stamp> {
        self.of(message_id).filter(|e| e.buttons == Some(buttons))?.stamp
    }

    /// The rental that a message shows.
    pub fn rental(&self, message_id: i32) -> Option<RentalVersion> {
        self.of(message_id)?.rental
    }

    /// Whether a message of the chat is remembered.
    pub fn knows(&self, message_id: i32) -> bool {
        self.of(message_id).is_some()
    }

    /// Whether this process has drawn what a message shows.
    pub fn has_drawn(&self, message_id: i32) -> bool {
        self.of(message_id).is_some_and(|e| e.drawn)
    }

    /// Whether a newer version of the rental was shown.
    pub fn has_newer(&self, (id, version): RentalVersion) -> bool {
        self.0.iter().filter_map(|e| e.rental).any(|(i, v)| i == id && v > version)
    }

    /// The messages that show an older version of a rental.
    pub fn older(&self, (id, version): RentalVersion) -> Vec<i32> {
        let is_older = |e: &&Entry| e.message_id != NOWHERE && e.rental.is_some_and(|(i, v)| i == id && v < version);
        self.0.iter().filter(is_older).map(|e| e.message_id).collect()
    }

    /// Forgets what a message shows: Telegram knows.
    pub fn forget(&mut self, message_id: i32) {
        self.0.retain(|e| e.message_id == NOWHERE || e.message_id != message_id);
    }

    /// Notes the stamp that a message was found to have.
    pub fn note_found(&mut self, message_id: i32, stamp: Option<Stamp>) {
        self.put(Entry { message_id, rental: None, stamp, buttons: None, drawn: false });
    }

    fn put(&mut self, entry: Entry) {
        self.forget(entry.message_id);
        self.0.push(entry);
        if self.0.len() > REMEMBERED {
            self.0.remove(0);
        }
    }

    /// Notes what a message shows now; with [`NOWHERE`], a version that must not be overtaken.
    pub fn note(&mut self, message_id: i32, rental: Option<RentalVersion>, stamp: Option<Stamp>) {
        self.note_buttons(message_id, rental, stamp, None);
    }

    /// The same, for a screen whose buttons may be drawn again.
    pub fn note_buttons(
        &mut self,
        message_id: i32,
        rental: Option<RentalVersion>,
        stamp: Option<Stamp>,
        buttons: Option<u64>,
    ) {
        self.put(Entry { message_id, rental, stamp, buttons, drawn: true });
    }
}

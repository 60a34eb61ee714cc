//! What flows ask Telegram about channels. `bot` answers; tests of screens may answer themselves.

use crate::domain::channel::{ChannelRef, Membership};
use std::pin::Pin;

/// An answer on its way.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A channel as Telegram shows it to the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundChannel {
    /// Telegram's id of it.
    pub chat_id: i64,
    /// What users see.
    pub title: String,
    /// The public @name, without the @.
    pub username: Option<String>,
}

/// Why a channel cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoChannel {
    /// There is no channel of this name, or the bot is not in it.
    NotFound,
    /// The bot is not an admin there, so it cannot see the members.
    NoRights,
    /// Telegram could not be asked now.
    Unknown,
}

/// How old an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// A member is believed for a minute, everybody else for some seconds.
    Remembered,
    /// The same, but "not a member" for a moment only: somebody says that they have joined.
    Recent,
    /// Telegram is asked: something is paid for it.
    Fresh,
}

/// What can be asked.
pub trait Lookup: Send + Sync {
    /// Whether a user is in a channel.
    fn membership<'a>(
        &'a self,
        channel: &'a crate::service::channels::Channel,
        user: i64,
        age: Age,
    ) -> Asked<'a, Membership>;

    /// Finds a channel whose members the bot can see.
    fn find_channel<'a>(&'a self, channel: &'a ChannelRef) -> Asked<'a, Result<FoundChannel, NoChannel>>;
}

//! What flows ask and tell outside the database: Telegram, providers, the farm's key. `bot` answers.

use crate::domain::channel::{ChannelRef, Membership};
use crate::domain::sealed::Sealed;
use crate::domain::trial::Tested;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
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

/// A polled provider that fails right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circuit {
    /// It is down: asked now and then only, whoever waits.
    pub is_open: bool,
    /// Failures in a row.
    pub failures: u32,
    /// When it is asked next.
    pub next_try: DateTime<Utc>,
}

/// A bot of the farm that belongs to who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnBot {
    /// Telegram's id of it.
    pub id: i64,
    /// Its short name.
    pub slug: String,
    /// Its brand.
    pub name: String,
    /// `starting`, `running`, `failed` or `stopping`.
    pub state: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// How it does; not known while it is being made.
    pub figures: Option<crate::service::farm::Figures>,
    /// It is the one that is asked.
    pub is_this: bool,
}

/// A bot to be added. Token and password are sealed.
#[derive(Clone, Debug)]
pub struct NewBot {
    /// BotFather's token, sealed as [`Sealed::NewToken`].
    pub token: String,
    /// The @name.
    pub username: String,
    /// The panel's password, sealed as [`Sealed::NewPassword`].
    pub password: String,
}

/// A bot that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedBot {
    /// Its short name.
    pub slug: String,
    /// Its brand.
    pub name: String,
}

/// Why a bot is not added, or not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoBot {
    /// Telegram refuses the token.
    BadToken,
    /// The token is of the bot with this @name.
    OtherName(String),
    /// It is on the farm already.
    Exists,
    /// A bot does not delete itself.
    ThisOne,
    /// No bot of theirs.
    NotFound,
    /// None that this bot manages.
    NotManaged,
    /// Telegram or the disk could not be asked now.
    Busy,
}

/// What can be asked.
pub trait Outside: Send + Sync {
    /// Whether a user is in a channel.
    fn membership<'a>(
        &'a self,
        channel: &'a crate::service::channels::Channel,
        user: i64,
        age: Age,
    ) -> Asked<'a, Membership>;

    /// Seals a secret; `None` when it cannot be.
    fn seal(&self, field: Sealed, secret: &SecretString) -> Option<String>;

    /// Where a provider of this name posts its messages, with the secret part of the address if it has one.
    fn hook_address(&self, provider: &str, url_key: Option<&str>) -> String;

    /// A new secret part of an address, sealed; `None` when it cannot be.
    fn new_url_key(&self) -> Option<String>;

    /// How a polled provider fails right now, if it does.
    fn circuit(&self, provider: i64) -> Option<Circuit>;

    /// Whether owners may name addresses inside the farm's own network.
    fn may_be_private(&self) -> bool;

    /// Reads a provider once; the error is a reason for people.
    fn test_provider(&self, id: i64) -> Asked<'_, Result<Tested, String>>;

    /// The farm's bots of an owner.
    fn own_bots(&self, owner: i64) -> Asked<'_, Vec<OwnBot>>;

    /// Adds a bot for an owner.
    fn add_bot<'a>(&'a self, owner: i64, new: &'a NewBot) -> Asked<'a, Result<AddedBot, NoBot>>;

    /// Whether Telegram lets this bot create others; `None` when it could not be asked.
    fn may_create_bots(&self) -> Asked<'_, Option<bool>>;

    /// Adds a bot that an owner created with this one. The password is sealed as [`Sealed::NewPassword`].
    fn add_created_bot<'a>(&'a self, owner: i64, id: i64, password: &'a str) -> Asked<'a, Result<AddedBot, NoBot>>;

    /// Puts the present token of a bot that was created with this one into its file; `None` when it
    /// stands there, or the bot is not on the farm.
    fn renew_token(&self, owner: i64, id: i64) -> Asked<'_, Result<Option<AddedBot>, NoBot>>;

    /// Deletes a bot of an owner; its data stays.
    fn remove_bot<'a>(&'a self, owner: i64, slug: &'a str) -> Asked<'a, Result<(), NoBot>>;

    /// Finds a channel whose members the bot can see.
    fn find_channel<'a>(&'a self, channel: &'a ChannelRef) -> Asked<'a, Result<FoundChannel, NoChannel>>;
}

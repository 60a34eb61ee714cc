//! What flows ask and tell outside the database: Telegram, providers, the farm's key. `bot` answers.

use crate::domain::channel::{ChannelRef, Membership};
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

/// A secret that is sealed before it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// With which a provider is read.
    ProviderKey,
    /// With which a provider posts.
    ProviderToken,
}

impl Sealed {
    /// The place that the sealed value is bound to.
    pub fn place(self, slug: &str) -> String {
        let field = match self {
            Self::ProviderKey => "panel_provider_key",
            Self::ProviderToken => "panel_provider_token",
        };
        format!("{slug}/{field}")
    }
}

/// What a provider answered to a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// The beginning of its answer, without secrets.
    pub raw: String,
    /// How many messages it holds.
    pub count: usize,
    /// The first of them.
    pub messages: Vec<TestedMessage>,
}

/// A message of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedMessage {
    /// The number, as the provider spells it.
    pub to: String,
    /// Its text.
    pub text: String,
    /// The service that it is for.
    pub service: Option<String>,
    /// The code, or the word of the reason why there is none.
    pub verdict: Result<String, &'static str>,
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

    /// Where a provider of this name posts its messages.
    fn hook_address(&self, provider: &str) -> String;

    /// Whether owners may name addresses inside the farm's own network.
    fn may_be_private(&self) -> bool;

    /// Reads a provider once; the error is a reason for people.
    fn test_provider(&self, id: i64) -> Asked<'_, Result<Tested, String>>;

    /// Finds a channel whose members the bot can see.
    fn find_channel<'a>(&'a self, channel: &'a ChannelRef) -> Asked<'a, Result<FoundChannel, NoChannel>>;
}

//! What a Telegram session must remember across restarts, as a trait.

use std::collections::HashMap;
use std::pin::Pin;

/// Why the store failed; for the log.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;
/// A future of the store.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// How far the account's updates were handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpdatePosition {
    /// Telegram's `pts`; 0 is "none".
    pub pts: i32,
    /// Telegram's `qts`.
    pub qts: i32,
    /// Telegram's `date`.
    pub date: i32,
    /// Telegram's `seq`.
    pub seq: i32,
}

/// A data centre's key.
#[derive(Clone, PartialEq, Eq)]
pub struct SavedKey {
    /// The data centre.
    pub dc_id: i32,
    /// Its IPv4 address and port.
    pub address: String,
    /// The account lives there.
    pub home: bool,
    /// The authorization key.
    pub key: Option<[u8; 256]>,
    /// The token was used with this key.
    pub signed_in: bool,
}

/// Everything saved.
#[derive(Clone, Default)]
pub struct SavedSession {
    /// The bot's id, if it is noted with the first of the positions.
    pub bot_id: Option<i64>,
    /// How far its updates were handled, as far as that is known: the furthest first.
    pub positions: Vec<UpdatePosition>,
    /// The keys of this host.
    pub keys: Vec<SavedKey>,
}

/// Access hashes by kind (`user` or `channel`) and id.
pub type Peers = HashMap<(&'static str, i64), i64>;

/// Keeps a session. Implemented over the bot's schema.
pub trait SessionStore: Send + Sync + 'static {
    /// Loads everything but the access hashes.
    fn load(&self) -> StoreFuture<'_, SavedSession>;
    /// Saves a key; one that is at home is alone in that.
    fn save_key(&self, key: SavedKey) -> StoreFuture<'_, ()>;
    /// Saves which bot this is, and how far its updates were handled.
    fn save_bot(&self, bot_id: i64, position: UpdatePosition) -> StoreFuture<'_, ()>;
    /// Saves how far updates were handled since.
    fn save_position(&self, position: UpdatePosition) -> StoreFuture<'_, ()>;
    /// Saves access hashes.
    fn save_peers(&self, peers: Peers) -> StoreFuture<'_, ()>;
    /// Finds an access hash.
    fn peer(&self, kind: &'static str, id: i64) -> StoreFuture<'_, Option<i64>>;
}

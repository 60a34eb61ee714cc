//! Our thin face over grammers: connect, sign in, hear updates, send, edit, delete, answer.
//!
//! Only `bot` uses this. It knows nothing of rentals or databases: what a session must remember it
//! asks of a [`SessionStore`].

mod call;
pub mod channels;
pub mod check;
pub mod client;
pub mod endpoint;
pub mod error;
pub mod files;
pub mod incoming;
pub mod managed;
mod markup;
pub mod session;
mod sign_in;
pub mod store;

pub use client::{Connection, Options, Telegram};
pub use error::TelegramError;
pub use incoming::{Incoming, Position, Update};
pub use store::{SavedKey, SavedSession, SessionStore, StoreError, UpdatePosition};

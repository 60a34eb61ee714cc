//! A Telegram for one machine: the server half of MTProto, for tests, demonstrations and
//! benchmarks of bots that use an unmodified client library.
//!
//! The key exchange is skipped: clients are given an authorization key beforehand
//! ([`Sandbox::issue_key`]). The sandbox enforces what Telegram enforces on bots, remembers what
//! Telegram remembers, and can be told to misbehave ([`Fault`]). It shares no code with the
//! programs that are tested against it.
//!
//! Reading order: [`wire`] (bytes), [`messages_in`] (packets), [`connection`] (one client),
//! [`api`] (methods), [`model`] (memory), [`visitor`] (people).

pub mod api;
mod channel;
pub mod connection;
pub mod control;
pub mod faults;
pub mod files;
mod managed;
pub mod messages_in;
pub mod model;
pub mod server;
mod tl_build;
mod tl_channels;
mod tl_files;
pub mod visitor;
pub mod wire;

pub use faults::{Fault, Misbehave};
pub use files::{Contents, File};
pub use model::{Answer, Attached, Happening, KeyUse, Message, Standing};
pub use server::Sandbox;
pub use visitor::{Action, Button, NotSeen, Profile, Visitor};

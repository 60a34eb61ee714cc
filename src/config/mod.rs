//! From the files of `bots.d/` to checked bots, or to faults with file, line and column.
//!
//! [`section`] reads TOML and collects every fault at once; [`bot`] says what a bot's file holds;
//! [`secret`] resolves secrets; [`load`] reads the directory. Nothing here talks to a database or
//! to Telegram.

pub mod bot;
pub mod catalog;
pub mod channels;
pub mod environment;
pub mod fault;
pub mod load;
pub mod providers;
pub mod publish;
pub mod reference;
pub mod rules;
pub mod secret;
pub mod section;
pub mod telegram;
pub mod watch;
pub mod write;

pub use bot::BotConfig;
pub use fault::{Fault, FileFaults};
pub use load::{Loaded, LoadedBot, load_dir};

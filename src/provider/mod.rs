//! The sources of SMS messages: how they are read, and what a message of theirs holds.
//!
//! An adapter turns a body into [`Item`]s; nothing here touches the database. Whatever a provider
//! answers, the worst that happens is a reason.

pub mod bearer;
pub mod fetch;
pub mod generic;

use chrono::{DateTime, Utc};
use serde_json::Value;

/// One message as its source told it, before any matching.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The number it arrived on, as the source spells it.
    pub to: String,
    /// The service, if the source names one.
    pub service: Option<String>,
    /// Who sent it.
    pub sender: Option<String>,
    /// The text.
    pub text: String,
    /// When it was sent, if the source says so.
    pub sent_at: Option<DateTime<Utc>>,
    /// The source's own id.
    pub id: Option<String>,
    /// As it came.
    pub raw: Value,
}

/// Why a body could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    /// No JSON.
    #[error("this is not JSON")]
    NotJson,
    /// JSON without messages.
    #[error("there is no list `messages`")]
    NoMessages,
    /// More messages than are taken at once.
    #[error("there are more than {0} messages")]
    TooMany(usize),
}

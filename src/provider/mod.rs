//! The sources of SMS messages: how they are read, and what a message of theirs holds.
//!
//! An adapter turns a body into [`Item`]s; nothing here touches the database. Whatever a provider
//! answers, the worst that happens is a reason.

pub mod adapter;
mod android_gateway;
mod bearer;
pub mod fetch;
pub mod generic;
pub mod hook;
mod mac;
mod plivo;
mod telnyx;
mod twilio;
mod vonage;

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

/// The longest text that is kept, in characters.
const LONGEST_TEXT: usize = 4096;

impl Item {
    /// A message of which the source tells nothing else yet.
    fn new(to: &str, text: &str, raw: Value) -> Self {
        let text = without_nul_in(text).chars().take(LONGEST_TEXT).collect();
        let to = to.to_owned();
        Self { to, service: None, sender: None, text, sent_at: None, id: None, raw: without_nul(raw) }
    }
}

/// A body as JSON.
fn json(body: &[u8]) -> Result<Value, BadBody> {
    serde_json::from_slice(body).map_err(|_| BadBody::NotJson)
}

/// A time of RFC 3339.
fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|t| t.to_utc())
}

/// PostgreSQL refuses U+0000 in texts.
fn without_nul_in(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// And in jsonb.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_nul_in(&text)),
        Value::Array(items) => items.into_iter().map(without_nul).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(k, v)| (without_nul_in(&k), without_nul(v))).collect())
        }
        other => other,
    }
}

/// Why a body could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    /// No JSON.
    #[error("this is not JSON")]
    NotJson,
    /// Nothing in it is a message.
    #[error("there is no message in it")]
    NoMessages,
    /// More messages than are taken at once.
    #[error("there are more than {0} messages")]
    TooMany(usize),
}

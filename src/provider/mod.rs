//! The sources of SMS messages: how they are read, and what a message of theirs holds.
//!
//! An adapter turns a body into [`Item`]s; nothing here touches the database. Whatever a provider
//! answers, the worst that happens is a reason.

pub mod adapter;
mod android_gateway;
mod bearer;
pub mod fetch;
pub mod gammu;
pub mod generic;
pub mod hook;
mod httpsms;
mod incoming_sms;
mod mac;
mod plivo;
pub mod poll;
mod smseagle;
mod smsforwarder;
mod smshub;
mod telnyx;
mod textbee;
mod twilio;
mod vonage;

use crate::domain::source;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

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
    /// The device and SIM slot that it arrived on, when the source names those.
    pub line: Option<String>,
    /// Which part of a long message it is, if it is one.
    pub part: Option<Part>,
    /// As it came.
    pub raw: Value,
}

/// A part of a message that was too long for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What the parts of one message have in common.
    pub reference: String,
    /// Which one it is, from 1.
    pub number: i32,
    /// How many there are.
    pub total: i32,
}

impl Part {
    /// Whether there can be such a part.
    pub fn is_possible(&self) -> bool {
        (2..=MOST_PARTS).contains(&self.total) && (1..=self.total).contains(&self.number)
    }
}

/// The longest number, sender or line, in characters.
const LONGEST_NAME: usize = 100;
/// What came is not kept when it is larger, in bytes: only what was read of it.
const LARGEST_RAW: usize = 16 * 1024;
/// Parts of one message.
const MOST_PARTS: i32 = 255;
/// The longest text that is kept, in characters.
const LONGEST_TEXT: usize = 4096;

impl Item {
    /// A message of which the source tells nothing else yet.
    pub fn new(to: &str, text: &str, raw: Value) -> Self {
        let text = without_nul_in(text).chars().take(LONGEST_TEXT).collect();
        let to = to.to_owned();
        let raw = without_nul(raw);
        Self { to, service: None, sender: None, text, sent_at: None, id: None, line: None, part: None, raw }
    }

    /// The same, as it may be stored: without U+0000, and without what is longer than it can be.
    pub fn clean(self) -> Self {
        let short = |text: String| -> String { without_nul_in(&text).chars().take(LONGEST_NAME).collect() };
        let raw = if self.raw.to_string().len() > LARGEST_RAW { json!({ "too_large": true }) } else { self.raw };
        Self {
            to: short(self.to),
            sender: self.sender.map(short),
            line: self.line.map(short),
            id: self.id.map(|id| without_nul_in(&id)),
            raw,
            ..self
        }
    }

    /// The same, of a line: its device and SIM slot, as far as they are known.
    fn on(self, device: Option<&str>, slot: Option<&str>) -> Self {
        Self { line: source::line(device, slot), ..self }
    }
}

/// The hash of a text, for an identity.
fn short_hash(text: &str) -> String {
    hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

/// A value as text; numbers are accepted, because ids and phone numbers often come as such.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// RFC 3339, or Unix time in seconds or milliseconds. Texts of local time mean nothing: whose?
fn moment(value: &Value) -> Option<DateTime<Utc>> {
    /// Later than this a number cannot be seconds (the year 5138).
    const LAST_SECOND: i64 = 100_000_000_000;
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    };
    match number {
        Some(seconds) if seconds < LAST_SECOND => DateTime::from_timestamp(seconds, 0),
        Some(millis) => DateTime::from_timestamp_millis(millis),
        None => value.as_str().and_then(time),
    }
}

/// A body as JSON.
fn parsed(body: &[u8]) -> Result<Value, BadBody> {
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

//! A provider's request as it came, and why one is refused.

use super::{BadBody, parsed};
use axum::http::{HeaderMap, Method};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// How far a signed time may be from now: an older request is a replay.
const WINDOW: TimeDelta = TimeDelta::minutes(5);

/// A request to a webhook.
#[derive(Clone, Copy, Debug)]
pub struct Hook<'a> {
    /// How it was sent.
    pub method: &'a Method,
    /// The full address under which the source knows the webhook, query included.
    pub url: &'a str,
    /// The secret part of its path, if there is one.
    pub key: Option<&'a str>,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// Its body, untouched: signatures cover these bytes.
    pub body: &'a [u8],
    /// When it arrived.
    pub now: DateTime<Utc>,
}

/// Why a request is not authentic. The sender learns no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The signature is not there.
    #[error("there is no signature")]
    Unsigned,
    /// It is not the one of this request and this secret.
    #[error("the signature is wrong")]
    Forged,
    /// The signed time is too far from now.
    #[error("the request is too old")]
    Old,
}

impl<'a> Hook<'a> {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The address without its query.
    pub fn path(&self) -> &'a str {
        self.url.split_once('?').map_or(self.url, |(path, _)| path)
    }

    /// The fields of the query, decoded, in order.
    pub fn query(&self) -> Vec<(String, String)> {
        fields(self.url.split_once('?').map_or("", |(_, query)| query).as_bytes())
    }

    /// The fields of a form, decoded, in order.
    pub fn form(&self) -> Vec<(String, String)> {
        fields(self.body)
    }

    /// The fields, wherever they stand: in the query of a GET, in a form, in a JSON object.
    pub fn fields(&self) -> Result<Vec<(String, String)>, BadBody> {
        if self.method == Method::GET {
            return Ok(self.query());
        }
        if !self.is_json() {
            return Ok(self.form());
        }
        let Value::Object(object) = parsed(self.body)? else { return Err(BadBody::NoMessages) };
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        Ok(object.into_iter().map(|(name, value)| (name, text(value))).collect())
    }

    /// Whether the body says of itself that it is JSON.
    pub fn is_json(&self) -> bool {
        self.header("content-type").is_some_and(is_json)
    }

    /// A signed time must be near now.
    pub fn is_fresh(&self, signed_at: &str) -> Result<(), Refused> {
        let at = signed_at.trim().parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let at = at.ok_or(Refused::Forged)?;
        if (self.now - at).abs() <= WINDOW { Ok(()) } else { Err(Refused::Old) }
    }
}

/// Whether a content type is one of JSON: some apps let their users write the header themselves, and JSON
/// goes out as plain text.
pub fn is_json(content_type: &str) -> bool {
    let given = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    given.ends_with("/json") || given.ends_with("+json") || given == "text/plain"
}

fn fields(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

/// The value of a field.
pub fn field<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

/// Fields as they are stored.
pub fn as_json(fields: &[(String, String)]) -> Value {
    Value::Object(fields.iter().map(|(n, value)| (n.clone(), Value::String(value.clone()))).collect())
}

/// The bytes of a secret.
pub(super) fn bytes(secret: &SecretString) -> &[u8] {
    secret.expose_secret().as_bytes()
}

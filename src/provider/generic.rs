//! The farm's own format: `{"messages":[{"to","service","text","ts","id","from","meta"}]}`.

use super::hook::{Hook, Refused, bytes};
use super::{BadBody, Item, json, mac, time};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;
use sha2::Sha256;

/// Messages taken from one body.
const MOST: usize = 1000;
/// Where the signature of a body stands: hexadecimal digits, `sha256=` before them or not.
const SIGNATURE: &str = "x-signature";

/// Checks the signature of a body.
pub fn verify(hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    let given = mac::from_hex(hook.header(SIGNATURE).ok_or(Refused::Unsigned)?)?;
    mac::check::<Sha256>(bytes(secret), &[hook.body], &given)
}

/// Reads a body. Messages without a recipient or text come back with empty ones: they are stored
/// with a reason, never lost.
pub fn parse(body: &[u8]) -> Result<Vec<Item>, BadBody> {
    let messages = match json(body)? {
        Value::Array(messages) => messages,
        Value::Object(mut object) => match object.remove("messages") {
            Some(Value::Array(messages)) => messages,
            _ => return Err(BadBody::NoMessages),
        },
        _ => return Err(BadBody::NoMessages),
    };
    if messages.len() > MOST {
        return Err(BadBody::TooMany(MOST));
    }
    Ok(messages.into_iter().map(item).collect())
}

fn item(raw: Value) -> Item {
    let text = text_of(&raw, &["text", "message", "body"]).unwrap_or_default();
    let to = text_of(&raw, &["to", "recipient"]).unwrap_or_default();
    let item = Item::new(&to, &text, raw);
    let raw = &item.raw;
    Item {
        service: text_of(raw, &["service"]),
        sender: text_of(raw, &["from", "sender"]),
        sent_at: time_of(raw),
        // An empty or constant id would make every message a repetition of the first.
        id: text_of(raw, &["id"]).filter(|id| !matches!(id.trim(), "" | "0")),
        ..item
    }
}

/// A field as text; numbers are accepted, because phone numbers often come as such.
fn text_of(raw: &Value, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match raw.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// RFC 3339, or Unix time in seconds or milliseconds.
fn time_of(raw: &Value) -> Option<DateTime<Utc>> {
    /// Later than this a number cannot be seconds (the year 5138).
    const LAST_SECOND: i64 = 100_000_000_000;
    match raw.get("ts").or_else(|| raw.get("timestamp"))? {
        Value::String(text) => time(text),
        Value::Number(number) => match number.as_i64()? {
            seconds if seconds < LAST_SECOND => DateTime::from_timestamp(seconds, 0),
            millis => DateTime::from_timestamp_millis(millis),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M1
    #[test]
    fn the_documented_format_is_read() {
        let body = r#"{"messages":[{"to":"+201234567890","service":"WhatsApp","text":"Your verification code is 123456","ts":"2025-08-28T14:25:00Z","meta":{"provider_id":"X"}}]}"#;
        let items = parse(body.as_bytes()).unwrap();
        assert_eq!(items[0].to, "+201234567890");
        assert_eq!(items[0].service.as_deref(), Some("WhatsApp"));
        assert_eq!(items[0].sent_at.map(|t| t.timestamp()), Some(1_756_391_100));
    }

    #[test]
    fn odd_bodies_are_refused_or_read_never_a_crash() {
        assert_eq!(parse(b"<html>"), Err(BadBody::NotJson));
        assert_eq!(parse(b"{}"), Err(BadBody::NoMessages));
        assert_eq!(parse(b"7"), Err(BadBody::NoMessages));
        let items = parse(br#"[{"to":201234567890,"text":"a\u0000b","ts":1756391100000},{"to":null},7]"#).unwrap();
        assert_eq!(items[0].to, "201234567890");
        assert_eq!(items[0].text, "a\u{fffd}b");
        assert_eq!(items[0].sent_at.map(|t| t.timestamp()), Some(1_756_391_100));
        assert_eq!((items[1].to.as_str(), items[2].to.as_str()), ("", ""));
        let many = format!("[{}]", vec!["1"; 1001].join(","));
        assert_eq!(parse(many.as_bytes()), Err(BadBody::TooMany(1000)));
    }
}

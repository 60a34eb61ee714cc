//! What SIM-bank software posts to SMSHUB and its like as a partner: JSON `PUSH_SMS` with the key in the
//! body, answered in the same protocol. It repeats a message every ten seconds until it hears SUCCESS.

use super::hook::{Hook, Refused, bytes};
use super::{BadBody, Item, parsed, short_hash, text_of};
use secrecy::SecretString;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

/// Checks the key. It stands in the body, so that is read for it.
pub fn verify(hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    let body: Value = serde_json::from_slice(hook.body).map_err(|_| Refused::Unsigned)?;
    let given = body["key"].as_str().ok_or(Refused::Unsigned)?;
    if bytes(secret).ct_eq(given.as_bytes()).into() { Ok(()) } else { Err(Refused::Forged) }
}

/// Reads a message. What is stored of it holds no key.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let mut raw = parsed(hook.body)?;
    if let Some(fields) = raw.as_object_mut() {
        fields.remove("key");
    }
    if raw["action"] != "PUSH_SMS" {
        return Err(BadBody::NoMessages);
    }
    let text = |name: &str| text_of(&raw[name]);
    let phone = text("phone").unwrap_or_default();
    let body = text("text").unwrap_or_default();
    // The phone is an integer, country code first: it has no +.
    let to = if phone.starts_with('+') { phone } else { format!("+{phone}") };
    Ok(vec![Item {
        sender: text("phoneFrom"),
        // A counter of the software, which may begin again.
        id: text("smsId").map(|id| format!("{id}/{}", short_hash(&body))),
        ..Item::new(&to, &body, raw.clone())
    }])
}

/// That a message was taken.
pub fn thanks() -> String {
    json!({ "status": "SUCCESS" }).to_string()
}

/// That it was not, and why.
pub fn regrets(why: &str) -> String {
    json!({ "status": "ERROR", "error": why }).to_string()
}

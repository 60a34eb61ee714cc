//! SMSEagle's callback: fields in the query, a form or JSON, with the `apikey` of its settings
//! (<https://www.smseagle.eu/callback-url/>). The key covers nothing, and it stands in the address of a
//! GET. It names the modem, not its number; its times are local ones, so the arrival counts.

use super::hook::{Hook, Refused, as_json, bytes, field};
use super::{BadBody, Item, short_hash};
use secrecy::SecretString;
use subtle::ConstantTimeEq;

/// Checks the key.
pub fn verify(hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    let fields = hook.fields().map_err(|_| Refused::Unsigned)?;
    let given = field(&fields, "apikey").ok_or(Refused::Unsigned)?;
    if bytes(secret).ct_eq(given.as_bytes()).into() { Ok(()) } else { Err(Refused::Forged) }
}

/// Reads a message. What is stored of it holds no key.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let mut fields = hook.fields()?;
    fields.retain(|(name, _)| name != "apikey");
    let text = |name| field(&fields, name);
    let body = text("text").or_else(|| text("message")).ok_or(BadBody::NoMessages)?;
    let modem = text("modemno").or_else(|| text("modem_no"));
    Ok(vec![Item {
        sender: text("sender").map(str::to_owned),
        // A counter of the box, which may begin again.
        id: text("msgid").map(|id| format!("{id}/{}", short_hash(body))),
        ..Item::new(text("to").unwrap_or_default(), body, as_json(&fields)).on(text("device"), modem)
    }])
}

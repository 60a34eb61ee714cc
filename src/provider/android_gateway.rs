//! The app "SMS Gateway for Android": JSON, signed with HMAC-SHA256 over the body and the time
//! (<https://docs.sms-gate.app/features/webhooks>).

use super::hook::{Hook, Refused, bytes};
use super::{BadBody, Item, mac, parsed, text_of, time};
use secrecy::SecretString;
use sha2::Sha256;

/// Checks the signature with the app's signing key.
pub fn verify(hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    let given = mac::from_hex(hook.header("x-signature").ok_or(Refused::Unsigned)?)?;
    let at = hook.header("x-timestamp").ok_or(Refused::Unsigned)?;
    mac::check::<Sha256>(bytes(secret), &[hook.body, at.as_bytes()], &given)?;
    hook.is_fresh(at)
}

/// Reads a received message; other events hold none. A phone does not always know its own number, but
/// the slot of its SIM card.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let raw = parsed(hook.body)?;
    match raw["event"].as_str() {
        Some("sms:received") => {}
        Some(_) => return Ok(Vec::new()),
        None => return Err(BadBody::NoMessages),
    }
    let payload = raw["payload"].clone();
    let text = |name: &str| payload[name].as_str();
    let sender = text("sender").or_else(|| text("phoneNumber")).map(str::to_owned);
    let (device, slot) = (raw["deviceId"].as_str(), text_of(&payload["simNumber"]));
    Ok(vec![Item {
        sender,
        id: raw["id"].as_str().map(str::to_owned),
        sent_at: text("receivedAt").and_then(time),
        ..Item::new(text("recipient").unwrap_or_default(), text("message").unwrap_or_default(), raw.clone())
            .on(device, slot.as_deref())
    }])
}

//! Telnyx v2: JSON, signed with Ed25519 over the time and the body
//! (<https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks>).

use super::hook::{Hook, Refused};
use super::{BadBody, Item, mac, parsed, time};
use ring::signature::{ED25519, UnparsedPublicKey};
use secrecy::{ExposeSecret, SecretString};

/// Numbers of ours that a message may be for: each is a message, with all of the body.
const MOST: usize = 10;

/// Checks the signature with the account's public key, in base64.
pub fn verify(hook: &Hook<'_>, public_key: &SecretString) -> Result<(), Refused> {
    let given = hook.header("telnyx-signature-ed25519").ok_or(Refused::Unsigned)?;
    let at = hook.header("telnyx-timestamp").ok_or(Refused::Unsigned)?;
    let key = UnparsedPublicKey::new(&ED25519, mac::from_base64(public_key.expose_secret())?);
    let signed = [at.as_bytes(), b"|", hook.body].concat();
    key.verify(&signed, &mac::from_base64(given)?).map_err(|_| Refused::Forged)?;
    hook.is_fresh(at)
}

/// Reads a received message; other events hold none. A message to several of our numbers is one
/// for each.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let raw = parsed(hook.body)?;
    let data = &raw["data"];
    match data["event_type"].as_str() {
        Some("message.received") => {}
        Some(_) => return Ok(Vec::new()),
        None => return Err(BadBody::NoMessages),
    }
    let payload = &data["payload"];
    let text = payload["text"].as_str().unwrap_or_default();
    let id = payload["id"].as_str().ok_or(BadBody::NoMessages)?;
    let numbers =
        payload["to"].as_array().into_iter().flatten().filter_map(|to| to["phone_number"].as_str()).take(MOST);
    let item = |(n, to): (usize, &str)| Item {
        sender: payload["from"]["phone_number"].as_str().map(str::to_owned),
        id: Some(if n == 0 { id.to_owned() } else { format!("{id}/{n}") }),
        sent_at: data["occurred_at"].as_str().and_then(time),
        ..Item::new(to, text, raw.clone())
    };
    Ok(numbers.enumerate().map(item).collect())
}

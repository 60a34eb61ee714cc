//! httpSMS: CloudEvents as JSON, with a JSON Web Token for the address
//! (<https://docs.httpsms.com/webhooks/introduction>). The token covers no body, so whoever sees one
//! could post with it until it ends: the address has to be secret too.

use super::hook::{Hook, Refused, bytes};
use super::{BadBody, Item, mac, moment, parsed};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde_json::Value;
use sha2::Sha256;

/// Who makes the tokens.
const ISSUER: &str = "api.httpsms.com";

/// Checks the token: its signature with the webhook's signing key, for whom it is, and its time.
pub fn verify(hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    let header = hook.header("authorization").ok_or(Refused::Unsigned)?;
    let token = header.strip_prefix("Bearer ").ok_or(Refused::Forged)?;
    let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Forged)?;
    let (head, claims) = signed.split_once('.').ok_or(Refused::Forged)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Forged);
    mac::check::<Sha256>(bytes(secret), &[signed.as_bytes()], &decode(signature)?)?;
    let read = |part: &str| serde_json::from_slice::<Value>(&decode(part)?).map_err(|_| Refused::Forged);
    let (head, claims) = (read(head)?, read(claims)?);
    let is_for_us = match &claims["aud"] {
        Value::Array(all) => all.iter().any(|one| one.as_str() == Some(hook.url)),
        one => one.as_str() == Some(hook.url),
    };
    if head["alg"] != "HS256" || claims["iss"] != ISSUER || !is_for_us {
        return Err(Refused::Forged);
    }
    let now = hook.now.timestamp();
    let ends = claims["exp"].as_i64().ok_or(Refused::Forged)?;
    let begins = claims["nbf"].as_i64().unwrap_or(i64::MIN);
    if (begins..ends).contains(&now) { Ok(()) } else { Err(Refused::Old) }
}

/// Reads a received message; other events hold none.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let raw = parsed(hook.body)?;
    match raw["type"].as_str() {
        Some("message.phone.received") => {}
        Some(_) => return Ok(Vec::new()),
        None => return Err(BadBody::NoMessages),
    }
    let data = &raw["data"];
    let text = |name: &str| data[name].as_str();
    let owner = text("owner").unwrap_or_default();
    Ok(vec![Item {
        sender: text("contact").map(str::to_owned),
        id: text("message_id").map(str::to_owned),
        sent_at: moment(&data["timestamp"]),
        ..Item::new(owner, text("content").unwrap_or_default(), raw.clone()).on(Some(owner), text("sim"))
    }])
}

//! Plivo: a form, signed with HMAC-SHA256 over the address, the sorted fields and a nonce (V3,
//! <https://www.plivo.com/docs/messaging/concepts/signature-validation>). V2 signs address and nonce
//! only, so whoever sees one could post any body with it: it counts at a secret address alone.

use super::hook::{Hook, Refused, as_json, bytes, field};
use super::{BadBody, Item, mac};
use secrecy::SecretString;
use sha2::Sha256;

/// Checks the signature with the account's auth token. Several may stand there: one is enough.
pub fn verify(hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    let pair = |name: &str| Some((hook.header(name)?, hook.header(&format!("{name}-nonce"))?));
    if let Some((given, nonce)) = pair("x-plivo-signature-v3") {
        return check(secret, &format!("{}.{nonce}", address(hook)), given);
    }
    // The key of the address was checked before.
    match pair("x-plivo-signature-v2").filter(|_| hook.key.is_some()) {
        Some((given, nonce)) => check(secret, &format!("{}{nonce}", hook.path()), given),
        None => Err(Refused::Unsigned),
    }
}

fn check(secret: &SecretString, signed: &str, given: &str) -> Result<(), Refused> {
    let is_of = |one: &str| mac::check::<Sha256>(bytes(secret), &[signed.as_bytes()], &mac::from_base64(one)?);
    given.split(',').map(is_of).find(Result::is_ok).unwrap_or(Err(Refused::Forged))
}

/// The address with its query and its fields in order.
fn address(hook: &Hook<'_>) -> String {
    let (mut query, mut form) = (hook.query(), hook.form());
    query.sort();
    form.sort();
    let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let form: String = form.into_iter().map(|(name, value)| name + &value).collect();
    let mark = if query.is_empty() && form.is_empty() { "" } else { "?" };
    let dot = if query.is_empty() || form.is_empty() { "" } else { "." };
    format!("{}{mark}{}{dot}{form}", hook.path(), query.join("&"))
}

/// Reads a message.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let form = hook.form();
    let text = |name| field(&form, name);
    let (Some(to), Some(body)) = (text("To"), text("Text")) else { return Err(BadBody::NoMessages) };
    let id = text("MessageUUID").map(str::to_owned);
    Ok(vec![Item { sender: text("From").map(str::to_owned), id, ..Item::new(to, body, as_json(&form)) }])
}

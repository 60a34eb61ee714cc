//! The app `SmsForwarder`: a form, fields in the query, or JSON of a template, with `sign`, the HMAC-SHA256
//! over its time and the secret (<https://github.com/pppscn/SmsForwarder>). It covers no body, so the
//! address has to be secret. It names the SIM slot and its own device.

use super::hook::{Hook, Refused, as_json, bytes, field};
use super::{BadBody, Item, mac, short_hash};
use secrecy::SecretString;
use sha2::Sha256;
use url::form_urlencoded;

/// Checks the signature of the time, which has to be near now.
pub fn verify(hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    let fields = hook.fields().map_err(|_| Refused::Unsigned)?;
    let text = |name| field(&fields, name).ok_or(Refused::Unsigned);
    let (sign, at) = (text("sign")?, text("timestamp")?);
    // The app escapes the signature itself, whether its transport does so again or not.
    let plain = if sign.contains('%') { unescaped(sign) } else { sign.to_owned() };
    mac::check::<Sha256>(bytes(secret), &[at.as_bytes(), b"\n", bytes(secret)], &mac::from_base64(&plain)?)?;
    let seconds = at.parse::<i64>().map_err(|_| Refused::Forged)? / 1000;
    hook.is_fresh(&seconds.to_string())
}

fn unescaped(text: &str) -> String {
    let name = form_urlencoded::parse(text.as_bytes()).next().map(|(name, _)| name.into_owned());
    // A base64 ends with `=`, which would end a name: escaped, it is a part of it.
    name.unwrap_or_default()
}

/// Reads a message. It has no id, but the time at which the phone received it if the template says so;
/// else the time of the attempt to send it: a repetition is told by its text then.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let fields = hook.fields()?;
    let text = |name| field(&fields, name);
    let bodies = ["org_content", "content", "msg"];
    let body = bodies.iter().find_map(|name| text(name)).ok_or(BadBody::NoMessages)?;
    // `SIM1_operator_number`: only the first part stays the same.
    let slot = text("card_slot").or_else(|| text("sim")).and_then(|sim| sim.split('_').next());
    let device = text("device_mark").or_else(|| text("device"));
    let sender = text("from").map(str::to_owned);
    let at = text("receive_time").or_else(|| text("timestamp"));
    Ok(vec![Item {
        id: at.map(|at| format!("{at} {} {}", sender.as_deref().unwrap_or_default(), short_hash(body))),
        sender,
        ..Item::new(text("to").unwrap_or_default(), body, as_json(&fields)).on(device, slot)
    }])
}

//! Vonage SMS: fields in the query, a form or JSON, signed with a hash over the sorted fields
//! (<https://developer.vonage.com/en/getting-started/concepts/signing-messages>).

use super::hook::{Hook, Refused, as_json, bytes, field};
use super::{BadBody, Item, Part, mac};
use chrono::{DateTime, NaiveDateTime, Utc};
use md5::{Digest, Md5};
use secrecy::SecretString;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

/// Checks the signature with the account's signature secret, whichever hash the account uses.
pub fn verify(hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    let mut fields = hook.fields().map_err(|_| Refused::Unsigned)?;
    let given = mac::from_hex(field(&fields, "sig").ok_or(Refused::Unsigned)?)?;
    let at = field(&fields, "timestamp").ok_or(Refused::Unsigned)?.to_owned();
    fields.retain(|(name, _)| name != "sig");
    fields.sort();
    // Values are signed without these; a name that has them could hide other fields.
    if fields.iter().any(|(name, _)| name.contains(['&', '='])) {
        return Err(Refused::Forged);
    }
    let clean = |text: &str| text.replace(['&', '='], "_");
    let signed: String = fields.iter().map(|(name, value)| format!("&{name}={}", clean(value))).collect();
    let (key, parts) = (bytes(secret), [signed.as_bytes()]);
    match given.len() {
        16 => is_md5(key, parts[0], &given).or_else(|_| mac::check::<Md5>(key, &parts, &given)),
        20 => mac::check::<Sha1>(key, &parts, &given),
        32 => mac::check::<Sha256>(key, &parts, &given),
        64 => mac::check::<Sha512>(key, &parts, &given),
        _ => Err(Refused::Forged),
    }?;
    hook.is_fresh(&at)
}

/// The oldest kind: the secret behind the fields, hashed.
fn is_md5(key: &[u8], signed: &[u8], given: &[u8]) -> Result<(), Refused> {
    let hash = Md5::new().chain_update(signed).chain_update(key).finalize();
    if hash.as_slice().ct_eq(given).into() { Ok(()) } else { Err(Refused::Forged) }
}

/// Reads a message.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let fields = hook.fields()?;
    let text = |name| field(&fields, name);
    let (Some(to), Some(body)) = (text("to"), text("text")) else { return Err(BadBody::NoMessages) };
    Ok(vec![Item {
        sender: text("msisdn").map(str::to_owned),
        id: text("messageId").map(str::to_owned),
        sent_at: text("message-timestamp").and_then(moment),
        part: part(&fields),
        ..Item::new(to, body, as_json(&fields))
    }])
}

/// Of a long message each part comes by itself.
fn part(fields: &[(String, String)]) -> Option<Part> {
    let text = |name| field(fields, name);
    text("concat").filter(|is_part| *is_part == "true")?;
    let number = |name| text(name)?.parse().ok();
    Some(Part {
        reference: text("concat-ref")?.to_owned(),
        number: number("concat-part")?,
        total: number("concat-total")?,
    })
}

/// `2026-11-25 12:34:56`, in UTC.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok().map(|at| at.and_utc())
}

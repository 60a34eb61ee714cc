//! Twilio and SignalWire: a form, signed with HMAC-SHA1 over the address and the sorted fields
//! (<https://www.twilio.com/docs/usage/security>); a JSON body by its hash in the query.

use super::hook::{Hook, Refused, as_json, bytes, field};
use super::poll::Page;
use super::{BadBody, Item, mac, parsed};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use url::Url;

/// Where the signature stands: SignalWire uses Twilio's name too.
const HEADERS: [&str; 2] = ["x-twilio-signature", "x-signalwire-signature"];
/// The hash of a body that is no form.
const BODY_HASH: &str = "bodySHA256";

/// Checks the signature with the account's auth token, or SignalWire's signing key.
pub fn verify(hook: &Hook<'_>, secret: &SecretString) -> Result<(), Refused> {
    let given = HEADERS.iter().find_map(|name| hook.header(name)).ok_or(Refused::Unsigned)?;
    // SignalWire signs address and body of its JSON, in hexadecimal digits.
    if given.trim().len() == 40 {
        let given = mac::from_hex(given)?;
        let is_of = |url: String| mac::check::<Sha1>(bytes(secret), &[url.as_bytes(), hook.body], &given);
        return addresses(hook.url).into_iter().map(is_of).find(Result::is_ok).unwrap_or(Err(Refused::Forged));
    }
    let given = mac::from_base64(given)?;
    let fields = match field(&hook.query(), BODY_HASH) {
        Some(hash) if hash == hex::encode(Sha256::digest(hook.body)) => String::new(),
        Some(_) => return Err(Refused::Forged),
        None => sorted(hook.form()),
    };
    let is_of = |url: String| mac::check::<Sha1>(bytes(secret), &[url.as_bytes(), fields.as_bytes()], &given);
    addresses(hook.url).into_iter().map(is_of).find(Result::is_ok).unwrap_or(Err(Refused::Forged))
}

/// Names and values without anything between them; a value that stands twice counts once.
fn sorted(fields: Vec<(String, String)>) -> String {
    fields.into_iter().collect::<BTreeSet<_>>().into_iter().map(|(name, value)| name + &value).collect()
}

/// The address as it is, with its port, and without: proxies differ in what they pass on.
fn addresses(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    if let Ok(parsed) = Url::parse(url)
        && let (Some(host), Some(port)) = (parsed.host_str(), parsed.port_or_known_default())
        && let Some((scheme, rest)) = url.split_once("://")
    {
        let path = rest.find(['/', '?']).map_or("", |at| &rest[at..]);
        all.push(format!("{scheme}://{host}:{port}{path}"));
        all.push(format!("{scheme}://{host}{path}"));
    }
    all
}

/// Reads a message.
pub fn read(hook: &Hook<'_>) -> Result<Vec<Item>, BadBody> {
    let fields = hook.fields()?;
    let text = |name| field(&fields, name);
    let (Some(to), Some(body)) = (text("To"), text("Body")) else { return Err(BadBody::NoMessages) };
    let id = text("MessageSid").or_else(|| text("SmsSid")).map(str::to_owned);
    Ok(vec![Item { sender: text("From").map(str::to_owned), id, ..Item::new(to, body, as_json(&fields)) }])
}

/// The account of an address of messages, `…/Accounts/AC…/Messages.json`: the user's name for reading it.
pub fn account(url: &Url) -> Option<&str> {
    url.path_segments()?.skip_while(|part| *part != "Accounts").nth(1).filter(|account| !account.is_empty())
}

/// The address of the messages since a moment
/// (<https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources>).
pub fn listing(mut url: Url, since: DateTime<Utc>) -> Url {
    // Days are as fine as the filter is.
    let since = since.format("%Y-%m-%d").to_string();
    url.query_pairs_mut().append_pair("PageSize", "100").append_pair("DateSent>", &since);
    url
}

/// Reads a page of messages: those that the account's numbers received.
pub fn page(body: &[u8]) -> Result<Page, BadBody> {
    let body = parsed(body)?;
    let messages = body["messages"].as_array().ok_or(BadBody::NoMessages)?;
    let items = messages.iter().filter(|m| m["direction"] == "inbound").map(listed).collect();
    // What the account sent itself is on the pages too: one without a message of ours is not the last.
    let next = body["next_page_uri"].as_str().filter(|_| !messages.is_empty());
    Ok(Page { items, next: next.map(str::to_owned), cursor: None })
}

fn listed(raw: &Value) -> Item {
    let text = |name: &str| raw[name].as_str();
    let sent_at = text("date_sent").or_else(|| text("date_created"));
    Item {
        sender: text("from").map(str::to_owned),
        id: text("sid").map(str::to_owned),
        sent_at: sent_at.and_then(|at| DateTime::parse_from_rfc2822(at).ok()).map(|at| at.to_utc()),
        ..Item::new(text("to").unwrap_or_default(), text("body").unwrap_or_default(), raw.clone())
    }
}

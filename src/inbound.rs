//! From a provider's message to a completed rental: normalise, find the service, extract the code,
//! hand over to `service::complete`. Poll and webhook are hints to this one function.

use crate::domain::matching::{ServiceRule, find_service};
use crate::domain::phone::PhoneNumber;
use crate::domain::source::SourceOptions;
use crate::provider::adapter::Posting;
use crate::provider::{Item, Part};
use crate::service::complete::{self, Message, Outcome, Reading};
use crate::service::parts::{self, NewPart};
use crate::service::shelf::Shelf;
use crate::service::{Policy, ServiceResult, Tenant, inbox};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore, watch};

/// Requests of one provider that are read at once.
pub const ROOM: usize = 256;
/// A longer id of a source is not used, in bytes.
const LONGEST_ID: usize = 200;
/// A message without id and time that is posted again within this time is a repetition, in seconds.
const ABOUT: i64 = 600;

/// Nudges to one bot's tasks, after a commit in this process.
#[derive(Debug, Default)]
pub struct Wakes {
    /// There is something in the outbox.
    pub outbox: Notify,
    /// A rental began, or money came.
    pub rental: Notify,
    /// Counts the rentals that began: every provider monitor hears of each.
    pub rentals: watch::Sender<u64>,
    /// What is known of users has changed elsewhere.
    pub users: Notify,
}

impl Wakes {
    /// Has every task look: something was done elsewhere.
    pub fn all(&self) {
        self.outbox.notify_one();
        self.rental.notify_one();
        self.rentals.send_modify(|rentals| *rentals += 1);
        self.users.notify_one();
    }
}

/// One provider of one bot.
#[derive(Debug)]
pub struct ProviderGate {
    /// Its row.
    pub id: i64,
    /// The services that its messages count for.
    pub rules: Vec<ServiceRule>,
    /// What kind of source it is, and how it posts.
    pub posting: Posting,
    /// How many of its requests are read at once: those of a stranger too, who has to wait with it alone.
    pub room: Arc<Semaphore>,
}

/// Where messages for one bot come in.
#[derive(Debug)]
pub struct Gate {
    /// The bot.
    pub tenant: Tenant,
    /// Its rules.
    pub policy: Arc<Policy>,
    /// Its providers by name.
    pub providers: HashMap<String, ProviderGate>,
    /// Where messages that match nothing are stored together.
    pub shelf: Arc<Shelf>,
}

/// How messages came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The provider showed them, perhaps not for the first time.
    Read,
    /// The provider posted them: what comes later is another message.
    Posted,
}

/// What a batch of messages led to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Stored for the first time.
    pub new: usize,
    /// Completed a rental.
    pub completed: usize,
    /// Led to something that is to be sent.
    pub told: usize,
}

/// Takes messages of a provider in. Wakes the deliverer for each code.
pub async fn take(
    gate: &Gate,
    provider: &ProviderGate,
    wakes: &Wakes,
    items: Vec<Item>,
    way: Way,
    now: DateTime<Utc>,
) -> ServiceResult<Taken> {
    let items = items.into_iter().map(Item::clean).collect();
    let known = whole(gate, provider, items, way, now).await?;
    let fresh = fresh(gate, provider, known).await?;
    // Whatever happens: a commit whose answer was lost has filled the outbox too.
    let _wake = WakeAtEnd(&wakes.outbox);
    let (mut taken, mut failed) = (Taken::default(), None);
    let mut unmatched = Vec::new();
    for named in fresh {
        // Reading a text costs more than anything else here: the others get their turn in between.
        tokio::task::yield_now().await;
        let message = read(provider, named);
        if let (Err(reason), true) = (&message.reading, message.parts.is_empty()) {
            let reason = *reason;
            unmatched.push((message, reason));
            continue;
        }
        match complete::take(&gate.tenant, &gate.policy, &message, now).await {
            Ok(outcome) => {
                taken.new += usize::from(outcome != Outcome::Repeated);
                taken.completed += usize::from(matches!(outcome, Outcome::Completed(_)));
                let is_quiet = matches!(outcome, Outcome::Unmatched(_) | Outcome::Repetition(_) | Outcome::Repeated);
                taken.told += usize::from(!is_quiet);
                if matches!(outcome, Outcome::Withheld(_)) {
                    wakes.rental.notify_one();
                }
            }
            // One message that cannot be taken must not hold the others back.
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    if !unmatched.is_empty() {
        match gate.shelf.keep(&gate.tenant, unmatched, now).await {
            Ok(new) => taken.new += new,
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(taken), Err)
}

struct WakeAtEnd<'a>(&'a Notify);

impl Drop for WakeAtEnd<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// A message that has a name, and is not read yet.
struct Named {
    item: Item,
    number: Result<PhoneNumber, &'static str>,
    identity: String,
    parts: Vec<i64>,
}

/// Leaves out what is stored already, when there are many: polled providers repeat themselves.
async fn fresh(gate: &Gate, provider: &ProviderGate, messages: Vec<Named>) -> ServiceResult<Vec<Named>> {
    if messages.len() < 2 {
        return Ok(messages);
    }
    let identities: Vec<String> = messages.iter().map(|m| m.identity.clone()).collect();
    let known = inbox::known(&gate.tenant, provider.id, &identities).await?;
    // The parts of what is stored already wait for nothing.
    let is_known = |m: &&Named| known.contains(&m.identity);
    let parts: Vec<i64> = messages.iter().filter(is_known).flat_map(|m| m.parts.iter().copied()).collect();
    if !parts.is_empty() {
        parts::end(&gate.tenant, &parts).await?;
    }
    Ok(messages.into_iter().filter(|m| !known.contains(&m.identity)).collect())
}

/// The messages of items: one for each, but one for all the parts of a long one, with the last of them.
async fn whole(
    gate: &Gate,
    provider: &ProviderGate,
    items: Vec<Item>,
    way: Way,
    now: DateTime<Utc>,
) -> ServiceResult<Vec<Named>> {
    let mut messages = Vec::new();
    for mut item in items {
        let mut rows = Vec::new();
        if let Some(part) = item.part.take().filter(Part::is_possible) {
            let Some(joined) = parts::join(&gate.tenant, provider.id, &new_part(&item, &part), now).await? else {
                continue;
            };
            item = Item { text: joined.text, id: Some(joined.identity), raw: joined.raw, ..item };
            rows = joined.rows;
        }
        messages.push(Named { parts: rows, ..named(provider, item, way, now) });
    }
    Ok(messages)
}

/// A part as it waits for the others. Two SIM cards of one device may use the same reference.
fn new_part(item: &Item, part: &Part) -> NewPart {
    let of = [item.to.as_str(), item.line.as_deref().unwrap_or_default(), item.sender.as_deref().unwrap_or_default()];
    let mut digest = Sha256::new();
    of.iter().chain([&part.reference.as_str()]).for_each(|text| {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text);
    });
    let reference = hex::encode(&digest.finalize()[..16]);
    let identity = item.id.clone().filter(|id| id.len() <= LONGEST_ID);
    NewPart {
        identity: identity.unwrap_or_else(|| format!("{reference}/{}", part.number)),
        reference,
        number: part.number,
        total: part.total,
        text: item.text.clone(),
        sender: item.sender.clone(),
        line: item.line.clone(),
        raw: item.raw.clone(),
    }
}

fn named(provider: &ProviderGate, item: Item, way: Way, now: DateTime<Utc>) -> Named {
    let number = number_of(&provider.posting.options, &item);
    let id = item.id.as_ref().filter(|id| id.len() <= LONGEST_ID).map(|id| match &item.line {
        // The ids of two devices may be the same.
        Some(line) if item.to.is_empty() => format!("id:{line}/{id}"),
        _ => format!("id:{id}"),
    });
    let identity = id.unwrap_or_else(|| hash(&item, number.as_ref().ok(), way, now));
    Named { item, number, identity, parts: Vec::new() }
}

fn read(provider: &ProviderGate, named: Named) -> Message {
    let Named { item, number, identity, parts } = named;
    let reading = number.as_ref().map_err(|why| *why).and_then(|number| reading(provider, &item, number));
    Message {
        provider_id: provider.id,
        identity,
        raw: item.raw,
        phone_number: number.ok().map(|n| n.to_string()),
        text: item.text,
        sender: item.sender,
        line: item.line,
        sent_at: item.sent_at,
        parts,
        reading,
    }
}

/// The number that a message arrived on: what the owner says of its line, else what the source says.
pub fn number_of(options: &SourceOptions, item: &Item) -> Result<PhoneNumber, &'static str> {
    let read = |text: &str| PhoneNumber::international(text).map_err(|_| "bad_recipient");
    if let Some(number) = item.line.as_deref().and_then(|line| options.number_of(line)) {
        return read(number);
    }
    match (read(&item.to), options.number_of_others(), &item.line) {
        (Ok(number), _, _) => Ok(number),
        (Err(_), Some(number), _) => read(number),
        (Err(_), None, Some(_)) => Err("unknown_line"),
        (Err(why), None, None) => Err(why),
    }
}

/// What would be read out of a message: the service, and the code or why there is none.
pub fn explain<'a>(provider: &'a ProviderGate, item: &Item) -> (Option<&'a ServiceRule>, Result<String, &'static str>) {
    if let Err(why) = number_of(&provider.posting.options, item) {
        return (None, Err(why));
    }
    match service_of(provider, item) {
        Ok(rule) => (Some(rule), rule.patterns.extract(&item.text).ok_or("no_code")),
        Err(why) => (None, Err(why)),
    }
}

fn service_of<'a>(provider: &'a ProviderGate, item: &Item) -> Result<&'a ServiceRule, &'static str> {
    find_service(&provider.rules, item.service.as_deref(), item.sender.as_deref(), &item.text)
        .map_err(|none| none.as_str())
}

fn reading(provider: &ProviderGate, item: &Item, number: &PhoneNumber) -> Result<Reading, &'static str> {
    let rule = service_of(provider, item)?;
    let code = rule.patterns.extract(&item.text).ok_or("no_code")?;
    Ok(Reading { phone_number: number.to_string(), service_id: rule.id, code })
}

/// The identity of a message whose source gives none: recipient, text and time.
fn hash(item: &Item, number: Option<&PhoneNumber>, way: Way, now: DateTime<Utc>) -> String {
    let to = number.map_or(item.to.as_str(), PhoneNumber::as_str);
    let time = match (item.sent_at, way) {
        (Some(sent), _) => sent.timestamp_millis().to_string(),
        (None, Way::Read) => String::new(),
        // Posted again a little later it is a repetition; after that, another message of the same text.
        (None, Way::Posted) => format!("about {}", now.timestamp() / ABOUT),
    };
    let mut digest = Sha256::new();
    // Of what has no recipient nothing else tells one message from another.
    let whole = if number.is_none() { item.raw.to_string() } else { String::new() };
    for part in [to, &item.text, &time, &whole] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    format!("hash:{}", hex::encode(&digest.finalize()[..16]))
}

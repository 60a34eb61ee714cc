//! A provider's message becomes a delivered code: stored, matched, charged and queued for sending
//! in one transaction.

use super::alerts::{self, Alert};
use super::{Policy, ServiceResult, Tenant, charge, withheld};
use crate::db::completion::{self, Received};
use crate::db::inbox::{self, Stored};
use crate::db::outbox::{self, Kind, NewRow};
use crate::db::{TenantTx, parts, users};
use crate::domain::rental::{CLOCK_SKEW, Payment};
use crate::meter;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// The same text to the same number within this time is a repetition.
const REPEATED: TimeDelta = TimeDelta::minutes(2);

/// A provider's message after reading: what it is, and whom it may be for.
#[derive(Clone, Debug)]
pub struct Message {
    /// The provider's row.
    pub provider_id: i64,
    /// The source's id, else a hash; a repetition has the same.
    pub identity: String,
    /// As it came.
    pub raw: Value,
    /// The number in E.164, if it could be read.
    pub phone_number: Option<String>,
    /// Its text.
    pub text: String,
    /// Who sent it, if the provider says so.
    pub sender: Option<String>,
    /// The device and SIM slot that it arrived on, if the provider says so.
    pub line: Option<String>,
    /// When it was sent, if the provider says so.
    pub sent_at: Option<DateTime<Utc>>,
    /// The rows of its parts, if it came in several.
    pub parts: Vec<i64>,
    /// Number, service and code, or why it can match nothing.
    pub reading: Result<Reading, &'static str>,
}

impl<'a> Stored<'a> {
    /// A message as it is stored.
    pub(super) fn of(message: &'a Message) -> Self {
        Self {
            provider_id: message.provider_id,
            identity: &message.identity,
            raw: &message.raw,
            phone_number: message.phone_number.as_deref(),
            body: &message.text,
            sender: message.sender.as_deref(),
            line: message.line.as_deref(),
        }
    }
}

/// What a message says.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The number in E.164.
    pub phone_number: String,
    /// The service's row.
    pub service_id: i64,
    /// The code.
    pub code: String,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It completed this rental; its code is in the outbox.
    Completed(i64),
    /// Its code waits until this rental can be paid.
    Withheld(i64),
    /// Its code came to this rental, which could not be paid and has failed.
    Failed(i64),
    /// Its code is a further one of this completed rental.
    Further(i64),
    /// It says the code again that this completed rental has delivered.
    Repetition(i64),
    /// It was stored, and matches nothing, for this reason.
    Unmatched(&'static str),
    /// It had been stored before.
    Repeated,
}

/// Takes a message in. Whatever comes twice, by whatever way, completes once.
pub async fn take(tenant: &Tenant, policy: &Policy, message: &Message, now: DateTime<Utc>) -> ServiceResult<Outcome> {
    let outcome = transact!(tenant, |tx| take_in(tx, policy, message, now).await)?;
    match outcome {
        Outcome::Completed(_) => meter::rentals(tenant.slug().as_str(), "completed", 1),
        Outcome::Withheld(_) => meter::rentals(tenant.slug().as_str(), "withheld", 1),
        Outcome::Failed(_) => meter::rentals(tenant.slug().as_str(), "failed", 1),
        _ => {}
    }
    Ok(outcome)
}

async fn take_in(tx: &mut TenantTx, policy: &Policy, message: &Message, now: DateTime<Utc>) -> ServiceResult<Outcome> {
    let stored = inbox::store(tx, &Stored::of(message), now).await?;
    if !message.parts.is_empty() {
        parts::join(tx, &message.parts).await?;
    }
    let Some(stored) = stored else { return Ok(Outcome::Repeated) };
    let outcome = settle(tx, policy, message, (stored, now)).await?;
    let (word, rental, reason) = match outcome {
        Outcome::Completed(rental) => ("completed", Some(rental), None),
        Outcome::Withheld(rental) => ("withheld", Some(rental), None),
        Outcome::Failed(rental) => ("failed", Some(rental), None),
        Outcome::Further(rental) => ("further", Some(rental), None),
        Outcome::Repetition(rental) => ("unmatched", Some(rental), Some("same_code")),
        Outcome::Unmatched(reason) => ("unmatched", None, Some(reason)),
        Outcome::Repeated => return Ok(outcome),
    };
    inbox::settle(tx, stored, word, rental, reason).await?;
    Ok(outcome)
}

async fn settle(
    tx: &mut TenantTx,
    policy: &Policy,
    message: &Message,
    (stored, now): (i64, DateTime<Utc>),
) -> ServiceResult<Outcome> {
    let reading = match &message.reading {
        Ok(reading) => reading,
        Err(reason) => return Ok(Outcome::Unmatched(reason)),
    };
    let open = completion::open_of(tx, &reading.phone_number, reading.service_id).await?;
    let Some((rental, began, freed)) = open else { return further(tx, policy, message, reading, now).await };
    let is_before = |sent: DateTime<Utc>| {
        // The skew must not reach into the number's last rental: its code is not this user's.
        sent.checked_add_signed(CLOCK_SKEW).is_some_and(|latest| latest < began) || freed.is_some_and(|at| sent <= at)
    };
    if message.sent_at.is_some_and(is_before) {
        return Ok(Outcome::Unmatched("sent_before_rental"));
    }
    // Some sources repeat a message under a new id. What the source says was sent after the rental
    // began is no repetition of anything older.
    let is_new = message.sent_at.is_some_and(|sent| sent >= began);
    if !is_new && inbox::has_text(tx, &Stored::of(message), stored, now - REPEATED).await? {
        return Ok(Outcome::Unmatched("same_text"));
    }
    deliver(tx, policy, rental, reading, now).await
}

/// Delivers the code to an open rental: completed if it can be paid.
pub(super) async fn deliver(
    tx: &mut TenantTx,
    policy: &Policy,
    rental: i64,
    reading: &Reading,
    now: DateTime<Utc>,
) -> ServiceResult<Outcome> {
    match completion::complete_held(tx, rental, &reading.code, now).await? {
        Some(received) if charge::charge(tx, &received, now).await? => Ok(Outcome::Completed(rental)),
        // The hold covers the price, so it cannot be short; the error rolls everything back.
        Some(_) => Err(crate::db::DbError::Other(format!("rental {rental} is not covered by its hold")).into()),
        None => unheld(tx, policy, rental, reading, now).await,
    }
}

/// A rental that holds less than its price: paid from the balance, if it suffices.
async fn unheld(
    tx: &mut TenantTx,
    policy: &Policy,
    rental: i64,
    reading: &Reading,
    now: DateTime<Utc>,
) -> ServiceResult<Outcome> {
    let received = completion::receive(tx, rental, &reading.code, now).await?;
    let Some((received, waited)) = received else { return Ok(Outcome::Unmatched("no_open_rental")) };
    if charge::charge(tx, &received, now).await? {
        completion::finish(tx, rental, true, now).await?;
        return Ok(Outcome::Completed(rental));
    }
    if !waited {
        return Ok(Outcome::Withheld(rental));
    }
    alert_owner(tx, policy, &received, reading, now).await?;
    if policy.rules.payment == (Payment::OnArrival { waits: false }) {
        withheld::fail(tx, &received, now).await?;
        return Ok(Outcome::Failed(rental));
    }
    completion::withhold(tx, rental).await?;
    let telegram_id = users::telegram_id(tx, received.user_id).await?;
    outbox::enqueue(tx, NewRow::about(Kind::Unpaid, telegram_id, rental, now), now).await?;
    Ok(Outcome::Withheld(rental))
}

async fn alert_owner(
    tx: &mut TenantTx,
    policy: &Policy,
    received: &Received,
    reading: &Reading,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let missing = received.price - received.held - users::funds(tx, received.user_id).await?.free();
    let user = users::telegram_id(tx, received.user_id).await?;
    alerts::tell(tx, policy, &Alert::Unpaid { user, number: reading.phone_number.clone(), missing }, now).await
}

/// A code without an open rental: perhaps a further one of a rental that was completed lately.
async fn further(
    tx: &mut TenantTx,
    policy: &Policy,
    message: &Message,
    reading: &Reading,
    now: DateTime<Utc>,
) -> ServiceResult<Outcome> {
    let lasts = policy.rules.further_codes;
    if lasts == TimeDelta::zero() {
        return Ok(Outcome::Unmatched("no_open_rental"));
    }
    let past = completion::completed_of(tx, &reading.phone_number, reading.service_id, now - lasts).await?;
    let Some(past) = past else { return Ok(Outcome::Unmatched("no_open_rental")) };
    if message.sent_at.is_some_and(|sent| sent < past.began) {
        return Ok(Outcome::Unmatched("sent_before_rental"));
    }
    if past.code.as_ref() == Some(&reading.code) || completion::has_further(tx, past.id, &reading.code).await? {
        return Ok(Outcome::Repetition(past.id));
    }
    let about = NewRow::about(Kind::AnotherCode, past.telegram_id, past.id, now);
    outbox::enqueue(tx, NewRow { details: Some(json!({ "code": reading.code })), ..about }, now).await?;
    Ok(Outcome::Further(past.id))
}

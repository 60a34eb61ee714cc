//! A provider's message becomes a delivered code: stored, matched, charged and queued for sending
//! in one transaction.

use super::{ServiceResult, Tenant};
use crate::db::ledger::{self, Movement};
use crate::db::outbox::{self, Kind};
use crate::db::rentals::{self, Completed};
use crate::db::{TenantTx, inbox, numbers, retry};
use crate::domain::rental::CLOCK_SKEW;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// A provider's message after reading: what it is, and whom it may be for.
#[derive(Clone, Debug)]
pub struct Message {
    /// The provider's row.
    pub provider_id: i64,
    /// The source's id, else a hash; a repetition has the same.
    pub identity: String,
    /// As it came.
    pub raw: Value,
    /// When it was sent, if the provider says so.
    pub sent_at: Option<DateTime<Utc>>,
    /// Number, service and code, or why it can match nothing.
    pub reading: Result<Reading, &'static str>,
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
    /// It was stored, and matches nothing, for this reason.
    Unmatched(&'static str),
    /// It had been stored before.
    Repeated,
}

/// Takes a message in. Whatever comes twice, by whatever way, completes once.
pub async fn take(tenant: &Tenant, message: &Message, now: DateTime<Utc>) -> ServiceResult<Outcome> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let taken = take_in(&mut tx, message, now).await;
        tx.finish(taken).await
    })
    .await
}

async fn take_in(tx: &mut TenantTx, message: &Message, now: DateTime<Utc>) -> ServiceResult<Outcome> {
    let stored = inbox::store(tx, message.provider_id, &message.identity, &message.raw, now).await?;
    let Some(stored) = stored else { return Ok(Outcome::Repeated) };
    let outcome = settle(tx, message, now).await?;
    match outcome {
        Outcome::Completed(rental) => inbox::settle(tx, stored, Some(rental), None).await?,
        Outcome::Unmatched(reason) => inbox::settle(tx, stored, None, Some(reason)).await?,
        Outcome::Repeated => {}
    }
    Ok(outcome)
}

async fn settle(tx: &mut TenantTx, message: &Message, now: DateTime<Utc>) -> ServiceResult<Outcome> {
    let reading = match &message.reading {
        Ok(reading) => reading,
        Err(reason) => return Ok(Outcome::Unmatched(reason)),
    };
    let open = rentals::open_of(tx, &reading.phone_number, reading.service_id).await?;
    let Some((rental, began, freed)) = open else { return Ok(Outcome::Unmatched("no_open_rental")) };
    let is_before = |sent: DateTime<Utc>| {
        // The skew must not reach into the number's last rental: its code is not this user's.
        sent.checked_add_signed(CLOCK_SKEW).is_some_and(|latest| latest < began) || freed.is_some_and(|at| sent <= at)
    };
    if message.sent_at.is_some_and(is_before) {
        return Ok(Outcome::Unmatched("sent_before_rental"));
    }
    let Some(completed) = rentals::complete(tx, rental, &reading.code, now).await? else {
        return Ok(Outcome::Unmatched("no_open_rental"));
    };
    charge(tx, rental, completed, now).await?;
    Ok(Outcome::Completed(rental))
}

/// Ends the hold, takes the price, uses the number up and queues the code.
async fn charge(tx: &mut TenantTx, rental: i64, done: Completed, now: DateTime<Utc>) -> ServiceResult<()> {
    let movement = Movement {
        user_id: done.user_id,
        kind: "purchase",
        amount: -done.price,
        released: done.held,
        reason: "code".to_owned(),
        actor: "farm".to_owned(),
        bought: Some((done.service_id, done.number_id, rental)),
        request_key: None,
    };
    // The hold covers the price, so this cannot be short; the error rolls everything back.
    let moved = ledger::record(tx, movement, now).await?;
    let moved =
        moved.ok_or_else(|| crate::db::DbError::Other(format!("rental {rental} is not covered by its hold")))?;
    numbers::use_up(tx, done.number_id, now).await?;
    outbox::enqueue(tx, Kind::Code, moved.telegram_id, rental, now).await?;
    Ok(())
}

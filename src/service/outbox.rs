//! The outbox as the deliverer uses it.

use super::{ServiceResult, Tenant};
use crate::db::{TenantTx, completion, outbox, rentals, users};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

pub use crate::db::outbox::{Claimed, Kind, NewRow, Waiting};

/// How long a claimed row is nobody else's.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Rows claimed at once.
const BATCH: i64 = 30;

/// A claimed row with everything its message shows.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The row.
    pub row: Claimed,
    /// The rental it is about.
    pub rental: Option<rentals::Rental>,
    /// The rental that came in the place of an expired one.
    pub replacement: Option<rentals::Rental>,
    /// The user's money.
    pub funds: users::Funds,
    /// The user's language.
    pub language: Option<String>,
    /// The user's row.
    pub user_id: i64,
}

/// Claims due rows, codes first. Not tried again by itself: a claim whose answer was lost holds its
/// rows, so after an error they are taken back with [`reclaim`].
pub async fn claim(tenant: &Tenant, now: DateTime<Utc>) -> ServiceResult<Vec<Letter>> {
    let mut tx = tenant.begin().await?;
    let claimed = claim_in(&mut tx, now).await;
    tx.finish(claimed).await
}

async fn claim_in(tx: &mut TenantTx, now: DateTime<Utc>) -> ServiceResult<Vec<Letter>> {
    let rows = outbox::claim(tx, now, now + LEASE, BATCH).await?;
    let mut letters = Vec::with_capacity(rows.len());
    for row in rows {
        let (user_id, language, funds) = users::addressee(tx, row.telegram_id).await?;
        let rental = match row.reservation_id {
            Some(id) => rentals::view(tx, id, user_id).await?,
            None => None,
        };
        let replacement = match (row.kind, row.details.as_ref().and_then(|d| d.get("rental")?.as_i64())) {
            (Kind::Replaced, Some(id)) => rentals::view(tx, id, user_id).await?,
            _ => None,
        };
        letters.push(Letter { row, rental, replacement, funds, language, user_id });
    }
    Ok(letters)
}

/// How a try ended.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It was sent; the message's id, if Telegram told it.
    Sent(Option<i32>),
    /// It can never be sent.
    Failed(String),
    /// Try again then.
    Later(DateTime<Utc>, String),
}

/// Records how a try ended. A delivered code is erased after `erase_after`, if it is at all.
pub async fn record(
    tenant: &Tenant,
    row: &Claimed,
    verdict: &Verdict,
    erase_after: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| record_in(tx, row, verdict, erase_after, now).await)
}

async fn record_in(
    tx: &mut TenantTx,
    row: &Claimed,
    verdict: &Verdict,
    erase_after: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    match verdict {
        Verdict::Sent(message_id) => {
            if outbox::sent(tx, row.id, *message_id, now).await? {
                follow_up(tx, row, *message_id, erase_after, now).await?;
            }
        }
        Verdict::Failed(reason) => {
            // A message that cannot be sent or deleted must not keep the stored code.
            if outbox::failed(tx, row.id, reason, now).await? {
                follow_up(tx, row, None, erase_after, now).await?;
            }
        }
        Verdict::Later(until, reason) => outbox::postpone(tx, row.id, *until, reason).await?,
    }
    Ok(())
}

/// What follows a delivery: a code's message is deleted later, and its code erased with it.
async fn follow_up(
    tx: &mut TenantTx,
    row: &Claimed,
    message_id: Option<i32>,
    erase_after: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    match (row.kind, erase_after) {
        (Kind::EraseCode, _) => erase(tx, row).await?,
        (kind, Some(after)) if kind.is_code() => {
            let details = Some(json!({ "message_id": message_id }));
            let (telegram_id, rental) = (row.telegram_id, row.reservation_id);
            let erasure = NewRow { kind: Kind::EraseCode, telegram_id, rental, details, due: now + after };
            outbox::enqueue(tx, erasure, now).await?;
        }
        _ => {}
    }
    Ok(())
}

async fn erase(tx: &mut TenantTx, row: &Claimed) -> ServiceResult<()> {
    if let Some(rental) = row.reservation_id {
        completion::erase(tx, rental).await?;
    }
    Ok(())
}

/// What waits to be sent.
pub async fn waiting(tenant: &Tenant) -> ServiceResult<Waiting> {
    let mut tx = tenant.begin().await?;
    let waiting = outbox::waiting(&mut tx).await;
    Ok(tx.finish(waiting).await?)
}

/// Takes back what a process that has gone had claimed. Only for the one process that runs the bot.
pub async fn reclaim(tenant: &Tenant, now: DateTime<Utc>) -> ServiceResult<usize> {
    let mut tx = tenant.begin().await?;
    let reclaimed = outbox::reclaim(&mut tx, now, LEASE).await;
    Ok(tx.finish(reclaimed).await?)
}

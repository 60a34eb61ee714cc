//! The outbox as the deliverer uses it.

use super::{ServiceResult, Tenant};
use crate::db::{TenantTx, outbox, rentals, retry, users};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

pub use crate::db::outbox::{Claimed, Kind};

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
    /// The balance to show, in the bot's currency.
    pub balance: Decimal,
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
        let (user_id, language, balance) = users::addressee(tx, row.telegram_id).await?;
        let rental = match row.reservation_id {
            Some(id) => rentals::view(tx, id, user_id).await?,
            None => None,
        };
        letters.push(Letter { row, rental, balance, language, user_id });
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

/// Records how a try ended.
pub async fn record(tenant: &Tenant, id: i64, verdict: &Verdict, now: DateTime<Utc>) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let recorded = match verdict {
            Verdict::Sent(message_id) => outbox::sent(&mut tx, id, *message_id, now).await,
            Verdict::Failed(reason) => outbox::failed(&mut tx, id, reason, now).await,
            Verdict::Later(until, reason) => outbox::postpone(&mut tx, id, *until, reason).await,
        };
        Ok(tx.finish(recorded).await?)
    })
    .await
}

/// When the next row is due.
pub async fn next_due(tenant: &Tenant) -> ServiceResult<Option<DateTime<Utc>>> {
    let mut tx = tenant.begin().await?;
    let next = outbox::next_due(&mut tx).await;
    Ok(tx.finish(next).await?)
}

/// Takes back what a process that has gone had claimed. Only for the one process that runs the bot.
pub async fn reclaim(tenant: &Tenant, now: DateTime<Utc>) -> ServiceResult<usize> {
    let mut tx = tenant.begin().await?;
    let reclaimed = outbox::reclaim(&mut tx, now).await;
    Ok(tx.finish(reclaimed).await?)
}

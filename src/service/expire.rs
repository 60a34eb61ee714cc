//! The end of rentals whose code did not come in time.

use super::{ServiceResult, Tenant};
use crate::db::outbox::{self, Kind};
use crate::db::{TenantTx, numbers, rentals, retry, users};
use crate::domain::rental::RentalRules;
use chrono::{DateTime, Utc};

/// Rentals ended in one run of the job.
const BATCH: i64 = 100;

/// What a run of the job did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired {
    /// Rentals that ended.
    pub ended: usize,
    /// When the next one ends; none is waiting if `None`.
    pub next: Option<DateTime<Utc>>,
}

/// Ends due rentals: releases the hold, gives the number back, tells the user. Safe to run twice,
/// and on several hosts at once.
pub async fn run(tenant: &Tenant, rules: &RentalRules, now: DateTime<Utc>) -> ServiceResult<Expired> {
    let due = retry(async || {
        let mut tx = tenant.begin().await?;
        let due = rentals::due(&mut tx, now, BATCH).await;
        tx.finish(due).await
    })
    .await?;
    let mut ended = 0;
    for id in due {
        ended += usize::from(expire(tenant, rules, id, now).await?);
    }
    let next = retry(async || {
        let mut tx = tenant.begin().await?;
        let next = rentals::next_expiry(&mut tx).await;
        tx.finish(next).await
    })
    .await?;
    Ok(Expired { ended, next })
}

async fn expire(tenant: &Tenant, rules: &RentalRules, id: i64, now: DateTime<Utc>) -> ServiceResult<bool> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let ended = expire_in(&mut tx, rules, id, now).await;
        tx.finish(ended).await
    })
    .await
}

async fn expire_in(tx: &mut TenantTx, rules: &RentalRules, id: i64, now: DateTime<Utc>) -> ServiceResult<bool> {
    let Some(ended) = rentals::end(tx, id, "expired", now, now + rules.cooldown).await? else { return Ok(false) };
    users::release(tx, ended.user_id, ended.held).await?;
    numbers::give_back(tx, ended.number_id, now + rules.cooldown).await?;
    let telegram_id = users::telegram_id(tx, ended.user_id).await?;
    outbox::enqueue(tx, Kind::Expired, telegram_id, id, now).await?;
    Ok(true)
}

//! The end of rentals whose code did not come in time.

use super::reserve::{self, Wish};
use super::{Policy, Refusal, ServiceError, ServiceResult, Tenant, withheld};
use crate::db::outbox::{self, Kind, NewRow};
use crate::db::{TenantTx, numbers, rentals, users};
use crate::meter;
use chrono::{DateTime, Utc};
use serde_json::json;

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

/// Ends due rentals: releases the hold, gives the number back, tells the user; a code that waited
/// for a top-up fails, unless it can be paid. Safe to run twice,
/// and on several hosts at once.
pub async fn run(tenant: &Tenant, policy: &Policy, now: DateTime<Utc>) -> ServiceResult<Expired> {
    let due = transact!(tenant, |tx| Ok(rentals::due(tx, now, BATCH).await?))?;
    let (mut ended, mut failed) = (0, None);
    for id in due {
        match expire(tenant, policy, id, now).await {
            Ok(did) => ended += usize::from(did),
            // One rental that cannot be ended must not hold the others back.
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    if ended > 0 {
        meter::rentals(tenant.slug().as_str(), "expired", ended);
    }
    if let Some(error) = failed.filter(|_| ended == 0) {
        return Err(error);
    }
    let next = transact!(tenant, |tx| Ok(rentals::next_expiry(tx).await?))?;
    Ok(Expired { ended, next })
}

async fn expire(tenant: &Tenant, policy: &Policy, id: i64, now: DateTime<Utc>) -> ServiceResult<bool> {
    if policy.rules.replace_expired && !policy.closed {
        match expire_once(tenant, policy, id, true, now).await {
            // No other number, or no money for it: it only expires.
            Err(ServiceError::Refused(_)) => {}
            other => return other,
        }
    }
    expire_once(tenant, policy, id, false, now).await
}

async fn expire_once(
    tenant: &Tenant,
    policy: &Policy,
    id: i64,
    replace: bool,
    now: DateTime<Utc>,
) -> ServiceResult<bool> {
    transact!(tenant, |tx| expire_in(tx, policy, id, replace, now).await)
}

async fn expire_in(
    tx: &mut TenantTx,
    policy: &Policy,
    id: i64,
    replace: bool,
    now: DateTime<Utc>,
) -> ServiceResult<bool> {
    let rests_until = now + policy.rules.cooldown;
    let Some(ended) = rentals::end(tx, id, "expired", now, rests_until).await? else {
        return withheld::time_out(tx, id, now).await;
    };
    users::release(tx, ended.user_id, ended.held).await?;
    numbers::give_back(tx, ended.number_id, rests_until).await?;
    let telegram_id = users::telegram_id(tx, ended.user_id).await?;
    let about = if replace && !ended.is_replacement {
        let replacement = in_place_of(tx, policy, id, ended.user_id, now).await?;
        let details = Some(json!({ "rental": replacement }));
        NewRow { details, ..NewRow::about(Kind::Replaced, telegram_id, id, now) }
    } else {
        NewRow::about(Kind::Expired, telegram_id, id, now)
    };
    outbox::enqueue(tx, about, now).await?;
    Ok(true)
}

/// Another number at the same price, in the place of one whose time is up. Returns the rental.
async fn in_place_of(
    tx: &mut TenantTx,
    policy: &Policy,
    expired: i64,
    user_id: i64,
    now: DateTime<Utc>,
) -> ServiceResult<i64> {
    if users::is_banned(tx, user_id).await? {
        return Err(Refusal::NotAvailable.into());
    }
    let expired = reserve::view(tx, expired, user_id).await?;
    let wish = Wish {
        user_id,
        country_id: expired.country_id,
        price: expired.price,
        request_key: format!("replace:{}", expired.id),
        changes: 0,
        replaces: Some(expired.id),
    };
    reserve::make(tx, policy, &wish, now).await
}

//! Adding to a user's balance, by the operator.

use super::{Refusal, ServiceError, ServiceResult, Tenant};
use crate::db::ledger::{self, Movement};
use crate::db::{TenantTx, retry, users};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// Adds an amount to the balance of a Telegram user, meeting them if need be. A request that was
/// carried out before changes nothing. Returns the balance.
pub async fn add(
    tenant: &Tenant,
    telegram_id: i64,
    amount: Decimal,
    reason: &str,
    request_key: &str,
    now: DateTime<Utc>,
) -> ServiceResult<Decimal> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let added = add_in(&mut tx, telegram_id, amount, reason, request_key, now).await;
        tx.finish(added).await
    })
    .await
}

async fn add_in(
    tx: &mut TenantTx,
    telegram_id: i64,
    amount: Decimal,
    reason: &str,
    request_key: &str,
    now: DateTime<Utc>,
) -> ServiceResult<Decimal> {
    let user_id = match users::find(tx, telegram_id).await? {
        Some(id) => id,
        None => meet_unseen(tx, telegram_id, now).await?,
    };
    if let Some(before) = ledger::done(tx, request_key).await? {
        if before != (user_id, amount) {
            return Err(Refusal::KeyInUse.into());
        }
        return Ok(users::funds(tx, user_id).await?.balance);
    }
    let movement = Movement {
        user_id,
        kind: if amount.is_sign_negative() { "deduct" } else { "add" },
        amount,
        released: Decimal::ZERO,
        reason: reason.to_owned(),
        actor: "operator".to_owned(),
        bought: None,
        request_key: Some(request_key.to_owned()),
    };
    match ledger::record(tx, movement, now).await? {
        Some(moved) => Ok(moved.balance),
        None => {
            let free = users::funds(tx, user_id).await?.free();
            Err(ServiceError::Refused(Refusal::TooMuch { free }))
        }
    }
}

async fn meet_unseen(tx: &mut TenantTx, telegram_id: i64, now: DateTime<Utc>) -> ServiceResult<i64> {
    let profile =
        users::Profile { telegram_id, username: None, first_name: String::new(), last_name: None, language: None };
    Ok(users::meet(tx, profile, now).await?.0)
}

//! Adding to a user's balance, or taking from it, by those who run the bot or the farm.

use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::ledger::{self, Movement};
use crate::db::{TenantTx, users};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::json;

/// What is added or taken, and why.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// Whose balance.
    pub telegram_id: i64,
    /// Signed, in the bot's currency.
    pub amount: Decimal,
    /// Kept in the ledger.
    pub reason: &'a str,
    /// Names the request: the same is carried out once.
    pub request_key: &'a str,
    /// Who does it.
    pub actor: &'a str,
}

/// Adds an amount to the balance of a Telegram user, meeting them if need be, as the operator.
/// Returns the balance.
pub async fn add(
    tenant: &Tenant,
    telegram_id: i64,
    amount: Decimal,
    reason: &str,
    request_key: &str,
    now: DateTime<Utc>,
) -> ServiceResult<Decimal> {
    grant(tenant, &Grant { telegram_id, amount, reason, request_key, actor: "operator" }, now).await
}

/// Adds to a balance or takes from it; audited. A request that was carried out before changes
/// nothing. Returns the balance.
pub async fn grant(tenant: &Tenant, grant: &Grant<'_>, now: DateTime<Utc>) -> ServiceResult<Decimal> {
    transact!(tenant, |tx| grant_in(tx, grant, now).await)
}

async fn grant_in(tx: &mut TenantTx, grant: &Grant<'_>, now: DateTime<Utc>) -> ServiceResult<Decimal> {
    let Grant { telegram_id, amount, reason, request_key, actor } = *grant;
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
        actor: actor.to_owned(),
        bought: None,
        request_key: Some(request_key.to_owned()),
    };
    let Some(moved) = ledger::record(tx, movement, now).await? else {
        return Err(Refusal::TooMuch { free: users::funds(tx, user_id).await?.free() }.into());
    };
    let subject = telegram_id.to_string();
    let (before, after) =
        (json!({ "balance": moved.balance - amount }), json!({ "balance": moved.balance, "reason": reason }));
    let act = Act { before: Some(before), after: Some(after), ..Act::new(actor, "user.balance", &subject) };
    audit_log::note(tx, &act, now).await?;
    Ok(moved.balance)
}

async fn meet_unseen(tx: &mut TenantTx, telegram_id: i64, now: DateTime<Utc>) -> ServiceResult<i64> {
    let profile =
        users::Profile { telegram_id, username: None, first_name: String::new(), last_name: None, language: None };
    Ok(users::meet(tx, profile, now).await?.0)
}

//! Codes that came while the balance was short: paid by a top-up, or failed at the time limit.

use super::{ServiceResult, Tenant, charge};
use crate::db::outbox::{self, Kind, NewRow};
use crate::db::{TenantTx, completion, numbers, users};
use chrono::{DateTime, Utc};

/// Rentals looked at in one run.
const BATCH: i64 = 100;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    /// Codes that were delivered.
    pub delivered: usize,
    /// Codes still wait for a top-up.
    pub waiting: bool,
}

/// Delivers the codes that their users can pay by now. Safe to run twice.
pub async fn run(tenant: &Tenant, now: DateTime<Utc>) -> ServiceResult<Paid> {
    let (payable, waiting) = transact!(tenant, |tx| {
        let waiting = completion::any_withheld(tx).await?;
        let payable = if waiting { completion::payable(tx, BATCH).await? } else { Vec::new() };
        Ok((payable, waiting))
    })?;
    let mut paid = Paid { delivered: 0, waiting };
    for id in payable {
        paid.delivered += usize::from(transact!(tenant, |tx| pay(tx, id, now).await)?);
    }
    Ok(paid)
}

/// Charges and delivers a withheld code, if its user can pay.
async fn pay(tx: &mut TenantTx, id: i64, now: DateTime<Utc>) -> ServiceResult<bool> {
    let Some(received) = completion::withheld(tx, id).await? else { return Ok(false) };
    if !charge::charge(tx, &received, now).await? {
        return Ok(false);
    }
    completion::finish(tx, id, true, now).await?;
    Ok(true)
}

/// The time limit of a withheld code: delivered if it can be paid after all, else failed, and the
/// number is used.
pub(super) async fn time_out(tx: &mut TenantTx, id: i64, now: DateTime<Utc>) -> ServiceResult<bool> {
    if pay(tx, id, now).await? {
        return Ok(true);
    }
    let Some(received) = completion::withheld(tx, id).await? else { return Ok(false) };
    fail(tx, &received, now).await?;
    Ok(true)
}

/// Ends a rental whose code was not paid.
pub(super) async fn fail(tx: &mut TenantTx, received: &completion::Received, now: DateTime<Utc>) -> ServiceResult<()> {
    completion::finish(tx, received.id, false, now).await?;
    users::release(tx, received.user_id, received.held).await?;
    numbers::use_up(tx, received.number_id, now).await?;
    let telegram_id = users::telegram_id(tx, received.user_id).await?;
    outbox::enqueue(tx, NewRow::about(Kind::Failed, telegram_id, received.id, now), now).await?;
    Ok(())
}

//! Taking the price of a code, using its number up and queueing it: what every way to a delivered
//! code has in common.

use super::ServiceResult;
use crate::db::completion::Received;
use crate::db::ledger::{self, Movement};
use crate::db::outbox::{self, Kind, NewRow};
use crate::db::{TenantTx, numbers};
use chrono::{DateTime, Utc};

/// Ends the hold, takes the price, uses the number up and queues the code. False, and nothing is
/// changed, when the balance is short.
pub(super) async fn charge(tx: &mut TenantTx, received: &Received, now: DateTime<Utc>) -> ServiceResult<bool> {
    let Received { id, user_id, service_id, number_id, price, held } = *received;
    let movement = Movement {
        user_id,
        kind: "purchase",
        amount: -price,
        released: held,
        reason: "code".to_owned(),
        actor: "farm".to_owned(),
        bought: Some((service_id, number_id, id)),
        request_key: None,
    };
    let Some(moved) = ledger::record(tx, movement, now).await? else { return Ok(false) };
    numbers::use_up(tx, number_id, now).await?;
    outbox::enqueue(tx, NewRow::about(Kind::Code, moved.telegram_id, id, now), now).await?;
    Ok(true)
}

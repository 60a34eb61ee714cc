//! Users as owners handle them in the panel: found, credited, banned.

use super::browse::{Page, window};
use super::credit::{self, Grant};
use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::customers;
use crate::db::outbox::{self, Kind, NewRow};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::json;

pub use crate::db::customers::Customer;

/// A page of users whose name, @name or id holds a text, the newest first.
pub async fn page(tenant: &Tenant, named: &str, page: u32, size: u32) -> ServiceResult<Page<Customer>> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| Ok(Page::cut(customers::page(tx, named, offset, limit).await?, page, size)))
}

/// A user by their row.
pub async fn find(tenant: &Tenant, id: i64) -> ServiceResult<Customer> {
    transact!(tenant, |tx| Ok(customers::find(tx, id).await?.ok_or(Refusal::NotFound)?))
}

/// The row of the user whom a text names: a Telegram id or an @name.
pub async fn search(tenant: &Tenant, text: &str) -> ServiceResult<i64> {
    let name = text.trim().trim_start_matches("https://t.me/").trim_start_matches('@').to_owned();
    transact!(tenant, |tx| {
        match customers::search(tx, name.parse().ok(), &name).await?.as_slice() {
            [] => Err(Refusal::NotFound.into()),
            [id] => Ok(*id),
            _ => Err(Refusal::Ambiguous.into()),
        }
    })
}

/// Adds to a user's balance, or takes from it, as somebody who runs the bot; audited.
pub async fn grant(
    tenant: &Tenant,
    actor: &str,
    id: i64,
    amount: Decimal,
    reason: &str,
    request_key: &str,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let customer = find(tenant, id).await?;
    let grant = Grant { telegram_id: customer.telegram_id, amount, reason, request_key, actor };
    credit::grant(tenant, &grant, now).await.map(|_| ())
}

/// Writes to one user, through the outbox; audited.
pub async fn write(
    tenant: &Tenant,
    actor: &str,
    id: i64,
    (text, nonce): (&str, u64),
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let customer = customers::find(tx, id).await?.ok_or(Refusal::NotFound)?;
        let (telegram_id, details) = (customer.telegram_id, Some(json!({ "text": text })));
        let letter = NewRow { kind: Kind::Letter, telegram_id, rental: None, details: details.clone(), due: now };
        // The press may come again after a crash: the same letter is there already.
        if outbox::has(tx, nonce.cast_signed()).await? {
            return Ok(());
        }
        outbox::enqueue_as(tx, letter, nonce.cast_signed(), now).await?;
        let subject = telegram_id.to_string();
        Ok(audit_log::note(tx, &Act { after: details, ..Act::new(actor, "user.write", &subject) }, now).await?)
    })
}

//! Users as owners handle them in the panel: found, credited, banned.

use super::browse::{Page, window};
use super::credit::{self, Grant};
use super::{Refusal, ServiceError, ServiceResult, Tenant};
use crate::db::{customers, retry};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

pub use crate::db::customers::Customer;

/// A page of users, the newest first.
pub async fn page(tenant: &Tenant, page: u32, size: u32) -> ServiceResult<Page<Customer>> {
    let (offset, limit) = window(page, size);
    retry(async || {
        let mut tx = tenant.begin().await?;
        let rows = customers::page(&mut tx, offset, limit).await;
        Ok(Page::cut(tx.finish(rows).await?, page, size))
    })
    .await
}

/// A user and how many rentals they have had.
pub async fn find(tenant: &Tenant, id: i64) -> ServiceResult<(Customer, i64)> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let found = async {
            let customer = customers::find(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
            Ok::<_, ServiceError>((customer, customers::rentals(&mut tx, id).await?))
        };
        let found = found.await;
        tx.finish(found).await
    })
    .await
}

/// The row of the user whom a text names: a Telegram id or an @name.
pub async fn search(tenant: &Tenant, text: &str) -> ServiceResult<i64> {
    let name = text.trim().trim_start_matches("https://t.me/").trim_start_matches('@').to_owned();
    retry(async || {
        let mut tx = tenant.begin().await?;
        let found = customers::search(&mut tx, name.parse().ok(), &name).await;
        match tx.finish(found).await?.as_slice() {
            [] => Err(Refusal::NotFound.into()),
            [id] => Ok(*id),
            _ => Err(Refusal::Ambiguous.into()),
        }
    })
    .await
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
    let (customer, _) = find(tenant, id).await?;
    let grant = Grant { telegram_id: customer.telegram_id, amount, reason, request_key, actor };
    credit::grant(tenant, &grant, now).await.map(|_| ())
}

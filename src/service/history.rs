//! A user's rentals, past and open.

use super::browse::{Page, window};
use super::{Refusal, ServiceResult, Tenant};
use crate::db::rentals::{self, Rental};
use crate::db::retry;

/// A page of a user's rentals, newest first.
pub async fn page(tenant: &Tenant, user_id: i64, page: u32, size: u32) -> ServiceResult<Page<Rental>> {
    let (offset, limit) = window(page, size);
    retry(async || {
        let mut tx = tenant.begin().await?;
        let rows = rentals::page(&mut tx, user_id, offset, limit).await;
        Ok(Page::cut(tx.finish(rows).await?, page, size))
    })
    .await
}

/// A user's open rentals, newest first; so many at most.
pub async fn open(tenant: &Tenant, user_id: i64, limit: u32) -> ServiceResult<Vec<Rental>> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let rows = rentals::open(&mut tx, user_id, limit.into()).await;
        Ok(tx.finish(rows).await?)
    })
    .await
}

/// One of a user's rentals.
pub async fn rental(tenant: &Tenant, user_id: i64, id: i64) -> ServiceResult<Rental> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let found = rentals::view(&mut tx, id, user_id).await;
        Ok(tx.finish(found).await?.ok_or(Refusal::NotFound)?)
    })
    .await
}

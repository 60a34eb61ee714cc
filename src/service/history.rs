//! A user's rentals, past and open.

use super::browse::{Page, window};
use super::{Refusal, ServiceResult, Tenant};
use crate::db::rentals::{self, Rental};

/// A page of a user's rentals, newest first.
pub async fn page(tenant: &Tenant, user_id: i64, page: u32, size: u32) -> ServiceResult<Page<Rental>> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| Ok(Page::cut(rentals::page(tx, user_id, offset, limit).await?, page, size)))
}

/// A user's open rentals, newest first; so many at most.
pub async fn open(tenant: &Tenant, user_id: i64, limit: u32) -> ServiceResult<Vec<Rental>> {
    transact!(tenant, |tx| Ok(rentals::open(tx, user_id, limit.into()).await?))
}

/// One of a user's rentals.
pub async fn rental(tenant: &Tenant, user_id: i64, id: i64) -> ServiceResult<Rental> {
    transact!(tenant, |tx| Ok(rentals::view(tx, id, user_id).await?.ok_or(Refusal::NotFound)?))
}

//! Looking around: services, countries, the offer, the user's money.

use super::{Refusal, ServiceResult, Tenant};
use crate::db::{TenantTx, catalog, ledger, rentals, users};
use chrono::{DateTime, Utc};

pub use crate::db::catalog::{COUNTED, Country, Offer, Service};
pub use crate::db::ledger::Entry;
pub use crate::db::users::Funds;

/// A page of a list, and whether there is another after it.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows of this page.
    pub rows: Vec<T>,
    /// Counted from 0.
    pub number: u32,
    /// There is a next page.
    pub more: bool,
}

impl<T> Page<T> {
    /// A page of rows that are all here.
    pub fn of(rows: Vec<T>, number: u32, size: u32) -> Self {
        let skipped = (number as usize).saturating_mul(size as usize);
        Self::cut(rows.into_iter().skip(skipped).collect(), number, size)
    }

    /// Cuts a page out of rows that were asked for with one more than fits.
    pub(super) fn cut(mut rows: Vec<T>, number: u32, size: u32) -> Self {
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        Self { rows, number, more }
    }
}

/// Offset and limit of a page, with one row more to see whether another page follows.
pub(super) fn window(page: u32, size: u32) -> (i64, i64) {
    (i64::from(page) * i64::from(size), i64::from(size) + 1)
}

/// The home screen: what can be rented, and whether the user has open rentals.
pub async fn home(tenant: &Tenant, user_id: i64, page: u32, size: u32) -> ServiceResult<(Page<Service>, bool)> {
    transact!(tenant, |tx| read_home(tx, user_id, page, size).await)
}

async fn read_home(tx: &mut TenantTx, user_id: i64, page: u32, size: u32) -> ServiceResult<(Page<Service>, bool)> {
    let (offset, limit) = window(page, size);
    let services = catalog::services(tx, offset, limit).await?;
    let has_open = rentals::open_count(tx, user_id).await? > 0;
    Ok((Page::cut(services, page, size), has_open))
}

/// A service's name and countries.
#[derive(Clone, Debug)]
pub struct ServiceCountries {
    /// In front of the name.
    pub emoji: String,
    /// The service's name.
    pub service: String,
    /// Its countries.
    pub countries: Page<Country>,
}

/// The countries of a service.
pub async fn countries(
    tenant: &Tenant,
    service_id: i64,
    page: u32,
    size: u32,
    now: DateTime<Utc>,
) -> ServiceResult<ServiceCountries> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| {
        let (emoji, service) = catalog::service_name(tx, service_id).await?.ok_or(Refusal::NotAvailable)?;
        let rows = catalog::countries(tx, service_id, now, offset, limit).await?;
        Ok(ServiceCountries { emoji, service, countries: Page::cut(rows, page, size) })
    })
}

/// The offer of a country, with the user's money.
pub async fn offer(
    tenant: &Tenant,
    user_id: i64,
    country_id: i64,
    now: DateTime<Utc>,
) -> ServiceResult<(Offer, Funds)> {
    transact!(tenant, |tx| {
        let offer = catalog::offer(tx, country_id, now).await?.ok_or(Refusal::NotAvailable)?;
        Ok((offer, users::funds(tx, user_id).await?))
    })
}

/// A user's money and a page of its movements.
pub async fn balance(tenant: &Tenant, user_id: i64, page: u32, size: u32) -> ServiceResult<(Funds, Page<Entry>)> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| {
        let funds = users::funds(tx, user_id).await?;
        let rows = ledger::page(tx, user_id, offset, limit).await?;
        Ok((funds, Page::cut(rows, page, size)))
    })
}

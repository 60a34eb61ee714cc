//! Numbers of the stock, as owners handle them one by one. Audited.

use super::browse::{Page, window};
use super::{DbError, Policy, Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{TenantTx, shop, stock};
use crate::domain::phone::PhoneNumber;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

pub use crate::db::stock::Number;

/// A country's numbers, and how many are in each state.
pub struct Listed {
    /// A page of them.
    pub page: Page<Number>,
    /// How many in each state.
    pub counts: Vec<(String, i64)>,
    /// The country's name.
    pub country: String,
    /// The service's row.
    pub service_id: i64,
}

/// A page of a country's numbers, of one state if one is named.
pub async fn page(
    tenant: &Tenant,
    country_id: i64,
    state: Option<&str>,
    page: u32,
    size: u32,
) -> ServiceResult<Listed> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| {
        let country = shop::country(tx, country_id).await?.ok_or(Refusal::NotFound)?;
        let rows = stock::page(tx, country_id, state, offset, limit).await?;
        let counts = stock::count(tx, country_id).await?;
        let (country, service_id) = (country.country_name, country.service_id);
        Ok(Listed { page: Page::cut(rows, page, size), counts, country, service_id })
    })
}

/// A number.
pub async fn find(tenant: &Tenant, id: i64) -> ServiceResult<Number> {
    transact!(tenant, |tx| Ok(stock::find(tx, id).await?.ok_or(Refusal::NotFound)?))
}

/// The row of the number that a text names.
pub async fn search(tenant: &Tenant, text: &str) -> ServiceResult<i64> {
    let phone = PhoneNumber::international(text).map_err(|_| Refusal::NotFound)?.to_string();
    transact!(tenant, |tx| Ok(stock::search(tx, &phone).await?.ok_or(Refusal::NotFound)?))
}

fn facts(number: &Number) -> ServiceResult<Option<Value>> {
    serde_json::to_value(number).map(Some).map_err(|error| DbError::Other(error.to_string()).into())
}

/// Adds a number to a country. One that the service has had is refused.
pub async fn add(
    tenant: &Tenant,
    actor: &str,
    country_id: i64,
    phone: &str,
    price: Option<Decimal>,
    now: DateTime<Utc>,
) -> ServiceResult<i64> {
    transact!(tenant, |tx| add_in(tx, actor, country_id, phone, price, now).await)
}

/// Whether a text is a number of a country that its service has not had.
pub async fn may_be_added(tenant: &Tenant, country_id: i64, phone: &str) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let country = shop::country(tx, country_id).await?.ok_or(Refusal::NotFound)?;
        let phone = PhoneNumber::of_country(phone, &country.country_code).map_err(|_| Refusal::BadNumber)?;
        let is_known = stock::is_known(tx, country.service_id, phone.as_str()).await?;
        if is_known { Err(Refusal::Exists.into()) } else { Ok(()) }
    })
}

async fn add_in(
    tx: &mut TenantTx,
    actor: &str,
    country_id: i64,
    phone: &str,
    price: Option<Decimal>,
    now: DateTime<Utc>,
) -> ServiceResult<i64> {
    let country = shop::country(tx, country_id).await?.ok_or(Refusal::NotFound)?;
    let phone = PhoneNumber::of_country(phone, &country.country_code).map_err(|_| Refusal::BadNumber)?.to_string();
    let place = (country.service_id, country.id, country.country_code);
    let id = stock::add(tx, place, phone, price).await?.ok_or(Refusal::Exists)?;
    let (after, subject) = (stock::find(tx, id).await?, id.to_string());
    let after = after.as_ref().map(facts).transpose()?.flatten();
    audit_log::note(tx, &Act { after, ..Act::new(actor, "number.add", &subject) }, now).await?;
    Ok(id)
}

/// Sets a number's state by hand: `available`, `used` or `deleted`. A reserved one is refused. One
/// that was used rests first, so that a late code of its last user reaches nobody else.
pub async fn set_state(
    tenant: &Tenant,
    policy: &Policy,
    actor: &str,
    id: i64,
    state: &str,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let before = stock::find(tx, id).await?.ok_or(Refusal::NotFound)?;
        let rest = policy.rules.cooldown.max(policy.rules.further_codes);
        let until = if before.status == "used" { now + rest } else { now };
        if !stock::set_state(tx, id, state, until).await? {
            return Err(Refusal::OpenRentals.into());
        }
        let after = Some(json!({ "status": state }));
        let subject = id.to_string();
        let act = Act { before: facts(&before)?, after, ..Act::new(actor, "number.state", &subject) };
        Ok(audit_log::note(tx, &act, now).await?)
    })
}

/// Numbers deleted in one transaction: a large stock would outlast the time of a statement.
const BATCH: i64 = 5_000;

/// Deletes a country's numbers, of one state if one is named; reserved ones stay. Each batch is
/// audited with its deletion. Tells how many.
pub async fn delete_all(
    tenant: &Tenant,
    actor: &str,
    country_id: i64,
    state: Option<&str>,
    now: DateTime<Utc>,
) -> ServiceResult<usize> {
    let mut all = 0;
    loop {
        let deleted = transact!(tenant, |tx| delete_batch(tx, actor, country_id, state, now).await)?;
        if deleted == 0 {
            return Ok(all);
        }
        all += deleted;
    }
}

async fn delete_batch(
    tx: &mut TenantTx,
    actor: &str,
    country_id: i64,
    state: Option<&str>,
    now: DateTime<Utc>,
) -> ServiceResult<usize> {
    let count = stock::delete_some(tx, country_id, state, BATCH).await?;
    if count > 0 {
        let (before, after) = (json!({ "state": state }), json!({ "deleted": count }));
        let subject = country_id.to_string();
        let act = Act::between(actor, "number.delete_all", &subject, before, after);
        audit_log::note(tx, &act, now).await?;
    }
    Ok(count)
}

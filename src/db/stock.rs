//! Numbers as the panel handles them.

use super::retry::DbError;
use super::schema::{numbers as n, service_countries as c, services as s};
use super::scope::TenantTx;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Numeric, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use serde::Serialize;

statement! {
    Add {
        service_id: i64 => BigInt, country_id: i64 => BigInt, code: String => Text, phone: String => Text,
        price: Option<Decimal> => Nullable<Numeric>,
    } -> BigInt =
    "INSERT INTO numbers (service_id, service_country_id, country_code, phone_number, price_override) \
     VALUES (?, ?, ?, ?, ?) ON CONFLICT (service_id, phone_number) DO NOTHING RETURNING id"
}

statement! {
    SetState { state: String => Text, until: DateTime<Utc> => Timestamptz, id: i64 => BigInt } -> BigInt =
    "UPDATE numbers SET status = ?, available_from = greatest(available_from, ?) \
     WHERE id = ? AND status <> 'reserved' RETURNING id"
}

statement! {
    DeleteSome { country_id: i64 => BigInt, state: String => Text, same: String => Text, limit: i64 => BigInt }
        -> BigInt =
    "UPDATE numbers SET status = 'deleted' WHERE id IN (SELECT n.id FROM numbers n \
         WHERE n.service_country_id = ? AND n.status IN ('available', 'used') AND (? = '' OR n.status = ?) \
         LIMIT ? FOR UPDATE SKIP LOCKED)"
}

/// A number of the stock.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Serialize)]
pub struct Number {
    /// Its row.
    pub id: i64,
    /// The country's row.
    pub country_id: i64,
    /// The number in E.164.
    pub phone_number: String,
    /// `available`, `reserved`, `used` or `deleted`.
    pub status: String,
    /// Its own price, if it has one.
    pub price_override: Option<Decimal>,
    /// The service's name.
    pub service: String,
    /// The country's name.
    pub country: String,
}

/// A page of a country's numbers; of one state, if one is named.
pub async fn page(
    tx: &mut TenantTx,
    country_id: i64,
    state: Option<&str>,
    offset: i64,
    limit: i64,
) -> Result<Vec<Number>, DbError> {
    let columns =
        (n::id, n::service_country_id, n::phone_number, n::status, n::price_override, s::name, c::country_name);
    let rows = n::table.inner_join(s::table).inner_join(c::table).filter(n::service_country_id.eq(country_id));
    let rows = rows.order(n::id).select(columns).offset(offset).limit(limit).into_boxed();
    let rows = match state {
        Some(state) => rows.filter(n::status.eq(state.to_owned())),
        None => rows.filter(n::status.eq_any(["available", "reserved", "used"])),
    };
    Ok(rows.load(tx).await?)
}

/// A number.
pub async fn find(tx: &mut TenantTx, id: i64) -> Result<Option<Number>, DbError> {
    let columns =
        (n::id, n::service_country_id, n::phone_number, n::status, n::price_override, s::name, c::country_name);
    let found = n::table.inner_join(s::table).inner_join(c::table).filter(n::id.eq(id));
    Ok(found.select(columns).first(tx).await.optional()?)
}

/// The row of a number in any service; the lowest if several have it.
pub async fn search(tx: &mut TenantTx, phone: &str) -> Result<Option<i64>, DbError> {
    let found = n::table.filter(n::phone_number.eq(phone)).order(n::id).select(n::id);
    Ok(found.first(tx).await.optional()?)
}

/// Whether a service has or had a number.
pub async fn is_known(tx: &mut TenantTx, service_id: i64, phone: &str) -> Result<bool, DbError> {
    let known = n::table.filter(n::service_id.eq(service_id)).filter(n::phone_number.eq(phone));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(tx).await?)
}

/// How many numbers of a country are in each state.
pub async fn count(tx: &mut TenantTx, country_id: i64) -> Result<Vec<(String, i64)>, DbError> {
    let rows = n::table.filter(n::service_country_id.eq(country_id)).group_by(n::status);
    Ok(rows.select((n::status, diesel::dsl::count_star())).order(n::status).load(tx).await?)
}

/// Adds a number; `None` when the service has it, deleted or used ones too.
pub async fn add(
    tx: &mut TenantTx,
    (service_id, country_id, code): (i64, i64, String),
    phone: String,
    price: Option<Decimal>,
) -> Result<Option<i64>, DbError> {
    Ok(Add { service_id, country_id, code, phone, price }.get_result(tx).await.optional()?)
}

/// Sets a state by hand; a free number rests until then, or as long as it did. False when it is
/// reserved.
pub async fn set_state(tx: &mut TenantTx, id: i64, state: &str, until: DateTime<Utc>) -> Result<bool, DbError> {
    Ok(SetState { state: state.to_owned(), until, id }.get_result::<i64>(tx).await.optional()?.is_some())
}

/// Deletes some of a country's numbers, those of one state if one is named; reserved ones stay.
/// Tells how many.
pub async fn delete_some(
    tx: &mut TenantTx,
    country_id: i64,
    state: Option<&str>,
    limit: i64,
) -> Result<usize, DbError> {
    let state = state.unwrap_or_default().to_owned();
    Ok(DeleteSome { country_id, state: state.clone(), same: state, limit }.execute(tx).await?)
}

//! Services and countries as the panel handles them.

use super::containing;
use super::retry::DbError;
use super::schema;
use super::schema::{service_countries as c, services as s};
use super::scope::TenantTx;
use crate::domain::known_services::usual_words;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;
use serde::Serialize;

statement! {
    FreeOf { service_id: i64 => BigInt, now: DateTime<Utc> => Timestamptz } -> BigInt =
    "SELECT count(*) FROM (SELECT 1 FROM numbers n JOIN service_countries c ON c.id = n.service_country_id \
         WHERE c.service_id = ? AND n.status = 'available' AND n.available_from <= ? LIMIT 1000) free"
}

statement! {
    FreeIn { country_id: i64 => BigInt, now: DateTime<Utc> => Timestamptz } -> BigInt =
    "SELECT count(*) FROM (SELECT 1 FROM numbers n WHERE n.service_country_id = ? \
         AND n.status = 'available' AND n.available_from <= ? LIMIT 1000) free"
}

statement! {
    OpenOf { service_id: i64 => BigInt, country_id: Option<i64> => Nullable<BigInt> } -> Bool =
    "SELECT EXISTS (SELECT 1 FROM reservations r WHERE r.status IN ('waiting_code', 'code_received') \
         AND r.service_id = ? AND r.service_country_id = coalesce(?, r.service_country_id))"
}

statement! {
    Rules {} -> (
        BigInt, Text, BigInt, Text, diesel::sql_types::Array<Text>, Nullable<diesel::sql_types::Array<Text>>, Nullable<Text>,
    ) =
    "SELECT p.id, p.name, s.id, s.name, s.aliases, s.words, coalesce(m.regex_pattern, s.code_regex) \
     FROM service_provider_map m JOIN providers p ON p.id = m.provider_id JOIN services s ON s.id = m.service_id \
     WHERE (p.active OR p.origin = 'panel') AND p.deleted_name IS NULL AND (s.deleted_name IS NULL OR EXISTS (SELECT 1 FROM reservations r \
         WHERE r.service_id = s.id AND r.status IN ('waiting_code', 'code_received'))) ORDER BY p.id, s.id"
}

statement! {
    Linked { service_id: i64 => BigInt } -> (BigInt, Text, Bool, Bool) =
    "SELECT p.id, p.name, p.active, EXISTS (SELECT 1 FROM service_provider_map m \
         WHERE m.provider_id = p.id AND m.service_id = ?) FROM providers p \
     WHERE p.deleted_name IS NULL AND (p.active OR p.origin = 'panel') ORDER BY p.id"
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = s)]
pub struct Service {
    /// Its row.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// In front of the name.
    pub emoji: String,
    /// More about it.
    pub description: Option<String>,
    /// In use.
    pub active: bool,
    /// The price of countries without one.
    pub default_price: Decimal,
    /// How its codes look.
    pub code_regex: Option<String>,
    /// Other names in messages.
    pub aliases: Vec<Option<String>>,
    /// `file` or `panel`.
    pub origin: String,
    /// The words by which messages name it, instead of the usual ones.
    pub words: Option<Vec<Option<String>>>,
}

impl Service {
    /// The words by which messages name it: its own, else the usual ones.
    pub fn known_words(&self) -> Vec<String> {
        match &self.words {
            Some(own) => own.iter().flatten().cloned().collect(),
            None => usual_words(&self.name).iter().map(|word| (*word).to_owned()).collect(),
        }
    }
}

/// A country of a service.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = c)]
pub struct Country {
    /// Its row.
    pub id: i64,
    /// The service's row.
    pub service_id: i64,
    /// Its name.
    pub country_name: String,
    /// Its calling code, digits.
    pub country_code: String,
    /// Its flag.
    pub flag: String,
    /// In use.
    pub active: bool,
    /// Its price, if it differs from the service's.
    pub price: Option<Decimal>,
    /// `file` or `panel`.
    pub origin: String,
}

/// What of a service is written; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = s)]
pub struct ServiceChange {
    /// Its name.
    pub name: Option<String>,
    /// In front of the name.
    pub emoji: Option<String>,
    /// More about it; `Some(None)` takes it away.
    pub description: Option<Option<String>>,
    /// The price of countries without one.
    pub default_price: Option<Decimal>,
    /// How its codes look; `Some(None)` is the bot's standard.
    pub code_regex: Option<Option<String>>,
    /// Other names in messages.
    pub aliases: Option<Vec<String>>,
    /// The words by which messages name it; `Some(None)` are the usual ones.
    pub words: Option<Option<Vec<String>>>,
    /// In use.
    pub active: Option<bool>,
    /// Set when it is deleted.
    pub deleted_name: Option<String>,
}

/// What of a country is written; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = c)]
pub struct CountryChange {
    /// The service's row.
    pub service_id: Option<i64>,
    /// Its name.
    pub country_name: Option<String>,
    /// Its calling code, digits.
    pub country_code: Option<String>,
    /// Its flag.
    pub flag: Option<String>,
    /// Its price; `Some(None)` is the service's.
    pub price: Option<Option<Decimal>>,
    /// In use.
    pub active: Option<bool>,
    /// Set when it is deleted.
    pub deleted_name: Option<String>,
}

/// A page of services that were not deleted, whose names hold a text.
pub async fn services(tx: &mut TenantTx, named: &str, offset: i64, limit: i64) -> Result<Vec<Service>, DbError> {
    let rows = s::table.filter(s::deleted_name.is_null()).filter(s::name.ilike(containing(named)));
    Ok(rows.order(s::id).offset(offset).limit(limit).select(Service::as_select()).load(tx).await?)
}

/// A service that was not deleted.
pub async fn service(tx: &mut TenantTx, id: i64) -> Result<Option<Service>, DbError> {
    let found = s::table.find(id).filter(s::deleted_name.is_null());
    Ok(found.select(Service::as_select()).first(tx).await.optional()?)
}

/// Adds a service; `None` when one has the name.
pub async fn add_service(tx: &mut TenantTx, new: &ServiceChange) -> Result<Option<i64>, DbError> {
    let insert = diesel::insert_into(s::table).values(new).on_conflict_do_nothing();
    Ok(insert.returning(s::id).get_result(tx).await.optional()?)
}

/// Changes a service.
pub async fn change_service(tx: &mut TenantTx, id: i64, change: &ServiceChange) -> Result<(), DbError> {
    diesel::update(s::table.find(id)).set(change).execute(tx).await?;
    Ok(())
}

/// By which names messages may call the other services: names and aliases.
pub async fn names(tx: &mut TenantTx, but: i64) -> Result<Vec<(String, Vec<Option<String>>)>, DbError> {
    let others = s::table.filter(s::deleted_name.is_null()).filter(s::id.ne(but));
    Ok(others.select((s::name, s::aliases)).load(tx).await?)
}

/// Whether another country of a service has this name.
pub async fn has_country(tx: &mut TenantTx, of: i64, name: &str, but: i64) -> Result<bool, DbError> {
    let same = c::table.filter(c::service_id.eq(of)).filter(c::country_name.eq(name)).filter(c::id.ne(but));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(tx).await?)
}

/// A page of every service's countries, with the service's name, of which one holds a text.
pub async fn all_countries(
    tx: &mut TenantTx,
    named: &str,
    offset: i64,
    limit: i64,
) -> Result<Vec<(Country, String)>, DbError> {
    let rows = c::table.inner_join(s::table).filter(c::deleted_name.is_null()).filter(s::deleted_name.is_null());
    let named = containing(named);
    let rows = rows.filter(c::country_name.ilike(named.clone()).or(s::name.ilike(named)));
    let rows = rows.order((c::service_id, c::id)).offset(offset).limit(limit);
    Ok(rows.select((Country::as_select(), s::name)).load(tx).await?)
}

/// A page of a service's countries that were not deleted.
pub async fn countries(tx: &mut TenantTx, of: i64, offset: i64, limit: i64) -> Result<Vec<Country>, DbError> {
    let rows = c::table.filter(c::service_id.eq(of)).filter(c::deleted_name.is_null());
    Ok(rows.order(c::id).offset(offset).limit(limit).select(Country::as_select()).load(tx).await?)
}

/// A country that was not deleted.
pub async fn country(tx: &mut TenantTx, id: i64) -> Result<Option<Country>, DbError> {
    let found = c::table.find(id).filter(c::deleted_name.is_null());
    Ok(found.select(Country::as_select()).first(tx).await.optional()?)
}

/// Adds a country; `None` when the service has one of the name.
pub async fn add_country(tx: &mut TenantTx, new: &CountryChange) -> Result<Option<i64>, DbError> {
    let insert = diesel::insert_into(c::table).values(new).on_conflict_do_nothing();
    Ok(insert.returning(c::id).get_result(tx).await.optional()?)
}

/// Changes a country.
pub async fn change_country(tx: &mut TenantTx, id: i64, change: &CountryChange) -> Result<(), DbError> {
    diesel::update(c::table.find(id)).set(change).execute(tx).await?;
    Ok(())
}

/// Free numbers of a service.
pub async fn free_of(tx: &mut TenantTx, service_id: i64, now: DateTime<Utc>) -> Result<i64, DbError> {
    Ok(FreeOf { service_id, now }.get_result(tx).await?)
}

/// Free numbers of a country.
pub async fn free_in(tx: &mut TenantTx, country_id: i64, now: DateTime<Utc>) -> Result<i64, DbError> {
    Ok(FreeIn { country_id, now }.get_result(tx).await?)
}

/// Whether rentals of a service, or of one of its countries, are open.
pub async fn has_open(tx: &mut TenantTx, service_id: i64, country_id: Option<i64>) -> Result<bool, DbError> {
    Ok(OpenOf { service_id, country_id }.get_result(tx).await?)
}

/// A service that a provider's messages count for.
#[derive(Clone, Debug, Queryable)]
pub struct Rule {
    /// The provider's row.
    pub provider_id: i64,
    /// The provider's name.
    pub provider: String,
    /// The service's row.
    pub service_id: i64,
    /// The service's name.
    pub service: String,
    /// Other names of it.
    pub aliases: Vec<String>,
    /// The words by which messages name it, instead of the usual ones.
    pub words: Option<Vec<String>>,
    /// How its codes look with this provider.
    pub pattern: Option<String>,
}

/// Every link of a service with a provider. Paused services too: open rentals run to their end.
pub async fn rules(tx: &mut TenantTx) -> Result<Vec<Rule>, DbError> {
    Ok(Rules {}.load(tx).await?)
}

/// A provider, and whether a service is linked to it.
#[derive(Clone, Debug, Queryable)]
pub struct Link {
    /// The provider's row.
    pub provider_id: i64,
    /// The provider's name.
    pub provider: String,
    /// The provider is in use.
    pub active: bool,
    /// The service is linked to it.
    pub linked: bool,
}

/// Every provider, and whether the service is linked to it.
pub async fn links(tx: &mut TenantTx, service_id: i64) -> Result<Vec<Link>, DbError> {
    Ok(Linked { service_id }.load(tx).await?)
}

/// Links a service to a provider, or undoes it. Tells whether it was linked before.
pub async fn set_link(tx: &mut TenantTx, service_id: i64, provider_id: i64, linked: bool) -> Result<bool, DbError> {
    use schema::service_provider_map as m;
    if linked {
        let row = (m::service_id.eq(service_id), m::provider_id.eq(provider_id));
        Ok(diesel::insert_into(m::table).values(row).on_conflict_do_nothing().execute(tx).await? == 0)
    } else {
        let link = m::table.filter(m::service_id.eq(service_id)).filter(m::provider_id.eq(provider_id));
        Ok(diesel::delete(link).execute(tx).await? > 0)
    }
}

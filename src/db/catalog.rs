//! Services and countries as users see them, and their upkeep from the bot's file.

use super::scope::TenantTx;
use super::{retry::DbError, schema};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Numeric, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

/// A stock is counted up to here; more is shown as "so many or more".
pub const COUNTED: i64 = 100;

statement! {
    Services { limit: i64 => BigInt, offset: i64 => BigInt } -> (BigInt, Text, Text) =
    "SELECT s.id, s.name, s.emoji FROM services s WHERE s.active \
       AND EXISTS (SELECT 1 FROM service_provider_map m JOIN providers p ON p.id = m.provider_id \
           WHERE m.service_id = s.id AND p.active) \
       AND EXISTS (SELECT 1 FROM service_countries c WHERE c.service_id = s.id AND c.active) \
     ORDER BY s.id LIMIT ? OFFSET ?"
}

statement! {
    Countries {
        now: DateTime<Utc> => Timestamptz, service_id: i64 => BigInt, limit: i64 => BigInt, offset: i64 => BigInt,
    } -> (BigInt, Text, Text, Text, Numeric, BigInt) =
    "SELECT c.id, c.country_name, c.country_code, c.flag, coalesce(c.price, s.default_price), \
         (SELECT count(*) FROM (SELECT 1 FROM numbers n WHERE n.service_country_id = c.id \
             AND n.status = 'available' AND n.available_from <= ? LIMIT 100) free) \
     FROM service_countries c JOIN services s ON s.id = c.service_id \
     WHERE c.service_id = ? AND c.active AND s.active ORDER BY c.id LIMIT ? OFFSET ?"
}

statement! {
    OfferOf {
        now: DateTime<Utc> => Timestamptz, now_again: DateTime<Utc> => Timestamptz, country_id: i64 => BigInt,
    } -> (BigInt, Text, Text, Text, Text, Numeric, BigInt, Nullable<Numeric>) =
    "SELECT s.id, s.name, s.emoji, c.country_name, c.flag, coalesce(c.price, s.default_price), \
         (SELECT count(*) FROM (SELECT 1 FROM numbers n WHERE n.service_country_id = c.id \
             AND n.status = 'available' AND n.available_from <= ? LIMIT 100) free), \
         (SELECT coalesce(n.price_override, c.price, s.default_price) FROM numbers n \
             WHERE n.service_country_id = c.id AND n.status = 'available' AND n.available_from <= ? \
             ORDER BY n.id LIMIT 1) \
     FROM service_countries c JOIN services s ON s.id = c.service_id \
     WHERE c.id = ? AND c.active AND s.active \
       AND EXISTS (SELECT 1 FROM service_provider_map m JOIN providers p ON p.id = m.provider_id \
           WHERE m.service_id = s.id AND p.active)"
}

statement! {
    TermsOf { country_id: i64 => BigInt } -> (BigInt, Numeric) =
    "SELECT s.id, coalesce(c.price, s.default_price) \
     FROM service_countries c JOIN services s ON s.id = c.service_id \
     WHERE c.id = ? AND c.active AND s.active \
       AND EXISTS (SELECT 1 FROM service_provider_map m JOIN providers p ON p.id = m.provider_id \
           WHERE m.service_id = s.id AND p.active)"
}

statement! {
    FreeUpto { country_id: i64 => BigInt, now: DateTime<Utc> => Timestamptz, limit: i64 => BigInt } -> BigInt =
    "SELECT count(*) FROM (SELECT 1 FROM numbers n WHERE n.service_country_id = ? \
         AND n.status = 'available' AND n.available_from <= ? LIMIT ?) free"
}

/// A service on the home screen.
#[derive(Clone, Debug, Queryable)]
pub struct Service {
    /// Its row.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// In front of the name.
    pub emoji: String,
}

/// A country of a service, with what it costs and how many numbers are free.
#[derive(Clone, Debug, Queryable)]
pub struct Country {
    /// Its row.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its calling code, digits.
    pub calling_code: String,
    /// Its flag.
    pub flag: String,
    /// The price of numbers without a price of their own.
    pub price: Decimal,
    /// Free numbers, counted up to [`COUNTED`].
    pub free: i64,
}

/// What a user is offered before reserving.
#[derive(Clone, Debug, Queryable)]
pub struct Offer {
    /// The service's row.
    pub service_id: i64,
    /// The service's name.
    pub service: String,
    /// In front of the service's name.
    pub emoji: String,
    /// The country's name.
    pub country: String,
    /// The country's flag.
    pub flag: String,
    /// The price of numbers without a price of their own.
    pub base_price: Decimal,
    /// Free numbers, counted up to [`COUNTED`].
    pub free: i64,
    /// The price of the next free number.
    pub next_price: Option<Decimal>,
}

impl Offer {
    /// The price to show: the next number's, else the country's.
    pub fn price(&self) -> Decimal {
        self.next_price.unwrap_or(self.base_price)
    }
}

/// A page of the services that can be rented now.
pub async fn services(tx: &mut TenantTx, offset: i64, limit: i64) -> Result<Vec<Service>, DbError> {
    Ok(Services { limit, offset }.load(tx).await?)
}

/// A page of a service's countries.
pub async fn countries(
    tx: &mut TenantTx,
    service_id: i64,
    now: DateTime<Utc>,
    offset: i64,
    limit: i64,
) -> Result<Vec<Country>, DbError> {
    Ok(Countries { now, service_id, limit, offset }.load(tx).await?)
}

/// The offer of a country, or `None` when it cannot be rented.
pub async fn offer(tx: &mut TenantTx, country_id: i64, now: DateTime<Utc>) -> Result<Option<Offer>, DbError> {
    Ok(OfferOf { now, now_again: now, country_id }.get_result(tx).await.optional()?)
}

/// How many numbers of a country are free, counted up to `limit`.
pub async fn free_upto(tx: &mut TenantTx, country_id: i64, now: DateTime<Utc>, limit: i64) -> Result<i64, DbError> {
    Ok(FreeUpto { country_id, now, limit }.get_result(tx).await?)
}

/// The service of a country that can be rented, and the price of its numbers without one of their
/// own. Cheaper than the whole offer: counts nothing.
pub async fn terms(tx: &mut TenantTx, country_id: i64) -> Result<Option<(i64, Decimal)>, DbError> {
    Ok(TermsOf { country_id }.get_result(tx).await.optional()?)
}

/// The name of a service.
pub async fn service_name(tx: &mut TenantTx, service_id: i64) -> Result<Option<(String, String)>, DbError> {
    use schema::services as s;
    Ok(s::table.find(service_id).select((s::emoji, s::name)).first(tx).await.optional()?)
}

/// A service's name, and the calling code, name and row of one of its countries.
pub type Place = (String, String, String, i64);

/// Every country of every service that was not deleted. For imports.
pub async fn country_index(tx: &mut TenantTx) -> Result<Vec<Place>, DbError> {
    use schema::{service_countries as c, services as s};
    let known = c::table.inner_join(s::table).filter(c::deleted_name.is_null()).filter(s::deleted_name.is_null());
    Ok(known.select((s::name, c::country_code, c::country_name, c::id)).order(c::id).load(tx).await?)
}

/// Every service that was not deleted: name and row. For imports.
pub async fn service_index(tx: &mut TenantTx) -> Result<Vec<(String, i64)>, DbError> {
    use schema::services as s;
    Ok(s::table.filter(s::deleted_name.is_null()).select((s::name, s::id)).order(s::id).load(tx).await?)
}

statement! {
    ReadFigures {} -> (BigInt, BigInt, BigInt, BigInt, BigInt, BigInt) =
    "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM numbers n WHERE n.status = 'available'), \
     (SELECT count(*) FROM reservations r WHERE r.status = 'waiting_code' OR r.status = 'code_received'), \
     (SELECT count(*) FROM outbox o WHERE o.status = 'pending'), \
     (SELECT count(*) FROM providers p WHERE p.active AND p.deleted_name IS NULL), \
     (SELECT count(*) FROM providers p WHERE p.active AND p.deleted_name IS NULL AND p.failed_at IS NOT NULL \
         AND (p.answered_at IS NULL OR p.answered_at < p.failed_at))"
}

/// How a bot does, in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Figures {
    /// Users.
    pub users: i64,
    /// Free numbers.
    pub stock: i64,
    /// Open rentals.
    pub open: i64,
    /// Messages that wait to be sent.
    pub outbox: i64,
    /// Providers that are in use.
    pub providers: i64,
    /// Providers whose last answer was a failure.
    pub failing: i64,
}

/// How a bot does.
pub async fn figures(tx: &mut TenantTx) -> Result<Figures, DbError> {
    let (users, stock, open, outbox, providers, failing) = ReadFigures {}.get_result(tx).await?;
    Ok(Figures { users, stock, open, outbox, providers, failing })
}

/// How many numbers are in each state.
pub async fn stock(tx: &mut TenantTx) -> Result<Vec<(String, i64)>, DbError> {
    use schema::numbers as n;
    Ok(n::table.group_by(n::status).select((n::status, diesel::dsl::count_star())).order(n::status).load(tx).await?)
}

/// A service as the bot's file declares it.
#[derive(Clone, Debug, Insertable, AsChangeset)]
#[diesel(table_name = schema::services, treat_none_as_null = true)]
pub struct FileService {
    /// Its name.
    pub name: String,
    /// In front of the name.
    pub emoji: String,
    /// More about it.
    pub description: Option<String>,
    /// The price of countries without one.
    pub default_price: Decimal,
    /// How its codes look.
    pub code_regex: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
    /// The words by which messages name it, instead of the usual ones.
    pub words: Option<Vec<String>>,
    /// In use.
    pub active: bool,
    /// `file`.
    pub origin: &'static str,
}

/// A country of a service as the bot's file declares it.
#[derive(Clone, Debug, Insertable, AsChangeset)]
#[diesel(table_name = schema::service_countries, treat_none_as_null = true)]
pub struct FileCountry {
    /// The service's row.
    pub service_id: i64,
    /// Its name.
    pub country_name: String,
    /// Its calling code, digits.
    pub country_code: String,
    /// Its flag.
    pub flag: String,
    /// Its price, if it differs from the service's.
    pub price: Option<Decimal>,
    /// In use.
    pub active: bool,
    /// `file`.
    pub origin: &'static str,
}

/// A provider as the bot's file declares it. Its key stays in the file.
#[derive(Clone, Debug, Insertable, AsChangeset)]
#[diesel(table_name = schema::providers, treat_none_as_null = true)]
pub struct FileProvider {
    /// Its name.
    pub name: String,
    /// Where it is polled.
    pub base_url: Option<String>,
    /// `poll` or `webhook`.
    pub mode: &'static str,
    /// Seconds between polls while a rental is open.
    pub poll_interval_sec: i32,
    /// What kind of source it is, by its name.
    pub adapter: &'static str,
    /// Field paths, signature header and lines, row by row.
    pub options: String,
    /// In use.
    pub active: bool,
    /// `file`.
    pub origin: &'static str,
}

/// Switches off everything that came from the file; what it still declares is switched on again.
pub async fn retire_file_rows(tx: &mut TenantTx) -> Result<(), DbError> {
    use schema::{providers as p, service_countries as c, services as s};
    diesel::update(s::table.filter(s::origin.eq("file"))).set(s::active.eq(false)).execute(tx).await?;
    diesel::update(c::table.filter(c::origin.eq("file"))).set(c::active.eq(false)).execute(tx).await?;
    diesel::update(p::table.filter(p::origin.eq("file"))).set(p::active.eq(false)).execute(tx).await?;
    Ok(())
}

/// Takes a service's links away, before the file's are written. Links of a service that the file no
/// longer names stay: a rental of it that is open still gets its code.
pub async fn unlink(tx: &mut TenantTx, service_id: i64) -> Result<(), DbError> {
    use schema::service_provider_map as m;
    diesel::delete(m::table.filter(m::service_id.eq(service_id))).execute(tx).await?;
    Ok(())
}

/// Inserts or updates a service; returns its row.
pub async fn put_service(tx: &mut TenantTx, service: &FileService) -> Result<i64, DbError> {
    use schema::services as s;
    Ok(diesel::insert_into(s::table)
        .values(service)
        .on_conflict(s::name)
        .do_update()
        .set(service)
        .returning(s::id)
        .get_result(tx)
        .await?)
}

/// Inserts or updates a country; returns its row.
pub async fn put_country(tx: &mut TenantTx, country: &FileCountry) -> Result<i64, DbError> {
    use schema::service_countries as c;
    Ok(diesel::insert_into(c::table)
        .values(country)
        .on_conflict((c::service_id, c::country_name))
        .do_update()
        .set(country)
        .returning(c::id)
        .get_result(tx)
        .await?)
}

/// Inserts or updates a provider; returns its row.
pub async fn put_provider(tx: &mut TenantTx, provider: &FileProvider) -> Result<i64, DbError> {
    use schema::providers as p;
    // How far another address was read means nothing at this one.
    let moved = p::table.filter(p::name.eq(&provider.name)).filter(p::base_url.is_distinct_from(&provider.base_url));
    diesel::update(moved)
        .set((p::cursor.eq(None::<String>), p::read_until.eq(None::<DateTime<Utc>>)))
        .execute(tx)
        .await?;
    Ok(diesel::insert_into(p::table)
        .values(provider)
        .on_conflict(p::name)
        .do_update()
        .set(provider)
        .returning(p::id)
        .get_result(tx)
        .await?)
}

/// Links a service to a provider.
pub async fn link(tx: &mut TenantTx, service_id: i64, provider_id: i64, pattern: Option<&str>) -> Result<(), DbError> {
    use schema::service_provider_map as m;
    diesel::insert_into(m::table)
        .values((m::service_id.eq(service_id), m::provider_id.eq(provider_id), m::regex_pattern.eq(pattern)))
        .execute(tx)
        .await?;
    Ok(())
}

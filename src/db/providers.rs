//! Providers as the panel handles them, how they do, and the messages that matched nothing.

use super::containing;
use super::retry::DbError;
use super::schema::{
    provider_messages as m, providers as p, reservations as r, service_provider_map as l, services as s,
};
use super::scope::TenantTx;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::RunQueryDsl;
use serde_json::Value;

/// A provider.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = p)]
pub struct Provider {
    /// Its row.
    pub id: i64,
    /// Its name, a part of its webhook's address.
    pub name: String,
    /// Where it is read, if it is.
    pub base_url: Option<String>,
    /// The key for that, sealed.
    pub api_key: Option<String>,
    /// `poll` or `webhook`.
    pub mode: String,
    /// Seconds between reads while a rental is open.
    pub poll_interval_sec: i32,
    /// Services that are linked to it can be rented.
    pub active: bool,
    /// `file` or `panel`.
    pub origin: String,
    /// The token with which it posts, sealed.
    pub webhook_token: Option<String>,
    /// When it answered or posted last.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it failed last.
    pub failed_at: Option<DateTime<Utc>>,
    /// Why.
    pub failure: Option<String>,
    /// What kind of source it is, by its name.
    pub adapter: String,
    /// The secret part of the address to which it posts, sealed.
    pub url_key: Option<String>,
    /// Field paths, signature header and lines, row by row.
    pub options: String,
}

/// What of a provider is written; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, Insertable, AsChangeset)]
#[diesel(table_name = p)]
pub struct ProviderChange {
    /// Its name.
    pub name: Option<String>,
    /// Where it is read.
    pub base_url: Option<String>,
    /// The key for that, sealed; `Some(None)` takes it away.
    pub api_key: Option<Option<String>>,
    /// `poll` or `webhook`.
    pub mode: Option<String>,
    /// Seconds between reads while a rental is open.
    pub poll_interval_sec: Option<i32>,
    /// Services that are linked to it can be rented.
    pub active: Option<bool>,
    /// The token with which it posts, sealed; `Some(None)` takes it away.
    pub webhook_token: Option<Option<String>>,
    /// What kind of source it is, by its name.
    pub adapter: Option<String>,
    /// The secret part of the address to which it posts, sealed; `Some(None)` takes it away.
    pub url_key: Option<Option<String>>,
    /// Field paths, signature header and lines, row by row.
    pub options: Option<String>,
    /// Set when it is deleted.
    pub deleted_name: Option<String>,
}

/// A service, and how a provider is linked to it.
#[derive(Clone, Debug, Queryable)]
pub struct Served {
    /// The service's row.
    pub service_id: i64,
    /// The service's name.
    pub service: String,
    /// The link's row, if there is a link.
    pub link: Option<i64>,
    /// The pattern of the link.
    pub pattern: Option<String>,
    /// The service is declared in the bot's file.
    pub from_file: bool,
}

statement! {
    ServedBy { provider_id: i64 => BigInt } -> (BigInt, Text, Nullable<BigInt>, Nullable<Text>, Bool) =
    "SELECT s.id, s.name, m.id, m.regex_pattern, s.origin = 'file' FROM services s \
     LEFT JOIN service_provider_map m ON m.service_id = s.id AND m.provider_id = ? \
     WHERE s.deleted_name IS NULL ORDER BY s.id"
}

statement! {
    OpenOf { provider_id: i64 => BigInt } -> Bool =
    "SELECT EXISTS (SELECT 1 FROM reservations r JOIN service_provider_map m ON m.service_id = r.service_id \
         WHERE r.status IN ('waiting_code', 'code_received') AND m.provider_id = ?)"
}

/// A page of the providers that were not deleted, nor taken out of the file.
pub async fn page(tx: &mut TenantTx, offset: i64, limit: i64) -> Result<Vec<Provider>, DbError> {
    let known = p::table.filter(p::deleted_name.is_null()).filter(p::active.or(p::origin.eq("panel")));
    Ok(known.order(p::id).offset(offset).limit(limit).select(Provider::as_select()).load(tx).await?)
}

/// The providers of the panel that were not deleted.
pub async fn of_panel(tx: &mut TenantTx) -> Result<Vec<Provider>, DbError> {
    let known = p::table.filter(p::deleted_name.is_null()).filter(p::origin.eq("panel"));
    Ok(known.order(p::id).select(Provider::as_select()).load(tx).await?)
}

/// The rows of the providers that the bot's file declares, by name.
pub async fn of_file(tx: &mut TenantTx) -> Result<Vec<(String, i64)>, DbError> {
    let known = p::table.filter(p::active).filter(p::origin.eq("file"));
    Ok(known.select((p::name, p::id)).load(tx).await?)
}

/// How many providers the panel has.
pub async fn count(tx: &mut TenantTx) -> Result<i64, DbError> {
    let known = p::table.filter(p::deleted_name.is_null()).filter(p::origin.eq("panel"));
    Ok(known.count().get_result(tx).await?)
}

/// A provider that was not deleted.
pub async fn find(tx: &mut TenantTx, id: i64) -> Result<Option<Provider>, DbError> {
    let found = p::table.find(id).filter(p::deleted_name.is_null());
    Ok(found.select(Provider::as_select()).first(tx).await.optional()?)
}

/// Adds a provider; `None` when one has the name.
pub async fn add(tx: &mut TenantTx, new: &ProviderChange) -> Result<Option<i64>, DbError> {
    let insert = diesel::insert_into(p::table).values(new).on_conflict_do_nothing();
    Ok(insert.returning(p::id).get_result(tx).await.optional()?)
}

/// Changes a provider.
pub async fn change(tx: &mut TenantTx, id: i64, change: &ProviderChange) -> Result<(), DbError> {
    diesel::update(p::table.find(id)).set(change).execute(tx).await?;
    Ok(())
}

/// Every service, and how the provider is linked to it.
pub async fn served(tx: &mut TenantTx, provider_id: i64) -> Result<Vec<Served>, DbError> {
    Ok(ServedBy { provider_id }.load(tx).await?)
}

/// Whether rentals are open that wait for this provider.
pub async fn has_open(tx: &mut TenantTx, provider_id: i64) -> Result<bool, DbError> {
    Ok(OpenOf { provider_id }.get_result(tx).await?)
}

/// The provider, service and pattern of a link, and whether the service is declared in the file.
pub async fn link(tx: &mut TenantTx, id: i64) -> Result<Option<(i64, i64, Option<String>, String)>, DbError> {
    let found = l::table.inner_join(s::table).filter(l::id.eq(id));
    Ok(found.select((l::provider_id, l::service_id, l::regex_pattern, s::origin)).first(tx).await.optional()?)
}

/// Sets the pattern of a link.
pub async fn set_pattern(tx: &mut TenantTx, id: i64, pattern: Option<&str>) -> Result<(), DbError> {
    diesel::update(l::table.find(id)).set(l::regex_pattern.eq(pattern)).execute(tx).await?;
    Ok(())
}

/// Notes that a provider answered or posted.
pub async fn note_answer(tx: &mut TenantTx, id: i64, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(p::table.find(id)).set(p::answered_at.eq(now)).execute(tx).await?;
    Ok(())
}

/// Notes that a provider failed, and why.
pub async fn note_failure(tx: &mut TenantTx, id: i64, why: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(p::table.find(id)).set((p::failed_at.eq(now), p::failure.eq(why))).execute(tx).await?;
    Ok(())
}

/// How far a polled provider has been read: what it said itself, and the newest time of a message.
pub async fn position(tx: &mut TenantTx, id: i64) -> Result<(Option<String>, Option<DateTime<Utc>>), DbError> {
    Ok(p::table.find(id).select((p::cursor, p::read_until)).first(tx).await.optional()?.unwrap_or_default())
}

/// Notes how far a polled provider has been read.
pub async fn set_position(
    tx: &mut TenantTx,
    id: i64,
    cursor: Option<&str>,
    until: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    diesel::update(p::table.find(id)).set((p::cursor.eq(cursor), p::read_until.eq(until))).execute(tx).await?;
    Ok(())
}

/// A message that matched nothing.
#[derive(Clone, Debug, Queryable)]
pub struct Unmatched {
    /// Its row.
    pub id: i64,
    /// The provider's name.
    pub provider: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Why it matched nothing.
    pub reason: Option<String>,
    /// The number in E.164, if it could be read.
    pub phone_number: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// Who sent it.
    pub sender: Option<String>,
    /// The provider's row.
    pub provider_id: i64,
    /// The device and SIM slot that it arrived on.
    pub line: Option<String>,
}

/// A message that a provider brought lately.
#[derive(Clone, Debug, Queryable)]
pub struct Recent {
    /// As it came.
    pub raw: Value,
    /// The number in E.164, if it could be read.
    pub phone_number: Option<String>,
    /// The device and SIM slot that it arrived on.
    pub line: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// Who sent it.
    pub sender: Option<String>,
    /// What became of it.
    pub outcome: String,
    /// Why it matched nothing.
    pub reason: Option<String>,
}

/// The last messages of a provider, the newest first.
pub async fn recent(tx: &mut TenantTx, provider: i64, limit: i64) -> Result<Vec<Recent>, DbError> {
    let columns = (m::raw_payload, m::phone_number, m::line, m::body, m::sender, m::outcome, m::reason);
    let of = m::table.filter(m::provider_id.eq(provider));
    Ok(of.order(m::id.desc()).limit(limit).select(columns).load(tx).await?)
}

/// Lines that messages of the last days came on, and that the provider's table does not have.
pub async fn unknown_lines(tx: &mut TenantTx, provider: i64, since: DateTime<Utc>) -> Result<Vec<String>, DbError> {
    let unknown = m::table
        .filter(m::provider_id.eq(provider))
        .filter(m::reason.eq("unknown_line"))
        .filter(m::received_at.gt(since));
    let lines = unknown.select(m::line.assume_not_null()).distinct().order(m::line.assume_not_null()).limit(20);
    Ok(lines.load(tx).await?)
}

/// A page of the messages that matched nothing, of which number, sender or text holds a text, the
/// newest first.
pub async fn unmatched(tx: &mut TenantTx, named: &str, offset: i64, limit: i64) -> Result<Vec<Unmatched>, DbError> {
    let pattern = containing(named);
    let is_wanted =
        m::phone_number.ilike(pattern.clone()).or(m::sender.ilike(pattern.clone())).or(m::body.ilike(pattern));
    let rows = m::table.inner_join(p::table).filter(diesel::dsl::sql::<Bool>("outcome = 'unmatched'")).into_boxed();
    let rows = if named.is_empty() { rows } else { rows.filter(is_wanted.assume_not_null()) };
    let columns = (m::id, p::name, m::received_at, m::reason, m::phone_number, m::body, m::sender, p::id, m::line);
    let newest = rows.order((m::received_at.desc(), m::id.desc())).offset(offset).limit(limit);
    Ok(newest.select(columns).load(tx).await?)
}

/// One message that matched nothing.
pub async fn message(tx: &mut TenantTx, id: i64) -> Result<Option<Unmatched>, DbError> {
    let found = m::table.inner_join(p::table).filter(m::id.eq(id)).filter(m::outcome.eq("unmatched"));
    let columns = (m::id, p::name, m::received_at, m::reason, m::phone_number, m::body, m::sender, p::id, m::line);
    Ok(found.select(columns).first(tx).await.optional()?)
}

/// Takes a message that matched nothing, to settle it. False when somebody has taken it before.
pub async fn take_unmatched(tx: &mut TenantTx, id: i64) -> Result<bool, DbError> {
    let unmatched = m::table.find(id).filter(m::outcome.eq("unmatched"));
    Ok(diesel::update(unmatched).set(m::outcome.eq("new")).execute(tx).await? > 0)
}

/// An open rental that a message may be for.
#[derive(Clone, Debug, Queryable)]
pub struct Candidate {
    /// Its row.
    pub rental: i64,
    /// Whose it is: Telegram's id.
    pub telegram_id: i64,
    /// The service's row.
    pub service_id: i64,
    /// The service's name.
    pub service: String,
    /// The number in E.164.
    pub phone_number: String,
}

/// The open rentals of a number, or one of them by its row.
pub async fn candidates(
    tx: &mut TenantTx,
    phone: Option<&str>,
    rental: Option<i64>,
    (offset, limit): (i64, i64),
) -> Result<Vec<Candidate>, DbError> {
    use super::schema::users as u;
    let open = r::table.inner_join(u::table).inner_join(s::table);
    let open = open
        .filter(r::status.eq_any(["waiting_code", "code_received"]))
        .order(r::id.desc())
        .offset(offset)
        .limit(limit);
    let open = open.select((r::id, u::telegram_id, r::service_id, s::name, r::phone_number)).into_boxed();
    let open = match phone {
        Some(phone) => open.filter(r::phone_number.eq(phone.to_owned())),
        None => open,
    };
    let open = match rental {
        Some(id) => open.filter(r::id.eq(id)),
        None => open,
    };
    Ok(open.load(tx).await?)
}

/// The provider of a name.
pub async fn by_name(tx: &mut TenantTx, name: &str) -> Result<Option<Provider>, DbError> {
    let found = p::table.filter(p::name.eq(name)).filter(p::deleted_name.is_null());
    Ok(found.select(Provider::as_select()).first(tx).await.optional()?)
}

/// Whether a provider has this name.
pub async fn is_named(tx: &mut TenantTx, name: &str) -> Result<bool, DbError> {
    Ok(diesel::select(diesel::dsl::exists(p::table.filter(p::name.eq(name)))).get_result(tx).await?)
}

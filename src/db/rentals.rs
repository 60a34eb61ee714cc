//! Rentals: made, ended, completed, shown.

use super::scope::TenantTx;
use super::{retry::DbError, schema};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Numeric, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

statement! {
    Insert {
        user_id: i64 => BigInt, service_id: i64 => BigInt, country_id: i64 => BigInt, number_id: i64 => BigInt,
        phone_number: String => Text, price: Decimal => Numeric, held: Decimal => Numeric,
        request_key: String => Text, created_at: DateTime<Utc> => Timestamptz, expires_at: DateTime<Utc> => Timestamptz,
    } -> BigInt =
    "INSERT INTO reservations (user_id, service_id, service_country_id, number_id, phone_number, price, \
         held, request_key, created_at, expires_at) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
}

statement! {
    End {
        status: &'static str => Text, ended_at: DateTime<Utc> => Timestamptz,
        rests_until: DateTime<Utc> => Timestamptz, id: i64 => BigInt,
    } -> (BigInt, BigInt, Numeric) =
    "UPDATE reservations SET status = ?, ended_at = ?, rests_until = ?, version = version + 1 \
     WHERE id = ? AND status = 'waiting_code' RETURNING user_id, number_id, held"
}

statement! {
    Complete {
        code: String => Text, completed_at: DateTime<Utc> => Timestamptz, ended_at: DateTime<Utc> => Timestamptz,
        id: i64 => BigInt,
    } -> (BigInt, BigInt, BigInt, Numeric, Numeric) =
    "UPDATE reservations SET status = 'completed', code_value = ?, completed_at = ?, ended_at = ?, \
         version = version + 1 \
     WHERE id = ? AND status = 'waiting_code' RETURNING user_id, service_id, number_id, price, held"
}

statement! {
    OpenOf { phone_number: String => Text, service_id: i64 => BigInt }
        -> (BigInt, Timestamptz, diesel::sql_types::Nullable<Timestamptz>) =
    "SELECT r.id, r.created_at, \
         (SELECT max(e.ended_at) FROM reservations e WHERE e.number_id = r.number_id AND e.id <> r.id) \
     FROM reservations r \
     WHERE r.phone_number = ? AND r.service_id = ? AND r.status IN ('waiting_code', 'code_received')"
}

statement! {
    Shown {
        ids: Vec<i64> => Array<BigInt>, versions: Vec<i32> => Array<Integer>, messages: Vec<i32> => Array<Integer>,
    } -> BigInt =
    "UPDATE reservations r SET shown_version = greatest(r.shown_version, s.version), \
         screen_message_id = s.message \
     FROM unnest(?, ?, ?) AS s (id, version, message) WHERE r.id = s.id"
}

statement! {
    View { id: i64 => BigInt, user_id: i64 => BigInt } -> ViewSql =
    "SELECT r.id, r.status, r.phone_number, r.price, r.expires_at, r.version, r.service_id, \
         r.service_country_id, s.name, s.emoji, c.country_name, c.flag, r.created_at, r.code_value, \
         r.screen_message_id \
     FROM reservations r JOIN services s ON s.id = r.service_id \
     JOIN service_countries c ON c.id = r.service_country_id WHERE r.id = ? AND r.user_id = ?"
}

type ViewSql = (
    BigInt,
    Text,
    Text,
    Numeric,
    Timestamptz,
    Integer,
    BigInt,
    BigInt,
    Text,
    Text,
    Text,
    Text,
    Timestamptz,
    diesel::sql_types::Nullable<Text>,
    diesel::sql_types::Nullable<Integer>,
);

/// Row, beginning, end of the number's last rental before.
pub type OpenRental = (i64, DateTime<Utc>, Option<DateTime<Utc>>);

/// A rental to be made.
#[derive(Clone, Debug)]
pub struct NewRental {
    /// Whose.
    pub user_id: i64,
    /// For what.
    pub service_id: i64,
    /// In which country of the service.
    pub country_id: i64,
    /// With which number.
    pub number_id: i64,
    /// The number in E.164.
    pub phone_number: String,
    /// What the code will cost.
    pub price: Decimal,
    /// What of the balance is held for it.
    pub held: Decimal,
    /// The press that made it.
    pub request_key: String,
    /// Now.
    pub created_at: DateTime<Utc>,
    /// The time limit.
    pub expires_at: DateTime<Utc>,
}

/// A rental with the names that its screens show.
#[derive(Clone, Debug, Queryable)]
pub struct Rental {
    /// Its row.
    pub id: i64,
    /// The word of its state.
    pub status: String,
    /// The number in E.164.
    pub phone_number: String,
    /// What the code costs.
    pub price: Decimal,
    /// The time limit.
    pub expires_at: DateTime<Utc>,
    /// Counts its states.
    pub version: i32,
    /// The service's row.
    pub service_id: i64,
    /// The country's row.
    pub country_id: i64,
    /// The service's name.
    pub service: String,
    /// In front of the service's name.
    pub emoji: String,
    /// The country's name.
    pub country: String,
    /// The country's flag.
    pub flag: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// The code, once delivered.
    pub code: Option<String>,
    /// The message that shows it.
    pub screen_message_id: Option<i32>,
}

/// What an ended rental gives back.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Ended {
    /// Whose it was.
    pub user_id: i64,
    /// The number that goes back.
    pub number_id: i64,
    /// The hold that ends.
    pub held: Decimal,
}

/// A rental that was completed a moment ago, in this transaction.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Completed {
    /// Whose.
    pub user_id: i64,
    /// For what.
    pub service_id: i64,
    /// With which number.
    pub number_id: i64,
    /// What it costs.
    pub price: Decimal,
    /// The hold that ends.
    pub held: Decimal,
}

/// Makes a rental. `None` when this press has made one already.
pub async fn insert(tx: &mut TenantTx, new: NewRental) -> Result<Option<i64>, DbError> {
    let NewRental { user_id, service_id, country_id, number_id, phone_number, price, held, .. } = new;
    let NewRental { request_key, created_at, expires_at, .. } = new;
    let insert = Insert {
        user_id,
        service_id,
        country_id,
        number_id,
        phone_number,
        price,
        held,
        request_key,
        created_at,
        expires_at,
    };
    Ok(insert.get_result(tx).await.optional()?)
}

/// Ends a waiting rental as `expired` or `canceled`; its number rests. `None` when it waits no
/// longer.
pub async fn end(
    tx: &mut TenantTx,
    id: i64,
    status: &'static str,
    now: DateTime<Utc>,
    rests_until: DateTime<Utc>,
) -> Result<Option<Ended>, DbError> {
    Ok(End { status, ended_at: now, rests_until, id }.get_result(tx).await.optional()?)
}

/// Completes a waiting rental. `None` when it waits no longer.
pub async fn complete(
    tx: &mut TenantTx,
    id: i64,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<Completed>, DbError> {
    let complete = Complete { code: code.to_owned(), completed_at: now, ended_at: now, id };
    Ok(complete.get_result(tx).await.optional()?)
}

/// The open rental of a number for a service: its row, when it began, and when the number's last
/// rental before it ended.
pub async fn open_of(tx: &mut TenantTx, phone: &str, service_id: i64) -> Result<Option<OpenRental>, DbError> {
    Ok(OpenOf { phone_number: phone.to_owned(), service_id }.get_result(tx).await.optional()?)
}

/// A user's rental.
pub async fn view(tx: &mut TenantTx, id: i64, user_id: i64) -> Result<Option<Rental>, DbError> {
    Ok(View { id, user_id }.get_result(tx).await.optional()?)
}

/// The rental that a press has made.
pub async fn by_request(tx: &mut TenantTx, user_id: i64, request_key: &str) -> Result<Option<i64>, DbError> {
    use schema::reservations as r;
    let made = r::table.filter(r::user_id.eq(user_id)).filter(r::request_key.eq(request_key.to_owned()));
    Ok(made.select(r::id).first(tx).await.optional()?)
}

/// A rental that a screen has shown: row, version, message.
pub type ShownRental = (i64, i32, i32);

/// Notes which versions the screens have shown.
pub async fn note_shown(tx: &mut TenantTx, shown: &[ShownRental]) -> Result<(), DbError> {
    let ids = shown.iter().map(|s| s.0).collect();
    let versions = shown.iter().map(|s| s.1).collect();
    let messages = shown.iter().map(|s| s.2).collect();
    Shown { ids, versions, messages }.execute(tx).await?;
    Ok(())
}

/// Open rentals whose present version no screen has shown: row, user's row, Telegram id, language.
pub async fn unshown(
    tx: &mut TenantTx,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(i64, i64, i64, Option<String>)>, DbError> {
    use schema::{reservations as r, users as u};
    Ok(r::table
        .inner_join(u::table)
        .filter(r::status.eq("waiting_code"))
        .filter(r::shown_version.lt(r::version))
        .filter(r::created_at.le(before))
        .order(r::id)
        .select((r::id, u::id, u::telegram_id, u::language))
        .limit(limit)
        .load(tx)
        .await?)
}

/// Waiting rentals whose time limit has passed, the longest first.
pub async fn due(tx: &mut TenantTx, now: DateTime<Utc>, limit: i64) -> Result<Vec<i64>, DbError> {
    use schema::reservations as r;
    Ok(r::table
        .filter(r::status.eq("waiting_code"))
        .filter(r::expires_at.le(now))
        .order((r::expires_at, r::id))
        .select(r::id)
        .limit(limit)
        .load(tx)
        .await?)
}

/// When the next waiting rental ends.
pub async fn next_expiry(tx: &mut TenantTx) -> Result<Option<DateTime<Utc>>, DbError> {
    use schema::reservations as r;
    let waiting = r::table.filter(r::status.eq("waiting_code"));
    Ok(waiting.select(diesel::dsl::min(r::expires_at)).first(tx).await?)
}

/// How many rentals wait for a code of services that a provider serves.
pub async fn waiting_for(tx: &mut TenantTx, provider_id: i64) -> Result<bool, DbError> {
    use schema::{reservations as r, service_provider_map as m};
    let served = m::table.filter(m::provider_id.eq(provider_id)).select(m::service_id);
    let waiting = r::table.filter(r::status.eq("waiting_code")).filter(r::service_id.eq_any(served));
    Ok(diesel::select(diesel::dsl::exists(waiting)).get_result(tx).await?)
}

/// A page of a user's rentals, newest first; only the open ones if asked.
pub async fn page(
    tx: &mut TenantTx,
    user_id: i64,
    only_open: bool,
    offset: i64,
    limit: i64,
) -> Result<Vec<Rental>, DbError> {
    use schema::{reservations as r, service_countries as c, services as s};
    let mut query = r::table
        .inner_join(s::table)
        .inner_join(c::table)
        .filter(r::user_id.eq(user_id))
        .order((r::created_at.desc(), r::id.desc()))
        .select((
            r::id,
            r::status,
            r::phone_number,
            r::price,
            r::expires_at,
            r::version,
            r::service_id,
            r::service_country_id,
            s::name,
            s::emoji,
            c::country_name,
            c::flag,
            r::created_at,
            r::code_value,
            r::screen_message_id,
        ))
        .offset(offset)
        .limit(limit)
        .into_boxed();
    if only_open {
        query = query.filter(r::status.eq_any(["waiting_code", "code_received"]));
    }
    Ok(query.load(tx).await?)
}

/// Whether a user has an open rental.
pub async fn has_open(tx: &mut TenantTx, user_id: i64) -> Result<bool, DbError> {
    use schema::reservations as r;
    let open = r::table.filter(r::user_id.eq(user_id)).filter(r::status.eq_any(["waiting_code", "code_received"]));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(tx).await?)
}

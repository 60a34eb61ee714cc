//! Rentals: made, ended, completed, shown.

use super::scope::TenantTx;
use super::{retry::DbError, schema};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Numeric, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

statement! {
    Insert {
        user_id: i64 => BigInt, service_id: i64 => BigInt, country_id: i64 => BigInt, number_id: i64 => BigInt,
        phone_number: String => Text, price: Decimal => Numeric, held: Decimal => Numeric,
        request_key: String => Text, created_at: DateTime<Utc> => Timestamptz, expires_at: DateTime<Utc> => Timestamptz,
        changes: i32 => Integer, replaces_id: Option<i64> => Nullable<BigInt>,
    } -> BigInt =
    "INSERT INTO reservations (user_id, service_id, service_country_id, number_id, phone_number, price, \
         held, request_key, created_at, expires_at, changes, replaces_id) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
}

statement! {
    End {
        status: &'static str => Text, ended_at: DateTime<Utc> => Timestamptz,
        rests_until: DateTime<Utc> => Timestamptz, id: i64 => BigInt,
    } -> (BigInt, BigInt, Numeric, Nullable<BigInt>) =
    "UPDATE reservations SET status = ?, ended_at = ?, rests_until = ?, version = version + 1 \
     WHERE id = ? AND status = 'waiting_code' RETURNING user_id, number_id, held, replaces_id"
}

statement! {
    Shown {
        ids: Vec<i64> => Array<BigInt>, versions: Vec<i32> => Array<Integer>, messages: Vec<i32> => Array<Integer>,
    } -> BigInt =
    "UPDATE reservations r SET shown_version = greatest(r.shown_version, s.version), \
         screen_message_id = s.message \
     FROM unnest(?, ?, ?) AS s (id, version, message) WHERE r.id = s.id"
}

/// What a rental's screens show, of the rentals that the rest of the statement names. The code only
/// of one that is paid.
macro_rules! view {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.status, r.phone_number, r.price, r.expires_at, r.version, r.service_id, \
                 r.service_country_id, coalesce(s.deleted_name, s.name), s.emoji, \
                 coalesce(c.deleted_name, c.country_name), c.flag, r.created_at, \
                 CASE WHEN r.status = 'completed' THEN r.code_value END, r.screen_message_id, r.changes, \
                 u.balance - u.held \
             FROM reservations r JOIN users u ON u.id = r.user_id JOIN services s ON s.id = r.service_id \
             JOIN service_countries c ON c.id = r.service_country_id ",
            $rest
        )
    };
}

statement! {
    View { id: i64 => BigInt, user_id: i64 => BigInt } -> ViewSql = view!("WHERE r.id = ? AND r.user_id = ?")
}

statement! {
    Page { user_id: i64 => BigInt, limit: i64 => BigInt, offset: i64 => BigInt } -> ViewSql =
    view!("WHERE r.user_id = ? ORDER BY r.created_at DESC, r.id DESC LIMIT ? OFFSET ?")
}

statement! {
    OpenPage { user_id: i64 => BigInt, limit: i64 => BigInt } -> ViewSql =
    view!("WHERE r.user_id = ? AND r.status IN ('waiting_code', 'code_received') \
           ORDER BY r.created_at DESC, r.id DESC LIMIT ?")
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
    Nullable<Text>,
    Nullable<Integer>,
    Integer,
    Numeric,
);

statement! {
    Unshown { before: DateTime<Utc> => Timestamptz, limit: i64 => BigInt }
        -> (BigInt, BigInt, BigInt, Nullable<Text>) =
    "SELECT r.id, u.id, u.telegram_id, u.language FROM reservations r JOIN users u ON u.id = r.user_id \
     WHERE r.status IN ('waiting_code', 'code_received') AND r.shown_version < r.version AND r.created_at <= ? \
     ORDER BY r.id LIMIT ?"
}

statement! {
    Due { now: DateTime<Utc> => Timestamptz, limit: i64 => BigInt } -> BigInt =
    "SELECT r.id FROM reservations r \
     WHERE r.status IN ('waiting_code', 'code_received') AND r.expires_at <= ? \
     ORDER BY r.expires_at, r.id LIMIT ?"
}

statement! {
    NextExpiry {} -> Nullable<Timestamptz> =
    "SELECT min(r.expires_at) FROM reservations r WHERE r.status IN ('waiting_code', 'code_received')"
}

statement! {
    Counted { user_id: i64 => BigInt, since: DateTime<Utc> => Timestamptz } -> (BigInt, Nullable<Timestamptz>) =
    "SELECT count(*), min(r.created_at) FROM reservations r \
     WHERE r.user_id = ? AND r.changes > 0 AND r.created_at > ?"
}

statement! {
    OpenCount { user_id: i64 => BigInt } -> BigInt =
    "SELECT count(*) FROM reservations r \
     WHERE r.user_id = ? AND r.status IN ('waiting_code', 'code_received')"
}

statement! {
    Ticking { from: DateTime<Utc> => Timestamptz, upto: DateTime<Utc> => Timestamptz, limit: i64 => BigInt }
        -> (BigInt, BigInt, BigInt, Nullable<Text>) =
    "SELECT r.id, u.id, u.telegram_id, u.language FROM reservations r JOIN users u ON u.id = r.user_id \
     WHERE r.status = 'waiting_code' AND r.expires_at > ? AND r.expires_at <= ? AND r.screen_message_id > 0 \
     ORDER BY r.expires_at, r.id LIMIT ?"
}

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
    /// Numbers changed before this one.
    pub changes: i32,
    /// The expired rental in whose place it comes.
    pub replaces: Option<i64>,
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
    /// Numbers changed before this one.
    pub changes: i32,
    /// What its user can spend now.
    pub free: Decimal,
}

/// What an ended rental gives back.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    /// Whose it was.
    pub user_id: i64,
    /// The number that goes back.
    pub number_id: i64,
    /// The hold that ends.
    pub held: Decimal,
    /// It came by itself in the place of an expired one.
    pub is_replacement: bool,
}

/// Makes a rental. `None` when this press has made one already.
pub async fn insert(tx: &mut TenantTx, new: NewRental) -> Result<Option<i64>, DbError> {
    let NewRental { user_id, service_id, country_id, number_id, phone_number, price, held, .. } = new;
    let NewRental { request_key, created_at, expires_at, changes, replaces: replaces_id, .. } = new;
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
        changes,
        replaces_id,
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
    type Row = (i64, i64, Decimal, Option<i64>);
    let row: Option<Row> = End { status, ended_at: now, rests_until, id }.get_result(tx).await.optional()?;
    Ok(row.map(|(user_id, number_id, held, replaces)| Ended {
        user_id,
        number_id,
        held,
        is_replacement: replaces.is_some(),
    }))
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

/// A rental to be rendered: row, user's row, Telegram id, language.
pub type ToShow = (i64, i64, i64, Option<String>);

/// Open rentals whose present version no screen has shown.
pub async fn unshown(tx: &mut TenantTx, before: DateTime<Utc>, limit: i64) -> Result<Vec<ToShow>, DbError> {
    Ok(Unshown { before, limit }.load(tx).await?)
}

/// Waiting rentals on a screen whose time limit lies in a span.
pub async fn ending_between(
    tx: &mut TenantTx,
    from: DateTime<Utc>,
    upto: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<ToShow>, DbError> {
    Ok(Ticking { from, upto, limit }.load(tx).await?)
}

/// Open rentals whose time limit has passed, the longest first.
pub async fn due(tx: &mut TenantTx, now: DateTime<Utc>, limit: i64) -> Result<Vec<i64>, DbError> {
    Ok(Due { now, limit }.load(tx).await?)
}

/// When the next open rental ends.
pub async fn next_expiry(tx: &mut TenantTx) -> Result<Option<DateTime<Utc>>, DbError> {
    Ok(NextExpiry {}.get_result(tx).await?)
}

/// How many rentals a user has open.
pub async fn open_count(tx: &mut TenantTx, user_id: i64) -> Result<i64, DbError> {
    Ok(OpenCount { user_id }.get_result(tx).await?)
}

/// How often a user changed a number since then, and when first.
pub async fn changes_since(
    tx: &mut TenantTx,
    user_id: i64,
    since: DateTime<Utc>,
) -> Result<(i64, Option<DateTime<Utc>>), DbError> {
    Ok(Counted { user_id, since }.get_result(tx).await?)
}

/// How many rentals wait for a code of services that a provider serves.
pub async fn waiting_for(tx: &mut TenantTx, provider_id: i64) -> Result<bool, DbError> {
    use schema::{reservations as r, service_provider_map as m};
    let served = m::table.filter(m::provider_id.eq(provider_id)).select(m::service_id);
    let waiting = r::table.filter(r::status.eq("waiting_code")).filter(r::service_id.eq_any(served));
    Ok(diesel::select(diesel::dsl::exists(waiting)).get_result(tx).await?)
}

/// A page of a user's rentals, newest first.
pub async fn page(tx: &mut TenantTx, user_id: i64, offset: i64, limit: i64) -> Result<Vec<Rental>, DbError> {
    Ok(Page { user_id, limit, offset }.load(tx).await?)
}

/// A user's open rentals, newest first.
pub async fn open(tx: &mut TenantTx, user_id: i64, limit: i64) -> Result<Vec<Rental>, DbError> {
    Ok(OpenPage { user_id, limit }.load(tx).await?)
}

/// The number's row of a rental.
pub async fn number_of(tx: &mut TenantTx, id: i64) -> Result<i64, DbError> {
    use schema::reservations as r;
    Ok(r::table.find(id).select(r::number_id).first(tx).await?)
}

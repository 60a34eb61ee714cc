//! The code of a rental: received, withheld while it is unpaid, delivered, erased.

use super::retry::DbError;
use super::scope::TenantTx;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Numeric, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

statement! {
    OpenOf { phone_number: String => Text, service_id: i64 => BigInt } -> (BigInt, Timestamptz, Nullable<Timestamptz>) =
    "SELECT r.id, r.created_at, \
         (SELECT max(e.ended_at) FROM reservations e WHERE e.number_id = r.number_id AND e.id <> r.id) \
     FROM reservations r \
     WHERE r.phone_number = ? AND r.service_id = ? AND r.status IN ('waiting_code', 'code_received')"
}

statement! {
    CompleteHeld {
        code: String => Text, received_at: DateTime<Utc> => Timestamptz, completed_at: DateTime<Utc> => Timestamptz,
        ended_at: DateTime<Utc> => Timestamptz, id: i64 => BigInt,
    } -> ReceivedSql =
    "UPDATE reservations SET status = 'completed', code_value = ?, code_received_at = ?, completed_at = ?, \
         ended_at = ?, version = version + 1 \
     WHERE id = ? AND status = 'waiting_code' AND held = price \
     RETURNING id, user_id, service_id, number_id, price, held"
}

statement! {
    Receive { code: String => Text, now: DateTime<Utc> => Timestamptz, id: i64 => BigInt } -> (
        BigInt, BigInt, BigInt, BigInt, Numeric, Numeric, Text,
    ) =
    "UPDATE reservations SET code_value = ?, code_received_at = ? \
     WHERE id = ? AND status IN ('waiting_code', 'code_received') \
     RETURNING id, user_id, service_id, number_id, price, held, status"
}

statement! {
    Withheld { id: i64 => BigInt } -> ReceivedSql =
    "UPDATE reservations SET version = version WHERE id = ? AND status = 'code_received' \
     RETURNING id, user_id, service_id, number_id, price, held"
}

statement! {
    Withhold { id: i64 => BigInt } -> BigInt =
    "UPDATE reservations SET status = 'code_received', version = version + 1 WHERE id = ? RETURNING id"
}

statement! {
    Finish {
        status: &'static str => Text, completed_at: Option<DateTime<Utc>> => Nullable<Timestamptz>,
        ended_at: DateTime<Utc> => Timestamptz, id: i64 => BigInt,
    } -> BigInt =
    "UPDATE reservations SET status = ?, completed_at = ?, ended_at = ?, version = version + 1 \
     WHERE id = ? RETURNING id"
}

statement! {
    Payable { limit: i64 => BigInt } -> BigInt =
    "SELECT r.id FROM reservations r JOIN users u ON u.id = r.user_id \
     WHERE r.status = 'code_received' AND u.balance - u.held >= r.price - r.held ORDER BY r.id LIMIT ?"
}

statement! {
    AnyWithheld {} -> diesel::sql_types::Bool =
    "SELECT EXISTS (SELECT 1 FROM reservations r WHERE r.status = 'code_received')"
}

statement! {
    CompletedOf { phone_number: String => Text, service_id: i64 => BigInt, since: DateTime<Utc> => Timestamptz }
        -> (BigInt, BigInt, Timestamptz, Nullable<Text>) =
    "SELECT r.id, u.telegram_id, r.created_at, r.code_value \
     FROM numbers n JOIN reservations r ON r.number_id = n.id JOIN users u ON u.id = r.user_id \
     WHERE n.phone_number = ? AND n.service_id = ? AND n.status = 'used' \
       AND r.status = 'completed' AND r.completed_at > ? ORDER BY r.id DESC LIMIT 1"
}

statement! {
    HasFurther { id: i64 => BigInt, code: String => Text } -> diesel::sql_types::Bool =
    "SELECT EXISTS (SELECT 1 FROM outbox o WHERE o.reservation_id = ? AND o.kind = 'another_code' \
         AND o.details ->> 'code' = ?)"
}

statement! {
    EraseCode { id: i64 => BigInt } -> BigInt =
    "UPDATE reservations SET code_value = NULL WHERE id = ? AND status = 'completed' \
       AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.reservation_id = reservations.id \
           AND o.kind = 'code' AND o.status = 'pending') RETURNING id"
}

statement! {
    EraseRaw { id: i64 => BigInt } -> BigInt =
    "UPDATE provider_messages m SET raw_payload = '{\"erased\": true}', body = NULL FROM provider_messages own \
     WHERE own.reservation_id = ? AND (m.id = own.id OR (m.provider_id = own.provider_id \
         AND m.phone_number = own.phone_number AND m.body = own.body))"
}

statement! {
    EraseFurther { id: i64 => BigInt } -> BigInt =
    "UPDATE outbox SET details = NULL WHERE reservation_id = ? AND kind = 'another_code' AND status <> 'pending'"
}

type ReceivedSql = (BigInt, BigInt, BigInt, BigInt, Numeric, Numeric);

/// Row, beginning, end of the number's last rental before.
pub type OpenRental = (i64, DateTime<Utc>, Option<DateTime<Utc>>);

/// A rental whose code is here, locked until this transaction ends.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Received {
    /// Its row.
    pub id: i64,
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

/// The open rental of a number for a service: its row, when it began, and when the number's last
/// rental before it ended.
pub async fn open_of(tx: &mut TenantTx, phone: &str, service_id: i64) -> Result<Option<OpenRental>, DbError> {
    Ok(OpenOf { phone_number: phone.to_owned(), service_id }.get_result(tx).await.optional()?)
}

/// Completes a waiting rental whose price is held. `None` when it waits no longer, or holds less.
pub async fn complete_held(
    tx: &mut TenantTx,
    id: i64,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<Received>, DbError> {
    let complete = CompleteHeld { code: code.to_owned(), received_at: now, completed_at: now, ended_at: now, id };
    Ok(complete.get_result(tx).await.optional()?)
}

/// Stores the code of an open rental, without a change of its state: the newest code counts.
/// Tells whether it still waited. `None` when it is not open.
pub async fn receive(
    tx: &mut TenantTx,
    id: i64,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<(Received, bool)>, DbError> {
    type Row = (i64, i64, i64, i64, Decimal, Decimal, String);
    let row: Option<Row> = Receive { code: code.to_owned(), now, id }.get_result(tx).await.optional()?;
    Ok(row.map(|(id, user_id, service_id, number_id, price, held, status)| {
        (Received { id, user_id, service_id, number_id, price, held }, status == "waiting_code")
    }))
}

/// A rental whose code is withheld, locked. `None` when it is not so any more.
pub async fn withheld(tx: &mut TenantTx, id: i64) -> Result<Option<Received>, DbError> {
    Ok(Withheld { id }.get_result(tx).await.optional()?)
}

/// The code waits for a top-up.
pub async fn withhold(tx: &mut TenantTx, id: i64) -> Result<(), DbError> {
    Withhold { id }.get_result::<i64>(tx).await?;
    Ok(())
}

/// Ends a rental that was received: `completed` when it was paid, else `failed`.
pub async fn finish(tx: &mut TenantTx, id: i64, paid: bool, now: DateTime<Utc>) -> Result<(), DbError> {
    let status = if paid { "completed" } else { "failed" };
    Finish { status, completed_at: paid.then_some(now), ended_at: now, id }.get_result::<i64>(tx).await?;
    Ok(())
}

/// Withheld rentals that their users can pay now.
pub async fn payable(tx: &mut TenantTx, limit: i64) -> Result<Vec<i64>, DbError> {
    Ok(Payable { limit }.load(tx).await?)
}

/// Whether any code is withheld.
pub async fn any_withheld(tx: &mut TenantTx) -> Result<bool, DbError> {
    Ok(AnyWithheld {}.get_result(tx).await?)
}

/// The last rental that a number's code completed, after this time.
#[derive(Clone, Debug, Queryable)]
pub struct Past {
    /// Its row.
    pub id: i64,
    /// Whose it was.
    pub telegram_id: i64,
    /// When it began.
    pub began: DateTime<Utc>,
    /// The code.
    pub code: Option<String>,
}

/// The rental of a used number for a service that was completed after this time, if there is one.
pub async fn completed_of(
    tx: &mut TenantTx,
    phone: &str,
    service_id: i64,
    since: DateTime<Utc>,
) -> Result<Option<Past>, DbError> {
    Ok(CompletedOf { phone_number: phone.to_owned(), service_id, since }.get_result(tx).await.optional()?)
}

/// Whether this code was passed on as a further one of a rental.
pub async fn has_further(tx: &mut TenantTx, id: i64, code: &str) -> Result<bool, DbError> {
    Ok(HasFurther { id, code: code.to_owned() }.get_result(tx).await?)
}

/// Erases a delivered rental's codes wherever they are stored; the rental stays.
pub async fn erase(tx: &mut TenantTx, id: i64) -> Result<(), DbError> {
    EraseCode { id }.get_result::<i64>(tx).await.optional()?;
    EraseRaw { id }.execute(tx).await?;
    EraseFurther { id }.execute(tx).await?;
    Ok(())
}

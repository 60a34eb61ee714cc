//! The stock: picking a free number, giving it back, using it up.

use super::retry::DbError;
use super::scope::TenantTx;
use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Numeric, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

statement! {
    Pick {
        user_id: i64 => BigInt, now: DateTime<Utc> => Timestamptz, expires_at: DateTime<Utc> => Timestamptz,
        country_id: i64 => BigInt, rested: DateTime<Utc> => Timestamptz, base: Decimal => Numeric,
        price: Decimal => Numeric, same_user: i64 => BigInt, not_since: DateTime<Utc> => Timestamptz,
    } -> (BigInt, Text) =
    "UPDATE numbers SET status = 'reserved', reserved_by_user_id = ?, reserved_at = ?, expires_at = ? \
     WHERE id = (SELECT n.id FROM numbers n \
         WHERE n.service_country_id = ? AND n.status = 'available' AND n.available_from <= ? \
           AND coalesce(n.price_override, ?) = ? \
           AND NOT EXISTS (SELECT 1 FROM reservations r \
               WHERE r.number_id = n.id AND r.user_id = ? AND r.ended_at > ?) \
         ORDER BY n.id LIMIT 1 FOR UPDATE SKIP LOCKED) \
     RETURNING id, phone_number"
}

statement! {
    GiveBack { available_from: DateTime<Utc> => Timestamptz, id: i64 => BigInt } -> BigInt =
    "UPDATE numbers SET status = 'available', available_from = ?, reserved_by_user_id = NULL, \
         reserved_at = NULL, expires_at = NULL \
     WHERE id = ? AND status = 'reserved' RETURNING id"
}

statement! {
    UseUp { now: DateTime<Utc> => Timestamptz, id: i64 => BigInt } -> BigInt =
    "UPDATE numbers SET status = 'used', code_received_at = ? WHERE id = ? RETURNING id"
}

/// Which number is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// For whom.
    pub user_id: i64,
    /// The service's country.
    pub country_id: i64,
    /// The price of numbers that have none of their own.
    pub base_price: Decimal,
    /// The price that the user was shown: no other is taken.
    pub price: Decimal,
    /// The present.
    pub now: DateTime<Utc>,
    /// When the rental ends.
    pub expires_at: DateTime<Utc>,
    /// Numbers that this user gave back after this time are left out.
    pub not_since: DateTime<Utc>,
}

/// Takes a free number: its row and its E.164. `None` when there is none.
pub async fn pick(tx: &mut TenantTx, wanted: &Wanted) -> Result<Option<(i64, String)>, DbError> {
    let pick = Pick {
        user_id: wanted.user_id,
        now: wanted.now,
        expires_at: wanted.expires_at,
        country_id: wanted.country_id,
        rested: wanted.now,
        base: wanted.base_price,
        price: wanted.price,
        same_user: wanted.user_id,
        not_since: wanted.not_since,
    };
    Ok(pick.get_result(tx).await.optional()?)
}

/// Puts a reserved number back; it rests until `available_from`.
pub async fn give_back(tx: &mut TenantTx, id: i64, available_from: DateTime<Utc>) -> Result<(), DbError> {
    GiveBack { available_from, id }.get_result::<i64>(tx).await.optional()?;
    Ok(())
}

/// Marks a number used: its code was delivered.
pub async fn use_up(tx: &mut TenantTx, id: i64, now: DateTime<Utc>) -> Result<(), DbError> {
    UseUp { now, id }.get_result::<i64>(tx).await?;
    Ok(())
}

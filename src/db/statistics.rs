//! What happened in a period, counted.

use super::retry::DbError;
use super::scope::TenantTx;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::sql_types::{BigInt, Date, Numeric, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

/// A rental is open for at most so long: it ended at most this long after it began.
const LONGEST_RENTAL: TimeDelta = TimeDelta::days(3);

statement! {
    Ended {
        earliest: DateTime<Utc> => Timestamptz, latest: DateTime<Utc> => Timestamptz,
        from: DateTime<Utc> => Timestamptz, to: DateTime<Utc> => Timestamptz,
    } -> (Text, Text, Text, BigInt) =
    "SELECT coalesce(s.deleted_name, s.name), coalesce(c.deleted_name, c.country_name), r.status, count(*) \
     FROM reservations r JOIN services s ON s.id = r.service_id JOIN service_countries c ON c.id = r.service_country_id \
     WHERE r.created_at >= ? AND r.created_at < ? AND r.ended_at >= ? AND r.ended_at < ? \
     GROUP BY 1, 2, 3"
}

statement! {
    Earned { from: DateTime<Utc> => Timestamptz, to: DateTime<Utc> => Timestamptz } -> (Text, Text, Numeric) =
    "SELECT coalesce(s.deleted_name, s.name), coalesce(c.deleted_name, c.country_name), -sum(t.amount) \
     FROM transactions t JOIN reservations r ON r.id = t.reservation_id JOIN services s ON s.id = r.service_id \
     JOIN service_countries c ON c.id = r.service_country_id \
     WHERE t.type = 'purchase' AND t.created_at >= ? AND t.created_at < ? GROUP BY 1, 2"
}

statement! {
    Moved { from: DateTime<Utc> => Timestamptz, to: DateTime<Utc> => Timestamptz } -> (Text, BigInt, Numeric) =
    "SELECT t.type, count(*), sum(t.amount) FROM transactions t WHERE t.created_at >= ? AND t.created_at < ? GROUP BY 1"
}

statement! {
    Days {
        zone: String => Text, from: DateTime<Utc> => Timestamptz, to: DateTime<Utc> => Timestamptz,
    } -> (Date, BigInt, Numeric) =
    "SELECT timezone(?, t.created_at)::date AS day, count(*) FILTER (WHERE t.reason = 'code'), -sum(t.amount) \
     FROM transactions t WHERE t.type = 'purchase' AND t.created_at >= ? AND t.created_at < ? GROUP BY 1 ORDER BY 1"
}

statement! {
    Stock {} -> (Text, BigInt) = "SELECT n.status, count(*) FROM numbers n GROUP BY 1 ORDER BY 1"
}

statement! {
    People {
        from: DateTime<Utc> => Timestamptz, to: DateTime<Utc> => Timestamptz, since: DateTime<Utc> => Timestamptz,
    } -> (BigInt, BigInt, BigInt) =
    "SELECT count(*), count(*) FILTER (WHERE u.joined_at >= ? AND u.joined_at < ?), \
         count(*) FILTER (WHERE u.seen_at >= ?) FROM users u"
}

/// Rentals that ended: service, country, how, how many.
pub type EndedRow = (String, String, String, i64);
/// What was earned: service, country, amount.
pub type EarnedRow = (String, String, Decimal);
/// A day's codes and income.
pub type DayRow = (NaiveDate, i64, Decimal);

/// A period: from its first moment to before its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its beginning.
    pub from: DateTime<Utc>,
    /// Its end.
    pub to: DateTime<Utc>,
}

/// Rentals that ended in a period.
pub async fn ended(tx: &mut TenantTx, Period { from, to }: Period) -> Result<Vec<EndedRow>, DbError> {
    let earliest = from.checked_sub_signed(LONGEST_RENTAL).unwrap_or(from);
    Ok(Ended { earliest, latest: to, from, to }.load(tx).await?)
}

/// What users paid in a period.
pub async fn earned(tx: &mut TenantTx, Period { from, to }: Period) -> Result<Vec<EarnedRow>, DbError> {
    Ok(Earned { from, to }.load(tx).await?)
}

/// Movements of money in a period: type, how many, sum.
pub async fn moved(tx: &mut TenantTx, Period { from, to }: Period) -> Result<Vec<(String, i64, Decimal)>, DbError> {
    Ok(Moved { from, to }.load(tx).await?)
}

/// The days of a period on which something was paid, in a time zone of the tz database.
pub async fn days(tx: &mut TenantTx, Period { from, to }: Period, zone: &str) -> Result<Vec<DayRow>, DbError> {
    Ok(Days { zone: zone.to_owned(), from, to }.load(tx).await?)
}

/// Numbers by their state.
pub async fn stock(tx: &mut TenantTx) -> Result<Vec<(String, i64)>, DbError> {
    Ok(Stock {}.load(tx).await?)
}

/// Users: all, those who came in a period, those who were here since its beginning.
pub async fn people(tx: &mut TenantTx, Period { from, to }: Period) -> Result<(i64, i64, i64), DbError> {
    Ok(People { from, to, since: from }.get_result(tx).await?)
}

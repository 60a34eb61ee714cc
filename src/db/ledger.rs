//! The ledger: the one function through which a balance changes, and its pages.

use super::scope::TenantTx;
use super::{retry::DbError, schema::transactions, users};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Numeric, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

statement! {
    Record {
        user_id: i64 => BigInt, kind: &'static str => Text, amount: Decimal => Numeric,
        balance_after: Decimal => Numeric, reason: String => Text, actor: String => Text,
        service_id: Option<i64> => Nullable<BigInt>, number_id: Option<i64> => Nullable<BigInt>,
        reservation_id: Option<i64> => Nullable<BigInt>, now: DateTime<Utc> => Timestamptz,
        request_key: Option<String> => Nullable<Text>,
    } -> BigInt =
    "INSERT INTO transactions (user_id, type, amount, balance_after, reason, actor, service_id, \
         number_id, reservation_id, created_at, request_key) \
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
}

/// A movement of money.
#[derive(Clone, Debug)]
pub struct Movement {
    /// Whose balance.
    pub user_id: i64,
    /// `add`, `deduct`, `purchase` or `reward`.
    pub kind: &'static str,
    /// Signed: what the balance gains.
    pub amount: Decimal,
    /// A hold that ends with this movement.
    pub released: Decimal,
    /// Why.
    pub reason: String,
    /// Who caused it: `user:ID`, `admin:ID`, `operator`, `farm`.
    pub actor: String,
    /// What was bought: service, number, rental.
    pub bought: Option<(i64, i64, i64)>,
    /// Names the operation, so that a repetition is refused by the database.
    pub request_key: Option<String>,
}

/// The state after a movement.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    /// The new balance.
    pub balance: Decimal,
    /// Whose it is, for the message.
    pub telegram_id: i64,
}

/// Changes a balance and writes its row. `None` when the free money does not suffice.
pub async fn record(tx: &mut TenantTx, movement: Movement, now: DateTime<Utc>) -> Result<Option<Moved>, DbError> {
    let changed = users::change(tx, movement.user_id, movement.amount, movement.released).await?;
    let Some((balance, telegram_id)) = changed else { return Ok(None) };
    let Movement { user_id, kind, amount, reason, actor, bought, request_key, .. } = movement;
    let record = Record {
        user_id,
        kind,
        amount,
        balance_after: balance,
        reason,
        actor,
        service_id: bought.map(|b| b.0),
        number_id: bought.map(|b| b.1),
        reservation_id: bought.map(|b| b.2),
        now,
        request_key,
    };
    record.get_result::<i64>(tx).await?;
    Ok(Some(Moved { balance, telegram_id }))
}

/// A row of the ledger as a user sees it.
#[derive(Clone, Debug, Queryable)]
pub struct Entry {
    /// `add`, `deduct`, `purchase` or `reward`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// Signed.
    pub amount: Decimal,
    /// The balance after it.
    pub balance_after: Decimal,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A page of a user's ledger, newest first.
pub async fn page(tx: &mut TenantTx, user_id: i64, offset: i64, limit: i64) -> Result<Vec<Entry>, DbError> {
    use transactions as t;
    Ok(t::table
        .filter(t::user_id.eq(user_id))
        .order((t::created_at.desc(), t::id.desc()))
        .select((t::type_, t::reason, t::amount, t::balance_after, t::created_at))
        .offset(offset)
        .limit(limit)
        .load(tx)
        .await?)
}

/// Whose request was carried out under this key before, and for how much.
pub async fn done(tx: &mut TenantTx, request_key: &str) -> Result<Option<(i64, Decimal)>, DbError> {
    use transactions as t;
    let found = t::table.filter(t::request_key.eq(request_key)).select((t::user_id, t::amount));
    Ok(found.first(tx).await.optional()?)
}

/// A row of the ledger as those who run the bot see it.
#[derive(Clone, Debug, Queryable)]
pub struct Line {
    /// Its row.
    pub id: i64,
    /// Whose.
    pub telegram_id: i64,
    /// `add`, `deduct`, `purchase` or `reward`.
    pub kind: String,
    /// Signed.
    pub amount: Decimal,
    /// The balance after it.
    pub balance_after: Decimal,
    /// Why.
    pub reason: String,
    /// Who moved it.
    pub actor: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

macro_rules! line {
    () => {{
        use super::schema::users as u;
        use transactions as t;
        (t::id, u::telegram_id, t::type_, t::amount, t::balance_after, t::reason, t::actor, t::created_at)
    }};
}

/// A page of the rows of all users, or of one by their Telegram id, newest first.
pub async fn lines(tx: &mut TenantTx, user: Option<i64>, offset: i64, limit: i64) -> Result<Vec<Line>, DbError> {
    use super::schema::users as u;
    use transactions as t;
    let rows = t::table.inner_join(u::table).order((t::created_at.desc(), t::id.desc())).offset(offset).limit(limit);
    let rows = rows.select(line!()).into_boxed();
    Ok(match user {
        Some(id) => rows.filter(u::telegram_id.eq(id)).load(tx).await?,
        None => rows.load(tx).await?,
    })
}

/// One row of the ledger.
pub async fn line(tx: &mut TenantTx, id: i64) -> Result<Option<Line>, DbError> {
    use super::schema::users as u;
    use transactions as t;
    let found = t::table.inner_join(u::table).filter(t::id.eq(id));
    Ok(found.select(line!()).first(tx).await.optional()?)
}

//! Users and the money that is theirs: balance and held.

use super::scope::TenantTx;
use super::{retry::DbError, schema::users};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Numeric, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

statement! {
    Meet {
        telegram_id: i64 => BigInt, username: Option<String> => Nullable<Text>, first_name: String => Text,
        last_name: Option<String> => Nullable<Text>, language: Option<String> => Nullable<Text>,
        joined_at: DateTime<Utc> => Timestamptz, seen_at: DateTime<Utc> => Timestamptz,
    } -> (BigInt, Nullable<Text>, Text, Bool) =
    "INSERT INTO users (telegram_id, username, first_name, last_name, language, joined_at, seen_at) \
     VALUES (?, ?, ?, ?, ?, ?, ?) \
     ON CONFLICT (telegram_id) DO UPDATE SET username = excluded.username, \
         first_name = excluded.first_name, last_name = excluded.last_name, seen_at = excluded.seen_at \
     RETURNING id, language, role, is_banned"
}

statement! {
    Hold { amount: Decimal => Numeric, user_id: i64 => BigInt, needed: Decimal => Numeric } -> Numeric =
    "UPDATE users SET held = held + ? WHERE id = ? AND balance - held >= ? RETURNING balance"
}

statement! {
    Release { amount: Decimal => Numeric, user_id: i64 => BigInt } -> Numeric =
    "UPDATE users SET held = held - ? WHERE id = ? RETURNING balance"
}

statement! {
    Move {
        amount: Decimal => Numeric, released: Decimal => Numeric, user_id: i64 => BigInt,
        released_again: Decimal => Numeric, amount_again: Decimal => Numeric,
    } -> (Numeric, BigInt) =
    "UPDATE users SET balance = balance + ?, held = held - ? \
     WHERE id = ? AND balance - held + ? + ? >= 0 RETURNING balance, telegram_id"
}

/// What Telegram tells of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Telegram's user id.
    pub telegram_id: i64,
    /// The public @name, without the @.
    pub username: Option<String>,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: Option<String>,
    /// The Telegram client's language; taken over at the first meeting only.
    pub language: Option<String>,
}

/// A user's money, in the bot's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub struct Funds {
    /// Everything that is theirs.
    pub balance: Decimal,
    /// The part that open rentals hold.
    pub held: Decimal,
}

impl Funds {
    /// What can be spent.
    pub fn free(self) -> Decimal {
        self.balance - self.held
    }
}

/// A user's row, language, role and ban.
pub type Met = (i64, Option<String>, String, bool);

/// Inserts or refreshes a user.
pub async fn meet(tx: &mut TenantTx, profile: Profile, now: DateTime<Utc>) -> Result<Met, DbError> {
    let Profile { telegram_id, username, first_name, last_name, language } = profile;
    Ok(Meet { telegram_id, username, first_name, last_name, language, joined_at: now, seen_at: now }
        .get_result(tx)
        .await?)
}

/// Holds an amount if it is free. False when it is not.
pub async fn hold(tx: &mut TenantTx, user_id: i64, amount: Decimal) -> Result<bool, DbError> {
    let held = Hold { amount, user_id, needed: amount }.get_result::<Decimal>(tx).await.optional()?;
    Ok(held.is_some())
}

/// Gives back what was held.
pub async fn release(tx: &mut TenantTx, user_id: i64, amount: Decimal) -> Result<(), DbError> {
    Release { amount, user_id }.get_result::<Decimal>(tx).await?;
    Ok(())
}

/// Adds a signed amount to the balance and gives back a hold, if no other hold is touched by it.
/// Returns the new balance and the Telegram id, or `None` when the free money is too little.
pub(super) async fn change(
    tx: &mut TenantTx,
    user_id: i64,
    amount: Decimal,
    released: Decimal,
) -> Result<Option<(Decimal, i64)>, DbError> {
    let change = Move { amount, released, user_id, released_again: released, amount_again: amount };
    Ok(change.get_result(tx).await.optional()?)
}

/// A user's money.
pub async fn funds(tx: &mut TenantTx, user_id: i64) -> Result<Funds, DbError> {
    Ok(users::table.find(user_id).select((users::balance, users::held)).first(tx).await?)
}

/// The row's id of a Telegram user.
pub async fn find(tx: &mut TenantTx, telegram_id: i64) -> Result<Option<i64>, DbError> {
    let found = users::table.filter(users::telegram_id.eq(telegram_id)).select(users::id);
    Ok(found.first(tx).await.optional()?)
}

/// Sets the language that a user chose.
pub async fn set_language(tx: &mut TenantTx, user_id: i64, language: &str) -> Result<(), DbError> {
    diesel::update(users::table.find(user_id)).set(users::language.eq(language)).execute(tx).await?;
    Ok(())
}

/// The Telegram id of a user.
pub async fn telegram_id(tx: &mut TenantTx, user_id: i64) -> Result<i64, DbError> {
    Ok(users::table.find(user_id).select(users::telegram_id).first(tx).await?)
}

/// Whom a message goes to: their row, language and money.
pub async fn addressee(tx: &mut TenantTx, telegram_id: i64) -> Result<(i64, Option<String>, Funds), DbError> {
    let found = users::table.filter(users::telegram_id.eq(telegram_id));
    Ok(found.select((users::id, users::language, (users::balance, users::held))).first(tx).await?)
}

/// Those of some Telegram users whom the bot has met.
pub async fn met(tx: &mut TenantTx, telegram_ids: &[i64]) -> Result<Vec<i64>, DbError> {
    let met = users::table.filter(users::telegram_id.eq_any(telegram_ids));
    Ok(met.select(users::telegram_id).load(tx).await?)
}

/// Bans a user or lets them back. False when it was so before.
pub async fn set_banned(tx: &mut TenantTx, user_id: i64, banned: bool) -> Result<bool, DbError> {
    let other = users::table.find(user_id).filter(users::is_banned.ne(banned));
    Ok(diesel::update(other).set(users::is_banned.eq(banned)).execute(tx).await? > 0)
}

/// Whether a user is banned.
pub async fn is_banned(tx: &mut TenantTx, user_id: i64) -> Result<bool, DbError> {
    Ok(users::table.find(user_id).select(users::is_banned).first(tx).await?)
}

/// Notes that a user was rewarded.
pub async fn note_reward(tx: &mut TenantTx, user_id: i64, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(users::table.find(user_id)).set(users::last_reward_at.eq(now)).execute(tx).await?;
    Ok(())
}

//! Users as the panel handles them.

use super::containing;
use super::retry::DbError;
use super::schema::users as u;
use super::scope::TenantTx;
use super::users::Funds;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::RunQueryDsl;

/// A user of the bot.
#[derive(Clone, Debug, Queryable)]
pub struct Customer {
    /// Their row.
    pub id: i64,
    /// Telegram's id of them.
    pub telegram_id: i64,
    /// The public @name, without the @.
    pub username: Option<String>,
    /// The given name.
    pub first_name: String,
    /// Their money.
    pub funds: Funds,
    /// When the bot met them.
    pub joined_at: DateTime<Utc>,
    /// They may not use the bot.
    pub is_banned: bool,
    /// How many rentals they have had.
    pub rentals: i64,
}

/// What makes a [`Customer`].
macro_rules! columns {
    () => {{
        let rentals = "(SELECT count(*) FROM reservations r WHERE r.user_id = users.id)";
        let funds = (u::balance, u::held);
        let rentals = diesel::dsl::sql::<BigInt>(rentals);
        (u::id, u::telegram_id, u::username, u::first_name, funds, u::joined_at, u::is_banned, rentals)
    }};
}

/// A page of users whose name, @name or id holds a text, the newest first.
pub async fn page(tx: &mut TenantTx, named: &str, offset: i64, limit: i64) -> Result<Vec<Customer>, DbError> {
    let columns = columns!();
    let pattern = containing(named);
    let has_id = diesel::dsl::sql::<Bool>("telegram_id::text LIKE ").bind::<Text, _>(pattern.clone());
    let is_named = u::username.ilike(pattern.clone()).assume_not_null().or(u::first_name.ilike(pattern)).or(has_id);
    let rows = u::table.order((u::joined_at.desc(), u::id.desc())).offset(offset).limit(limit).select(columns);
    let rows = rows.into_boxed();
    // Without a text the newest are found by their index.
    let rows = if named.is_empty() { rows } else { rows.filter(is_named) };
    Ok(rows.load(tx).await?)
}

/// A user by their row.
pub async fn find(tx: &mut TenantTx, id: i64) -> Result<Option<Customer>, DbError> {
    let columns = columns!();
    Ok(u::table.find(id).select(columns).first(tx).await.optional()?)
}

statement! {
    ByName { name: String => Text } -> BigInt =
    "SELECT u.id FROM users u WHERE lower(u.username) = lower(?) ORDER BY u.id LIMIT 2"
}

/// The rows of the users with a Telegram id or a name, whatever its case; two at most. A name may
/// have gone from one to another, and the bot knows only what it was told last.
pub async fn search(tx: &mut TenantTx, telegram_id: Option<i64>, name: &str) -> Result<Vec<i64>, DbError> {
    match telegram_id {
        Some(id) => Ok(u::table.filter(u::telegram_id.eq(id)).select(u::id).load(tx).await?),
        None => Ok(ByName { name: name.to_owned() }.load(tx).await?),
    }
}

//! Bots that owners created with this one.

use super::retry::DbError;
use super::schema::created_bots as c;
use super::scope::TenantTx;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

/// A bot that was created.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct CreatedBot {
    /// Telegram's id of it.
    pub id: i64,
    /// The @name, without the @, as far as Telegram told it.
    pub username: Option<String>,
}

/// Notes one. Known ones stay as they are, but for their name.
pub async fn note(tx: &mut TenantTx, owner: i64, bot: &CreatedBot, now: DateTime<Utc>) -> Result<(), DbError> {
    let row = (c::bot_id.eq(bot.id), c::owner.eq(owner), c::username.eq(&bot.username), c::created_at.eq(now));
    let known = diesel::insert_into(c::table).values(row).on_conflict(c::bot_id);
    match &bot.username {
        Some(name) => known.do_update().set(c::username.eq(name)).execute(tx).await?,
        None => known.do_nothing().execute(tx).await?,
    };
    Ok(())
}

/// Those of an owner, oldest first.
pub async fn of(tx: &mut TenantTx, owner: i64) -> Result<Vec<CreatedBot>, DbError> {
    let theirs = c::table.filter(c::owner.eq(owner)).order((c::created_at, c::bot_id));
    Ok(theirs.select((c::bot_id, c::username)).load(tx).await?)
}

/// Forgets one of an owner.
pub async fn forget(tx: &mut TenantTx, owner: i64, id: i64) -> Result<(), DbError> {
    diesel::delete(c::table.find(id).filter(c::owner.eq(owner))).execute(tx).await?;
    Ok(())
}

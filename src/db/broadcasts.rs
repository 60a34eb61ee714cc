//! Broadcasts and their recipients.

use super::retry::DbError;
use super::schema::{broadcast_recipients as r, broadcasts as b, users as u};
use super::scope::TenantTx;
use crate::domain::audience::Audience;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

/// Who matches an audience. The language of those who chose none is the bot's.
macro_rules! audience {
    () => {
        "FROM users u WHERE NOT u.is_banned AND coalesce(u.seen_at, u.joined_at) >= ? \
         AND (NOT ? OR u.balance > u.held) \
         AND (?::text IS NULL OR CASE WHEN split_part(u.language, '-', 1) = ANY(?) \
             THEN split_part(u.language, '-', 1) ELSE ? END = ?)"
    };
}

statement! {
    Count {
        since: DateTime<Utc> => Timestamptz, with_balance: bool => Bool, any: Option<String> => Nullable<Text>,
        known: Vec<String> => Array<Text>, fallback: String => Text, language: Option<String> => Nullable<Text>,
    } -> BigInt = concat!("SELECT count(*) ", audience!())
}

statement! {
    Gather {
        id: i64 => BigInt,
        since: DateTime<Utc> => Timestamptz, with_balance: bool => Bool, any: Option<String> => Nullable<Text>,
        known: Vec<String> => Array<Text>, fallback: String => Text, language: Option<String> => Nullable<Text>,
    } -> BigInt =
    concat!("INSERT INTO broadcast_recipients (broadcast_id, user_id, telegram_id) SELECT ?, u.id, u.telegram_id ", audience!())
}

/// The languages that the bot speaks, its own first.
#[derive(Clone, Debug)]
pub struct Languages {
    /// All of them.
    pub known: Vec<String>,
    /// That of users who have chosen none.
    pub fallback: String,
}

/// A broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = b)]
pub struct Broadcast {
    /// Its row.
    pub id: i64,
    /// Who began it, and sees its progress.
    pub telegram_id: i64,
    /// The text.
    pub body: String,
    /// `running`, `paused`, `canceled` or `done`.
    pub status: String,
    /// The message that shows the progress.
    pub screen_message_id: Option<i32>,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
}

/// How far a broadcast is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Who will get it.
    pub pending: i64,
    /// Who got it.
    pub sent: i64,
    /// Who cannot be reached: they have stopped the bot.
    pub blocked: i64,
    /// Whom Telegram refused for another reason.
    pub failed: i64,
}

impl Tally {
    /// Everybody.
    pub fn all(self) -> i64 {
        self.pending + self.sent + self.blocked + self.failed
    }
}

fn since(audience: &Audience, now: DateTime<Utc>) -> DateTime<Utc> {
    match audience.days {
        0 => DateTime::UNIX_EPOCH,
        days => now - TimeDelta::days(days.into()),
    }
}

/// How many users match.
pub async fn count(
    tx: &mut TenantTx,
    audience: &Audience,
    languages: &Languages,
    now: DateTime<Utc>,
) -> Result<i64, DbError> {
    let (language, Languages { known, fallback }) = (audience.language.clone(), languages.clone());
    let (since, with_balance) = (since(audience, now), audience.with_balance);
    Ok(Count { since, with_balance, any: language.clone(), known, fallback, language }.get_result(tx).await?)
}

/// Begins a broadcast; `None` when the key has begun one before.
pub async fn begin(
    tx: &mut TenantTx,
    telegram_id: i64,
    body: &str,
    request_key: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>, DbError> {
    let row = (b::telegram_id.eq(telegram_id), b::body.eq(body), b::request_key.eq(request_key), b::created_at.eq(now));
    let insert = diesel::insert_into(b::table).values(row).on_conflict_do_nothing();
    Ok(insert.returning(b::id).get_result(tx).await.optional()?)
}

/// Writes down everybody who matches now. Tells how many.
pub async fn gather(
    tx: &mut TenantTx,
    id: i64,
    audience: &Audience,
    languages: &Languages,
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    let (language, Languages { known, fallback }) = (audience.language.clone(), languages.clone());
    let (since, with_balance) = (since(audience, now), audience.with_balance);
    Ok(Gather { id, since, with_balance, any: language.clone(), known, fallback, language }.execute(tx).await?)
}

/// The broadcast of a key.
pub async fn of_key(tx: &mut TenantTx, request_key: &str) -> Result<Option<i64>, DbError> {
    let found = b::table.filter(b::request_key.eq(request_key)).select(b::id);
    Ok(found.first(tx).await.optional()?)
}

/// A page of broadcasts, the newest first.
pub async fn page(tx: &mut TenantTx, offset: i64, limit: i64) -> Result<Vec<Broadcast>, DbError> {
    let rows = b::table.order((b::created_at.desc(), b::id.desc())).offset(offset).limit(limit);
    Ok(rows.select(Broadcast::as_select()).load(tx).await?)
}

/// A broadcast.
pub async fn find(tx: &mut TenantTx, id: i64) -> Result<Option<Broadcast>, DbError> {
    Ok(b::table.find(id).select(Broadcast::as_select()).first(tx).await.optional()?)
}

/// The oldest broadcast that runs, and the language of whom began it.
pub async fn next(tx: &mut TenantTx) -> Result<Option<(Broadcast, Option<String>)>, DbError> {
    let running = b::table.filter(b::status.eq("running")).order(b::id).select(Broadcast::as_select());
    let Some(found) = running.first(tx).await.optional()? else { return Ok(None) };
    let language = u::table.filter(u::telegram_id.eq(found.telegram_id)).select(u::language);
    let language: Option<Option<String>> = language.first(tx).await.optional()?;
    Ok(Some((found, language.flatten())))
}

/// How far a broadcast is.
pub async fn tally(tx: &mut TenantTx, id: i64) -> Result<Tally, DbError> {
    let rows = r::table.filter(r::broadcast_id.eq(id)).group_by(r::status);
    let counts: Vec<(String, i64)> = rows.select((r::status, diesel::dsl::count_star())).load(tx).await?;
    let count = |status: &str| counts.iter().find(|(s, _)| s == status).map_or(0, |(_, n)| *n);
    Ok(Tally { pending: count("pending"), sent: count("sent"), blocked: count("blocked"), failed: count("failed") })
}

/// Somebody who gets a broadcast.
#[derive(Clone, Debug, Queryable)]
pub struct Recipient {
    /// Their row.
    pub user_id: i64,
    /// Telegram's id of them.
    pub telegram_id: i64,
    /// The language they chose.
    pub language: Option<String>,
}

/// The next recipients, while the broadcast runs.
pub async fn pending(tx: &mut TenantTx, id: i64, limit: i64) -> Result<Vec<Recipient>, DbError> {
    let running = b::table.filter(b::id.eq(id)).filter(b::status.eq("running"));
    let rows = r::table.inner_join(u::table).filter(r::broadcast_id.eq(id)).filter(r::status.eq("pending"));
    let rows = rows.filter(diesel::dsl::exists(running)).order(r::user_id).limit(limit);
    Ok(rows.select((r::user_id, r::telegram_id, u::language)).load(tx).await?)
}

/// Notes what became of recipients.
pub async fn settle(tx: &mut TenantTx, id: i64, users: &[i64], status: &str) -> Result<(), DbError> {
    let rows = r::table.filter(r::broadcast_id.eq(id)).filter(r::user_id.eq_any(users));
    let pending = rows.filter(r::status.eq("pending"));
    diesel::update(pending).set(r::status.eq(status)).execute(tx).await?;
    Ok(())
}

/// Changes the state of a broadcast that is not at its end. False when it is.
pub async fn set_status(
    tx: &mut TenantTx,
    id: i64,
    status: &str,
    ended_at: Option<DateTime<Utc>>,
) -> Result<bool, DbError> {
    let open = b::table.find(id).filter(b::status.eq_any(["running", "paused"])).filter(b::status.ne(status));
    Ok(diesel::update(open).set((b::status.eq(status), b::ended_at.eq(ended_at))).execute(tx).await? > 0)
}

/// Notes the message that shows the progress.
pub async fn note_screen(tx: &mut TenantTx, id: i64, message_id: i32) -> Result<(), DbError> {
    diesel::update(b::table.find(id)).set(b::screen_message_id.eq(message_id)).execute(tx).await?;
    Ok(())
}

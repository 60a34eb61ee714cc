//! The outbox: one row per message that must reach a user, until it has or never can.

use super::scope::TenantTx;
use super::{retry::DbError, schema};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::Value;

statement! {
    Enqueue {
        kind: &'static str => Text, telegram_id: i64 => BigInt, reservation_id: Option<i64> => Nullable<BigInt>,
        details: Option<Value> => Nullable<Jsonb>, random_id: i64 => BigInt,
        next_try_at: DateTime<Utc> => Timestamptz, created_at: DateTime<Utc> => Timestamptz,
    } -> BigInt =
    "INSERT INTO outbox (kind, telegram_id, reservation_id, details, random_id, next_try_at, created_at) \
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"
}

statement! {
    Claim {
        leased_until: DateTime<Utc> => Timestamptz, now: DateTime<Utc> => Timestamptz, limit: i64 => BigInt,
    } -> (BigInt, Text, BigInt, Nullable<BigInt>, BigInt, Integer, Nullable<Jsonb>, Timestamptz) =
    "UPDATE outbox SET next_try_at = ?, attempts = attempts + 1 \
     WHERE id IN (SELECT o.id FROM outbox o WHERE o.status = 'pending' AND o.next_try_at <= ? \
         ORDER BY (o.kind NOT IN ('code', 'another_code')), o.next_try_at, o.id LIMIT ? FOR UPDATE SKIP LOCKED) \
     RETURNING id, kind, telegram_id, reservation_id, random_id, attempts, details, created_at"
}

statement! {
    Finish {
        status: &'static str => Text, message_id: Option<i32> => Nullable<Integer>,
        reason: Option<String> => Nullable<Text>, done_at: DateTime<Utc> => Timestamptz, id: i64 => BigInt,
    } -> BigInt =
    "UPDATE outbox SET status = ?, message_id = ?, reason = ?, done_at = ? \
     WHERE id = ? AND status = 'pending'"
}

statement! {
    Postpone {
        next_try_at: DateTime<Utc> => Timestamptz, reason: Option<String> => Nullable<Text>, id: i64 => BigInt,
    } -> BigInt =
    "UPDATE outbox SET next_try_at = ?, reason = ? WHERE id = ? AND status = 'pending'"
}

/// What a row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The rental's code.
    Code,
    /// A further code of a completed rental.
    AnotherCode,
    /// The rental's end without a code.
    Expired,
    /// The code came, and waits for a top-up.
    Unpaid,
    /// The code came and was never paid.
    Failed,
    /// A number in the place of an expired one.
    Replaced,
    /// A delivered code's message is to be deleted.
    EraseCode,
    /// Something that the owner should know.
    Alert,
    /// What those who run the bot wrote to one user.
    Letter,
}

impl Kind {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Code, "code"),
        (Self::AnotherCode, "another_code"),
        (Self::Expired, "expired"),
        (Self::Unpaid, "unpaid"),
        (Self::Failed, "failed"),
        (Self::Replaced, "replaced"),
        (Self::EraseCode, "erase_code"),
        (Self::Alert, "alert"),
        (Self::Letter, "letter"),
    ];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, w)| *w == word).map(|(kind, _)| kind)
    }

    /// The screen of its rental says something else from now on.
    pub fn ends_screen(self) -> bool {
        matches!(self, Self::Code | Self::Expired | Self::Unpaid | Self::Failed | Self::Replaced)
    }

    /// Goes before everything else.
    pub fn is_code(self) -> bool {
        matches!(self, Self::Code | Self::AnotherCode)
    }
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub struct NewRow {
    /// What it says.
    pub kind: Kind,
    /// To whom.
    pub telegram_id: i64,
    /// About which rental.
    pub rental: Option<i64>,
    /// What it says besides.
    pub details: Option<Value>,
    /// When.
    pub due: DateTime<Utc>,
}

impl NewRow {
    /// A message about a rental, due at once.
    pub fn about(kind: Kind, telegram_id: i64, rental: i64, now: DateTime<Utc>) -> Self {
        Self { kind, telegram_id, rental: Some(rental), details: None, due: now }
    }
}

/// A row that this process may send until its lease ends.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The row.
    pub id: i64,
    /// What it says.
    pub kind: Kind,
    /// To whom.
    pub telegram_id: i64,
    /// About which rental.
    pub reservation_id: Option<i64>,
    /// Telegram's key against double sending.
    pub random_id: i64,
    /// How often it was claimed, this time included.
    pub attempts: i32,
    /// What it says besides.
    pub details: Option<Value>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// Adds a message. A rental's first code is added once only.
pub async fn enqueue(tx: &mut TenantTx, row: NewRow, now: DateTime<Utc>) -> Result<(), DbError> {
    enqueue_as(tx, row, rand::random(), now).await
}

/// Whether a message with this `random_id` was put into the outbox before.
pub async fn has(tx: &mut TenantTx, random_id: i64) -> Result<bool, DbError> {
    use super::schema::outbox as o;
    let known = o::table.filter(o::random_id.eq(random_id));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(tx).await?)
}

/// Puts a message into the outbox under a `random_id` of the caller's.
pub async fn enqueue_as(tx: &mut TenantTx, row: NewRow, random_id: i64, now: DateTime<Utc>) -> Result<(), DbError> {
    let NewRow { kind, telegram_id, rental: reservation_id, details, due: next_try_at } = row;
    let kind = kind.as_str();
    let enqueue = Enqueue { kind, telegram_id, reservation_id, details, random_id, next_try_at, created_at: now };
    enqueue.get_result::<i64>(tx).await.optional()?;
    Ok(())
}

/// Takes due rows, codes first; nobody else takes them before `leased_until`.
pub async fn claim(
    tx: &mut TenantTx,
    now: DateTime<Utc>,
    leased_until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Claimed>, DbError> {
    type Row = (i64, String, i64, Option<i64>, i64, i32, Option<Value>, DateTime<Utc>);
    let rows: Vec<Row> = Claim { leased_until, now, limit }.load(tx).await?;
    let mut claimed: Vec<Claimed> = rows
        .into_iter()
        .filter_map(|(id, kind, telegram_id, reservation_id, random_id, attempts, details, created_at)| {
            let kind = Kind::parse(&kind)?;
            Some(Claimed { id, kind, telegram_id, reservation_id, random_id, attempts, details, created_at })
        })
        .collect();
    claimed.sort_by_key(|row| (!row.kind.is_code(), row.id));
    Ok(claimed)
}

/// Records that a row was sent; the message's id is unknown when only Telegram's memory says so.
/// False when it had been recorded before.
pub async fn sent(tx: &mut TenantTx, id: i64, message_id: Option<i32>, now: DateTime<Utc>) -> Result<bool, DbError> {
    let reason = message_id.is_none().then(|| "message id unknown".to_owned());
    Ok(Finish { status: "sent", message_id, reason, done_at: now, id }.execute(tx).await? > 0)
}

/// Records that a row can never be sent, and why. False when it had been recorded before.
pub async fn failed(tx: &mut TenantTx, id: i64, reason: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let reason = Some(reason.to_owned());
    Ok(Finish { status: "failed", message_id: None, reason, done_at: now, id }.execute(tx).await? > 0)
}

/// Puts a row off after a failure that may pass.
pub async fn postpone(tx: &mut TenantTx, id: i64, until: DateTime<Utc>, reason: &str) -> Result<(), DbError> {
    Postpone { next_try_at: until, reason: Some(reason.to_owned()), id }.execute(tx).await?;
    Ok(())
}

statement! {
    ReadWaiting {} -> (Nullable<Timestamptz>, BigInt, Nullable<Timestamptz>) =
    "SELECT min(o.next_try_at), count(*), min(o.created_at) FROM outbox o WHERE o.status = 'pending'"
}

/// What waits to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// When the next row is due.
    pub next: Option<DateTime<Utc>>,
    /// How many rows there are.
    pub count: i64,
    /// When the oldest was written.
    pub oldest: Option<DateTime<Utc>>,
}

/// What waits to be sent.
pub async fn waiting(tx: &mut TenantTx) -> Result<Waiting, DbError> {
    let (next, count, oldest) = ReadWaiting {}.get_result(tx).await?;
    Ok(Waiting { next, count, oldest })
}

/// Makes what a process that has gone had claimed due at once. Rows that were never claimed wait for
/// their time: an erasure must not come early.
pub async fn reclaim(tx: &mut TenantTx, now: DateTime<Utc>, lease: TimeDelta) -> Result<usize, DbError> {
    use schema::outbox as o;
    let leased = o::table.filter(o::status.eq("pending")).filter(o::attempts.gt(0));
    let claimed = leased.filter(o::next_try_at.gt(now)).filter(o::next_try_at.le(now + lease));
    Ok(diesel::update(claimed).set(o::next_try_at.eq(now)).execute(tx).await?)
}

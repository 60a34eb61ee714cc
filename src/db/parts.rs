//! Parts of messages that were too long for one.

use super::retry::DbError;
use super::schema::message_parts as m;
use super::scope::TenantTx;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::Value;

statement! {
    Lock { provider_id: i64 => BigInt, reference: String => Text } -> Text =
    "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ?::text || '/' || ?, 0))::text"
}

statement! {
    GiveUp { before: DateTime<Utc> => Timestamptz } -> BigInt =
    "WITH stale AS (SELECT * FROM message_parts WHERE NOT joined AND received_at < ? FOR UPDATE), \
     kept AS (INSERT INTO provider_messages \
             (provider_id, identity, raw_payload, body, sender, line, received_at, outcome, reason) \
         SELECT provider_id, 'part:' || identity, raw_payload, body, sender, line, received_at, 'unmatched', \
             'incomplete' FROM stale ON CONFLICT DO NOTHING) \
     UPDATE message_parts p SET joined = true, body = '', raw_payload = 'null' FROM stale \
     WHERE p.id = stale.id RETURNING p.id"
}

/// A part to be stored.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = m)]
pub struct NewRow<'a> {
    /// The provider's row.
    pub provider_id: i64,
    /// What the parts of a message have in common.
    pub reference: &'a str,
    /// Which one it is, from 1.
    pub part: i32,
    /// How many there are.
    pub total: i32,
    /// The source's own id.
    pub identity: &'a str,
    /// Its text.
    pub body: &'a str,
    /// Who sent it.
    pub sender: Option<&'a str>,
    /// The device and SIM slot that it arrived on.
    pub line: Option<&'a str>,
    /// As it came.
    pub raw_payload: &'a Value,
    /// When.
    pub received_at: DateTime<Utc>,
}

/// A part of a message that has not been taken yet.
#[derive(Clone, Debug, Queryable)]
pub struct Row {
    /// Its row.
    pub id: i64,
    /// Which one it is, from 1.
    pub part: i32,
    /// The source's own id.
    pub identity: String,
    /// Its text.
    pub body: String,
    /// As it came.
    pub raw: Value,
}

/// Lets one part of a message in at a time: of two at once neither would see the other.
pub async fn lock(tx: &mut TenantTx, provider_id: i64, reference: &str) -> Result<(), DbError> {
    Lock { provider_id, reference: reference.to_owned() }.execute(tx).await?;
    Ok(())
}

/// Stores a part, unless it is stored.
pub async fn store(tx: &mut TenantTx, row: &NewRow<'_>) -> Result<(), DbError> {
    diesel::insert_into(m::table).values(row).on_conflict_do_nothing().execute(tx).await?;
    Ok(())
}

/// The parts of a message that are there, in order; a later one of the same place comes later.
pub async fn open(tx: &mut TenantTx, new: &NewRow<'_>, since: DateTime<Utc>) -> Result<Vec<Row>, DbError> {
    let open = m::table
        .filter(m::provider_id.eq(new.provider_id))
        .filter(m::reference.eq(new.reference))
        .filter(m::total.eq(new.total))
        .filter(m::joined.eq(false))
        .filter(m::received_at.gt(since));
    Ok(open.order((m::part, m::id)).select((m::id, m::part, m::identity, m::body, m::raw_payload)).load(tx).await?)
}

/// Notes that the message of these parts has been taken. What they said stands in the message now, and may
/// have to be erased there.
pub async fn join(tx: &mut TenantTx, rows: &[i64]) -> Result<(), DbError> {
    let taken = (m::joined.eq(true), m::body.eq(""), m::raw_payload.eq(Value::Null));
    diesel::update(m::table.filter(m::id.eq_any(rows))).set(taken).execute(tx).await?;
    Ok(())
}

/// Moves parts from before a moment whose others never came to the messages that matched nothing.
pub async fn give_up(tx: &mut TenantTx, before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(GiveUp { before }.execute(tx).await?)
}

/// Forgets old parts.
pub async fn forget(tx: &mut TenantTx, before: DateTime<Utc>) -> Result<(), DbError> {
    diesel::delete(m::table.filter(m::joined.eq(true)).filter(m::received_at.lt(before))).execute(tx).await?;
    Ok(())
}

//! Long messages come in parts, in any order, some of them twice: joined when all are there.

use super::{ServiceResult, Tenant};
use crate::db::parts::{self, NewRow, Row};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

/// The parts of a message come within this time: their reference is used again later.
const TOGETHER: TimeDelta = TimeDelta::minutes(30);
/// A part that is posted again is known for this long.
const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// The longest text that is kept, in characters.
const LONGEST_TEXT: usize = 4096;

/// A part of a message.
#[derive(Clone, Debug)]
pub struct NewPart {
    /// What the parts of a message have in common.
    pub reference: String,
    /// Which one it is, from 1.
    pub number: i32,
    /// How many there are.
    pub total: i32,
    /// The source's own id.
    pub identity: String,
    /// Its text.
    pub text: String,
    /// Who sent it.
    pub sender: Option<String>,
    /// The device and SIM slot that it arrived on.
    pub line: Option<String>,
    /// As it came.
    pub raw: Value,
}

/// A whole message.
#[derive(Clone, Debug, PartialEq)]
pub struct Joined {
    /// Its text.
    pub text: String,
    /// The identity of its first part.
    pub identity: String,
    /// Its parts as they came.
    pub raw: Value,
    /// Its parts' rows: marked when it is taken, so that a crash in between loses nothing.
    pub rows: Vec<i64>,
}

/// Stores a part; gives the whole message when it is the last one that was missing.
pub async fn join(
    tenant: &Tenant,
    provider_id: i64,
    part: &NewPart,
    now: DateTime<Utc>,
) -> ServiceResult<Option<Joined>> {
    let row = NewRow {
        provider_id,
        reference: &part.reference,
        part: part.number,
        total: part.total,
        identity: &part.identity,
        body: &part.text,
        sender: part.sender.as_deref(),
        line: part.line.as_deref(),
        raw_payload: &part.raw,
        received_at: now,
    };
    transact!(tenant, |tx| {
        parts::lock(tx, provider_id, &part.reference).await?;
        parts::store(tx, &row).await?;
        Ok(whole(parts::open(tx, &row, now - TOGETHER).await?, part.total))
    })
}

/// Notes that the message of these parts is known.
pub async fn end(tenant: &Tenant, rows: &[i64]) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(parts::join(tx, rows).await?))
}

/// Keeps what came of messages whose other parts never did, among those that matched nothing; tells how many.
pub async fn sweep(tenant: &Tenant, now: DateTime<Utc>) -> ServiceResult<usize> {
    transact!(tenant, |tx| {
        let kept = parts::give_up(tx, now - TOGETHER).await?;
        parts::forget(tx, now - REMEMBERED).await?;
        Ok(kept)
    })
}

fn whole(rows: Vec<Row>, total: i32) -> Option<Joined> {
    let part = |number: i32| rows.iter().find(|row| row.part == number);
    let parts: Option<Vec<&Row>> = (1..=total).map(part).collect();
    let parts = parts?;
    Some(Joined {
        text: parts.iter().flat_map(|row| row.body.chars()).take(LONGEST_TEXT).collect(),
        identity: parts.first()?.identity.clone(),
        raw: parts.iter().map(|row| row.raw.clone()).collect(),
        rows: parts.iter().map(|row| row.id).collect(),
    })
}

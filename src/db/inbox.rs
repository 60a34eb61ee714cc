//! The providers' messages: stored once, with what became of them.

use super::scope::TenantTx;
use super::{retry::DbError, schema};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use serde_json::Value;

statement! {
    Store {
        provider_id: i64 => BigInt, identity: String => Text, raw: Value => Jsonb,
        phone_number: Option<String> => Nullable<Text>, body: String => Text, sender: Option<String> => Nullable<Text>,
        line: Option<String> => Nullable<Text>, received_at: DateTime<Utc> => Timestamptz,
    } -> BigInt =
    "INSERT INTO provider_messages (provider_id, identity, raw_payload, phone_number, body, sender, line, \
         received_at, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'new') ON CONFLICT (provider_id, identity) DO NOTHING RETURNING id"
}

statement! {
    Settle {
        outcome: &'static str => Text, reason: Option<&'static str> => Nullable<Text>,
        reservation_id: Option<i64> => Nullable<BigInt>, id: i64 => BigInt,
    } -> BigInt =
    "UPDATE provider_messages SET outcome = ?, reason = ?, reservation_id = ? WHERE id = ?"
}

statement! {
    HasText {
        provider_id: i64 => BigInt, phone_number: String => Text, since: DateTime<Utc> => Timestamptz,
        body: String => Text, id: i64 => BigInt,
    } -> Bool =
    "SELECT EXISTS (SELECT 1 FROM provider_messages m WHERE m.provider_id = ? AND m.phone_number = ? \
         AND m.received_at > ? AND m.body = ? AND m.id < ?)"
}

/// A message to be stored.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// The provider's row.
    pub provider_id: i64,
    /// The source's id, else a hash.
    pub identity: &'a str,
    /// As it came.
    pub raw: &'a Value,
    /// The number in E.164, if it could be read.
    pub phone_number: Option<&'a str>,
    /// Its text.
    pub body: &'a str,
    /// Who sent it.
    pub sender: Option<&'a str>,
    /// The device and SIM slot that it arrived on.
    pub line: Option<&'a str>,
}

/// Stores a message. `None` when it was stored before.
pub async fn store(tx: &mut TenantTx, message: &Stored<'_>, now: DateTime<Utc>) -> Result<Option<i64>, DbError> {
    let store = Store {
        provider_id: message.provider_id,
        identity: message.identity.to_owned(),
        raw: message.raw.clone(),
        phone_number: message.phone_number.map(str::to_owned),
        body: message.body.to_owned(),
        sender: message.sender.map(str::to_owned),
        line: message.line.map(str::to_owned),
        received_at: now,
    };
    Ok(store.get_result(tx).await.optional()?)
}

/// Whether an older message than `id`, but one since a moment, brought the same text to the same number.
pub async fn has_text(tx: &mut TenantTx, message: &Stored<'_>, id: i64, since: DateTime<Utc>) -> Result<bool, DbError> {
    let same = HasText {
        provider_id: message.provider_id,
        phone_number: message.phone_number.unwrap_or_default().to_owned(),
        since,
        body: message.body.to_owned(),
        id,
    };
    Ok(same.get_result(tx).await?)
}

/// Notes what became of a message: a word, the rental it came to, or the reason why to none.
pub async fn settle(
    tx: &mut TenantTx,
    id: i64,
    outcome: &'static str,
    reservation_id: Option<i64>,
    reason: Option<&'static str>,
) -> Result<(), DbError> {
    Settle { outcome, reason, reservation_id, id }.execute(tx).await?;
    Ok(())
}

/// Which of these messages are stored already: a provider that shows its last messages again at
/// each poll costs one query, not one transaction per message.
pub async fn known(tx: &mut TenantTx, provider_id: i64, identities: &[String]) -> Result<Vec<String>, DbError> {
    use schema::provider_messages as m;
    Ok(m::table
        .filter(m::provider_id.eq(provider_id))
        .filter(m::identity.eq_any(identities))
        .select(m::identity)
        .load(tx)
        .await?)
}

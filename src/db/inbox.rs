//! The providers' messages: stored once, with what became of them.

use super::scope::TenantTx;
use super::{retry::DbError, schema};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz};
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
    Keep {
        provider_ids: Vec<i64> => Array<BigInt>, identities: Vec<String> => Array<Text>, raw: Vec<Value> => Array<Jsonb>,
        phone_numbers: Vec<Option<String>> => Array<Nullable<Text>>, bodies: Vec<String> => Array<Text>,
        senders: Vec<Option<String>> => Array<Nullable<Text>>, lines: Vec<Option<String>> => Array<Nullable<Text>>,
        received: Vec<DateTime<Utc>> => Array<Timestamptz>, reasons: Vec<String> => Array<Text>,
    } -> (BigInt, Text) =
    "INSERT INTO provider_messages (provider_id, identity, raw_payload, phone_number, body, sender, line, \
         received_at, reason, outcome) \
     SELECT t.*, 'unmatched' FROM unnest(?::bigint[], ?::text[], ?::jsonb[], ?::text[], ?::text[], ?::text[], \
         ?::text[], ?::timestamptz[], ?::text[]) t \
     ON CONFLICT (provider_id, identity) DO NOTHING RETURNING provider_id, identity"
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
         AND m.received_at > ? AND m.body = ? AND m.id < ? AND m.reason IS DISTINCT FROM 'same_text')"
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

/// Stores messages that match nothing, with the reasons; those that were stored before are left out.
/// Returns provider and identity of the new ones.
pub async fn keep(
    tx: &mut TenantTx,
    rows: Vec<(Stored<'_>, &'static str, DateTime<Utc>)>,
) -> Result<Vec<(i64, String)>, DbError> {
    let text = |text: Option<&str>| text.map(str::to_owned);
    let keep = Keep {
        provider_ids: rows.iter().map(|(m, ..)| m.provider_id).collect(),
        identities: rows.iter().map(|(m, ..)| m.identity.to_owned()).collect(),
        raw: rows.iter().map(|(m, ..)| m.raw.clone()).collect(),
        phone_numbers: rows.iter().map(|(m, ..)| text(m.phone_number)).collect(),
        bodies: rows.iter().map(|(m, ..)| m.body.to_owned()).collect(),
        senders: rows.iter().map(|(m, ..)| text(m.sender)).collect(),
        lines: rows.iter().map(|(m, ..)| text(m.line)).collect(),
        received: rows.iter().map(|(.., at)| *at).collect(),
        reasons: rows.iter().map(|(_, reason, _)| (*reason).to_owned()).collect(),
    };
    Ok(keep.load(tx).await?)
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

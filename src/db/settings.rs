//! What the panel set: one row per key.

use super::retry::DbError;
use super::{schema::settings as s, scope::TenantTx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;

/// Every setting.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<(String, Value)>, DbError> {
    Ok(s::table.order(s::key).select((s::key, s::value)).load(tx).await?)
}

/// Sets a key.
pub async fn put(tx: &mut TenantTx, key: &str, value: &Value, actor: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    let row = (s::value.eq(value), s::changed_at.eq(now), s::changed_by.eq(actor));
    let insert = diesel::insert_into(s::table).values((s::key.eq(key), row)).on_conflict(s::key);
    insert.do_update().set(row).execute(tx).await?;
    Ok(())
}

/// Sets a key that has no value yet, or this one. False when it has another.
pub async fn put_once(
    tx: &mut TenantTx,
    key: &str,
    value: &Value,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let row = (s::key.eq(key), s::value.eq(value), s::changed_at.eq(now), s::changed_by.eq(actor));
    diesel::insert_into(s::table).values(row).on_conflict_do_nothing().execute(tx).await?;
    let kept: Value = s::table.find(key).select(s::value).first(tx).await?;
    Ok(kept == *value)
}

/// Takes a key back: the file's value counts again.
pub async fn take_back(tx: &mut TenantTx, key: &str) -> Result<(), DbError> {
    diesel::delete(s::table.find(key)).execute(tx).await?;
    Ok(())
}

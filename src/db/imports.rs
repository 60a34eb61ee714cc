//! Files that were sent to the bot to be imported: one at a time.

use super::retry::DbError;
use super::{schema::imports as i, scope::TenantTx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

/// Begins an import; `None` when one is running.
pub async fn begin(
    tx: &mut TenantTx,
    telegram_id: i64,
    file_name: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>, DbError> {
    let row = (i::telegram_id.eq(telegram_id), i::file_name.eq(file_name), i::began_at.eq(now));
    let insert = diesel::insert_into(i::table).values(row).on_conflict_do_nothing();
    Ok(insert.returning(i::id).get_result(tx).await.optional()?)
}

/// Notes how an import ended. False when it had ended before.
pub async fn end(tx: &mut TenantTx, id: i64, status: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let running = i::table.find(id).filter(i::status.eq("running"));
    Ok(diesel::update(running).set((i::status.eq(status), i::ended_at.eq(now))).execute(tx).await? > 0)
}

/// The running imports: row, who sent the file, its name.
pub async fn running(tx: &mut TenantTx) -> Result<Vec<(i64, i64, String)>, DbError> {
    let running = i::table.filter(i::status.eq("running"));
    Ok(running.select((i::id, i::telegram_id, i::file_name)).load(tx).await?)
}

//! What the owner was alerted of and is not over yet.

use super::retry::DbError;
use super::{schema::alerts, scope::TenantTx};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

/// Notes that something began. False when it was noted before.
pub async fn raise(tx: &mut TenantTx, kind: &str, subject: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let row = (alerts::kind.eq(kind), alerts::subject.eq(subject), alerts::raised_at.eq(now));
    Ok(diesel::insert_into(alerts::table).values(row).on_conflict_do_nothing().execute(tx).await? > 0)
}

/// Notes that something is over. False when nothing was noted.
pub async fn clear(tx: &mut TenantTx, kind: &str, subject: &str) -> Result<bool, DbError> {
    let noted = alerts::table.filter(alerts::kind.eq(kind)).filter(alerts::subject.eq(subject));
    Ok(diesel::delete(noted).execute(tx).await? > 0)
}

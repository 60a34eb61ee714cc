//! The audit log: append-only.

use super::scope::TenantTx;
use super::{retry::DbError, schema::audit_log};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

/// Writes a row.
pub async fn note(
    tx: &mut TenantTx,
    actor: &str,
    action: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    use audit_log as a;
    diesel::insert_into(a::table)
        .values((a::at.eq(now), a::actor.eq(actor), a::action.eq(action), a::subject.eq(subject)))
        .execute(tx)
        .await?;
    Ok(())
}

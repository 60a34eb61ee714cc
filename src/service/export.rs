//! Tables as CSV files. Codes are never exported: they are strangers' secrets.

use super::{ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::dump;
use chrono::{DateTime, Utc};
use serde_json::json;
use tokio::io::AsyncWrite;

pub use crate::db::dump::Table;

/// Writes a table as CSV in UTF-8 with a BOM, by which spreadsheets know it; audited. Returns its
/// length in bytes. Nothing of it is kept in memory.
pub async fn write(
    tenant: &Tenant,
    actor: &str,
    table: Table,
    out: &mut (impl AsyncWrite + Unpin + Send),
    now: DateTime<Utc>,
) -> ServiceResult<u64> {
    transact!(tenant, |tx| {
        let after = Some(json!({ "table": table.word() }));
        Ok(audit_log::note(tx, &Act { after, ..Act::new(actor, "export", table.word()) }, now).await?)
    })?;
    Ok(dump::write(tenant, table, out).await?)
}

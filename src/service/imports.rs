//! Imports that were begun in Telegram: one at a time for each bot, audited at their end.

use super::alerts::Alert;
use super::stock::{self, ImportError, Imported};
use super::{DbError, Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::outbox::{self, Kind, NewRow};
use crate::db::{copy, imports};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Begins an import. Refused while another one is running.
pub async fn begin(tenant: &Tenant, telegram_id: i64, file_name: &str, now: DateTime<Utc>) -> ServiceResult<i64> {
    transact!(tenant, |tx| Ok(imports::begin(tx, telegram_id, file_name, now).await?.ok_or(Refusal::ImportRuns)?))
}

/// Notes how an import ended; audited with its counts.
pub async fn end(
    tenant: &Tenant,
    actor: &str,
    id: i64,
    result: &Result<Imported, ImportError>,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let (status, after) = match result {
        Ok(Imported { added, duplicates, rejected }) => {
            ("done", json!({ "added": added, "duplicates": duplicates, "rejected": rejected }))
        }
        Err(ImportError::Stopped) => ("stopped", json!({ "stopped": true })),
        Err(error) => ("failed", json!({ "failed": error.to_string() })),
    };
    transact!(tenant, |tx| {
        if imports::end(tx, id, status, now).await? {
            let (after, subject) = (Some(after.clone()), id.to_string());
            audit_log::note(tx, &Act { after, ..Act::new(actor, "stock.import", &subject) }, now).await?;
        }
        Ok(())
    })
}

/// Takes out what imports that have ended left in the staging table.
pub async fn sweep(tenant: &Tenant) -> ServiceResult<()> {
    for id in transact!(tenant, |tx| Ok(copy::left(tx).await?))? {
        stock::clear(tenant, id).await?;
    }
    Ok(())
}

/// Ends what a process that has gone has left running, and tells those who sent the files. Only for
/// the one process that runs the bot.
pub async fn interrupt(tenant: &Tenant, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        for (id, telegram_id, file) in imports::running(tx).await? {
            imports::end(tx, id, "interrupted", now).await?;
            let (after, subject) = (Some(json!({ "interrupted": file })), id.to_string());
            audit_log::note(tx, &Act { after, ..Act::new("farm", "stock.import_interrupted", &subject) }, now).await?;
            let alert = Alert::ImportInterrupted { file };
            let details = serde_json::to_value(alert).map_err(|error| DbError::Other(error.to_string()))?;
            let row = NewRow { kind: Kind::Alert, telegram_id, rental: None, details: Some(details), due: now };
            outbox::enqueue(tx, row, now).await?;
        }
        Ok(())
    })
}

//! The books, recomputed, and the log of who did what.

use super::browse::{Page, window};
use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{invariants, retry};
use chrono::{DateTime, Utc};

pub use crate::db::audit_log::Row;

/// The disagreements of one bot's books; empty when all is well.
pub async fn check(tenant: &Tenant) -> ServiceResult<Vec<String>> {
    retry(async || {
        let mut tx = tenant.begin_audit().await?;
        let found = invariants::disagreements(&mut tx).await;
        Ok(tx.finish(found).await?)
    })
    .await
}

/// Writes a row into the audit log.
pub async fn note(
    tenant: &Tenant,
    actor: &'static str,
    action: &'static str,
    subject: &str,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let noted = audit_log::note(&mut tx, &Act::new(actor, action, subject), now).await;
        Ok(tx.finish(noted).await?)
    })
    .await
}

/// A page of the audit log, newest first.
pub async fn page(tenant: &Tenant, page: u32, size: u32) -> ServiceResult<Page<Row>> {
    let (offset, limit) = window(page, size);
    retry(async || {
        let mut tx = tenant.begin().await?;
        let rows = audit_log::page(&mut tx, offset, limit).await;
        Ok(Page::cut(tx.finish(rows).await?, page, size))
    })
    .await
}

/// One row of the audit log.
pub async fn row(tenant: &Tenant, id: i64) -> ServiceResult<Row> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let found = audit_log::find(&mut tx, id).await;
        Ok(tx.finish(found).await?.ok_or(Refusal::NotFound)?)
    })
    .await
}

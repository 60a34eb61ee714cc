//! The books, recomputed, and the log of who did what.

use super::browse::{Page, window};
use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{invariants, ledger, retry};
use chrono::{DateTime, Utc};
use serde_json::Value;

pub use crate::db::audit_log::Row;
pub use crate::db::ledger::Line;

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
pub async fn note(tenant: &Tenant, actor: &str, action: &str, subject: &str, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(audit_log::note(tx, &Act::new(actor, action, subject), now).await?))
}

/// Writes an act that leads from one state to another into the audit log.
pub async fn note_change(
    tenant: &Tenant,
    actor: &str,
    action: &str,
    subject: &str,
    (before, after): (&Value, &Value),
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let act = Act::between(actor, action, subject, before.clone(), after.clone());
        Ok(audit_log::note(tx, &act, now).await?)
    })
}

/// A page of the audit log, newest first: the acts of some areas (all, if none is named) that hold a
/// text in who, what or with what.
pub async fn page(tenant: &Tenant, areas: &[&str], text: &str, page: u32, size: u32) -> ServiceResult<Page<Row>> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| Ok(Page::cut(audit_log::page(tx, areas, text, offset, limit).await?, page, size)))
}

/// A page of every movement of money, newest first; of one user, if a Telegram id is named.
pub async fn money(tenant: &Tenant, user: Option<i64>, page: u32, size: u32) -> ServiceResult<Page<Line>> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| Ok(Page::cut(ledger::lines(tx, user, offset, limit).await?, page, size)))
}

/// One movement of money.
pub async fn movement(tenant: &Tenant, id: i64) -> ServiceResult<Line> {
    transact!(tenant, |tx| Ok(ledger::line(tx, id).await?.ok_or(Refusal::NotFound)?))
}

/// One row of the audit log.
pub async fn row(tenant: &Tenant, id: i64) -> ServiceResult<Row> {
    transact!(tenant, |tx| Ok(audit_log::find(tx, id).await?.ok_or(Refusal::NotFound)?))
}

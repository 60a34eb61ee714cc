//! Recomputes what must always hold, and reports every disagreement.

use super::{ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{invariants, retry};
use chrono::{DateTime, Utc};

/// The disagreements of one bot's books; empty when all is well.
pub async fn check(tenant: &Tenant) -> ServiceResult<Vec<String>> {
    retry(async || {
        let mut tx = tenant.begin().await?;
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

//! Recomputes what must always hold, and reports every disagreement.

use super::{ServiceResult, Tenant};
use crate::db::{invariants, retry};

/// The disagreements of one bot's books; empty when all is well.
pub async fn check(tenant: &Tenant) -> ServiceResult<Vec<String>> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let found = invariants::disagreements(&mut tx).await;
        Ok(tx.finish(found).await?)
    })
    .await
}

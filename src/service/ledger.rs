//! The ledger as the operator sees it.

use super::{ServiceResult, Tenant};
use crate::db::{ledger, retry};

pub use crate::db::ledger::Line;

/// Lines shown at once.
const SHOWN: i64 = 50;

/// The latest movements of all users, oldest first.
pub async fn latest(tenant: &Tenant) -> ServiceResult<Vec<Line>> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let lines = ledger::latest(&mut tx, SHOWN).await;
        let mut lines = tx.finish(lines).await?;
        lines.reverse();
        Ok(lines)
    })
    .await
}

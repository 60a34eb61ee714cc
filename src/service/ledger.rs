//! The ledger as the operator sees it.

use super::{ServiceResult, Tenant};
use crate::db::ledger;

pub use crate::db::ledger::Line;

/// Lines shown at once.
const SHOWN: i64 = 50;

/// The latest movements of all users, oldest first.
pub async fn latest(tenant: &Tenant) -> ServiceResult<Vec<Line>> {
    transact!(tenant, |tx| {
        let mut lines = ledger::lines(tx, None, 0, SHOWN).await?;
        lines.reverse();
        Ok(lines)
    })
}

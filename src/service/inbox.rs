//! What provider monitors ask before they take messages in.

use super::{ServiceResult, Tenant};
use crate::db::{inbox, rentals};
use std::collections::HashSet;

/// Which of these messages are stored already.
pub async fn known(tenant: &Tenant, provider_id: i64, identities: &[String]) -> ServiceResult<HashSet<String>> {
    transact!(tenant, |tx| Ok(inbox::known(tx, provider_id, identities).await?.into_iter().collect()))
}

/// Whether a rental waits for a code that this provider may bring.
pub async fn is_awaited(tenant: &Tenant, provider_id: i64) -> ServiceResult<bool> {
    let mut tx = tenant.begin().await?;
    let waiting = rentals::waiting_for(&mut tx, provider_id).await;
    Ok(tx.finish(waiting).await?)
}

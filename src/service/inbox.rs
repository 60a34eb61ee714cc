//! What provider monitors ask before they take messages in.

use super::{ServiceResult, Tenant};
use crate::db::{completion, inbox, rentals};
use std::collections::HashSet;

/// Which of these messages are stored already.
pub async fn known(tenant: &Tenant, provider_id: i64, identities: &[String]) -> ServiceResult<HashSet<String>> {
    transact!(tenant, |tx| Ok(inbox::known(tx, provider_id, identities).await?.into_iter().collect()))
}

/// Whether a rental of a number and service is open.
pub async fn is_open(tenant: &Tenant, phone_number: &str, service_id: i64) -> ServiceResult<bool> {
    transact!(tenant, |tx| Ok(completion::open_of(tx, phone_number, service_id).await?.is_some()))
}

/// Whether a rental waits for a code that this provider may bring.
pub async fn is_awaited(tenant: &Tenant, provider_id: i64) -> ServiceResult<bool> {
    let mut tx = tenant.begin().await?;
    let waiting = rentals::waiting_for(&mut tx, provider_id).await;
    Ok(tx.finish(waiting).await?)
}

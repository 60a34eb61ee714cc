//! What provider monitors ask before they take messages in.

use super::{ServiceResult, Tenant};
use crate::db::{completion, inbox, rentals};
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// Which of these messages are stored already.
pub async fn known(tenant: &Tenant, provider_id: i64, identities: &[String]) -> ServiceResult<HashSet<String>> {
    transact!(tenant, |tx| Ok(inbox::known(tx, provider_id, identities).await?.into_iter().collect()))
}

/// Since when a rental of a number and service is open, if one is.
pub async fn open_since(tenant: &Tenant, phone_number: &str, service_id: i64) -> ServiceResult<Option<DateTime<Utc>>> {
    transact!(tenant, |tx| Ok(completion::open_of(tx, phone_number, service_id).await?.map(|(_, began, _)| began)))
}

/// Whether a rental waits for a code that this provider may bring.
pub async fn is_awaited(tenant: &Tenant, provider_id: i64) -> ServiceResult<bool> {
    let mut tx = tenant.begin().await?;
    let waiting = rentals::waiting_for(&mut tx, provider_id).await;
    Ok(tx.finish(waiting).await?)
}

//! Bots that owners created with this one, on Telegram's own dialog: remembered until they are on the farm.

use super::{ServiceResult, Tenant};
use crate::db::created_bots;
use chrono::{DateTime, Utc};

pub use crate::db::created_bots::CreatedBot;

/// Remembers one; again is harmless.
pub async fn note(tenant: &Tenant, owner: i64, bot: &CreatedBot, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(created_bots::note(tx, owner, bot, now).await?))
}

/// Those of an owner, oldest first.
pub async fn of(tenant: &Tenant, owner: i64) -> ServiceResult<Vec<CreatedBot>> {
    transact!(tenant, |tx| Ok(created_bots::of(tx, owner).await?))
}

/// Forgets one of an owner.
pub async fn forget(tenant: &Tenant, owner: i64, id: i64) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(created_bots::forget(tx, owner, id).await?))
}

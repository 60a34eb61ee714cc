//! The farm's own place in the database: opening it, giving a bot its schema.

use super::{Database, DbError, ServiceResult, Tenant};
use crate::db::{catalog, provision, registry};
use crate::domain::slug::Slug;

pub use crate::db::registry::FarmLock;

/// Brings the farm's schema up to date and opens the pool.
pub async fn open(url: &str, pool_size: u32, tenant_roles: bool) -> Result<Database, DbError> {
    let farm_id = provision::farm(url).await?;
    Database::open(url, pool_size, &farm_id, tenant_roles).await
}

/// The bots that have a schema here.
pub async fn known_bots(database: &Database) -> Result<Vec<String>, DbError> {
    let mut tx = database.begin().await?;
    let known = registry::known(&mut tx).await;
    tx.finish(known).await
}

/// Brings a bot's schema and role up to date and returns its scope.
pub async fn provision(database: &Database, slug: &Slug) -> Result<Tenant, DbError> {
    provision::bot(database, slug).await?;
    Ok(database.tenant(slug))
}

/// What an owner is told of another bot of theirs: users, and free numbers.
pub async fn figures(tenant: &Tenant) -> ServiceResult<(i64, i64)> {
    transact!(tenant, |tx| Ok(catalog::figures(tx).await?))
}

//! The farm's own place in the database: opening it, giving a bot its schema.

use super::{Database, DbError, ServiceResult, Tenant};
use crate::db::{catalog, provision, registry};
use crate::domain::slug::Slug;

pub use crate::db::catalog::Figures;

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

/// How many bots have a schema here, and those whose schema is of another version of the program.
pub async fn behind(database: &Database) -> Result<(usize, Vec<String>), DbError> {
    let (mut tx, current) = (database.begin().await?, provision::version(database)?);
    let known = registry::versions(&mut tx).await;
    let known = tx.finish(known).await?;
    let behind = known.iter().filter(|(_, version)| version.as_deref() != Some(&current));
    Ok((known.len(), behind.map(|(slug, _)| slug.clone()).collect()))
}

/// Brings a bot's schema and role up to date and returns its scope.
pub async fn provision(database: &Database, slug: &Slug) -> Result<Tenant, DbError> {
    provision::bot(database, slug).await?;
    Ok(database.tenant(slug))
}

/// Takes a bot over with the epoch of its lease: its schema is brought up to date, and whoever ran it
/// before can write nothing there any more.
pub async fn take_over(database: &Database, slug: &Slug, epoch: i64) -> Result<Tenant, DbError> {
    if !is_up_to_date(database, slug).await? {
        provision::bot(database, slug).await?;
    }
    if database.raise_fence(slug, epoch).await.is_err() {
        // The schema may have been dropped by hand.
        provision::bot(database, slug).await?;
        database.raise_fence(slug, epoch).await?;
    }
    Ok(database.tenant(slug).fenced(epoch))
}

/// The scope of a bot whose schema is brought up to date, if it is not: for looking at it while it runs.
pub async fn visit(database: &Database, slug: &Slug) -> Result<Tenant, DbError> {
    if is_up_to_date(database, slug).await? { Ok(database.tenant(slug)) } else { provision(database, slug).await }
}

/// Makes a restored schema a bot's: its role, and the epochs that it had.
pub async fn adopt(database: &Database, slug: &Slug) -> Result<(), DbError> {
    provision::bot(database, slug).await?;
    provision::keep_epochs(database, slug).await
}

async fn is_up_to_date(database: &Database, slug: &Slug) -> Result<bool, DbError> {
    let mut tx = database.begin().await?;
    let known = registry::schema_version(&mut tx, slug).await;
    Ok(tx.finish(known).await? == Some(provision::version(database)?))
}

/// How a bot does.
pub async fn figures(tenant: &Tenant) -> ServiceResult<Figures> {
    transact!(tenant, |tx| Ok(catalog::figures(tx).await?))
}

/// Drops a bot's data: its schema, its role, and what the farm knows of it. Refused while the bot is
/// defined or runs somewhere.
pub async fn drop_bot(database: &Database, slug: &Slug) -> Result<(), DbError> {
    provision::drop_bot(database, slug).await
}

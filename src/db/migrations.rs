//! The migrations, embedded: one set for the farm's schema, one for each bot's.
//!
//! They run on a connection of their own whose search path is the schema in question; the list of
//! what was applied lies in that schema too.

use super::connection;
use super::retry::DbError;
use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

/// The farm's schema.
pub const FARM: EmbeddedMigrations = embed_migrations!("migrations/farm");
/// A bot's schema.
pub const BOT: EmbeddedMigrations = embed_migrations!("migrations/bot");

/// A connection for changes of the structure; it waits at most a second for a lock, so that a
/// long transaction is not joined by a queue behind the change.
pub(super) async fn structural(url: &str, schema: &str) -> Result<AsyncPgConnection, DbError> {
    let mut conn = connection::establish(url).await?;
    // Two processes that start at once would make the same tables twice. Ends with the connection.
    conn.batch_execute(&format!(
        "SET statement_timeout TO '60s'; SELECT pg_advisory_lock(hashtext('botfarm structure of {schema}'))"
    ))
    .await?;
    // Citus refuses triggers otherwise; ours are of the kind that is safe there. Elsewhere it says nothing.
    conn.batch_execute(
        "SET lock_timeout TO '1s'; SET statement_timeout TO '60s'; SET client_min_messages TO warning; \
         SET citus.enable_unsafe_triggers TO on",
    )
    .await?;
    Ok(conn)
}

/// The name of the newest migration of a bot's schema.
pub(super) fn newest() -> Result<String, DbError> {
    let all = MigrationSource::<Pg>::migrations(&BOT).map_err(|e| DbError::Other(format!("the migrations: {e}")))?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).max().unwrap_or_default())
}

/// Brings one schema up to date; gives the connection back.
pub(super) async fn run(
    mut conn: AsyncPgConnection,
    schema: &str,
    migrations: EmbeddedMigrations,
) -> Result<AsyncPgConnection, DbError> {
    conn.batch_execute(&format!("SET search_path TO {schema}")).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    harness.run_pending_migrations(migrations).map_err(|e| DbError::Other(format!("migrating {schema}: {e}")))?;
    Ok(harness.into_inner())
}

/// Takes every migration of a schema back, then applies all: what the test of the migrations does.
pub async fn down_and_up(url: &str, schema: &str) -> Result<(), DbError> {
    let mut conn = structural(url, schema).await?;
    conn.batch_execute(&format!("SET search_path TO {schema}")).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let failed = |e| DbError::Other(format!("migrating {schema}: {e}"));
    MigrationHarness::<Pg>::revert_all_migrations(&mut harness, BOT).map_err(failed)?;
    harness.run_pending_migrations(BOT).map_err(failed)?;
    Ok(())
}

//! Making schemas and roles: the farm's at start, a bot's when it first appears.

use super::migrations;
use super::retry::DbError;
use super::scope::{Database, schema_name};
use crate::domain::slug::Slug;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::sync::Semaphore;
use tokio_util::task::AbortOnDropHandle;

/// What a bot's role may do, table by table. Append-only tables: insert and read.
const APPEND_ONLY: &str = "transactions, audit_log";
/// The only tables whose rows are ever deleted: what users did is history.
const DELETED_FROM: &str = "import_rows, service_provider_map, telegram_keys, alerts, settings, dialogs, admin_sessions, admin_failures, \
     admin_areas, message_parts, created_bots";

/// Schemas that are made at once by this process: each is a connection, and a thread that waits for the server.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Makes or updates the farm's schema and returns the farm's id.
pub async fn farm(url: &str) -> Result<String, DbError> {
    let mut conn = migrations::structural(url, "farm").await?;
    conn.batch_execute("CREATE SCHEMA IF NOT EXISTS farm").await?;
    let mut conn = migrations::run(conn, "farm", migrations::FARM).await?;
    let fresh = hex::encode(rand::random::<[u8; 4]>());
    super::registry::installation(&mut conn, &fresh).await
}

/// How new a schema is that this program has made for this database.
pub fn version(database: &Database) -> Result<String, DbError> {
    let roles = if database.has_tenant_roles() { "with a role" } else { "without a role" };
    Ok(format!("{} {roles}", migrations::newest()?))
}

/// Makes or updates a bot's schema and role, on a task of its own: the library of the migrations waits for the
/// server with its thread, which would be taken for a loop of the bot.
pub async fn bot(database: &Database, slug: &Slug) -> Result<(), DbError> {
    let (database, slug) = (database.clone(), slug.clone());
    let made = AbortOnDropHandle::new(tokio::spawn(async move { make_bot(&database, &slug).await }));
    made.await.unwrap_or_else(|error| Err(DbError::Other(format!("the schema's task failed: {error}"))))
}

async fn make_bot(database: &Database, slug: &Slug) -> Result<(), DbError> {
    let schema = schema_name(slug);
    let _turn = AT_ONCE.acquire().await;
    let mut conn = migrations::structural(database.url(), &schema).await?;
    conn.batch_execute(&format!(
        "BEGIN; SET LOCAL citus.enable_schema_based_sharding TO on; CREATE SCHEMA IF NOT EXISTS {schema}; COMMIT"
    ))
    .await?;
    let mut conn = migrations::run(conn, &schema, migrations::BOT).await?;
    if database.has_tenant_roles() {
        make_role(&mut conn, &database.role(slug), &schema).await?;
    }
    super::registry::note_bot(&mut conn, slug, &version(database)?).await
}

/// The role owns nothing, cannot log in, and reaches its schema only. The farm becomes a member,
/// or it could not act as the role.
async fn make_role(conn: &mut AsyncPgConnection, role: &str, schema: &str) -> Result<(), DbError> {
    conn.batch_execute(&format!(
        "DO $$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    ))
    .await?;
    let membership = format!("GRANT {role} TO CURRENT_USER");
    if conn.batch_execute(&format!("{membership} WITH SET TRUE")).await.is_err() {
        conn.batch_execute(&membership).await?;
    }
    conn.batch_execute(&format!(
        "BEGIN;
         GRANT USAGE ON SCHEMA {schema} TO {role};
         GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {role};
         GRANT DELETE ON {DELETED_FROM} TO {role};
         REVOKE UPDATE ON {APPEND_ONLY} FROM {role};
         REVOKE INSERT, UPDATE ON lease FROM {role};
         REVOKE ALL ON __diesel_schema_migrations FROM {role};
         COMMIT"
    ))
    .await?;
    Ok(())
}

/// Goes on with the epochs of a schema that was restored: with those of a farm that does not know it a host
/// would be taken for one whose lease has ended.
pub async fn keep_epochs(database: &Database, slug: &Slug) -> Result<(), DbError> {
    let schema = schema_name(slug);
    let mut conn = migrations::structural(database.url(), &schema).await?;
    conn.batch_execute(&format!(
        "INSERT INTO farm.leases (slug) VALUES ('{slug}') ON CONFLICT (slug) DO NOTHING; \
         UPDATE farm.leases SET epoch = greatest(epoch, (SELECT max(epoch) FROM {schema}.lease)) WHERE slug = '{slug}'"
    ))
    .await?;
    Ok(())
}

/// Drops a bot's schema and role, and what the farm knows of it. Refused while it is defined or runs: nobody
/// can define or take it meanwhile.
pub async fn drop_bot(database: &Database, slug: &Slug) -> Result<(), DbError> {
    let (schema, role) = (schema_name(slug), database.role(slug));
    let mut conn = migrations::structural(database.url(), &schema).await?;
    conn.batch_execute(&format!(
        "BEGIN; \
         SELECT pg_advisory_xact_lock(hashtext('botfarm definitions')); \
         DO $$ BEGIN \
             PERFORM 1 FROM farm.leases WHERE slug = '{slug}' FOR UPDATE; \
             IF EXISTS (SELECT 1 FROM farm.leases WHERE slug = '{slug}' AND host IS NOT NULL) \
                 OR EXISTS (SELECT 1 FROM farm.definitions WHERE slug = '{slug}' AND deleted_at IS NULL) \
             THEN RAISE EXCEPTION 'the bot {slug} is there again'; END IF; \
         END $$; \
         DROP SCHEMA IF EXISTS {schema} CASCADE; \
         DELETE FROM farm.leases WHERE slug = '{slug}' AND host IS NULL; \
         DELETE FROM farm.definitions WHERE slug = '{slug}'; \
         DELETE FROM farm.files WHERE slug = '{slug}'; \
         DELETE FROM farm.sessions WHERE slug = '{slug}'; \
         DELETE FROM farm.bots WHERE slug = '{slug}'; \
         COMMIT"
    ))
    .await?;
    // Only where there was one: without roles of their own bots have none.
    conn.batch_execute(&format!("DO $$ BEGIN DROP ROLE {role}; EXCEPTION WHEN undefined_object THEN NULL; END $$"))
        .await?;
    Ok(())
}

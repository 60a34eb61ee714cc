//! The tenant scope: the only way to a query.
//!
//! A transaction is opened in one round trip with the bot's role, search path and time limit.
//! If that fails the connection is thrown away: Diesel believes that no transaction is open, and
//! the next bot would be handed an aborted one.

use super::connection::{PgManager, PooledPg};
use super::retry::DbError;
use crate::domain::slug::Slug;
use crate::health::{Health, Trouble};
use crate::postgres;
use diesel::connection::TransactionManagerStatus;
use diesel::query_builder::{AsQuery, QueryFragment, QueryId};
use diesel::{QueryResult, result::Error as DieselError};
use diesel_async::{
    AnsiTransactionManager, AsyncConnectionCore, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// No statement may run longer than this.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(8);
/// But an audit reads everything: it may take this long.
const AUDIT_TIMEOUT: Duration = Duration::from_secs(600);
/// A failure is told for so long.
const TOLD: Duration = Duration::from_secs(30);
/// How long to wait for a connection of the pool.
const POOL_TIMEOUT: Duration = Duration::from_secs(4);

/// The farm's database.
#[derive(Clone, Debug)]
pub struct Database {
    pool: bb8::Pool<PgManager>,
    url: SecretString,
    farm_id: Arc<str>,
    tenant_roles: bool,
    share: usize,
}

/// One bot's place in the database: its schema and its role.
#[derive(Clone, Debug)]
pub struct Tenant {
    database: Database,
    slug: Slug,
    pub(super) begin_sql: Arc<str>,
    audit_sql: Arc<str>,
    /// One bot may use this many connections at once: a locked table of one must not take the
    /// pool away from all.
    share: Arc<Semaphore>,
    health: Health,
}

/// An open transaction that reaches one bot's schema and nothing else.
pub struct TenantTx(Scoped);

/// An open transaction on the farm's own schema.
pub struct FarmTx(Scoped);

struct Scoped {
    conn: bb8::PooledConnection<'static, PgManager>,
    _share: Option<OwnedSemaphorePermit>,
}

impl Database {
    /// Opens a pool. `farm_id` names this installation; with `tenant_roles` each bot acts under a
    /// role of its own.
    pub async fn open(url: &str, size: u32, farm_id: &str, tenant_roles: bool) -> Result<Self, DbError> {
        let pool = bb8::Pool::builder()
            .max_size(size)
            .connection_timeout(POOL_TIMEOUT)
            .max_lifetime(Some(Duration::from_secs(1800)))
            .build_unchecked(PgManager::new(url));
        let share = (size as usize * 6 / 10).max(1);
        Ok(Self { pool, url: SecretString::from(url), farm_id: farm_id.into(), tenant_roles, share })
    }

    /// The scope of one bot.
    pub fn tenant(&self, slug: &Slug) -> Tenant {
        let (begin_sql, audit_sql) = self.begin_sql(slug, None);
        let share = Arc::new(Semaphore::new(self.share));
        Tenant { database: self.clone(), slug: slug.clone(), begin_sql, audit_sql, share, health: Health::default() }
    }

    /// What opens a transaction, and a long one for reading.
    fn begin_sql(&self, slug: &Slug, epoch: Option<i64>) -> (Arc<str>, Arc<str>) {
        let schema = schema_name(slug);
        let role = match self.tenant_roles {
            true => format!("SET LOCAL ROLE {}; ", role_name(&self.farm_id, slug)),
            false => String::new(),
        };
        let fence = epoch.map(|epoch| fence(&schema, epoch)).unwrap_or_default();
        let begin = |limit: Duration| {
            let limit = limit.as_millis();
            format!("BEGIN; {role}SET LOCAL search_path TO {schema}; SET LOCAL statement_timeout TO {limit}{fence}")
        };
        (begin(STATEMENT_TIMEOUT).into(), begin(AUDIT_TIMEOUT).into())
    }

    /// Raises the epoch in a bot's schema. When it has committed no transaction of an older epoch is
    /// open, and every later one is read-only.
    pub async fn raise_fence(&self, slug: &Slug, epoch: i64) -> Result<(), DbError> {
        let schema = schema_name(slug);
        let limit = STATEMENT_TIMEOUT.as_millis() * 2;
        let sql = format!(
            "BEGIN; SET LOCAL statement_timeout TO {limit}; \
             SELECT pg_advisory_xact_lock({FENCE}, hashtext('{schema}')); \
             UPDATE {schema}.lease SET epoch = {epoch} WHERE epoch < {epoch}; COMMIT"
        );
        let mut conn = self.pool.get_owned().await.map_err(DbError::from_pool)?;
        let raised = conn.pg.batch_execute(&sql).await;
        if raised.is_err() {
            discard(&mut conn);
        }
        Ok(raised?)
    }

    /// A connection of its own, not of the pool.
    pub(super) async fn connect(&self) -> Result<(tokio_postgres::Client, postgres::Connection), DbError> {
        postgres::connect(self.url()).await.map_err(|error| DbError::Other(error.to_string()))
    }

    /// Where it is, with its password: for connections beside the pool.
    pub(super) fn url(&self) -> &str {
        self.url.expose_secret()
    }

    /// The pool's connections, and how many of them nobody uses.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections, state.idle_connections)
    }

    /// The bot's database role.
    pub fn role(&self, slug: &Slug) -> String {
        role_name(&self.farm_id, slug)
    }

    /// Whether each bot acts under a role of its own.
    pub fn has_tenant_roles(&self) -> bool {
        self.tenant_roles
    }

    /// Opens a transaction on the farm's schema.
    pub async fn begin(&self) -> Result<FarmTx, DbError> {
        let sql = format!(
            "BEGIN; SET LOCAL search_path TO farm; SET LOCAL statement_timeout TO {}",
            STATEMENT_TIMEOUT.as_millis()
        );
        self.open_scope(&sql, None).await.map(FarmTx)
    }

    /// Opens a transaction. A connection that died while it was idle is noticed here only, and
    /// nothing has happened on it yet: the next one is tried, as often as the pool is large. The
    /// same for a backend that has not noticed yet that the farm was made a member of a new role.
    async fn open_scope(&self, sql: &str, slug: Option<&Slug>) -> Result<Scoped, DbError> {
        let mut stale = self.pool.state().connections;
        loop {
            match self.try_scope(sql, slug).await {
                Err(error) if stale > 0 && (error.is_closed() || error.is_stale_membership()) => stale -= 1,
                result => return result,
            }
        }
    }

    async fn try_scope(&self, sql: &str, slug: Option<&Slug>) -> Result<Scoped, DbError> {
        let mut conn = self.pool.get_owned().await.map_err(DbError::from_pool)?;
        if let Some(slug) = slug
            && !conn.touched.contains(slug.as_str())
        {
            conn.touched.insert(slug.to_string());
        }
        match AnsiTransactionManager::begin_transaction_sql(&mut conn.pg, sql).await {
            Ok(()) => Ok(Scoped { conn, _share: None }),
            Err(error) => {
                discard(&mut conn);
                Err(error.into())
            }
        }
    }
}

/// The class of the advisory locks by which a bot's epoch is changed and relied upon.
const FENCE: i32 = 0x626f_7466;

/// Makes a transaction read-only unless its epoch is the present one. The shared lock is held to its
/// end, so that the epoch cannot be raised while it is open; and it is taken first, so that the epoch
/// is read after it was.
fn fence(schema: &str, epoch: i64) -> String {
    format!(
        "; SELECT pg_advisory_xact_lock_shared({FENCE}, hashtext('{schema}')); \
         SELECT set_config('transaction_read_only', \
             CASE WHEN (SELECT epoch FROM lease) = {epoch} THEN 'off' ELSE 'on' END, true)"
    )
}

/// Marks a connection so that the pool closes it.
fn discard(conn: &mut PooledPg) {
    let status: &mut TransactionManagerStatus = AnsiTransactionManager::transaction_manager_status_mut(&mut conn.pg);
    status.set_in_error();
}

/// The schema of a bot.
pub fn schema_name(slug: &Slug) -> String {
    format!("bot_{slug}")
}

/// Roles belong to the whole server, so the name carries the farm. At most 44 bytes.
fn role_name(farm_id: &str, slug: &Slug) -> String {
    format!("bot_{farm_id}_{slug}")
}

impl Tenant {
    /// The bot's name.
    pub fn slug(&self) -> &Slug {
        &self.slug
    }

    /// The same scope for the host that took the bot with this epoch: once another has taken it, nothing
    /// can be written here.
    pub fn fenced(&self, epoch: i64) -> Self {
        let (begin_sql, audit_sql) = self.database.begin_sql(&self.slug, Some(epoch));
        Self { begin_sql, audit_sql, ..self.clone() }
    }

    /// The same scope; what fails in it is told as the bot's trouble.
    pub fn watched(&self, health: &Health) -> Self {
        Self { health: health.clone(), ..self.clone() }
    }

    /// Notes that a transaction failed.
    pub fn note_failure(&self, error: &DbError) {
        self.health.note(Trouble::Database, error.to_string(), TOLD);
    }

    /// The same scope for what is right on any host: messages that providers post, and completion.
    pub fn unfenced(&self) -> Self {
        let (begin_sql, audit_sql) = self.database.begin_sql(&self.slug, None);
        Self { begin_sql, audit_sql, ..self.clone() }
    }

    /// The database that the bot lives in.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Opens a transaction as this bot.
    pub async fn begin(&self) -> Result<TenantTx, DbError> {
        self.open(&self.begin_sql).await
    }

    /// The same, for reading whole tables.
    pub async fn begin_audit(&self) -> Result<TenantTx, DbError> {
        self.open(&self.audit_sql).await
    }

    async fn open(&self, sql: &str) -> Result<TenantTx, DbError> {
        let waiting = Arc::clone(&self.share).acquire_owned();
        let Ok(Ok(share)) = tokio::time::timeout(POOL_TIMEOUT, waiting).await else { return Err(DbError::Busy) };
        let scoped = self.database.open_scope(sql, Some(&self.slug)).await?;
        Ok(TenantTx(Scoped { _share: Some(share), ..scoped }))
    }
}

impl Scoped {
    async fn commit(mut self) -> Result<(), DbError> {
        let done = AnsiTransactionManager::commit_transaction(&mut self.conn.pg).await;
        if done.is_err() {
            discard(&mut self.conn);
        }
        Ok(done?)
    }

    async fn rollback(mut self) {
        if AnsiTransactionManager::rollback_transaction(&mut self.conn.pg).await.is_err() {
            discard(&mut self.conn);
        }
    }

    async fn finish<T, E: From<DbError>>(self, result: Result<T, E>) -> Result<T, E> {
        match result {
            Ok(value) => self.commit().await.map(|()| value).map_err(E::from),
            Err(error) => {
                self.rollback().await;
                Err(error)
            }
        }
    }
}

macro_rules! transaction {
    ($name:ident) => {
        impl $name {
            /// Commits when the result is `Ok`, else rolls back. A transaction that is dropped
            /// without this takes its connection with it.
            pub async fn finish<T, E: From<DbError>>(self, result: Result<T, E>) -> Result<T, E> {
                self.0.finish(result).await
            }
        }

        /// Diesel asks for this; raw SQL is refused, or a query could leave its scope.
        impl SimpleAsyncConnection for $name {
            async fn batch_execute(&mut self, _: &str) -> QueryResult<()> {
                Err(DieselError::QueryBuilderError("raw SQL is not for a scoped transaction".into()))
            }
        }

        impl AsyncConnectionCore for $name {
            type LoadFuture<'conn, 'query> = <AsyncPgConnection as AsyncConnectionCore>::LoadFuture<'conn, 'query>;
            type ExecuteFuture<'conn, 'query> =
                <AsyncPgConnection as AsyncConnectionCore>::ExecuteFuture<'conn, 'query>;
            type Stream<'conn, 'query> = <AsyncPgConnection as AsyncConnectionCore>::Stream<'conn, 'query>;
            type Row<'conn, 'query> = <AsyncPgConnection as AsyncConnectionCore>::Row<'conn, 'query>;
            type Backend = diesel::pg::Pg;

            fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
            where
                T: AsQuery + 'query,
                T::Query: QueryFragment<Self::Backend> + QueryId + 'query,
            {
                AsyncConnectionCore::load(&mut self.0.conn.pg, source)
            }

            fn execute_returning_count<'conn, 'query, T>(
                &'conn mut self,
                source: T,
            ) -> Self::ExecuteFuture<'conn, 'query>
            where
                T: QueryFragment<Self::Backend> + QueryId + 'query,
            {
                AsyncConnectionCore::execute_returning_count(&mut self.0.conn.pg, source)
            }
        }
    };
}

transaction!(TenantTx);
transaction!(FarmTx);

//! The pool's connections: made from the database URL, thrown away when broken, old, or grown.

use crate::postgres;
use bb8::ManageConnection;
use diesel::result::ConnectionError;
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use secrecy::{ExposeSecret, SecretString};
use std::collections::HashSet;
use std::time::Duration;

/// A backend grows by about 0.2 MB per bot that it has touched and gives it back only on
/// reconnect: a connection is replaced after this many bots.
const BOTS_PER_CONNECTION: usize = 200;

/// A transaction in which nothing happens for so long is ended by the server: a host that was frozen, or
/// cannot be reached any more, would keep its locks. Less than a lease lasts.
const IDLE: Duration = Duration::from_secs(5);

/// Connects.
pub(super) async fn establish(url: &str) -> Result<AsyncPgConnection, ConnectionError> {
    let connected = postgres::connect(url).await;
    let (client, connection) = connected.map_err(|error| ConnectionError::BadConnection(error.to_string()))?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}

/// A connection and the bots whose plans it caches.
pub struct PooledPg {
    pub(super) pg: AsyncPgConnection,
    pub(super) touched: HashSet<String>,
}

/// Makes connections for the pool.
#[derive(Debug)]
pub struct PgManager {
    url: SecretString,
}

impl PgManager {
    /// A manager for a PostgreSQL URL or key-value connection string.
    pub fn new(url: &str) -> Self {
        Self { url: SecretString::from(url) }
    }
}

impl ManageConnection for PgManager {
    type Connection = PooledPg;
    type Error = ConnectionError;

    async fn connect(&self) -> Result<PooledPg, ConnectionError> {
        let mut pg = establish(self.url.expose_secret()).await?;
        let settings = format!("SET idle_in_transaction_session_timeout TO {}", IDLE.as_millis());
        pg.batch_execute(&settings).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(PooledPg { pg, touched: HashSet::new() })
    }

    /// Not asked: every use begins with a round trip that fails on a dead connection.
    async fn is_valid(&self, _: &mut PooledPg) -> Result<(), ConnectionError> {
        Ok(())
    }

    fn has_broken(&self, conn: &mut PooledPg) -> bool {
        conn.pg.is_broken() || conn.touched.len() > BOTS_PER_CONNECTION
    }
}

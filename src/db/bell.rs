//! The farm's own connection: it renews this host's life, and hears what other hosts and the command
//! line call out. Not of the pool, which busy bots may use up.

use super::connection;
use super::hosts::{self, Living, Registration};
use super::retry::DbError;
use super::scope::{Database, FarmTx};
use chrono::{DateTime, Utc};
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::StreamExt;

statement! {
    Ring { call: String => Text } -> Text = "SELECT pg_notify('botfarm', ?)::text"
}

/// An open connection that listens.
pub struct Bell(AsyncPgConnection);

impl Bell {
    /// Connects and listens.
    pub async fn open(database: &Database) -> Result<Self, DbError> {
        let mut conn = connection::establish(database.url()).await?;
        conn.batch_execute("SET statement_timeout TO '3s'; LISTEN botfarm").await?;
        Ok(Self(conn))
    }

    /// Renews a host's life and tells the database's time; `None` when it was declared dead.
    pub async fn renew(&mut self, who: &Registration, seconds: f64) -> Result<Option<DateTime<Utc>>, DbError> {
        hosts::renew(&mut self.0, who, seconds).await
    }

    /// Declares dead whoever did not renew their life in time, then tells who is alive.
    pub async fn living(&mut self) -> Result<Vec<Living>, DbError> {
        hosts::declare_dead(&mut self.0).await
    }

    /// Waits for the next call; an error when the connection is gone. May be dropped while it waits.
    pub async fn heard(&mut self) -> Result<String, DbError> {
        let mut calls = std::pin::pin!(self.0.notifications_stream());
        match calls.next().await {
            Some(Ok(call)) => Ok(call.payload),
            Some(Err(error)) => Err(error.into()),
            None => Err(DbError::Other("the connection that listens is gone".to_owned())),
        }
    }
}

/// Calls out to every host, with the transaction's commit. Never in a transaction that moves money:
/// it takes a lock of the whole server there.
pub async fn ring(tx: &mut FarmTx, call: &str) -> Result<(), DbError> {
    Ring { call: call.to_owned() }.load::<String>(tx).await?;
    Ok(())
}

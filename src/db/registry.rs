//! The farm's own tables: its id, and the bots that ever had a schema.

use super::retry::DbError;
use super::scope::FarmTx;
use crate::domain::slug::Slug;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use std::time::Duration;

#[allow(missing_docs, reason = "generated items of the macro")]
mod schema {
    diesel::table! {
        farm.installation (id) {
            id -> BigInt,
            farm_id -> Text,
        }
    }

    diesel::table! {
        farm.bots (slug) {
            slug -> Text,
            telegram_id -> Nullable<BigInt>,
        }
    }
}
use schema::{bots, installation};

/// The farm's id; `fresh` becomes it at the first time.
pub(super) async fn installation(conn: &mut AsyncPgConnection, fresh: &str) -> Result<String, DbError> {
    diesel::insert_into(installation::table)
        .values((installation::id.eq(1), installation::farm_id.eq(fresh)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(installation::table.select(installation::farm_id).first(conn).await?)
}

/// Notes that a bot has a schema here.
pub(super) async fn note_bot(conn: &mut AsyncPgConnection, slug: &Slug) -> Result<(), DbError> {
    diesel::insert_into(bots::table)
        .values(bots::slug.eq(slug.as_str()))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Every bot that has a schema here.
pub async fn known(tx: &mut FarmTx) -> Result<Vec<String>, DbError> {
    Ok(bots::table.select(bots::slug).order(bots::slug).load(tx).await?)
}

/// A guard against two farms on one database: held as long as its connection lives.
pub struct FarmLock {
    conn: AsyncPgConnection,
    url: String,
}

/// The guard's connection is asked for a sign of life this often.
const BEAT: Duration = Duration::from_secs(10);

impl FarmLock {
    /// Takes the guard, or `None` when another farm holds it.
    pub async fn take(url: &str) -> Result<Option<Self>, DbError> {
        let mut conn = AsyncPgConnection::establish(url).await?;
        let sql = "DO $$ BEGIN IF NOT pg_try_advisory_lock(hashtext('botfarm')) \
                   THEN RAISE lock_not_available; END IF; END $$";
        let taken = conn.batch_execute(sql).await.is_ok();
        Ok(taken.then(|| Self { conn, url: url.to_owned() }))
    }

    /// Keeps the guard, taking it again after the database was away. Returns when another farm has
    /// taken it meanwhile.
    pub async fn keep(mut self) {
        loop {
            tokio::time::sleep(BEAT).await;
            if self.conn.batch_execute("SELECT 1").await.is_ok() {
                continue;
            }
            match Self::take(&self.url).await {
                Ok(Some(again)) => self = again,
                Ok(None) => return,
                Err(error) => tracing::warn!(%error, "the farm's guard waits for the database"),
            }
        }
    }
}

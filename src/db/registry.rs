//! The farm's id, and the bots that ever had a schema.

use super::farm_schema::{bots, installation, sessions};
use super::retry::DbError;
use super::scope::FarmTx;
use crate::domain::slug::Slug;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The farm's id; `fresh` becomes it at the first time.
pub(super) async fn installation(conn: &mut AsyncPgConnection, fresh: &str) -> Result<String, DbError> {
    diesel::insert_into(installation::table)
        .values((installation::id.eq(1), installation::farm_id.eq(fresh)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(installation::table.select(installation::farm_id).first(conn).await?)
}

/// Notes that a bot has a schema here, and how new it is.
pub(super) async fn note_bot(conn: &mut AsyncPgConnection, slug: &Slug, version: &str) -> Result<(), DbError> {
    diesel::insert_into(bots::table)
        .values((bots::slug.eq(slug.as_str()), bots::schema_version.eq(version)))
        .on_conflict(bots::slug)
        .do_update()
        .set(bots::schema_version.eq(version))
        .execute(conn)
        .await?;
    Ok(())
}

/// How new a bot's schema is, if it has one.
pub async fn schema_version(tx: &mut FarmTx, slug: &Slug) -> Result<Option<String>, DbError> {
    let known = bots::table.find(slug.as_str()).select(bots::schema_version);
    Ok(known.first::<Option<String>>(tx).await.optional()?.flatten())
}

/// How new each bot's schema is.
pub async fn versions(tx: &mut FarmTx) -> Result<Vec<(String, Option<String>)>, DbError> {
    Ok(bots::table.select((bots::slug, bots::schema_version)).order(bots::slug).load(tx).await?)
}

/// Every bot that has a schema here.
pub async fn known(tx: &mut FarmTx) -> Result<Vec<String>, DbError> {
    Ok(bots::table.select(bots::slug).order(bots::slug).load(tx).await?)
}

/// Notes in whose schema a host keeps its session of an account.
pub async fn note_session(tx: &mut FarmTx, account: i64, host: &str, slug: &Slug) -> Result<(), DbError> {
    diesel::insert_into(sessions::table)
        .values((sessions::account.eq(account), sessions::host.eq(host), sessions::slug.eq(slug.as_str())))
        .on_conflict((sessions::account, sessions::host))
        .do_update()
        .set(sessions::slug.eq(slug.as_str()))
        .execute(tx)
        .await?;
    Ok(())
}

/// Each host's name, and the bot in whose schema it keeps its session of an account.
pub async fn sessions_of(tx: &mut FarmTx, account: i64) -> Result<Vec<(String, String)>, DbError> {
    let of = sessions::table.filter(sessions::account.eq(account));
    Ok(of.select((sessions::host, sessions::slug)).load(tx).await?)
}

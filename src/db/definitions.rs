//! The bots' definitions, published for every host; the files that they come from; deletions.

use super::farm_schema::{definitions, files};
use super::retry::DbError;
use super::scope::FarmTx;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;

statement! {
    Publish { slug: String => Text, origin: &'static str => Text, mark: String => Text, body: String => Text,
        account: Option<i64> => Nullable<BigInt>, published_by: String => Text } -> BigInt =
    "INSERT INTO farm.definitions (slug, origin, mark, body, account, published_by) VALUES (?, ?, ?, ?, ?, ?) \
     ON CONFLICT (slug) DO UPDATE SET version = definitions.version + 1, origin = excluded.origin, \
         mark = excluded.mark, body = excluded.body, account = excluded.account, published_by = excluded.published_by, \
         published_at = now(), deleted_at = NULL \
     RETURNING version"
}

statement! {
    Bury { slug: String => Text } -> Text =
    "UPDATE farm.definitions SET deleted_at = now(), version = version + 1 \
     WHERE slug = ? AND deleted_at IS NULL RETURNING slug"
}

statement! {
    NameAccounts { slugs: Vec<String> => Array<Text>, versions: Vec<i64> => Array<BigInt>,
        accounts: Vec<i64> => Array<BigInt> } -> Text =
    "UPDATE farm.definitions d SET account = named.account FROM unnest(?, ?, ?) AS named (slug, version, account) \
     WHERE d.slug = named.slug AND d.version = named.version AND d.account IS DISTINCT FROM named.account \
     RETURNING d.slug"
}

statement! {
    NameLeases { slugs: Vec<String> => Array<Text>, accounts: Vec<i64> => Array<BigInt> } -> Text =
    "UPDATE farm.leases l SET account = named.account FROM unnest(?, ?) AS named (slug, account) \
     WHERE l.slug = named.slug AND l.host IS NOT NULL AND l.account IS NULL RETURNING l.slug"
}

/// A definition without its text.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Published {
    /// The bot.
    pub slug: String,
    /// Grows with each change.
    pub version: i64,
    /// `file`, `panel` or `environment`.
    pub origin: String,
    /// Tells its text from another.
    pub mark: String,
    /// The account at Telegram that its token names, if that is known.
    pub account: Option<i64>,
    /// It was deleted.
    pub is_deleted: bool,
}

/// A definition to be published.
#[derive(Clone, Debug)]
pub struct New {
    /// The bot.
    pub slug: String,
    /// `file`, `panel` or `environment`.
    pub origin: &'static str,
    /// Tells its text from another.
    pub mark: String,
    /// Its text, secrets sealed.
    pub body: String,
    /// The account at Telegram that its token names.
    pub account: Option<i64>,
}

/// A host's file of a bot.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = files)]
pub struct FileRow {
    /// The host.
    pub host: String,
    /// The bot.
    pub slug: String,
    /// Where it lies there.
    pub path: String,
    /// Tells its text from another.
    pub mark: String,
    /// The bot was deleted in Telegram: the file is to be put aside.
    pub condemned: bool,
    /// Tells its secrets, and what the environment adds to it, from others.
    pub secrets: String,
}

/// Every definition, deleted ones too.
pub async fn list(tx: &mut FarmTx) -> Result<Vec<Published>, DbError> {
    use definitions as d;
    let columns = (d::slug, d::version, d::origin, d::mark, d::account, d::deleted_at.is_not_null());
    Ok(d::table.select(columns).order(d::slug).load(tx).await?)
}

/// The texts of these bots.
pub async fn bodies(tx: &mut FarmTx, slugs: &[String]) -> Result<Vec<(String, String)>, DbError> {
    use definitions as d;
    Ok(d::table.filter(d::slug.eq_any(slugs)).select((d::slug, d::body)).load(tx).await?)
}

/// Publishes a definition; gives its version.
pub async fn publish(tx: &mut FarmTx, host: &str, new: New) -> Result<i64, DbError> {
    let New { slug, origin, mark, body, account } = new;
    Ok(Publish { slug, origin, mark, body, account, published_by: host.to_owned() }.get_result(tx).await?)
}

/// Notes the accounts of definitions, and of leases that have none: bot, version, account. False when all were
/// known.
pub async fn name_accounts(tx: &mut FarmTx, named: &[(String, i64, i64)]) -> Result<bool, DbError> {
    let (mut slugs, mut versions, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
    for (slug, version, account) in named {
        slugs.push(slug.clone());
        versions.push(*version);
        accounts.push(*account);
    }
    NameLeases { slugs: slugs.clone(), accounts: accounts.clone() }.load::<String>(tx).await?;
    Ok(!NameAccounts { slugs, versions, accounts }.load::<String>(tx).await?.is_empty())
}

/// Writes down that a bot was deleted.
pub async fn bury(tx: &mut FarmTx, slug: &str) -> Result<(), DbError> {
    Bury { slug: slug.to_owned() }.load::<String>(tx).await?;
    Ok(())
}

/// The files of every host.
pub async fn files(tx: &mut FarmTx) -> Result<Vec<FileRow>, DbError> {
    Ok(files::table.order((files::slug, files::host)).load(tx).await?)
}

/// Notes a host's file.
pub async fn note_file(tx: &mut FarmTx, row: &FileRow) -> Result<(), DbError> {
    let key = (files::host, files::slug);
    diesel::insert_into(files::table).values(row).on_conflict(key).do_update().set(row).execute(tx).await?;
    Ok(())
}

/// Notes that a host has no file of a bot any more.
pub async fn forget_file(tx: &mut FarmTx, host: &str, slug: &str) -> Result<(), DbError> {
    diesel::delete(files::table.find((host, slug))).execute(tx).await?;
    Ok(())
}

/// Forgets every file of a host that is not registered. False when it is, or has none.
pub async fn forget_host(tx: &mut FarmTx, host: &str) -> Result<bool, DbError> {
    use super::farm_schema::hosts;
    let alive = hosts::table.find(host.to_owned()).select(hosts::host).first::<String>(tx).await.optional()?;
    if alive.is_some() {
        return Ok(false);
    }
    Ok(diesel::delete(files::table.filter(files::host.eq(host))).execute(tx).await? > 0)
}

/// Has every host put its file of a bot aside.
pub async fn condemn(tx: &mut FarmTx, slug: &str) -> Result<(), DbError> {
    diesel::update(files::table.filter(files::slug.eq(slug))).set(files::condemned.eq(true)).execute(tx).await?;
    Ok(())
}

statement! {
    Wait { } -> Text = "SELECT pg_advisory_xact_lock(hashtext('botfarm definitions'))::text"
}

/// Waits until no other transaction publishes: two hosts would not see each other's files.
pub async fn one_at_a_time(tx: &mut FarmTx) -> Result<(), DbError> {
    Wait {}.load::<String>(tx).await?;
    Ok(())
}

//! Hosts and leases: who is alive, and who runs which bot. All times are the database's.
//!
//! A host's life is its row: renewed in one statement, whatever it runs. Deleting the row declares the
//! host dead and frees its leases (the foreign key does it), so a host that comes back finds that it has
//! nothing left.

use super::farm_schema::{hosts, leases};
use super::retry::DbError;
use super::scope::FarmTx;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

statement! {
    Register { host: String => Text, instance: i64 => BigInt, version: &'static str => Text, seconds: f64 => Double }
    -> Text =
    "INSERT INTO farm.hosts (host, instance, version, alive_until) \
     VALUES (?, ?, ?, now() + make_interval(secs => ?)) ON CONFLICT DO NOTHING RETURNING host"
}

statement! {
    Renew { seconds: f64 => Double, host: String => Text, instance: i64 => BigInt } -> Timestamptz =
    "UPDATE farm.hosts SET alive_until = now() + make_interval(secs => ?) WHERE host = ? AND instance = ? \
     RETURNING now()"
}

statement! {
    DeclareDead { } -> Text =
    "DELETE FROM farm.hosts WHERE alive_until < now() RETURNING host"
}

statement! {
    ReadLiving { } -> (Text, BigInt, diesel::sql_types::Bool, Double, diesel::sql_types::Array<Text>,
        diesel::sql_types::Array<Text>) =
    "SELECT host, instance, draining, extract(epoch FROM alive_until - now())::float8, keys, unable FROM farm.hosts \
     ORDER BY host"
}

statement! {
    WaitForTakers { } -> Text = "SELECT pg_advisory_xact_lock(hashtext('botfarm leases'))::text"
}

statement! {
    /// `NOT IN` is hashed whatever the statistics say; with `NOT EXISTS` the cold start of a large farm ran into
    /// its time limit.
    Take { slugs: Vec<String> => diesel::sql_types::Array<Text>, host: String => Text, me: String => Text,
        instance: i64 => BigInt } -> (Text, BigInt, Nullable<BigInt>) =
    "WITH wanted AS ( \
         SELECT DISTINCT ON (coalesce(d.account::text, d.slug)) d.slug, d.account FROM farm.definitions d \
         WHERE d.slug = ANY(?) AND d.deleted_at IS NULL AND (d.account IS NULL OR d.account NOT IN ( \
             SELECT coalesce(l.account, o.account) FROM farm.leases l LEFT JOIN farm.definitions o ON o.slug = l.slug \
             WHERE l.host IS NOT NULL AND coalesce(l.account, o.account) IS NOT NULL)) \
         ORDER BY coalesce(d.account::text, d.slug), d.slug) \
     UPDATE farm.leases l SET host = ?, epoch = epoch + 1, state = NULL, since = now(), reason = NULL, \
         account = wanted.account FROM wanted \
     WHERE l.slug = wanted.slug AND l.host IS NULL \
       AND EXISTS (SELECT 1 FROM farm.hosts h WHERE h.host = ? AND h.instance = ? AND h.alive_until > now()) \
     RETURNING l.slug, l.epoch, l.account"
}

statement! {
    Free { slug: String => Text, host: String => Text, epoch: i64 => BigInt } -> Text =
    "UPDATE farm.leases SET host = NULL, state = NULL, since = now(), reason = NULL \
     WHERE slug = ? AND host = ? AND epoch = ? RETURNING slug"
}

statement! {
    Report { state: &'static str => Text, since: Option<DateTime<Utc>> => Nullable<Timestamptz>,
        reason: Option<String> => Nullable<Text>, slug: String => Text, host: String => Text } -> Text =
    "UPDATE farm.leases SET state = ?, since = ?, reason = ? WHERE slug = ? AND host = ? RETURNING slug"
}

/// A registered host: its name, and which start of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The host's name.
    pub host: String,
    /// This start of it.
    pub instance: i64,
}

/// A host that is alive.
#[derive(Clone, Debug, PartialEq)]
pub struct Living {
    /// Its name.
    pub host: String,
    /// Which start of it.
    pub instance: i64,
    /// It takes no bots.
    pub draining: bool,
    /// Until it is dead, in seconds, unless it renews its life.
    pub left: f64,
    /// The names of its keys.
    pub keys: Vec<String>,
    /// Bots that it cannot run.
    pub unable: Vec<String>,
}

/// A host as people see it.
#[derive(Clone, Debug, Queryable)]
pub struct HostRow {
    /// Its name.
    pub host: String,
    /// The program's version.
    pub version: String,
    /// Since when it runs.
    pub started_at: DateTime<Utc>,
    /// It hands its bots over.
    pub draining: bool,
    /// What is wrong with its files.
    pub faults: Vec<String>,
    /// The names of its keys; the first one seals.
    pub keys: Vec<String>,
}

/// Who runs a bot.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct LeaseRow {
    /// The bot.
    pub slug: String,
    /// Its host, if it has one.
    pub host: Option<String>,
    /// Grows with each taking.
    pub epoch: i64,
    /// What its host tells of it.
    pub state: Option<String>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Why it failed.
    pub reason: Option<String>,
    /// The account at Telegram that it has while it has a host, if that is known.
    pub account: Option<i64>,
}

/// Registers a host. False when one of that name is alive that is not `predecessor`: a start that is
/// known to have ended.
pub async fn register(
    tx: &mut FarmTx,
    who: &Registration,
    predecessor: Option<i64>,
    seconds: f64,
) -> Result<bool, DbError> {
    if let Some(predecessor) = predecessor {
        let ended = hosts::table.find(who.host.clone()).filter(hosts::instance.eq(predecessor));
        diesel::delete(ended).execute(tx).await?;
    }
    DeclareDead {}.load::<String>(tx).await?;
    let (host, instance) = (who.host.clone(), who.instance);
    let register = Register { host, instance, version: env!("CARGO_PKG_VERSION"), seconds };
    Ok(register.get_result::<String>(tx).await.optional()?.is_some())
}

/// Renews a host's life and tells the database's time; `None` when it was declared dead.
pub async fn renew(
    conn: &mut AsyncPgConnection,
    who: &Registration,
    seconds: f64,
) -> Result<Option<DateTime<Utc>>, DbError> {
    let renew = Renew { seconds, host: who.host.clone(), instance: who.instance };
    Ok(renew.get_result(conn).await.optional()?)
}

type LivingRow = (String, i64, bool, f64, Vec<String>, Vec<String>);

impl From<LivingRow> for Living {
    fn from((host, instance, draining, left, keys, unable): LivingRow) -> Self {
        Self { host, instance, draining, left, keys, unable }
    }
}

/// Declares dead whoever did not renew their life in time, then tells who is alive.
pub async fn declare_dead(conn: &mut AsyncPgConnection) -> Result<Vec<Living>, DbError> {
    DeclareDead {}.load::<String>(conn).await?;
    Ok(ReadLiving {}.load::<LivingRow>(conn).await?.into_iter().map(Living::from).collect())
}

/// Tells who is alive.
pub async fn living(tx: &mut FarmTx) -> Result<Vec<Living>, DbError> {
    Ok(ReadLiving {}.load::<LivingRow>(tx).await?.into_iter().map(Living::from).collect())
}

/// The hosts.
pub async fn list(tx: &mut FarmTx) -> Result<Vec<HostRow>, DbError> {
    let columns = (hosts::host, hosts::version, hosts::started_at, hosts::draining, hosts::faults, hosts::keys);
    Ok(hosts::table.select(columns).order(hosts::host).load(tx).await?)
}

/// Notes that a host hands its bots over.
pub async fn drain(tx: &mut FarmTx, who: &Registration) -> Result<(), DbError> {
    let me = hosts::table.find(who.host.clone()).filter(hosts::instance.eq(who.instance));
    diesel::update(me).set(hosts::draining.eq(true)).execute(tx).await?;
    Ok(())
}

/// Ends a registration; what it still had becomes free.
pub async fn leave(tx: &mut FarmTx, who: &Registration) -> Result<(), DbError> {
    let me = hosts::table.find(who.host.clone()).filter(hosts::instance.eq(who.instance));
    diesel::delete(me).execute(tx).await?;
    Ok(())
}

/// Notes what is wrong with a host's files.
pub async fn note_faults(tx: &mut FarmTx, who: &Registration, faults: &[String]) -> Result<(), DbError> {
    let me = hosts::table.find(who.host.clone()).filter(hosts::instance.eq(who.instance));
    diesel::update(me).set(hosts::faults.eq(faults)).execute(tx).await?;
    Ok(())
}

/// What a host can do for others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// The names of its keys.
    pub keys: Vec<String>,
    /// Bots that it cannot run.
    pub unable: Vec<String>,
}

/// Notes what a host can do.
pub async fn note_means(tx: &mut FarmTx, who: &Registration, means: &Means) -> Result<(), DbError> {
    let me = hosts::table.find(who.host.clone()).filter(hosts::instance.eq(who.instance));
    let means = (hosts::keys.eq(&means.keys), hosts::unable.eq(&means.unable));
    diesel::update(me).set(means).execute(tx).await?;
    Ok(())
}

/// Makes a lease for each of these bots that has none.
pub async fn ensure_leases(tx: &mut FarmTx, slugs: &[String]) -> Result<(), DbError> {
    let rows: Vec<_> = slugs.iter().map(|slug| leases::slug.eq(slug)).collect();
    diesel::insert_into(leases::table).values(rows).on_conflict_do_nothing().execute(tx).await?;
    Ok(())
}

/// Every lease.
pub async fn leases(tx: &mut FarmTx) -> Result<Vec<LeaseRow>, DbError> {
    Ok(leases::table.order(leases::slug).load(tx).await?)
}

/// Takes those of these bots that are free, if the host is alive; gives their epochs and accounts. One whose
/// account another one still has is not free.
pub async fn take(
    tx: &mut FarmTx,
    who: &Registration,
    slugs: Vec<String>,
) -> Result<Vec<(String, i64, Option<i64>)>, DbError> {
    let Registration { host, instance } = who.clone();
    // Two hosts that take two bots of one account would not see each other.
    WaitForTakers {}.load::<String>(tx).await?;
    Ok(Take { slugs, host: host.clone(), me: host, instance }.load(tx).await?)
}

/// Frees a bot that has ended on this host.
pub async fn free(tx: &mut FarmTx, host: &str, slug: &str, epoch: i64) -> Result<(), DbError> {
    Free { slug: slug.to_owned(), host: host.to_owned(), epoch }.load::<String>(tx).await?;
    Ok(())
}

/// What a host tells of one of its bots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The bot.
    pub slug: String,
    /// Where it stands.
    pub state: &'static str,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
    /// Why it failed.
    pub reason: Option<String>,
}

/// Writes down what a host tells of a bot that it holds.
pub async fn report(tx: &mut FarmTx, host: &str, told: &Told) -> Result<(), DbError> {
    let Told { slug, state, since, reason } = told.clone();
    Report { state, since, reason, slug, host: host.to_owned() }.load::<String>(tx).await?;
    Ok(())
}

/// The database's time.
pub async fn now(tx: &mut FarmTx) -> Result<DateTime<Utc>, DbError> {
    Ok(diesel::select(diesel::dsl::now.into_sql::<Timestamptz>()).get_result(tx).await?)
}

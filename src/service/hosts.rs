//! Who is alive and who runs which bot, as a host uses it.

use super::{Database, DbError};
use crate::db::{bell, hosts, retry};
use chrono::{DateTime, Utc};

pub use crate::db::bell::Bell;
pub use crate::db::hosts::{HostRow, LeaseRow, Living, Means, Registration, Told};

/// Runs work in one transaction on the farm's schema, again as a whole when it met another one.
macro_rules! on_farm {
    ($database:expr, |$tx:ident| $work:expr) => {
        retry(async || {
            let mut opened = $database.begin().await?;
            let work = async {
                let $tx = &mut opened;
                $work
            };
            let done: Result<_, DbError> = work.await;
            opened.finish(done).await
        })
        .await
    };
}
pub(super) use on_farm;

/// Opens the connection that renews this host's life and hears calls.
pub async fn bell(database: &Database) -> Result<Bell, DbError> {
    Bell::open(database).await
}

/// Registers this host for so many seconds. False when another process is alive under its name that is
/// not `predecessor`: a start of it that is known to have ended.
pub async fn register(
    database: &Database,
    who: &Registration,
    predecessor: Option<i64>,
    seconds: f64,
) -> Result<bool, DbError> {
    let mut tx = database.begin().await?;
    let registered = hosts::register(&mut tx, who, predecessor, seconds).await;
    tx.finish(registered).await
}

/// Ends a registration and tells the others; what this host still had becomes free.
pub async fn leave(database: &Database, who: &Registration) -> Result<(), DbError> {
    on_farm!(database, |tx| {
        hosts::leave(tx, who).await?;
        bell::ring(tx, "leases").await
    })
}

/// Notes that this host hands its bots over, and tells the others.
pub async fn drain(database: &Database, who: &Registration) -> Result<(), DbError> {
    on_farm!(database, |tx| {
        hosts::drain(tx, who).await?;
        bell::ring(tx, "leases").await
    })
}

/// The hosts and the leases, for people.
pub async fn overview(database: &Database) -> Result<(Vec<HostRow>, Vec<LeaseRow>), DbError> {
    on_farm!(database, |tx| Ok((hosts::list(tx).await?, hosts::leases(tx).await?)))
}

/// The database's time.
pub async fn now(database: &Database) -> Result<DateTime<Utc>, DbError> {
    on_farm!(database, |tx| hosts::now(tx).await)
}

/// Takes those of these bots that are free, and tells the others; gives their epochs and accounts. An answer
/// that was lost is found in the leases.
pub async fn take(
    database: &Database,
    who: &Registration,
    slugs: Vec<String>,
) -> Result<Vec<(String, i64, Option<i64>)>, DbError> {
    let mut tx = database.begin().await?;
    let taken = async {
        let taken = hosts::take(&mut tx, who, slugs).await?;
        if !taken.is_empty() {
            bell::ring(&mut tx, "leases").await?;
        }
        Ok(taken)
    };
    let taken = taken.await;
    tx.finish(taken).await
}

/// Frees bots that have ended on this host, and tells the others.
pub async fn free(database: &Database, host: &str, ended: &[(String, i64)]) -> Result<(), DbError> {
    on_farm!(database, |tx| {
        for (slug, epoch) in ended {
            hosts::free(tx, host, slug, *epoch).await?;
        }
        bell::ring(tx, "leases").await
    })
}

/// Writes down what this host tells of its bots.
pub async fn report(database: &Database, host: &str, told: &[Told]) -> Result<(), DbError> {
    on_farm!(database, |tx| {
        for told in told {
            hosts::report(tx, host, told).await?;
        }
        Ok(())
    })
}

/// Writes down what is wrong with this host's files.
pub async fn note_faults(database: &Database, who: &Registration, faults: &[String]) -> Result<(), DbError> {
    on_farm!(database, |tx| hosts::note_faults(tx, who, faults).await)
}

/// Writes down what this host can do, and tells the others.
pub async fn note_means(database: &Database, who: &Registration, means: &Means) -> Result<(), DbError> {
    on_farm!(database, |tx| {
        hosts::note_means(tx, who, means).await?;
        bell::ring(tx, "leases").await
    })
}

/// Has every host read its keys again.
pub async fn call_keys(database: &Database) -> Result<(), DbError> {
    on_farm!(database, |tx| bell::ring(tx, "keys").await)
}

/// Nudges the tasks of a bot on whichever host runs it.
pub async fn wake(database: &Database, slug: &str) -> Result<(), DbError> {
    on_farm!(database, |tx| bell::ring(tx, &format!("wake {slug}")).await)
}

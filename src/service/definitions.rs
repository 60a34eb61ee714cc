//! What each bot is, for every host: published from the files that hosts have, and from the panel.
//!
//! A file that differs from another living host's is published by neither: the bot keeps its last good
//! definition until they agree. A bot is deleted when the last file of it is taken away, or in the
//! panel; that a host has no file of it says nothing.

use super::hosts::{Registration, on_farm};
use super::{Database, DbError};
use crate::db::definitions::{self as db, FileRow, New};
use crate::db::{FarmTx, bell, hosts, retry};
use std::collections::{BTreeMap, HashMap};

pub use crate::db::definitions::Published;
pub use crate::db::hosts::{LeaseRow, Living};

/// A good file of this host.
#[derive(Clone, Debug)]
pub struct SeenFile {
    /// The bot.
    pub slug: String,
    /// Where it lies.
    pub path: String,
    /// `file`, `panel` or `environment`.
    pub origin: &'static str,
    /// Tells its text from another.
    pub mark: String,
    /// Its text, secrets sealed.
    pub body: String,
    /// Tells its secrets, and what the environment adds to it, from others: with another one it is
    /// published although the text is known.
    pub secrets: String,
}

/// What a look at this host's directory has found.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The good files.
    pub good: Vec<SeenFile>,
    /// Files that are there, but not good: their bots go on.
    pub broken: Vec<String>,
}

/// What follows from a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Bots whose file differs from another host's, and that host.
    pub conflicts: Vec<(String, String)>,
    /// Files whose bots were deleted in Telegram: to be put aside.
    pub condemned: Vec<String>,
    /// Something was published or deleted.
    pub has_changed: bool,
}

/// Everything about the farm that its hosts go by.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Every definition, deleted ones too.
    pub definitions: Vec<Published>,
    /// Every lease.
    pub leases: Vec<LeaseRow>,
    /// The hosts that are alive.
    pub living: Vec<Living>,
}

/// Publishes what a look has found, and tells what follows. Others are called when something changed.
pub async fn publish(database: &Database, who: &Registration, seen: &Seen) -> Result<Verdict, DbError> {
    on_farm!(database, |tx| {
        db::one_at_a_time(tx).await?;
        let rows = db::files(tx).await?;
        let known = Known {
            host: &who.host,
            living: hosts::list(tx).await?.into_iter().map(|row| row.host).collect(),
            published: db::list(tx).await?.into_iter().map(|d| (d.slug.clone(), d)).collect(),
            rows,
        };
        let mut verdict = Verdict::default();
        known.forget_gone(tx, seen, &mut verdict).await?;
        for file in &seen.good {
            known.take_in(tx, file, &mut verdict).await?;
        }
        if verdict.has_changed {
            bell::ring(tx, "definitions").await?;
        }
        Ok(verdict)
    })
}

/// What the farm knows before a look is taken in.
struct Known<'a> {
    host: &'a str,
    living: Vec<String>,
    published: HashMap<String, Published>,
    rows: Vec<FileRow>,
}

impl Known<'_> {
    fn mine(&self) -> impl Iterator<Item = &FileRow> {
        self.rows.iter().filter(|row| row.host == self.host)
    }

    /// Files of this host that are there no more. The last file's end is its bot's.
    async fn forget_gone(&self, tx: &mut FarmTx, seen: &Seen, verdict: &mut Verdict) -> Result<(), DbError> {
        let is_gone =
            |row: &&FileRow| !seen.good.iter().any(|f| f.slug == row.slug) && !seen.broken.contains(&row.path);
        for row in self.mine().filter(is_gone) {
            db::forget_file(tx, self.host, &row.slug).await?;
            let is_elsewhere = self.rows.iter().any(|r| r.slug == row.slug && r.host != self.host && !r.condemned);
            if !is_elsewhere {
                db::bury(tx, &row.slug).await?;
                verdict.has_changed = true;
            }
        }
        Ok(())
    }

    async fn take_in(&self, tx: &mut FarmTx, file: &SeenFile, verdict: &mut Verdict) -> Result<(), DbError> {
        let known = self.mine().find(|row| row.slug == file.slug);
        if known.is_some_and(|row| row.condemned && row.path == file.path && row.mark == file.mark) {
            verdict.condemned.push(file.path.clone());
            return Ok(());
        }
        let row = FileRow {
            host: self.host.to_owned(),
            slug: file.slug.clone(),
            path: file.path.clone(),
            mark: file.mark.clone(),
            condemned: false,
            secrets: file.secrets.clone(),
        };
        let is_new = known != Some(&row);
        let is_anew = known.is_some_and(|known| known.secrets != row.secrets);
        if is_new {
            db::note_file(tx, &row).await?;
            // Others with another file of this bot have to see it.
            verdict.has_changed = true;
        }
        let other = self.rows.iter().find(|r| {
            r.slug == file.slug && r.host != self.host && !r.condemned && r.mark != file.mark && self.is_living(r)
        });
        if let Some(other) = other {
            verdict.conflicts.push((file.slug.clone(), other.host.clone()));
            return Ok(());
        }
        let published = self.published.get(&file.slug);
        let is_published = published.is_some_and(|p| !p.is_deleted && p.mark == file.mark && p.origin == file.origin);
        if !is_published || is_anew {
            let SeenFile { slug, origin, mark, body, .. } = file.clone();
            hosts::ensure_leases(tx, std::slice::from_ref(&slug)).await?;
            db::publish(tx, self.host, New { slug, origin, mark, body }).await?;
            verdict.has_changed = true;
        }
        Ok(())
    }

    fn is_living(&self, row: &FileRow) -> bool {
        self.living.contains(&row.host)
    }
}

/// Reads what the hosts go by.
pub async fn state(database: &Database) -> Result<State, DbError> {
    on_farm!(database, |tx| {
        let (definitions, leases) = (db::list(tx).await?, hosts::leases(tx).await?);
        Ok(State { definitions, leases, living: hosts::living(tx).await? })
    })
}

/// The texts of these bots.
pub async fn bodies(database: &Database, slugs: &[String]) -> Result<Vec<(String, String)>, DbError> {
    on_farm!(database, |tx| db::bodies(tx, slugs).await)
}

/// The files of a host whose bots are published.
pub async fn files_of(database: &Database, host: &str) -> Result<Vec<String>, DbError> {
    on_farm!(database, |tx| {
        let rows = db::files(tx).await?;
        Ok(rows.into_iter().filter(|row| row.host == host && !row.condemned).map(|row| row.path).collect())
    })
}

/// The hosts that have a file of a bot, or had one when they were last seen.
pub async fn holders(database: &Database, slug: &str) -> Result<Vec<String>, DbError> {
    on_farm!(database, |tx| {
        let rows = db::files(tx).await?;
        Ok(rows.into_iter().filter(|row| row.slug == slug && !row.condemned).map(|row| row.host).collect())
    })
}

/// Hosts that are not alive and have files, and how many.
pub async fn absent(database: &Database) -> Result<Vec<(String, usize)>, DbError> {
    on_farm!(database, |tx| {
        let alive: Vec<String> = hosts::list(tx).await?.into_iter().map(|row| row.host).collect();
        let mut absent = BTreeMap::new();
        for row in db::files(tx).await?.into_iter().filter(|row| !row.condemned && !alive.contains(&row.host)) {
            *absent.entry(row.host).or_insert(0) += 1;
        }
        Ok(absent.into_iter().collect())
    })
}

/// Forgets a host that is gone for good: bots of which it alone had a file are deleted; gives their names.
/// `None` when it is alive, or has no file.
pub async fn forget_host(database: &Database, host: &str) -> Result<Option<Vec<String>>, DbError> {
    on_farm!(database, |tx| {
        db::one_at_a_time(tx).await?;
        let rows = db::files(tx).await?;
        if !db::forget_host(tx, host).await? {
            return Ok(None);
        }
        let is_alone = |row: &&FileRow| !rows.iter().any(|r| r.slug == row.slug && r.host != host && !r.condemned);
        let mut buried = Vec::new();
        for row in rows.iter().filter(|row| row.host == host && !row.condemned).filter(is_alone) {
            db::bury(tx, &row.slug).await?;
            buried.push(row.slug.clone());
        }
        bell::ring(tx, "definitions").await?;
        Ok(Some(buried))
    })
}

/// Deletes a bot, whichever hosts have files of it; they put them aside. Its data stays.
pub async fn delete(database: &Database, slug: &str) -> Result<(), DbError> {
    on_farm!(database, |tx| {
        db::one_at_a_time(tx).await?;
        db::condemn(tx, slug).await?;
        db::bury(tx, slug).await?;
        bell::ring(tx, "definitions").await
    })
}

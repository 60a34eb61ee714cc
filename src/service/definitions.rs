//! What each bot is, for every host: published from the files that hosts have, and from the panel.
//!
//! A file that differs from another living host's is published by neither: the bot keeps its last good
//! definition until they agree. Two bots never have one token. A bot is deleted when the last file of it is
//! taken away, or in the panel; that a host has no file of it says nothing.

use super::hosts::{Registration, on_farm};
use super::{Database, DbError, accounts};
use crate::db::definitions::{self as db, FileRow, New};
use crate::db::{FarmTx, bell, hosts, retry};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

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
    /// The account at Telegram that its token names.
    pub account: Option<i64>,
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
    /// Bots whose token is another bot's, and that one.
    pub refused: Vec<(String, String)>,
    /// Bots that were published with another token than this host has for them: they go by that.
    pub outdated: Vec<String>,
    /// New bots whose token was that of a bot that is gone, and that one.
    pub moved: Vec<(String, String)>,
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
        let mut rows: BTreeMap<String, Vec<FileRow>> = BTreeMap::new();
        for row in db::files(tx).await? {
            rows.entry(row.slug.clone()).or_default().push(row);
        }
        let published: HashMap<_, _> = db::list(tx).await?.into_iter().map(|d| (d.slug.clone(), d)).collect();
        let mut by_account: HashMap<i64, Vec<String>> = HashMap::new();
        for (account, slug) in published.values().filter_map(|p| Some((p.account?, p.slug.clone()))) {
            by_account.entry(account).or_default().push(slug);
        }
        let living = hosts::list(tx).await?.into_iter().map(|row| row.host).collect();
        let known = Known { host: &who.host, living, published, by_account, rows };
        let mut verdict = Verdict::default();
        let gone = known.forget_gone(tx, seen, &mut verdict).await?;
        let refused = known.refused(seen, &gone);
        for file in &seen.good {
            match refused.contains_key(&file.slug) {
                true => known.follow(tx, file).await?,
                false => known.take_in(tx, file, &gone, &mut verdict).await?,
            }
        }
        verdict.refused.extend(refused);
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
    /// The bots that were published with an account, deleted ones too.
    by_account: HashMap<i64, Vec<String>>,
    /// The files of all hosts, by bot.
    rows: BTreeMap<String, Vec<FileRow>>,
}

impl Known<'_> {
    fn of(&self, slug: &str) -> &[FileRow] {
        self.rows.get(slug).map_or(&[], Vec::as_slice)
    }

    /// This host's file of a bot, as it was.
    fn mine(&self, slug: &str) -> Option<&FileRow> {
        self.of(slug).iter().find(|row| row.host == self.host)
    }

    /// Files of this host that are there no more. The last file's end is its bot's; gives those bots.
    async fn forget_gone(&self, tx: &mut FarmTx, seen: &Seen, verdict: &mut Verdict) -> Result<Vec<String>, DbError> {
        let mut gone = Vec::new();
        let good: BTreeSet<&str> = seen.good.iter().map(|file| file.slug.as_str()).collect();
        let is_gone = |row: &&FileRow| !good.contains(row.slug.as_str()) && !seen.broken.contains(&row.path);
        for row in self.rows.keys().filter_map(|slug| self.mine(slug)).filter(is_gone) {
            db::forget_file(tx, self.host, &row.slug).await?;
            let is_elsewhere = self.of(&row.slug).iter().any(|r| r.host != self.host && !r.condemned);
            if !is_elsewhere {
                db::bury(tx, &row.slug).await?;
                verdict.has_changed = true;
                gone.push(row.slug.clone());
            }
        }
        Ok(gone)
    }

    /// Bots that may not have the account of their file, and which keep it.
    fn refused(&self, seen: &Seen, gone: &[String]) -> BTreeMap<String, String> {
        let is_there = |p: &&Published| !p.is_deleted && !gone.contains(&p.slug);
        let has = self.published.values().filter(is_there).filter_map(|p| Some((p.slug.as_str(), p.account?)));
        let is_wanted =
            |file: &&SeenFile| self.conflict(file).is_none() && !self.is_condemned(file) && self.is_news(file);
        let wanted = seen.good.iter().filter(is_wanted).filter_map(|file| Some((file.slug.as_str(), file.account?)));
        accounts::refused(&has.collect(), &wanted.collect())
    }

    /// The bot that is gone, or goes with this look, whose account a new one has.
    fn left_by(&self, file: &SeenFile, gone: &[String]) -> Option<&str> {
        let is_new = self.published.get(&file.slug).is_none_or(|p| p.is_deleted);
        let is_gone = |p: &&Published| p.is_deleted || gone.contains(&p.slug);
        self.others(file).filter(|_| is_new).find(is_gone).map(|p| p.slug.as_str())
    }

    /// Another bot that was published with the account of this one, before that was refused.
    fn twin(&self, file: &SeenFile, gone: &[String]) -> Option<&str> {
        self.published.get(&file.slug).filter(|p| !p.is_deleted && p.account == file.account)?;
        let others = self.others(file).filter(|p| !p.is_deleted);
        { others }.find(|p| !gone.contains(&p.slug)).map(|p| p.slug.as_str())
    }

    /// Other bots, deleted ones too, that were published with the account of a file.
    fn others(&self, file: &SeenFile) -> impl Iterator<Item = &Published> {
        let bots = file.account.and_then(|account| self.by_account.get(&account)).into_iter().flatten();
        bots.filter(move |slug| **slug != file.slug).filter_map(|slug| self.published.get(slug))
    }

    /// It is not what is published, or its secrets are others than this host had for it. Where no other host has
    /// a file of the bot, its account counts as well.
    fn is_news(&self, file: &SeenFile) -> bool {
        let same = |p: &&Published| !p.is_deleted && p.mark == file.mark && p.origin == file.origin;
        let Some(published) = self.published.get(&file.slug).filter(same) else { return true };
        let has_others_account = published.account.is_some() && published.account != file.account;
        let is_alone = self.of(&file.slug).iter().all(|row| row.host == self.host);
        (has_others_account && is_alone) || self.mine(&file.slug).is_some_and(|row| row.secrets != file.secrets)
    }

    /// Its bot was deleted in Telegram, and it says what it said then.
    fn is_condemned(&self, file: &SeenFile) -> bool {
        self.mine(&file.slug).is_some_and(|row| row.condemned && row.path == file.path && row.mark == file.mark)
    }

    /// Another living host's file of the same bot that says something else.
    fn conflict(&self, file: &SeenFile) -> Option<&FileRow> {
        let differs = |r: &&FileRow| r.host != self.host && !r.condemned && r.mark != file.mark && self.is_living(r);
        self.of(&file.slug).iter().find(differs)
    }

    /// A file that is refused is still this host's file of its bot, wherever it lies now.
    async fn follow(&self, tx: &mut FarmTx, file: &SeenFile) -> Result<(), DbError> {
        let Some(row) = self.mine(&file.slug).filter(|row| row.path != file.path) else { return Ok(()) };
        db::note_file(tx, &FileRow { path: file.path.clone(), ..row.clone() }).await
    }

    async fn take_in(
        &self,
        tx: &mut FarmTx,
        file: &SeenFile,
        gone: &[String],
        verdict: &mut Verdict,
    ) -> Result<(), DbError> {
        let known = self.mine(&file.slug);
        if self.is_condemned(file) {
            verdict.condemned.push(file.path.clone());
            return Ok(());
        }
        let conflict = self.conflict(file);
        // What is not published now is still to be.
        let noted = match conflict {
            None => file.secrets.clone(),
            Some(_) => known.map(|row| row.secrets.clone()).unwrap_or_default(),
        };
        let row = FileRow {
            host: self.host.to_owned(),
            slug: file.slug.clone(),
            path: file.path.clone(),
            mark: file.mark.clone(),
            condemned: false,
            secrets: noted,
        };
        let is_new = known != Some(&row);
        if is_new {
            db::note_file(tx, &row).await?;
            // Others with another file of this bot have to see it.
            verdict.has_changed = true;
        }
        if let Some(other) = conflict {
            verdict.conflicts.push((file.slug.clone(), other.host.clone()));
            return Ok(());
        }
        if self.is_news(file) {
            verdict.moved.extend(self.left_by(file, gone).map(|other| (file.slug.clone(), other.to_owned())));
            let SeenFile { slug, origin, mark, body, account, .. } = file.clone();
            hosts::ensure_leases(tx, std::slice::from_ref(&slug)).await?;
            db::publish(tx, self.host, New { slug, origin, mark, body, account }).await?;
            verdict.has_changed = true;
        } else if self.published.get(&file.slug).is_some_and(|p| p.account.is_some() && p.account != file.account) {
            verdict.outdated.push(file.slug.clone());
        }
        verdict.refused.extend(self.twin(file, gone).map(|other| (file.slug.clone(), other.to_owned())));
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

/// Notes the accounts of definitions that an earlier version has published: bot, version, account.
pub async fn name_accounts(database: &Database, named: &[(String, i64, i64)]) -> Result<(), DbError> {
    on_farm!(database, |tx| {
        db::one_at_a_time(tx).await?;
        if db::name_accounts(tx, named).await? {
            bell::ring(tx, "definitions").await?;
        }
        Ok(())
    })
}

/// The files of a host whose bots are published.
pub async fn files_of(database: &Database, host: &str) -> Result<Vec<PathBuf>, DbError> {
    on_farm!(database, |tx| {
        let rows = db::files(tx).await?;
        Ok(rows.into_iter().filter(|row| row.host == host && !row.condemned).map(|row| row.path.into()).collect())
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

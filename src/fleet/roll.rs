//! The bots of the whole farm as this host knows them: each with its definition, read from this host's
//! file where it has the same, else from what was published.

use super::directory::Look;
use crate::config::{BotConfig, FileFaults, bot};
use crate::domain::slug::Slug;
use crate::domain::token::bot_id;
use crate::seal::KeyRing;
use crate::service::definitions::{self, Published};
use crate::service::{Database, DbError};
use secrecy::ExposeSecret;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A bot of the farm.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where its definition is from: a file of this host, or what was published.
    pub path: PathBuf,
    /// What it is.
    pub config: Arc<BotConfig>,
    version: i64,
}

impl Entry {
    /// The account at Telegram that its token names.
    pub fn account(&self) -> Option<i64> {
        bot_id(self.config.token.expose_secret())
    }

    /// Its account is the one that was published, or none was.
    fn has_account_of(&self, published: &Published) -> bool {
        published.account.is_none_or(|account| self.account() == Some(account))
    }
}

/// The bots of the farm.
#[derive(Clone, Debug, Default)]
pub struct Roll {
    /// By slug.
    pub bots: BTreeMap<Slug, Entry>,
    /// What was published and cannot be read here.
    pub faults: BTreeMap<Slug, FileFaults>,
}

impl Roll {
    /// Brings it up to what is published. What this host has no file of is read from the database, if it
    /// has changed.
    pub async fn update(
        &mut self,
        published: &[Published],
        look: &Look,
        database: &Database,
        key: &KeyRing,
    ) -> Result<(), DbError> {
        let current: Vec<(Slug, &Published)> =
            published.iter().filter(|p| !p.is_deleted).filter_map(|p| Some((p.slug.parse().ok()?, p))).collect();
        let wanted: BTreeSet<Slug> = current.iter().map(|(slug, _)| slug.clone()).collect();
        self.bots.retain(|slug, _| wanted.contains(slug));
        self.faults.retain(|slug, _| wanted.contains(slug));
        let mut unread = Vec::new();
        for (slug, published) in current {
            match look.good.get(&slug).filter(|file| file.is_published_as(published)) {
                Some(file) => {
                    let (path, config) = (file.path.clone(), Arc::clone(&file.config));
                    self.faults.remove(&slug);
                    self.bots.insert(slug, Entry { path, config, version: published.version });
                }
                None if !self.has_read(&slug, published) => unread.push((slug, published)),
                None => {}
            }
        }
        self.read(unread, database, key).await?;
        self.name_accounts(published, database).await
    }

    /// Definitions that a host of before has published without an account, or beside the one before, get theirs:
    /// their tokens are taken.
    async fn name_accounts(&self, published: &[Published], database: &Database) -> Result<(), DbError> {
        let of = |p: &Published| {
            let entry = self.bots.get(&p.slug.parse().ok()?).filter(|entry| entry.version == p.version)?;
            Some((p.slug.clone(), p.version, entry.account().filter(|account| p.account != Some(*account))?))
        };
        let named: Vec<_> = published.iter().filter(|p| !p.is_deleted).filter_map(of).collect();
        if named.is_empty() {
            return Ok(());
        }
        definitions::name_accounts(database, &named).await
    }

    fn has_read(&self, slug: &Slug, published: &Published) -> bool {
        self.bots.get(slug).is_some_and(|entry| entry.version == published.version && entry.has_account_of(published))
    }

    async fn read(
        &mut self,
        unread: Vec<(Slug, &Published)>,
        database: &Database,
        key: &KeyRing,
    ) -> Result<(), DbError> {
        if unread.is_empty() {
            return Ok(());
        }
        let slugs: Vec<String> = unread.iter().map(|(slug, _)| slug.to_string()).collect();
        let bodies: BTreeMap<String, String> = definitions::bodies(database, &slugs).await?.into_iter().collect();
        for (slug, published) in unread {
            let Some(body) = bodies.get(slug.as_str()) else { continue };
            let path = Path::new("published").join(format!("{slug}.toml"));
            match bot::check_published(&path, body, key) {
                Ok(config) => {
                    self.faults.remove(&slug);
                    self.bots.insert(slug, Entry { path, config: Arc::new(config), version: published.version });
                }
                Err(faults) => {
                    // A bot that runs by an earlier definition goes on by that, unless its account may be
                    // another bot's by now.
                    if self.bots.get(&slug).is_some_and(|entry| !entry.has_account_of(published)) {
                        self.bots.remove(&slug);
                    }
                    self.faults.insert(slug, faults);
                }
            }
        }
        Ok(())
    }
}

//! This host's files: looked at, published for all hosts, put aside when their bots were deleted.

use super::directory;
use super::{FALLBACK, Fleet};
use crate::config::{environment, write};
use crate::service::{DbError, definitions, hosts};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::time::Instant;

impl Fleet {
    /// Looks at the directory, publishes what is new, and goes on with what the farm knows.
    pub(super) async fn look_again(&mut self) -> Result<(), DbError> {
        self.next = Instant::now() + FALLBACK.mul_f64(rand::random_range(0.8..1.2));
        let (directory, key) = (self.app.host.bots_dir.clone(), self.app.key.clone());
        let mut published = Vec::new();
        if self.look.is_none() {
            // What an earlier process or another host has published counts before what lies here.
            self.read().await?;
            published = definitions::files_of(&self.app.database, &self.who.host).await?;
        }
        let before = self.look.clone().unwrap_or_default();
        let looked = tokio::task::spawn_blocking(move || {
            if let Err(error) = key.reload() {
                tracing::error!(%error, "the keys stay as they are");
            }
            directory::look(&directory, &key, &before, &published, std::time::Instant::now())
        });
        match looked.await {
            Ok(Ok(look)) => {
                self.unreadable = None;
                if !look.missing.is_empty() {
                    self.next = Instant::now() + directory::AWAY;
                }
                self.look = Some(Arc::new(look));
            }
            Ok(Err(fault)) => {
                self.unreadable = Some(fault.to_string());
                self.tell_faults().await?;
                return self.refresh().await;
            }
            Err(panic) => tracing::error!(%panic, "the look at the bots' directory failed"),
        }
        self.publish().await?;
        self.tell_faults().await?;
        self.write_down(Vec::new()).await;
        self.refresh().await
    }

    /// Writes down what is wrong with this host's files: whoever asks for the farm's status reads it.
    pub(super) async fn tell_faults(&mut self) -> Result<(), DbError> {
        let faults = self.faults();
        if faults != self.told_faults {
            hosts::note_faults(&self.app.database, &self.who, &faults).await?;
            self.told_faults = faults;
        }
        Ok(())
    }

    /// Publishes this host's files, and puts those aside whose bots were deleted.
    pub(super) async fn publish(&mut self) -> Result<(), DbError> {
        let Some(look) = self.look.clone() else { return Ok(()) };
        let verdict = definitions::publish(&self.app.database, &self.who, &look.seen()).await?;
        self.conflicts = verdict.conflicts;
        let refused = verdict.refused.iter().filter_map(|(slug, other)| {
            let why = format!("the bot {other} has the same token: each bot has one file");
            look.fault(slug, "token", why)
        });
        let outdated = verdict.outdated.iter().filter_map(|slug| {
            let why = "another host has published this bot with another account's token, and it goes by that";
            look.fault(slug, "token", why.to_owned())
        });
        self.refused = refused.chain(outdated).collect();
        for (slug, other) in verdict.moved {
            tracing::warn!(
                bot = %slug,
                "the token is that of {other}, whose users and balances stay under that name: to go on with them \
                 write slug = \"{other}\""
            );
        }
        // The environment cannot be put aside: its bot stays deleted until it says something else.
        for path in verdict.condemned.iter().filter(|path| !Path::new(path).ends_with(environment::PLACE)) {
            match write::archive(&PathBuf::from(path), self.app.clock.now()) {
                Ok(()) => {}
                // Put aside already: the next look finds it gone.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => tracing::error!(path, %error, "the file of a deleted bot could not be put aside"),
            }
        }
        Ok(())
    }

    pub(super) fn faults(&self) -> Vec<String> {
        let files = self.look.iter().flat_map(|look| &look.faults).chain(&self.refused).map(ToString::to_string);
        let published = self.roll.faults.values().map(ToString::to_string);
        let conflicts = self.conflicts.iter().map(|(slug, host)| {
            format!(
                "{slug}: the host {host} has another file for this bot, which goes on as it was until both say the same\n"
            )
        });
        self.unreadable.iter().cloned().chain(files).chain(published).chain(conflicts).collect()
    }
}

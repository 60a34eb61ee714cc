//! Which bots there are, and which of them this host runs.
//!
//! Files are looked at and published; definitions, leases and living hosts are read from schema
//! `farm`; what follows goes to the supervisor as [`Orders`]. The supervisor says when a bot has ended
//! here, and only then is its lease freed: a bot never runs on two hosts.

mod directory;
mod leasing;
mod placement;
mod publishing;
mod pulse;
mod registration;
mod roll;

use crate::app::App;
use crate::config::{BotConfig, FileFaults, watch};
use crate::domain::slug::Slug;
use crate::lease::Lease;
use crate::lifecycle::Lifecycle;
use crate::service::DbError;
use crate::service::hosts::{self, Living, Means, Registration, Told};
use directory::Look;
use pulse::Beat;
use roll::Roll;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch as values};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

/// Everything is looked at so often, whatever was heard.
const FALLBACK: Duration = Duration::from_secs(30);
/// After a failure of the database.
const SOON: Duration = Duration::from_secs(1);
/// For so long a host leaves to others what it has given away.
const FOR_OTHERS: Duration = Duration::from_secs(5);
/// So often a host looks again at once when others were faster.
const TRIES: u32 = 4;
/// Calls that wait to be heard.
const CALLS: usize = 1024;

/// A bot that this host runs.
#[derive(Clone, Debug)]
pub struct Order {
    /// Where its definition is from.
    pub path: PathBuf,
    /// What it is.
    pub config: Arc<BotConfig>,
    /// The epoch of its lease: with another one it is started anew.
    pub epoch: i64,
    /// Until when this host may act for it.
    pub lease: Lease,
}

/// What this host is to run right now.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// The directory and the farm were read at least once.
    pub is_known: bool,
    /// Its bots.
    pub bots: BTreeMap<Slug, Order>,
    /// Bots that are given away, and the epochs of their leases: their end is to be told.
    pub releasing: BTreeMap<Slug, i64>,
    /// The leases were lost: what is not to run ends at once.
    pub cut: bool,
    /// What is wrong with files.
    pub faults: Vec<String>,
}

/// What the supervisor tells.
#[derive(Debug)]
pub enum Report {
    /// Nothing of a bot that was given away runs here any more; which lease of it that was.
    Gone(Slug, i64),
    /// Where bots stand that stood elsewhere before.
    Told(Vec<Told>),
}

/// A lease of this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mine {
    epoch: i64,
    /// The account at Telegram that the bot may run with, if it is known.
    account: Option<i64>,
}

/// What this host knows of its farm.
struct Fleet {
    app: App,
    who: Registration,
    lease: Lease,
    /// What the last look has found; nothing before the first: a directory that was not seen says nothing
    /// of what is gone.
    look: Option<Arc<Look>>,
    /// What is wrong with the directory itself.
    unreadable: Option<String>,
    /// Good files that the farm does not go by.
    refused: Vec<FileFaults>,
    conflicts: Vec<(String, String)>,
    roll: Roll,
    /// Every bot that is to run, and who has it.
    held: BTreeMap<String, Option<String>>,
    living: Vec<Living>,
    mine: BTreeMap<Slug, Mine>,
    /// The accounts of the bots that are to run.
    accounts: BTreeMap<String, i64>,
    /// Free bots whose accounts others still have.
    waiting: BTreeSet<String>,
    releasing: BTreeSet<Slug>,
    /// Bots that were given away and that nobody has taken yet, since when.
    handed: BTreeMap<String, Instant>,
    draining: bool,
    /// What the farm knows was read at least once.
    is_read: bool,
    /// Where its bots stand, as it is written down.
    told: BTreeMap<String, Told>,
    /// Where its bots stand, and what is not written down yet.
    untold: BTreeMap<String, Told>,
    /// What it can do, as it is written down.
    means: Means,
    /// What is wrong with its files, as it is written down.
    told_faults: Vec<String>,
    orders: values::Sender<Arc<Orders>>,
    /// When everything is looked at again.
    next: Instant,
}

/// Runs until the lifecycle ends softly and every bot was handed over, or it ends hard.
pub async fn run(
    app: App,
    lifecycle: Lifecycle,
    orders: values::Sender<Arc<Orders>>,
    mut reports: mpsc::UnboundedReceiver<Report>,
) {
    let (nudge, mut nudges) = mpsc::channel(1);
    let watching = AbortOnDropHandle::new(tokio::spawn(watch::watch(app.host.bots_dir.clone(), nudge)));
    let Some(mut fleet) = lifecycle.soft.run_until_cancelled(Fleet::join(app, orders)).await else { return };
    let (mut pulse, mut beats) = fleet.start_pulse();
    loop {
        if fleet.is_over() {
            break;
        }
        let next = fleet.next;
        let done = tokio::select! {
            () = lifecycle.hard.cancelled() => break,
            () = lifecycle.soft.cancelled(), if !fleet.draining => fleet.drain().await,
            Some(()) = nudges.recv() => fleet.look_again().await,
            Some(report) = reports.recv() => fleet.hear(report, &mut reports).await,
            beat = beats.recv() => match beat {
                Some(Beat::Lost) | None => {
                    fleet.lose();
                    drop(pulse);
                    let joined = lifecycle.hard.run_until_cancelled(fleet.join_again()).await;
                    (pulse, beats) = fleet.start_pulse();
                    if joined.is_none() { break }
                    fleet.look_again().await
                }
                Some(Beat::Called(ref call)) if let Some(slug) = call.strip_prefix("wake ") => {
                    fleet.wake(slug);
                    continue;
                }
                Some(beat) => fleet.heard(beat).await,
            },
            () = tokio::time::sleep_until(next) => fleet.look_again().await,
        };
        if let Err(error) = done {
            fleet.go_on_without(&error);
        }
        fleet.give_orders();
    }
    drop((pulse, watching));
    fleet.leave().await;
}

impl Fleet {
    /// The database does not answer: tried again soon. A host that stops does not wait for it.
    fn go_on_without(&mut self, error: &DbError) {
        tracing::warn!(%error, "the farm's state cannot be read or written");
        self.next = Instant::now() + SOON;
        if self.draining {
            self.releasing.extend(self.mine.keys().cloned());
        }
    }

    async fn heard(&mut self, beat: Beat) -> Result<(), DbError> {
        match beat {
            Beat::Changed => self.refresh().await,
            Beat::Called(call) => match call.as_str() {
                "definitions" => {
                    self.publish().await?;
                    self.tell_faults().await?;
                    self.refresh().await
                }
                "leases" => self.refresh().await,
                "keys" => self.look_again().await,
                _ => Ok(()),
            },
            Beat::Missed | Beat::Lost => self.look_again().await,
        }
    }

    /// Something was done for a bot elsewhere: its tasks look at everything.
    fn wake(&self, slug: &str) {
        if let Some(door) = self.app.doors.find(slug) {
            door.wakes.all();
        }
    }

    async fn hear(&mut self, report: Report, more: &mut mpsc::UnboundedReceiver<Report>) -> Result<(), DbError> {
        let (mut gone, mut told) = (Vec::new(), Vec::new());
        let waiting = std::iter::from_fn(|| more.try_recv().ok());
        for report in std::iter::once(report).chain(waiting) {
            match report {
                // One that was taken again meanwhile has another epoch, and runs.
                Report::Gone(slug, epoch) if self.mine.get(&slug).is_some_and(|mine| mine.epoch == epoch) => {
                    gone.push((slug, epoch));
                }
                Report::Gone(..) => {}
                Report::Told(states) => told.extend(states),
            }
        }
        self.write_down(told).await;
        let ended: Vec<(String, i64)> = gone.iter().map(|(slug, epoch)| (slug.to_string(), *epoch)).collect();
        if ended.is_empty() {
            return Ok(());
        }
        let freed = hosts::free(&self.app.database, &self.who.host, &ended).await;
        if freed.is_err() && !self.draining {
            return freed;
        }
        for (slug, _) in gone {
            // One that gets another account is nobody else's for that.
            if !self.has_another_account(&slug) {
                self.handed.insert(slug.to_string(), Instant::now());
            }
            self.mine.remove(&slug);
            self.releasing.remove(&slug);
            self.told.remove(slug.as_str());
        }
        // Whoever it was given to had time enough by then.
        self.next = self.next.min(Instant::now() + FOR_OTHERS);
        freed?;
        self.refresh().await
    }
}

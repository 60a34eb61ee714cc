//! Which bots there are, and which of them this host runs.
//!
//! Files are looked at and published; definitions, leases and living hosts are read from schema
//! `farm`; what follows goes to the supervisor as [`Orders`]. The supervisor says when a bot has ended
//! here, and only then is its lease freed: a bot never runs on two hosts.

mod directory;
mod placement;
mod pulse;
mod roll;

use crate::app::{App, Listed};
use crate::config::{BotConfig, FileFaults, watch, write};
use crate::domain::slug::Slug;
use crate::domain::token::bot_id;
use crate::lease::Lease;
use crate::lifecycle::Lifecycle;
use crate::service::hosts::{self, Living, Registration, Told};
use crate::service::{DbError, definitions};
use directory::Look;
use placement::{Plan, View};
use pulse::{Beat, Pulse};
use roll::Roll;
use secrecy::ExposeSecret;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch as values};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

/// Everything is looked at so often, whatever was heard.
const FALLBACK: Duration = Duration::from_secs(30);
/// After a failure of the database, and until a missing file counts as gone.
const SOON: Duration = Duration::from_secs(1);
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
    /// Bots that are given away: their end is to be told.
    pub releasing: BTreeSet<Slug>,
    /// The leases were lost: what is not to run ends at once.
    pub cut: bool,
    /// What is wrong with files.
    pub faults: Vec<String>,
}

/// What the supervisor tells.
#[derive(Debug)]
pub enum Report {
    /// Nothing of a bot that was given away runs here any more.
    Gone(Slug),
    /// Where bots stand.
    Told(Vec<Told>),
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
    /// Good files that may not be published.
    refused: Vec<FileFaults>,
    conflicts: Vec<(String, String)>,
    roll: Roll,
    /// Every bot that is to run, and who has it.
    held: BTreeMap<String, Option<String>>,
    living: Vec<Living>,
    mine: BTreeMap<Slug, i64>,
    releasing: BTreeSet<Slug>,
    handed: BTreeSet<String>,
    draining: bool,
    told: BTreeMap<String, Told>,
    /// Its keys, as they are written down.
    keys: Vec<String>,
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
    /// Registers this host; waits while another process is alive under its name.
    async fn join(app: App, orders: values::Sender<Arc<Orders>>) -> Self {
        let who = Registration { host: app.host.host.clone(), instance: app.host.instance };
        let mut fleet = Self {
            app,
            who,
            lease: Lease::pending(),
            look: None,
            unreadable: None,
            refused: Vec::new(),
            conflicts: Vec::new(),
            roll: Roll::default(),
            held: BTreeMap::new(),
            living: Vec::new(),
            mine: BTreeMap::new(),
            releasing: BTreeSet::new(),
            handed: BTreeSet::new(),
            draining: false,
            told: BTreeMap::new(),
            keys: Vec::new(),
            orders,
            next: Instant::now(),
        };
        fleet.register().await;
        fleet
    }

    async fn register(&mut self) {
        let mut is_told = false;
        loop {
            let lasts = self.app.host.lease.as_secs_f64();
            match hosts::register(&self.app.database, &self.who, self.app.host.predecessor, lasts).await {
                Ok(true) => break,
                Ok(false) if !is_told => {
                    is_told = true;
                    tracing::warn!(host = self.who.host, "another process is alive under this host's name: waiting");
                }
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "this host cannot be registered"),
            }
            tokio::time::sleep(SOON).await;
        }
        self.lease = Lease::pending();
        self.app.standing.lease.store(Arc::new(self.lease.clone()));
    }

    /// The database does not answer: tried again soon. A host that stops does not wait for it.
    fn go_on_without(&mut self, error: &DbError) {
        tracing::warn!(%error, "the farm's state cannot be read or written");
        self.next = Instant::now() + SOON;
        if self.draining {
            self.releasing.extend(self.mine.keys().cloned());
        }
    }

    fn start_pulse(&self) -> (AbortOnDropHandle<()>, mpsc::Receiver<Beat>) {
        let (out, beats) = mpsc::channel(CALLS);
        let pulse = Pulse {
            database: self.app.database.clone(),
            who: self.who.clone(),
            lasts: self.app.host.lease,
            lease: self.lease.clone(),
            clock: self.app.clock.clone(),
            standing: Arc::clone(&self.app.standing),
            out,
        };
        (AbortOnDropHandle::new(tokio::spawn(pulse.run())), beats)
    }

    /// This host was declared dead: what it has may run elsewhere by now.
    fn lose(&mut self) {
        tracing::error!(host = self.who.host, "this host's lease has ended: its bots may run elsewhere");
        self.lease.end();
        self.mine.clear();
        self.releasing.clear();
        self.told.clear();
        self.keys.clear();
        self.orders.send_modify(|orders| {
            let faults = orders.faults.clone();
            *orders = Arc::new(Orders { is_known: true, cut: true, faults, ..Orders::default() });
        });
    }

    async fn join_again(&mut self) {
        self.who.instance = rand::random();
        self.register().await;
    }

    /// Looks at the directory, publishes what is new, and goes on with what the farm knows.
    async fn look_again(&mut self) -> Result<(), DbError> {
        self.next = Instant::now() + FALLBACK.mul_f64(rand::random_range(0.8..1.2));
        let (directory, key) = (self.app.host.bots_dir.clone(), self.app.key.clone());
        let before = self.look.clone().unwrap_or_default();
        let looked = tokio::task::spawn_blocking(move || {
            if let Err(error) = key.reload() {
                tracing::error!(%error, "the keys stay as they are");
            }
            directory::look(&directory, &key, &before)
        });
        match looked.await {
            Ok(Ok(look)) => {
                self.unreadable = None;
                if !look.missing.is_empty() {
                    self.next = Instant::now() + SOON;
                }
                self.look = Some(Arc::new(look));
            }
            Ok(Err(fault)) => {
                self.unreadable = Some(fault.to_string());
                self.tell_keys().await?;
                return self.refresh().await;
            }
            Err(panic) => tracing::error!(%panic, "the look at the bots' directory failed"),
        }
        self.publish().await?;
        self.tell_keys().await?;
        self.refresh().await
    }

    /// Writes this host's keys down, after what it publishes was sealed to them.
    async fn tell_keys(&mut self) -> Result<(), DbError> {
        let keys = self.app.key.ids();
        if keys != self.keys {
            hosts::note_keys(&self.app.database, &self.who, &keys).await?;
            self.keys = keys;
        }
        Ok(())
    }

    /// Publishes this host's files, and puts those aside whose bots were deleted.
    async fn publish(&mut self) -> Result<(), DbError> {
        let Some(look) = self.look.clone() else { return Ok(()) };
        let refused = self.refused(&look);
        let verdict = definitions::publish(&self.app.database, &self.who, &look.seen(&refused)).await?;
        self.refused = refused.into_values().collect();
        self.conflicts = verdict.conflicts;
        for path in &verdict.condemned {
            let archived = write::archive(&PathBuf::from(path), self.app.clock.now());
            if let Err(error) = archived {
                tracing::error!(path, %error, "the file of a deleted bot could not be put aside");
            }
        }
        Ok(())
    }

    /// Good files whose token is another bot's of the farm.
    fn refused(&self, look: &Look) -> BTreeMap<Slug, FileFaults> {
        let mut refused = BTreeMap::new();
        for (slug, file) in &look.good {
            let Some(other) = self.roll.other_with_token(slug, &file.config) else { continue };
            if self.is_there(look, other) {
                let why = format!("the bot {other} has the same token: each bot has one file");
                refused.insert(slug.clone(), file.fault("token", why));
            } else if !self.roll.bots.contains_key(slug) {
                tracing::warn!(
                    bot = %slug,
                    "the token is that of {other}, whose users and balances stay under that name: to go on with them \
                     write slug = \"{other}\""
                );
            }
        }
        refused
    }

    /// Whether a bot of the farm is still to be: its file here was not taken away.
    fn is_there(&self, look: &Look, slug: &Slug) -> bool {
        let here = self.roll.bots.get(slug).filter(|entry| entry.path.starts_with(&self.app.host.bots_dir));
        here.is_none_or(|entry| {
            let is_good = look.good.contains_key(slug);
            is_good || look.faults.iter().any(|faults| faults.path == entry.path)
        })
    }

    /// Reads what the farm knows, and decides what this host runs.
    async fn refresh(&mut self) -> Result<(), DbError> {
        for _ in 0..TRIES {
            self.read().await?;
            if self.place().await? {
                break;
            }
        }
        Ok(())
    }

    async fn read(&mut self) -> Result<(), DbError> {
        let state = definitions::state(&self.app.database).await?;
        let look = self.look.clone().unwrap_or_default();
        self.roll.update(&state.definitions, &look, &self.app.database, &self.app.key).await?;
        let wanted = |slug: &String| state.definitions.iter().any(|d| !d.is_deleted && d.slug == *slug);
        self.living = state.living;
        self.held = state.leases.iter().filter(|l| wanted(&l.slug)).map(|l| (l.slug.clone(), l.host.clone())).collect();
        self.handed.retain(|slug| self.held.get(slug).is_some_and(Option::is_none));
        let mine = state.leases.iter().filter(|l| l.host.as_deref() == Some(&self.who.host));
        self.mine = mine.filter_map(|l| Some((l.slug.parse().ok()?, l.epoch))).collect();
        let deleted = self.mine.keys().filter(|slug| !self.held.contains_key(slug.as_str()));
        self.releasing.extend(deleted.cloned().collect::<Vec<_>>());
        self.releasing.retain(|slug| self.mine.contains_key(slug));
        self.list();
        Ok(())
    }

    /// Gives bots away and takes bots. False when another host was faster.
    async fn place(&mut self) -> Result<bool, DbError> {
        let unable = self.held.keys().filter(|slug| !self.roll.bots.keys().any(|s| s.as_str() == slug.as_str()));
        let unable: BTreeSet<String> = unable.cloned().collect();
        let releasing: BTreeSet<String> = self.releasing.iter().map(ToString::to_string).collect();
        let Plan { take, release } = View {
            me: &self.who.host,
            draining: self.draining,
            living: &self.living,
            bots: &self.held,
            unable: &unable,
            releasing: &releasing,
            untaken: self.handed.len(),
        }
        .plan();
        self.releasing.extend(release.iter().filter_map(|slug| slug.parse().ok()));
        if take.is_empty() {
            return Ok(true);
        }
        let wanted = take.len();
        let taken = hosts::take(&self.app.database, &self.who, take).await?;
        let is_all = taken.len() == wanted;
        for (slug, epoch) in taken {
            self.held.insert(slug.clone(), Some(self.who.host.clone()));
            if let Ok(slug) = slug.parse() {
                self.mine.insert(slug, epoch);
            }
        }
        Ok(is_all)
    }

    /// Tells this host's parts which bots there are.
    fn list(&self) {
        let listed = self.roll.bots.iter().filter_map(|(slug, entry)| {
            let bot_id = bot_id(entry.config.token.expose_secret())?;
            Some(Listed { slug: slug.clone(), bot_id, config: Arc::clone(&entry.config) })
        });
        self.app.roster.store(Arc::new(listed.collect()));
    }

    fn give_orders(&self) {
        let faults = self.faults();
        for fault in faults.iter().filter(|fault| !self.orders.borrow().faults.contains(fault)) {
            tracing::error!("a bot's file cannot be used, and its bot goes on as it was:\n{fault}");
        }
        let bots = self.mine.iter().filter(|(slug, _)| !self.releasing.contains(*slug)).filter_map(|(slug, epoch)| {
            let roll::Entry { path, config, .. } = self.roll.bots.get(slug)?.clone();
            Some((slug.clone(), Order { path, config, epoch: *epoch, lease: self.lease.clone() }))
        });
        let orders =
            Orders { is_known: true, bots: bots.collect(), releasing: self.releasing.clone(), cut: false, faults };
        self.orders.send_replace(Arc::new(orders));
    }

    fn faults(&self) -> Vec<String> {
        let files = self.look.iter().flat_map(|look| &look.faults).chain(&self.refused).map(ToString::to_string);
        let published = self.roll.faults.values().map(ToString::to_string);
        let conflicts = self.conflicts.iter().map(|(slug, host)| {
            format!(
                "{slug}: the host {host} has another file for this bot, which goes on as it was until both say the same\n"
            )
        });
        self.unreadable.iter().cloned().chain(files).chain(published).chain(conflicts).collect()
    }

    async fn heard(&mut self, beat: Beat) -> Result<(), DbError> {
        match beat {
            Beat::Changed => self.refresh().await,
            Beat::Called(call) => match call.as_str() {
                "definitions" => {
                    self.publish().await?;
                    self.refresh().await
                }
                "leases" => self.refresh().await,
                "keys" => self.look_again().await,
                call => {
                    self.wake(call.strip_prefix("wake ").unwrap_or_default());
                    Ok(())
                }
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
                Report::Gone(slug) => gone.push(slug),
                Report::Told(states) => told.extend(states),
            }
        }
        self.write_down(told).await?;
        let ended: Vec<(String, i64)> =
            gone.iter().filter_map(|slug| Some((slug.to_string(), *self.mine.get(slug)?))).collect();
        if ended.is_empty() {
            return Ok(());
        }
        let freed = hosts::free(&self.app.database, &self.who.host, &ended).await;
        if freed.is_err() && !self.draining {
            return freed;
        }
        for slug in gone {
            self.mine.remove(&slug);
            self.releasing.remove(&slug);
            self.told.remove(slug.as_str());
            if self.draining {
                self.handed.insert(slug.to_string());
            }
        }
        freed?;
        self.refresh().await
    }

    async fn write_down(&mut self, mut told: Vec<Told>) -> Result<(), DbError> {
        told.retain(|told| self.told.get(&told.slug) != Some(told));
        if told.is_empty() {
            return Ok(());
        }
        hosts::report(&self.app.database, &self.who.host, &told).await?;
        self.told.extend(told.into_iter().map(|told| (told.slug.clone(), told)));
        Ok(())
    }

    async fn drain(&mut self) -> Result<(), DbError> {
        self.draining = true;
        hosts::drain(&self.app.database, &self.who).await?;
        self.refresh().await
    }

    fn is_over(&self) -> bool {
        self.draining && self.mine.is_empty()
    }

    async fn leave(&self) {
        // First: after a hard end some of its bots may not have ended yet.
        self.lease.end();
        self.orders.send_replace(Arc::new(Orders { is_known: true, ..Orders::default() }));
        if let Err(error) = hosts::leave(&self.app.database, &self.who).await {
            tracing::warn!(%error, "this host's registration stays until its time is over");
        }
    }
}

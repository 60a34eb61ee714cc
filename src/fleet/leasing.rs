//! Which bots this host has: read from the farm's state, taken, given away, ordered from the supervisor.

use super::placement::{ALL, Plan, View};
use super::{FOR_OTHERS, Fleet, Mine, Order, Orders, TRIES, roll};
use crate::app::Listed;
use crate::domain::slug::Slug;
use crate::service::hosts::{self, Means, Told};
use crate::service::{DbError, accounts, definitions};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Bots that this host cannot run are told up to so many; where there are more it says that it can run none.
const TOLD_UNABLE: usize = 1000;

impl Fleet {
    /// Reads what the farm knows, and decides what this host runs.
    pub(super) async fn refresh(&mut self) -> Result<(), DbError> {
        for _ in 0..TRIES {
            self.read().await?;
            self.tell_means().await?;
            if self.place().await? {
                break;
            }
        }
        Ok(())
    }

    pub(super) async fn read(&mut self) -> Result<(), DbError> {
        let state = definitions::state(&self.app.database).await?;
        let look = self.look.clone().unwrap_or_default();
        self.roll.update(&state.definitions, &look, &self.app.database, &self.app.key).await?;
        let wanted: BTreeSet<&str> =
            state.definitions.iter().filter(|d| !d.is_deleted).map(|d| d.slug.as_str()).collect();
        self.held = state
            .leases
            .iter()
            .filter(|l| wanted.contains(l.slug.as_str()))
            .map(|l| (l.slug.clone(), l.host.clone()))
            .collect();
        self.handed.retain(|slug, _| self.held.get(slug).is_some_and(Option::is_none));
        let mine = state.leases.iter().filter(|l| l.host.as_deref() == Some(&self.who.host));
        let mine = mine.filter_map(|l| Some((l.slug.parse().ok()?, Mine { epoch: l.epoch, account: l.account })));
        self.mine = mine.collect();
        self.note_accounts(&state);
        self.living = state.living;
        // A bot that gets another account ends first, wherever the one runs that has it: so two can swap theirs.
        // One that cannot be read here any more is others' to run.
        let is_run = |slug: &Slug| self.held.contains_key(slug.as_str()) && self.roll.bots.contains_key(slug);
        let ends = |slug: &&Slug| !is_run(slug) || self.has_another_account(slug);
        let ending: Vec<Slug> = self.mine.keys().filter(ends).cloned().collect();
        self.releasing.extend(ending);
        self.releasing.retain(|slug| self.mine.contains_key(slug));
        self.list();
        self.is_read = true;
        Ok(())
    }

    fn note_accounts(&mut self, state: &definitions::State) {
        let published: BTreeMap<&str, i64> =
            state.definitions.iter().filter_map(|d| Some((d.slug.as_str(), d.account?))).collect();
        let leased = state.leases.iter().filter(|l| l.host.is_some());
        let leased = leased.filter_map(|l| Some((&*l.slug, l.account.or(published.get(&*l.slug).copied())?)));
        let leased = leased.collect();
        let live = published.into_iter().filter(|(slug, _)| self.held.contains_key(*slug)).collect();
        self.waiting = accounts::waiting(&live, &leased);
        self.accounts = live.into_iter().map(|(slug, account)| (slug.to_owned(), account)).collect();
    }

    /// A bot of this host was published with another account than it may run with.
    pub(super) fn has_another_account(&self, slug: &Slug) -> bool {
        let runs = self.mine.get(slug).and_then(|mine| mine.account);
        let published = self.accounts.get(slug.as_str()).copied();
        runs.zip(published).is_some_and(|(runs, published)| runs != published)
    }

    /// Bots of the farm whose definitions cannot be read here.
    fn unreadable(&self) -> impl Iterator<Item = &String> {
        let read: BTreeSet<&str> = self.roll.bots.keys().map(Slug::as_str).collect();
        self.held.keys().filter(move |slug| !read.contains(slug.as_str()))
    }

    /// Writes down what this host can do, after what it publishes was sealed to its keys: before others know
    /// they give it nothing.
    async fn tell_means(&mut self) -> Result<(), DbError> {
        let mut unable: Vec<String> = self.unreadable().take(TOLD_UNABLE + 1).cloned().collect();
        if unable.len() > TOLD_UNABLE {
            unable = vec![ALL.to_owned()];
        }
        let means = Means { keys: self.app.key.ids(), unable };
        if means != self.means {
            hosts::note_means(&self.app.database, &self.who, &means).await?;
            self.means = means;
        }
        Ok(())
    }

    /// Gives bots away and takes bots. False when another host was faster.
    async fn place(&mut self) -> Result<bool, DbError> {
        let for_others = self.handed.iter().filter(|(_, since)| since.elapsed() < FOR_OTHERS).map(|(slug, _)| slug);
        let unable = self.unreadable().chain(for_others).chain(&self.waiting).cloned().collect();
        let releasing: BTreeSet<String> = self.releasing.iter().map(ToString::to_string).collect();
        let Plan { take, release } = View {
            me: &self.who.host,
            draining: self.draining,
            living: &self.living,
            keys: &self.means.keys,
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
        for (slug, epoch, account) in taken {
            self.held.insert(slug.clone(), Some(self.who.host.clone()));
            if let Ok(slug) = slug.parse() {
                self.mine.insert(slug, Mine { epoch, account });
            }
        }
        Ok(is_all)
    }

    /// Tells this host's parts which bots there are.
    fn list(&self) {
        let listed = self.roll.bots.iter().filter_map(|(slug, entry)| {
            Some(Listed { slug: slug.clone(), bot_id: entry.account()?, config: Arc::clone(&entry.config) })
        });
        self.app.roster.store(Arc::new(listed.collect()));
        self.app.unreadable.store(Arc::new(self.unreadable().cloned().collect()));
    }

    pub(super) fn give_orders(&self) {
        let faults = self.faults();
        for fault in faults.iter().filter(|fault| !self.orders.borrow().faults.contains(fault)) {
            tracing::error!("a bot's file cannot be used, and its bot goes on as it was:\n{fault}");
        }
        let bots = self.mine.iter().filter(|(slug, _)| !self.releasing.contains(*slug)).filter_map(|(slug, mine)| {
            // One that was published anew while it was taken waits until that is read.
            let entry = self.roll.bots.get(slug).filter(|e| mine.account.is_none() || mine.account == e.account())?;
            let roll::Entry { path, config, .. } = entry.clone();
            Some((slug.clone(), Order { path, config, epoch: mine.epoch, lease: self.lease.clone() }))
        });
        let releasing = self.releasing.iter().filter_map(|slug| Some((slug.clone(), self.mine.get(slug)?.epoch)));
        let releasing = releasing.collect();
        let is_known = self.is_read && (self.look.is_some() || self.unreadable.is_some());
        let orders = Orders { is_known, bots: bots.collect(), releasing, cut: false, faults };
        self.orders.send_replace(Arc::new(orders));
    }

    /// Writes down where bots stand. What could not be written is tried again with the next: nothing else
    /// waits for it.
    pub(super) async fn write_down(&mut self, told: Vec<Told>) {
        self.untold.extend(told.into_iter().map(|told| (told.slug.clone(), told)));
        self.untold.retain(|slug, told| self.told.get(slug) != Some(told));
        if self.untold.is_empty() {
            return;
        }
        let new: Vec<Told> = self.untold.values().cloned().collect();
        match hosts::report(&self.app.database, &self.who.host, &new).await {
            Ok(()) => self.told.append(&mut self.untold),
            Err(error) => tracing::warn!(%error, "where the bots stand could not be written down"),
        }
    }
}

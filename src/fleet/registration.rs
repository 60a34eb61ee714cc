//! This host among the others: registered, renewed by its pulse, lost, and left.

use super::pulse::{Beat, Pulse};
use super::{CALLS, Fleet, Orders, Roll, SOON};
use crate::app::App;
use crate::lease::Lease;
use crate::service::DbError;
use crate::service::hosts::{self, Means, Registration};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::{mpsc, watch as values};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

impl Fleet {
    /// Registers this host; waits while another process is alive under its name.
    pub(super) async fn join(app: App, orders: values::Sender<Arc<Orders>>) -> Self {
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
            accounts: BTreeMap::new(),
            waiting: BTreeSet::new(),
            releasing: BTreeSet::new(),
            handed: BTreeMap::new(),
            draining: false,
            is_read: false,
            told: BTreeMap::new(),
            untold: BTreeMap::new(),
            means: Means::default(),
            told_faults: Vec::new(),
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

    pub(super) fn start_pulse(&self) -> (AbortOnDropHandle<()>, mpsc::Receiver<Beat>) {
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
    pub(super) fn lose(&mut self) {
        tracing::error!(host = self.who.host, "this host's lease has ended: its bots may run elsewhere");
        self.lease.end();
        self.mine.clear();
        self.releasing.clear();
        self.told.clear();
        self.untold.clear();
        self.means = Means::default();
        self.told_faults.clear();
        self.orders.send_modify(|orders| {
            let faults = orders.faults.clone();
            *orders = Arc::new(Orders { is_known: true, cut: true, faults, ..Orders::default() });
        });
    }

    pub(super) async fn join_again(&mut self) {
        self.who.instance = rand::random();
        self.register().await;
    }

    pub(super) async fn drain(&mut self) -> Result<(), DbError> {
        self.draining = true;
        hosts::drain(&self.app.database, &self.who).await?;
        self.refresh().await
    }

    pub(super) fn is_over(&self) -> bool {
        self.draining && self.mine.is_empty()
    }

    pub(super) async fn leave(&self) {
        // First: after a hard end some of its bots may not have ended yet.
        self.lease.end();
        self.orders.send_replace(Arc::new(Orders { is_known: true, ..Orders::default() }));
        if let Err(error) = hosts::leave(&self.app.database, &self.who).await {
            tracing::warn!(%error, "this host's registration stays until its time is over");
        }
    }
}

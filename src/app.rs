//! The farm, assembled: what every part is given. The only assembly point.

use crate::clock::Clock;
use crate::config::BotConfig;
use crate::domain::slug::Slug;
use crate::inbound::{Gate, Wakes};
use crate::lease::Lease;
use crate::provider::fetch::Fetcher;
use crate::seal::KeyRing;
use crate::service::Database;
use arc_swap::{ArcSwap, ArcSwapOption};
use secrecy::SecretString;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What the operator set for this host.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// Names this host: its keys to Telegram are its own.
    pub host: String,
    /// This start of it.
    pub instance: i64,
    /// The start before, which is known to have ended.
    pub predecessor: Option<i64>,
    /// How long a host that says nothing keeps its bots.
    pub lease: Duration,
    /// The directory of the bots' files.
    pub bots_dir: PathBuf,
    /// The application's id, from Telegram.
    pub api_id: i32,
    /// The application's hash, from Telegram.
    pub api_hash: SecretString,
    /// The address under which providers reach this host; empty if nobody said.
    pub public_url: String,
    /// With which webhooks are served over TLS, if they are.
    pub tls: Option<TlsFiles>,
}

/// Where a certificate and its key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain, PEM.
    pub cert: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

/// Everything that parts of the farm share.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub database: Database,
    /// Tells the time.
    pub clock: Clock,
    /// Opens sealed values.
    pub key: KeyRing,
    /// What the operator set.
    pub host: Arc<HostConfig>,
    /// How this host stands: until when it may act, and how far its clock is from the database's.
    pub standing: Arc<Standing>,
    /// Reads providers.
    pub fetcher: Fetcher,
    /// The bots that messages can be taken for.
    pub doors: Arc<Doors>,
    /// The bots of this farm, also those that run on other hosts.
    pub roster: Arc<ArcSwap<Vec<Listed>>>,
    /// Bots of this farm that this host cannot run, because it cannot read their definitions.
    pub unreadable: Arc<ArcSwap<BTreeSet<String>>>,
}

/// How this host stands.
#[derive(Debug)]
pub struct Standing {
    /// Until when it may act for its bots.
    pub lease: ArcSwap<Lease>,
    /// How far the database's clock is ahead of this machine's, in milliseconds.
    pub offset_ms: AtomicI64,
}

impl Default for Standing {
    fn default() -> Self {
        Self { lease: ArcSwap::from_pointee(Lease::pending()), offset_ms: AtomicI64::new(0) }
    }
}

/// A bot of the farm, wherever it runs.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its short name.
    pub slug: Slug,
    /// Telegram's id of it.
    pub bot_id: i64,
    /// What it is.
    pub config: Arc<BotConfig>,
}

/// A bot's door for messages: open while its definition is known.
#[derive(Debug, Default)]
pub struct Door {
    /// Where messages come in.
    pub gate: ArcSwapOption<Gate>,
    /// Nudges to the bot's tasks.
    pub wakes: Arc<Wakes>,
}

/// The doors by bot. They outlive a bot's restarts, so a webhook is taken while its bot reconnects.
#[derive(Debug, Default)]
pub struct Doors(Mutex<HashMap<Slug, Arc<Door>>>);

impl Doors {
    /// The door of a bot, made at the first time.
    pub fn of(&self, slug: &Slug) -> Arc<Door> {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(doors.entry(slug.clone()).or_default())
    }

    /// The door of a bot, if it has one.
    pub fn find(&self, slug: &str) -> Option<Arc<Door>> {
        let slug: Slug = slug.parse().ok()?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&slug).map(Arc::clone)
    }
}

//! Webhooks of bots that run on another host. Taking a message in and completing its rental need the
//! database only, so any host does it; the one that runs the bot is called to deliver.

use super::Web;
use crate::app::App;
use crate::definition;
use crate::inbound::{Gate, Wakes};
use crate::service::hosts;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the panel changes elsewhere is known here after this time.
const FRESH: Duration = Duration::from_secs(5);
/// Calls for one bot are gathered this long: each takes a lock of the whole server.
const GATHER: Duration = Duration::from_millis(20);

/// Where messages for a bot come in, whichever host runs it.
#[derive(Clone, Debug)]
pub struct Entrance {
    /// Its gate.
    pub gate: Arc<Gate>,
    /// Its tasks' nudges on this host.
    pub wakes: Arc<Wakes>,
    away: Option<Arc<AtomicBool>>,
}

#[derive(Debug)]
struct AwayBot {
    gate: Arc<Gate>,
    wakes: Arc<Wakes>,
    built: Instant,
    is_calling: Arc<AtomicBool>,
}

/// Gates of bots that run elsewhere, made when a message comes.
#[derive(Debug, Default)]
pub struct Away(Mutex<HashMap<String, AwayBot>>);

impl Away {
    fn find(&self, slug: &str) -> Option<Entrance> {
        let bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bot = bots.get(slug).filter(|bot| bot.built.elapsed() < FRESH)?;
        Some(bot.entrance())
    }

    fn keep(&self, slug: &str, gate: Gate) -> Entrance {
        let mut bots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bots.retain(|_, bot| bot.built.elapsed() < FRESH * 12);
        let wakes = bots.remove(slug).map_or_else(Arc::default, |bot| bot.wakes);
        let bot = AwayBot { gate: Arc::new(gate), wakes, built: Instant::now(), is_calling: Arc::default() };
        let entrance = bot.entrance();
        bots.insert(slug.to_owned(), bot);
        entrance
    }
}

impl AwayBot {
    fn entrance(&self) -> Entrance {
        let away = Some(Arc::clone(&self.is_calling));
        Entrance { gate: Arc::clone(&self.gate), wakes: Arc::clone(&self.wakes), away }
    }
}

impl Web {
    /// Where messages for a bot come in; `None` when it is not known, or cannot be looked up now.
    pub(super) async fn entrance(&self, slug: &str) -> Option<Entrance> {
        if let Some(door) = self.app.doors.find(slug)
            && let Some(gate) = door.gate.load_full()
        {
            return Some(Entrance { gate, wakes: Arc::clone(&door.wakes), away: None });
        }
        if let Some(known) = self.away.find(slug) {
            return Some(known);
        }
        let roster = self.app.roster.load_full();
        let bot = roster.iter().find(|bot| bot.slug.as_str() == slug)?;
        let tenant = self.app.database.tenant(&bot.slug);
        match definition::gate_of(&tenant, &bot.config, &self.app.key).await {
            Ok(gate) => Some(self.away.keep(slug, gate)),
            Err(error) => {
                tracing::warn!(bot = slug, %error, "the gate of a bot that runs elsewhere cannot be made");
                None
            }
        }
    }
}

impl Entrance {
    /// Calls the host that runs the bot, once for what comes in a moment.
    pub fn call(&self, app: &App) {
        let Some(is_calling) = self.away.clone() else { return };
        if is_calling.swap(true, Ordering::AcqRel) {
            return;
        }
        let (database, slug) = (app.database.clone(), self.gate.tenant.slug().to_string());
        tokio::spawn(async move {
            tokio::time::sleep(GATHER).await;
            is_calling.store(false, Ordering::Release);
            if let Err(error) = hosts::wake(&database, &slug).await {
                // It looks at its outbox by itself, if more rarely.
                tracing::warn!(bot = slug, %error, "the host that runs the bot could not be called");
            }
        });
    }
}

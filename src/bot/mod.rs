//! One bot's task tree: connection, updates, provider monitors, expiry, outbox.
//!
//! Everything of a bot runs inside [`run`]; when it returns, nothing of the bot is left running,
//! so its session can never run twice. A panic in any task ends this tree and no other.

mod backoff;
mod board;
mod broadcast;
pub mod chat;
mod circuit;
mod commands;
mod countdown;
pub mod deliver;
pub mod expiry;
mod export;
mod farmhand;
mod handle;
mod import;
pub mod known;
pub mod lanes;
pub mod live;
mod managed;
pub mod membership;
mod outside;
pub mod pace;
mod picture;
pub mod poll;
pub mod progress;
mod reconfigure;
mod recover;
pub mod session_store;
mod shown;
pub mod updates;
mod works;

use crate::app::App;
use crate::config::BotConfig;
use crate::domain::token::bot_id;
use crate::health::Health;
use crate::lease::Lease;
use crate::lifecycle::{self, Lifecycle};
use crate::service::{Tenant, farm};
use crate::telegram::{Connection, TelegramError};
use crate::watchdog::watched;

use chat::Chats;
use live::Live;
use secrecy::ExposeSecret;
use session_store::TenantSessionStore;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use backoff::Backoff;

/// Why a bot ended.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// Telegram refuses the token: trying again soon is useless.
    #[error("{0}")]
    BadToken(String),
    /// Telegram names a wait before the next try.
    #[error("Telegram asks to wait {} s", .0.as_secs())]
    Wait(std::time::Duration),
    /// Anything else: try again after a while.
    #[error("{0}")]
    Failed(String),
}

/// What a running bot tells the supervisor.
#[derive(Clone, Debug)]
pub enum BotEvent {
    /// It answers.
    Up,
    /// This definition is in force: users meet it.
    InForce(Arc<BotConfig>),
}

/// By what right a host runs the bot.
#[derive(Clone, Debug)]
pub struct Hold {
    /// The epoch of the bot's lease: with an older one nothing can be written.
    pub epoch: i64,
    /// Until when the host may act.
    pub lease: Lease,
    /// Where the bot's troubles are told.
    pub health: Health,
}

/// What all tasks of one bot share.
pub struct BotShared {
    /// The farm.
    pub app: App,
    /// The bot's place in the database.
    pub tenant: Tenant,
    /// The bot's definition as it is now.
    pub live: arc_swap::ArcSwap<Live>,
    /// Nudges, and the door for messages.
    pub door: Arc<crate::app::Door>,
    /// The chats' screens.
    pub chats: Chats,
    /// Users whom the bot has met.
    pub users: known::KnownUsers,
    /// Who is in which channel.
    pub memberships: membership::Memberships,
    /// Codes that are on their way: broadcasts give way to them.
    pub codes: watch::Sender<usize>,
    /// The commands that Telegram lists have changed.
    pub commands: tokio::sync::Notify,
    /// There may be a broadcast to send.
    pub broadcasts: tokio::sync::Notify,
    /// Works that go on after a reply.
    pub works: works::Works,
    /// How fast the bot may be used.
    pub pace: arc_swap::ArcSwap<pace::Pace>,
    /// The providers as they are now.
    pub sources: watch::Sender<Arc<Vec<crate::sources::Source>>>,
    /// How the polled providers do right now.
    pub circuits: circuit::Circuits,
    /// Has the definition applied again when the panel has changed something.
    pub reload: reconfigure::Reload,
    /// Until when this host may act for the bot.
    pub lease: Lease,
    /// What ails it.
    pub health: Health,
    /// The way to Telegram.
    pub telegram: crate::telegram::Telegram,
}

/// Runs a bot until it is stopped or fails.
pub async fn run(
    app: App,
    hold: Hold,
    mut config: watch::Receiver<Arc<BotConfig>>,
    stop: Lifecycle,
    events: impl Fn(BotEvent) + Send,
) -> Result<(), BotError> {
    let Some(started) = stop.soft.run_until_cancelled(start(app, hold, &mut config)).await else { return Ok(()) };
    let (first, shared, mut connection, jobs) = started?;
    events(BotEvent::Up);
    events(BotEvent::InForce(first));
    let result = serve(&shared, &mut connection, jobs, config, &stop, &events).await;
    shared.chats.flush().await;
    connection.link.close().await;
    result
}

/// Brings the schema up to date, applies the definition and connects.
async fn start(
    app: App,
    hold: Hold,
    config: &mut watch::Receiver<Arc<BotConfig>>,
) -> Result<(Arc<BotConfig>, Arc<BotShared>, Connection, mpsc::Receiver<works::Job>), BotError> {
    let first = config.borrow_and_update().clone();
    let tenant = farm::take_over(&app.database, &first.slug, hold.epoch).await.map_err(failed)?.watched(&hold.health);
    let door = app.doors.of(&first.slug);
    let live = live::apply(&tenant, &door, &first, &app.key, app.clock.now()).await.map_err(failed)?;
    let account = bot_id(first.token.expose_secret()).ok_or_else(|| failed("the token names no account"))?;
    let store = Arc::new(TenantSessionStore::new(&app, tenant.clone(), account));
    let options = live::telegram_options(&app, &first, hold.lease.clone(), &hold.health).map_err(BotError::Failed)?;
    let connection = open(&options, store).await?;
    let (works, jobs) = works::Works::new();
    let shared = Arc::new(BotShared {
        works,
        lease: hold.lease,
        health: hold.health,
        codes: watch::Sender::new(0),
        broadcasts: tokio::sync::Notify::new(),
        commands: tokio::sync::Notify::new(),
        telegram: connection.telegram.clone(),
        chats: Chats::new(tenant.clone(), app.clock.clone()),
        users: known::KnownUsers::default(),
        memberships: membership::Memberships::default(),
        pace: arc_swap::ArcSwap::from_pointee(pace::Pace::new(live.limits)),
        sources: watch::Sender::new(Arc::clone(&live.sources)),
        circuits: circuit::Circuits::default(),
        reload: reconfigure::Reload::default(),
        live: arc_swap::ArcSwap::from_pointee(live),
        app,
        tenant,
        door,
    });
    recover::what_was_begun(&shared).await.map_err(failed)?;
    Ok((first, shared, connection, jobs))
}

fn failed(error: impl std::fmt::Display) -> BotError {
    BotError::Failed(error.to_string())
}

/// Connects; a key that was used from two places or is refused is thrown away: the next try makes another.
async fn open(options: &crate::telegram::Options, store: Arc<TenantSessionStore>) -> Result<Connection, BotError> {
    match Connection::open(options, store.clone()).await {
        Ok(connection) => Ok(connection),
        Err(TelegramError::BadToken(name)) => Err(BotError::BadToken(format!("Telegram refuses the token: {name}"))),
        Err(TelegramError::FloodWait(wait)) => Err(BotError::Wait(wait)),
        Err(error @ (TelegramError::KeyDuplicated | TelegramError::Unauthorized(_))) => {
            store.forget().await.map_err(failed)?;
            Err(failed(error))
        }
        Err(error) => Err(failed(error)),
    }
}

/// Screens of ended rentals that wait to be shown.
const ENDED_SCREENS: usize = 1024;

fn spawn_tasks(
    shared: &Arc<BotShared>,
    jobs: mpsc::Receiver<works::Job>,
    definition: (watch::Receiver<Arc<BotConfig>>, watch::Sender<Arc<BotConfig>>),
    ending: &CancellationToken,
) -> JoinSet<()> {
    let mut tasks = Tasks { health: &shared.health, set: JoinSet::new() };
    let (ended, screens) = mpsc::channel(ENDED_SCREENS);
    tasks.spawn("the delivery", deliver::run(Arc::clone(shared), ended, ending.clone()));
    tasks.spawn("a screen", deliver::show_ended(Arc::clone(shared), screens, ending.clone()));
    tasks.spawn("the works", works::run(Arc::clone(shared), jobs, ending.clone()));
    tasks.spawn("the broadcasts", broadcast::run(Arc::clone(shared), ending.clone()));
    tasks.spawn("the expiry", expiry::run(Arc::clone(shared), ending.clone()));
    tasks.spawn("the countdown", countdown::run(Arc::clone(shared), ending.clone()));
    tasks.spawn("the recovery", recover::run(Arc::clone(shared), ending.clone()));
    tasks.spawn("the monitors", poll::run(Arc::clone(shared), ending.clone()));
    tasks.spawn("the definition", reconfigure::run(Arc::clone(shared), definition, ending.clone()));
    tasks.spawn("the commands", commands::run(Arc::clone(shared), ending.clone()));
    tasks.set
}

/// Tasks of a bot, each of them watched.
struct Tasks<'a> {
    health: &'a Health,
    set: JoinSet<()>,
}

impl Tasks<'_> {
    fn spawn(&mut self, what: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.set.spawn(watched(self.health, what, task));
    }
}

async fn serve(
    shared: &Arc<BotShared>,
    connection: &mut Connection,
    jobs: mpsc::Receiver<works::Job>,
    config: watch::Receiver<Arc<BotConfig>>,
    stop: &Lifecycle,
    events: &(impl Fn(BotEvent) + Send),
) -> Result<(), BotError> {
    let ending = CancellationToken::new();
    let (put, mut in_force) = watch::channel(config.borrow().clone());
    let mut tasks = spawn_tasks(shared, jobs, (config, put), &ending);
    let lanes = lanes::Lanes::new(Arc::clone(shared));
    let result = loop {
        tokio::select! {
            incoming = connection.incoming.recv() => match incoming {
                Some(incoming) => lanes.take(incoming),
                None => break Err(failed(connection.link.broken().await)),
            },
            error = connection.link.broken() => break Err(failed(error)),
            error = broken(&mut tasks) => break Err(error),
            Ok(()) = in_force.changed() => events(BotEvent::InForce(in_force.borrow_and_update().clone())),
            () = stop.soft.cancelled() => break Ok(()),
        }
    };
    // Softly: handlers finish what they have, and the outbox what it holds; but not for ever.
    let draining = async {
        lanes.drain().await;
        ending.cancel();
        while tasks.join_next().await.is_some() {}
    };
    let _ = stop.hard.run_until_cancelled(tokio::time::timeout(lifecycle::DRAIN, draining)).await;
    let cutting = async {
        lanes.cut().await;
        tasks.shutdown().await;
    };
    // What never waits cannot be ended. It is left without a connection, and the bot goes on without it.
    if tokio::time::timeout(lifecycle::CUT, cutting).await.is_err() {
        tracing::error!(bot = %shared.tenant.slug(), "something of the bot never ends, and is left behind");
    }
    result
}

/// A task of the tree that ended by itself has failed.
async fn broken(tasks: &mut JoinSet<()>) -> BotError {
    loop {
        match tasks.join_next().await {
            Some(Ok(())) => {}
            Some(Err(panic)) => return failed(format!("a task of the bot failed: {panic}")),
            None => std::future::pending().await,
        }
    }
}

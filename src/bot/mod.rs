//! One bot's task tree: connection, updates, provider monitors, expiry, outbox.
//!
//! Everything of a bot runs inside [`run`]; when it returns, nothing of the bot is left running,
//! so its session can never run twice. A panic in any task ends this tree and no other.

mod backoff;
pub mod chat;
pub mod deliver;
pub mod expiry;
mod handle;
pub mod lanes;
pub mod live;
pub mod poll;
pub mod progress;
mod recover;
pub mod session_store;
pub mod updates;

use crate::app::App;
use crate::config::BotConfig;
use crate::lifecycle::Lifecycle;
use crate::service::{Tenant, farm};
use crate::telegram::{Connection, TelegramError};
use chat::Chats;
use live::Live;
use session_store::TenantSessionStore;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use backoff::Backoff;

/// Why a bot ended.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    /// Telegram refuses the token: trying again soon is useless.
    #[error("{0}")]
    BadToken(String),
    /// Anything else: try again after a while.
    #[error("{0}")]
    Failed(String),
}

/// What a running bot tells the supervisor.
#[derive(Clone, Debug)]
pub enum BotEvent {
    /// It answers.
    Up,
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
    /// The way to Telegram.
    pub telegram: crate::telegram::Telegram,
}

/// Runs a bot until it is stopped or fails.
pub async fn run(
    app: App,
    mut config: watch::Receiver<Arc<BotConfig>>,
    stop: Lifecycle,
    events: impl Fn(BotEvent) + Send,
) -> Result<(), BotError> {
    let first = config.borrow_and_update().clone();
    let tenant = farm::provision(&app.database, &first.slug).await.map_err(failed)?;
    let door = app.doors.of(&first.slug);
    let live = live::apply(&tenant, &door, &first).await.map_err(failed)?;
    let store = Arc::new(TenantSessionStore::new(&app, tenant.clone()));
    let options = live::telegram_options(&app, &first).map_err(BotError::Failed)?;
    let mut connection = open(&options, store).await?;
    let shared = Arc::new(BotShared {
        telegram: connection.telegram.clone(),
        chats: Chats::new(tenant.clone()),
        live: arc_swap::ArcSwap::from_pointee(live),
        app,
        tenant,
        door,
    });
    recover::after_restart(&shared).await;
    events(BotEvent::Up);
    let result = serve(&shared, &mut connection, &mut config, &stop).await;
    shared.chats.flush().await;
    connection.link.close().await;
    result
}

fn failed(error: impl std::fmt::Display) -> BotError {
    BotError::Failed(error.to_string())
}

/// Connects; a key that was used from two places is thrown away and replaced once.
async fn open(options: &crate::telegram::Options, store: Arc<TenantSessionStore>) -> Result<Connection, BotError> {
    match Connection::open(options, store.clone()).await {
        Ok(connection) => Ok(connection),
        Err(TelegramError::BadToken(name)) => Err(BotError::BadToken(format!("Telegram refuses the token: {name}"))),
        Err(error @ (TelegramError::KeyDuplicated | TelegramError::Unauthorized(_))) => {
            store.forget().await.map_err(failed)?;
            Err(failed(error))
        }
        Err(error) => Err(failed(error)),
    }
}

async fn serve(
    shared: &Arc<BotShared>,
    connection: &mut Connection,
    config: &mut watch::Receiver<Arc<BotConfig>>,
    stop: &Lifecycle,
) -> Result<(), BotError> {
    let mut tasks = JoinSet::new();
    let ending = CancellationToken::new();
    tasks.spawn(deliver::run(Arc::clone(shared), ending.clone()));
    tasks.spawn(expiry::run(Arc::clone(shared), ending.clone()));
    tasks.spawn(poll::run(Arc::clone(shared), config.clone(), ending.clone()));
    tasks.spawn(set_commands(Arc::clone(shared)));
    let lanes = lanes::Lanes::new(Arc::clone(shared));
    let result = loop {
        tokio::select! {
            incoming = connection.incoming.recv() => match incoming {
                Some(incoming) => lanes.take(incoming),
                None => break Err(failed(connection.link.broken().await)),
            },
            error = connection.link.broken() => break Err(failed(error)),
            error = broken(&mut tasks) => break Err(error),
            changed = config.changed() => match changed {
                Ok(()) => {
                    let next = config.borrow_and_update().clone();
                    reconfigure(shared, &next).await;
                }
                Err(_) => break Ok(()),
            },
            () = stop.soft.cancelled() => break Ok(()),
        }
    };
    // Softly: handlers finish what they have, and the outbox what it holds.
    tokio::select! {
        () = async { lanes.drain().await; ending.cancel(); while tasks.join_next().await.is_some() {} } => {}
        () = stop.hard.cancelled() => {}
    }
    tasks.shutdown().await;
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

async fn reconfigure(shared: &Arc<BotShared>, config: &BotConfig) {
    match live::apply(&shared.tenant, &shared.door, config).await {
        Ok(live) => {
            shared.live.store(Arc::new(live));
            tracing::info!(bot = %config.slug, "the new definition is in force");
        }
        Err(error) => tracing::error!(bot = %config.slug, %error, "the new definition could not be applied"),
    }
}

/// Sets the command lists; without them the bot works all the same.
async fn set_commands(shared: Arc<BotShared>) {
    let live = shared.live.load_full();
    for language in live.brand.texts.languages() {
        let voice = live.brand.voice(Some(language));
        let commands = crate::ui::commands::list(&voice);
        if let Err(error) = shared.telegram.set_commands(language, commands).await {
            tracing::warn!(bot = %shared.tenant.slug(), %error, "the command list could not be set");
            return;
        }
    }
}

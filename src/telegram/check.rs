//! Asks Telegram whose token it is, with a key that is thrown away.

use super::client::{CONNECT, Options};
use super::error::TelegramError;
use super::session::FarmSession;
use super::store::{Peers, SavedKey, SavedSession, SessionStore, StoreFuture, UpdatePosition};
use grammers_client::sender::{ConnectionParams, NoRetries, SenderPool};
use grammers_client::{Client, tl};
use secrecy::ExposeSecret;
use std::sync::Arc;

/// A bot as Telegram knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Telegram's id of it.
    pub id: i64,
    /// The @name, without the @.
    pub username: String,
    /// What users see.
    pub name: String,
}

/// Remembers nothing.
struct Nothing;

impl SessionStore for Nothing {
    fn load(&self) -> StoreFuture<'_, SavedSession> {
        Box::pin(async { Ok(SavedSession::default()) })
    }

    fn save_key(&self, _: SavedKey) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn save_bot(&self, _: i64, _: UpdatePosition) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn save_position(&self, _: UpdatePosition) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn save_peers(&self, _: Peers) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn peer(&self, _: &'static str, _: i64) -> StoreFuture<'_, Option<i64>> {
        Box::pin(async { Ok(None) })
    }
}

/// The bot of a token. Signs in and out again; nothing of it is kept.
pub async fn account(options: &Options) -> Result<Account, TelegramError> {
    let session = FarmSession::new(Arc::new(Nothing), &SavedSession::default(), options.endpoint, options.auth_key);
    let params = ConnectionParams {
        proxy_url: options.proxy.as_ref().map(|p| p.expose_secret().to_owned()),
        retry_policy: Box::new(NoRetries),
        ..ConnectionParams::default()
    };
    let pool = SenderPool::with_configuration(Arc::new(session), options.api_id, params);
    let (client, handle) = (Client::new(pool.handle.clone()), pool.handle.thin.clone());
    let runner = pool.runner;
    let running = tokio::spawn(async move { runner.run().await });
    let asked = tokio::time::timeout(CONNECT, ask(&client, options)).await;
    handle.quit();
    running.abort();
    asked.unwrap_or_else(|_| Err(TelegramError::Unavailable("no answer in time".to_owned())))
}

async fn ask(client: &Client, options: &Options) -> Result<Account, TelegramError> {
    let me = client.bot_sign_in(options.token.expose_secret(), options.api_hash.expose_secret()).await;
    let me = me.map_err(TelegramError::from)?;
    let account = Account {
        id: me.id().bare_id().unwrap_or_default(),
        username: me.username().unwrap_or_default().to_owned(),
        name: me.first_name().unwrap_or_default().to_owned(),
    };
    let signed_out = client.invoke(&tl::functions::auth::LogOut {}).await;
    if let Err(error) = signed_out {
        tracing::debug!(%error, "a token was checked, and its key not signed out");
    }
    Ok(account)
}

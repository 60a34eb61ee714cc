//! The bot's Telegram session in its schema.

use super::{ServiceResult, Tenant};
use crate::db::telegram_session;

pub use crate::db::telegram_session::{Key, Peer, UpdateState};

/// Everything saved of a session, as one host needs it.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    /// The bot's Telegram id, once signed in.
    pub bot_id: Option<i64>,
    /// How far updates were handled.
    pub state: UpdateState,
    /// This host's keys.
    pub keys: Vec<Key>,
}

/// Loads the session.
pub async fn load(tenant: &Tenant, host: &str) -> ServiceResult<Saved> {
    let mut tx = tenant.begin().await?;
    let loaded = async {
        let (bot_id, state) = telegram_session::load(&mut tx).await?;
        Ok(Saved { bot_id, state, keys: telegram_session::keys(&mut tx, host).await? })
    };
    let loaded = loaded.await;
    tx.finish(loaded).await
}

/// Saves how far updates were handled.
pub async fn save_state(tenant: &Tenant, state: UpdateState) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(telegram_session::save_state(tx, state).await?))
}

/// Saves which bot this is.
pub async fn save_bot(tenant: &Tenant, bot_id: i64) -> ServiceResult<()> {
    let mut tx = tenant.begin().await?;
    let saved = telegram_session::save_bot(&mut tx, bot_id).await;
    Ok(tx.finish(saved).await?)
}

/// Saves a key.
pub async fn save_key(tenant: &Tenant, key: &Key) -> ServiceResult<()> {
    let mut tx = tenant.begin().await?;
    let saved = telegram_session::save_key(&mut tx, key).await;
    Ok(tx.finish(saved).await?)
}

/// Throws a host's keys away.
pub async fn forget_keys(tenant: &Tenant, host: &str) -> ServiceResult<()> {
    let mut tx = tenant.begin().await?;
    let forgotten = telegram_session::forget_keys(&mut tx, host).await;
    Ok(tx.finish(forgotten).await?)
}

/// A peer's access hash.
pub async fn peer(tenant: &Tenant, kind: &'static str, id: i64) -> ServiceResult<Option<i64>> {
    let mut tx = tenant.begin().await?;
    let found = telegram_session::peer(&mut tx, kind, id).await;
    Ok(tx.finish(found).await?)
}

/// Saves access hashes.
pub async fn save_peers(tenant: &Tenant, peers: &[Peer]) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(telegram_session::save_peers(tx, peers).await?))
}

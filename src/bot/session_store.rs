//! The Telegram session in the bot's schema, keys sealed.

use crate::app::App;
use crate::seal::FarmKey;
use crate::service::session::{self, Key, UpdateState};
use crate::service::{ServiceResult, Tenant};
use crate::telegram::store::{Peers, StoreFuture};
use crate::telegram::{SavedKey, SavedSession, SessionStore, UpdatePosition};

/// Keeps one bot's session for one host.
pub struct TenantSessionStore {
    tenant: Tenant,
    key: FarmKey,
    host: String,
}

impl TenantSessionStore {
    /// The store of a bot on this host.
    pub fn new(app: &App, tenant: Tenant) -> Self {
        Self { tenant, key: app.key.clone(), host: app.host.host.clone() }
    }

    /// Throws this host's keys away: the next start signs in again.
    pub async fn forget(&self) -> ServiceResult<()> {
        session::forget_keys(&self.tenant, &self.host).await
    }

    /// A sealed key is bound to its bot, host and data centre.
    fn place(&self, dc_id: i32) -> String {
        format!("{}/telegram_key/{}/{dc_id}", self.tenant.slug(), self.host)
    }

    /// A key that cannot be opened (another farm key) is as good as none.
    fn opened(&self, key: Key) -> SavedKey {
        let bytes = key.sealed_key.as_deref().and_then(|sealed| self.key.open(&self.place(key.dc_id), sealed).ok());
        let bytes: Option<[u8; 256]> = bytes.and_then(|b| b.try_into().ok());
        let signed_in = key.signed_in && bytes.is_some();
        SavedKey { dc_id: key.dc_id, address: key.address, home: key.home, key: bytes, signed_in }
    }
}

impl SessionStore for TenantSessionStore {
    fn load(&self) -> StoreFuture<'_, SavedSession> {
        Box::pin(async move {
            let saved = session::load(&self.tenant, &self.host).await?;
            let UpdateState { pts, qts, date, seq } = saved.state;
            Ok(SavedSession {
                bot_id: saved.bot_id,
                position: UpdatePosition { pts, qts, date, seq },
                keys: saved.keys.into_iter().map(|key| self.opened(key)).collect(),
            })
        })
    }

    fn save_key(&self, key: SavedKey) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let sealed_key = key.key.map(|bytes| self.key.seal(&self.place(key.dc_id), &bytes)).transpose()?;
            let SavedKey { dc_id, address, home, signed_in, .. } = key;
            let key = Key { host: self.host.clone(), dc_id, address, home, sealed_key, signed_in };
            Ok(session::save_key(&self.tenant, &key).await?)
        })
    }

    fn save_bot(&self, bot_id: i64) -> StoreFuture<'_, ()> {
        Box::pin(async move { Ok(session::save_bot(&self.tenant, bot_id).await?) })
    }

    fn save_position(&self, position: UpdatePosition) -> StoreFuture<'_, ()> {
        let UpdatePosition { pts, qts, date, seq } = position;
        Box::pin(async move { Ok(session::save_state(&self.tenant, UpdateState { pts, qts, date, seq }).await?) })
    }

    fn save_peers(&self, peers: Peers) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let rows: Vec<_> = peers.into_iter().map(|((kind, id), hash)| (kind.to_owned(), id, hash)).collect();
            Ok(session::save_peers(&self.tenant, &rows).await?)
        })
    }

    fn peer(&self, kind: &'static str, id: i64) -> StoreFuture<'_, Option<i64>> {
        Box::pin(async move { Ok(session::peer(&self.tenant, kind, id).await?) })
    }
}

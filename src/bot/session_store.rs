//! The Telegram session in the bot's schema, keys sealed.

use crate::app::App;
use crate::domain::slug::Slug;
use crate::seal::KeyRing;
use crate::service::session::{self, Key, UpdateState};
use crate::service::{ServiceResult, Tenant};
use crate::telegram::store::{Peers, StoreError, StoreFuture};
use crate::telegram::{SavedKey, SavedSession, SessionStore, UpdatePosition};

/// Keeps the session of one account for one host, in one bot's schema.
pub struct TenantSessionStore {
    tenant: Tenant,
    key: KeyRing,
    host: String,
    account: i64,
}

impl TenantSessionStore {
    /// The store of a bot on this host; `account` is its token's.
    pub fn new(app: &App, tenant: Tenant, account: i64) -> Self {
        Self { tenant, key: app.key.clone(), host: app.host.host.clone(), account }
    }

    /// Throws this host's keys away: the next start signs in again.
    pub async fn forget(&self) -> ServiceResult<()> {
        session::forget_keys(&self.tenant, self.account, &self.host).await
    }

    fn place(&self, slug: &Slug, dc_id: i32) -> String {
        session::key_place(slug.as_str(), &session::holder(self.account, &self.host), dc_id)
    }

    /// A key that cannot be opened (another farm key) is as good as none.
    fn opened(&self, slug: &Slug, key: Key) -> SavedKey {
        let place = self.place(slug, key.dc_id);
        let bytes = key.sealed_key.as_deref().and_then(|sealed| self.key.open(&place, sealed).ok());
        let bytes: Option<[u8; 256]> = bytes.and_then(|b| b.try_into().ok());
        let signed_in = key.signed_in && bytes.is_some();
        SavedKey { dc_id: key.dc_id, address: key.address, home: key.home, key: bytes, signed_in }
    }

    fn opened_all(&self, saved: session::Saved) -> SavedSession {
        let position = |UpdateState { pts, qts, date, seq }| UpdatePosition { pts, qts, date, seq };
        SavedSession {
            bot_id: saved.is_noted.then_some(self.account),
            positions: saved.states.into_iter().map(position).collect(),
            keys: saved.keys.into_iter().map(|key| self.opened(&saved.keys_of, key)).collect(),
        }
    }

    /// What was saved. A token that stands in another file now brings its session along: signing in again
    /// would cost dearly in flood waits.
    async fn saved(&self) -> Result<SavedSession, StoreError> {
        let saved = session::load(&self.tenant, self.account, &self.host).await?;
        let from = saved.keys_of.clone();
        let session = self.opened_all(saved);
        if from == *self.tenant.slug() {
            return Ok(session);
        }
        for key in &session.keys {
            self.save_key(key.clone()).await?;
        }
        session::forget_keys(&self.tenant.database().tenant(&from), self.account, &self.host).await?;
        Ok(SavedSession { bot_id: None, ..session })
    }
}

fn state(UpdatePosition { pts, qts, date, seq }: UpdatePosition) -> UpdateState {
    UpdateState { pts, qts, date, seq }
}

impl SessionStore for TenantSessionStore {
    fn load(&self) -> StoreFuture<'_, SavedSession> {
        Box::pin(self.saved())
    }

    fn save_key(&self, key: SavedKey) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let place = self.place(self.tenant.slug(), key.dc_id);
            let sealed_key = key.key.map(|bytes| self.key.seal(&place, &bytes)).transpose()?;
            let SavedKey { dc_id, address, home, signed_in, .. } = key;
            let host = session::holder(self.account, &self.host);
            let key = Key { host, dc_id, address, home, sealed_key, signed_in };
            Ok(session::save_key(&self.tenant, &key).await?)
        })
    }

    fn save_bot(&self, account: i64, position: UpdatePosition) -> StoreFuture<'_, ()> {
        Box::pin(async move { Ok(session::save_bot(&self.tenant, account, state(position), &self.host).await?) })
    }

    fn save_position(&self, position: UpdatePosition) -> StoreFuture<'_, ()> {
        Box::pin(async move { Ok(session::save_state(&self.tenant, self.account, state(position)).await?) })
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

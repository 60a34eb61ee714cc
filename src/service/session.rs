//! The bot's Telegram session in its schema.

use super::hosts::on_farm;
use super::{DbError, ServiceResult, Tenant};
use crate::db::{registry, retry, telegram_session};
use crate::domain::slug::Slug;

pub use crate::db::telegram_session::{Key, Peer, UpdateState};

/// Everything saved of an account's session, as one host needs it.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    /// The account was signed in here last.
    pub is_known: bool,
    /// How far updates were handled.
    pub state: UpdateState,
    /// This host's keys.
    pub keys: Vec<Key>,
}

/// The account that was signed in last under a name.
pub async fn account(tenant: &Tenant) -> ServiceResult<Option<i64>> {
    Ok(transact!(tenant, |tx| Ok(telegram_session::load(tx).await?))?.0)
}

/// Whose keys they are: a host's, and of one account. A token may be replaced by another account's.
pub fn holder(account: i64, host: &str) -> String {
    format!("{host}/{account}")
}

/// The place that a sealed key is bound to: its bot, its holder and its data centre.
pub fn key_place(slug: &str, holder: &str, dc_id: i32) -> String {
    format!("{slug}/telegram_key/{holder}/{dc_id}")
}

/// Loads the session of an account.
pub async fn load(tenant: &Tenant, account: i64, host: &str) -> ServiceResult<Saved> {
    let mut tx = tenant.begin().await?;
    let loaded = async {
        let (last, state) = telegram_session::load(&mut tx).await?;
        let is_known = last == Some(account);
        let state = if is_known { state } else { UpdateState::default() };
        Ok(Saved { is_known, state, keys: telegram_session::keys(&mut tx, &holder(account, host)).await? })
    };
    let loaded = loaded.await;
    tx.finish(loaded).await
}

/// Saves how far updates were handled.
pub async fn save_state(tenant: &Tenant, state: UpdateState) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(telegram_session::save_state(tx, state).await?))
}

/// Saves which account this is and how far its updates were handled, in one: what another account handled says
/// nothing of this one's. Notes that this host keeps its session here.
pub async fn save_bot(tenant: &Tenant, account: i64, state: UpdateState, host: &str) -> ServiceResult<()> {
    let mut tx = tenant.begin().await?;
    let saved = telegram_session::save_bot(&mut tx, account, state).await;
    tx.finish(saved).await?;
    Ok(on_farm!(tenant.database(), |tx| registry::note_session(tx, account, host, tenant.slug()).await)?)
}

/// The session of an account that this host keeps under another name: its token stands in another file
/// now.
pub async fn left_elsewhere(tenant: &Tenant, account: i64, host: &str) -> ServiceResult<Option<(Slug, Saved)>> {
    let other: Option<String> = on_farm!(tenant.database(), |tx| registry::session_of(tx, account, host).await)?;
    let other = other.and_then(|slug| slug.parse::<Slug>().ok()).filter(|slug| slug != tenant.slug());
    let Some(other) = other else { return Ok(None) };
    let saved = load(&tenant.database().tenant(&other), account, host).await?;
    Ok(saved.keys.iter().any(|key| key.signed_in).then_some((other, saved)))
}

/// Saves a key.
pub async fn save_key(tenant: &Tenant, key: &Key) -> ServiceResult<()> {
    let mut tx = tenant.begin().await?;
    let saved = telegram_session::save_key(&mut tx, key).await;
    Ok(tx.finish(saved).await?)
}

/// Throws a host's keys of an account away.
pub async fn forget_keys(tenant: &Tenant, account: i64, host: &str) -> ServiceResult<()> {
    let mut tx = tenant.begin().await?;
    let forgotten = telegram_session::forget_keys(&mut tx, &holder(account, host)).await;
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

//! The bot's Telegram session in its schema.

use super::hosts::on_farm;
use super::{DbError, ServiceError, ServiceResult, Tenant};
use crate::db::{registry, retry, telegram_session};
use crate::domain::slug::Slug;
use std::collections::BTreeSet;

pub use crate::db::telegram_session::{Key, Peer, UpdateState};

/// What is saved of an account's session, in whichever bots' schemas it lies: its token may have stood in
/// other files.
#[derive(Clone, Debug)]
pub struct Saved {
    /// How far its updates were handled, as far as that is known: the furthest first.
    pub states: Vec<UpdateState>,
    /// The first of them is that of this bot's present account, and it is noted that this host keeps its session
    /// here.
    pub is_noted: bool,
    /// This host's keys.
    pub keys: Vec<Key>,
    /// The bot in whose schema they are.
    pub keys_of: Slug,
}

/// The account that has a bot.
pub async fn account(tenant: &Tenant) -> ServiceResult<Option<i64>> {
    transact!(tenant, |tx| Ok(telegram_session::account(tx).await?))
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
    let (last, own, keys) = load_in(tenant, account, host).await?;
    let known = on_farm!(tenant.database(), |tx| registry::sessions_of(tx, account).await)?;
    let mut saved = Saved { states: own.into_iter().collect(), is_noted: false, keys, keys_of: tenant.slug().clone() };
    let slugs: BTreeSet<Slug> = known.iter().filter_map(|(_, slug)| slug.parse().ok()).collect();
    for other in slugs.into_iter().filter(|slug| slug != tenant.slug()) {
        match load_in(&tenant.database().tenant(&other), account, host).await {
            Ok((_, state, keys)) => saved.add(other, state, keys),
            // It was dropped by hand. One that is only away may hold the signed-in key and the furthest position.
            Err(ServiceError::Database(error)) if error.is_missing() => {
                tracing::warn!(bot = %tenant.slug(), %other, %error, "an account's earlier place is not there");
            }
            Err(error) => return Err(error),
        }
    }
    // Telegram only counts upwards.
    saved.states.sort_by(|a, b| b.cmp(a));
    let is_kept_here = known.iter().any(|(of, slug)| of == host && slug == tenant.slug().as_str());
    saved.is_noted = is_kept_here && last == Some(account) && own.is_some() && saved.states.first() == own.as_ref();
    Ok(saved)
}

impl Saved {
    fn add(&mut self, slug: Slug, state: Option<UpdateState>, keys: Vec<Key>) {
        self.states.extend(state);
        let is_signed_in = |keys: &[Key]| keys.iter().any(|key| key.signed_in);
        if is_signed_in(&keys) && !is_signed_in(&self.keys) {
            (self.keys, self.keys_of) = (keys, slug);
        }
    }
}

type InSchema = (Option<i64>, Option<UpdateState>, Vec<Key>);

async fn load_in(tenant: &Tenant, account: i64, host: &str) -> ServiceResult<InSchema> {
    transact!(tenant, |tx| {
        let last = telegram_session::account(tx).await?;
        let state = telegram_session::state(tx, account).await?;
        Ok((last, state, telegram_session::keys(tx, &holder(account, host)).await?))
    })
}

/// Saves how far the updates of the account that has the bot were handled; of another one it changes nothing.
pub async fn save_state(tenant: &Tenant, account: i64, state: UpdateState) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(telegram_session::save_state(tx, account, state).await?))
}

/// Saves which account this is and how far its updates were handled, in one: what another account handled says
/// nothing of this one's. Notes that this host keeps its session here.
pub async fn save_bot(tenant: &Tenant, account: i64, state: UpdateState, host: &str) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(telegram_session::save_bot(tx, account, state).await?))?;
    Ok(on_farm!(tenant.database(), |tx| registry::note_session(tx, account, host, tenant.slug()).await)?)
}

/// Saves a key.
pub async fn save_key(tenant: &Tenant, key: &Key) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(telegram_session::save_key(tx, key).await?))
}

/// Throws a host's keys of an account away.
pub async fn forget_keys(tenant: &Tenant, account: i64, host: &str) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(telegram_session::forget_keys(tx, &holder(account, host)).await?))
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

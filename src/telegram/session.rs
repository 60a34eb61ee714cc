//! grammers' session in memory, saved in the background.
//!
//! grammers asks the session at every request and tells it of peers at every update, inside its
//! own loops: a slow database must not be waited for there. So everything lives in memory, and
//! what changed is written by [`FarmSession::save_loop`]; [`FarmSession::flush`] waits for it.
//!
//! Only a new key is waited for, so that it is saved before it signs in: Telegram notes a sign-in at the
//! key, so a start that was cut off before it heard of its own, by kill -9 too, finds it there and does not
//! pay for another.

use super::endpoint::Endpoint;
use super::store::{Peers, SavedKey, SavedSession, SessionStore, StoreError, UpdatePosition};
use grammers_client::session::types::{
    ChannelState, DcOption, PeerAuth, PeerId, PeerInfo, PeerKind, UpdateState, UpdatesState,
};
use grammers_client::session::updates::{MessageBox, State as UpdatePlace};
use grammers_client::session::{BoxFuture, Session, SessionData};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Changes are gathered this long before they are written.
const GATHER: Duration = Duration::from_millis(200);
/// After a failure the next try waits this long.
const BACKOFF: Duration = Duration::from_secs(2);
/// Access hashes kept in memory; beyond it they are found in the store again.
const PEERS: usize = 50_000;

#[derive(Default)]
struct State {
    data: SessionData,
    signed_in: bool,
    /// The known positions, and whether one was chosen to go on from.
    known: Vec<UpdatePosition>,
    goes_on: bool,
    dirty_peers: Peers,
    dirty_position: Option<UpdatePosition>,
    saving: bool,
}

/// The session of one bot on this host.
pub struct FarmSession {
    state: Mutex<State>,
    store: Arc<dyn SessionStore>,
    changed: Notify,
    saved: Notify,
}

/// A key cannot be saved, and is not used.
#[derive(Debug, thiserror::Error)]
#[error("the Telegram session cannot be saved: {0}")]
pub struct SessionFault(StoreError);

impl FarmSession {
    /// A session from what was saved. A pre-shared `key` replaces a saved one that differs.
    pub fn new(store: Arc<dyn SessionStore>, saved: &SavedSession, endpoint: Endpoint, key: Option<[u8; 256]>) -> Self {
        let mut data = SessionData::default();
        endpoint.place(&mut data, key);
        let usable: Vec<&SavedKey> = saved.keys.iter().filter(|k| key.is_none() || k.key == key).collect();
        for known in &usable {
            if let Some(option) = data.dc_options.get_mut(&known.dc_id) {
                option.auth_key = known.key;
            }
        }
        let home = usable.iter().filter(|known| known.home).max_by_key(|known| known.signed_in);
        data.home_dc = home.map_or(data.home_dc, |home| home.dc_id);
        let signed_in = home.is_some_and(|home| home.signed_in) && saved.bot_id.is_some();
        if let Some(id) = saved.bot_id.filter(|_| signed_in) {
            data.peer_infos.insert(PeerId::self_user(), myself(id));
        }
        let state = Mutex::new(State { data, signed_in, known: saved.positions.clone(), ..State::default() });
        Self { state, store, changed: Notify::new(), saved: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is noted that the home key is signed in, and how far the account's updates were handled.
    pub fn is_signed_in(&self) -> bool {
        self.state().signed_in
    }

    /// Goes on from the furthest of the known positions that Telegram has reached by `now`, else from there. Not
    /// from a further one, which is not this account's: up to that nothing would be heard. A sign-in puts the
    /// present one in its place; that would skip everything written meanwhile.
    pub fn go_on(&self, now: UpdatePosition) {
        let mut state = self.state();
        let known = state.known.iter().find(|known| (1..=now.pts).contains(&known.pts)).copied();
        let UpdatePosition { pts, qts, date, seq } = known.unwrap_or(now);
        let present = &mut state.data.updates_state;
        (present.pts, present.qts, present.date, present.seq) = (pts, qts, date, seq);
        state.goes_on = true;
        state.mark_position();
        drop(state);
        self.changed.notify_one();
    }

    /// Notes that the home key is signed in now, and saves it with the position.
    pub async fn signed_in(&self, bot_id: i64) -> Result<(), StoreError> {
        let (key, position) = {
            let mut state = self.state();
            state.signed_in = true;
            state.data.peer_infos.entry(PeerId::self_user()).or_insert_with(|| myself(bot_id));
            (state.key_of(state.data.home_dc), state.position())
        };
        self.store.save_bot(bot_id, position).await?;
        self.save_key(key).await
    }

    /// Notes the position among updates that are hints (who joined a channel): they need not be handled to
    /// count. One that tells of a managed bot's token may be lost with the process: then that bot fails, and is
    /// added again in the panel.
    pub fn note_secondary(&self, state: &UpdatePlace) {
        if let Some(MessageBox::Secondary { qts }) = state.message_box {
            self.state().data.updates_state.qts = qts;
        }
    }

    /// Notes how far updates were handled.
    pub fn handled(&self, pts: i32, date: i32, seq: i32) {
        let mut state = self.state();
        let known = &mut state.data.updates_state;
        (known.pts, known.date, known.seq) = (pts, date, seq);
        state.mark_position();
        drop(state);
        self.changed.notify_one();
    }

    /// The access hash of a user: from memory, else from the store; 0 if it is unknown.
    pub async fn user_hash(&self, id: i64) -> i64 {
        let known = match self.state().data.peer_infos.get(&PeerId::user_unchecked(id)) {
            Some(PeerInfo::User { auth: Some(auth), .. }) => Some(auth.hash()),
            _ => None,
        };
        match known {
            Some(hash) => hash,
            None => self.store.peer("user", id).await.ok().flatten().unwrap_or(0),
        }
    }

    async fn save_key(&self, key: Option<SavedKey>) -> Result<(), StoreError> {
        match key {
            Some(key) => self.store.save_key(key).await,
            None => Ok(()),
        }
    }

    /// Waits until everything that changed is saved.
    pub async fn flush(&self) {
        loop {
            let saved = self.saved.notified();
            {
                let state = self.state();
                if !state.saving && !state.is_dirty() {
                    return;
                }
            }
            saved.await;
        }
    }

    /// Writes changes until it is dropped.
    pub async fn save_loop(&self) {
        loop {
            self.changed.notified().await;
            tokio::time::sleep(GATHER).await;
            while let Err(error) = self.save_once().await {
                tracing::warn!(%error, "the Telegram session cannot be saved");
                tokio::time::sleep(BACKOFF).await;
            }
            self.saved.notify_waiters();
        }
    }

    /// Writes what changed; what fails stays to be written.
    async fn save_once(&self) -> Result<(), StoreError> {
        let (peers, position) = {
            let mut state = self.state();
            state.saving = true;
            (std::mem::take(&mut state.dirty_peers), state.dirty_position.take())
        };
        let result = self.write(&peers, position).await;
        let mut state = self.state();
        state.saving = false;
        if result.is_err() {
            for (peer, hash) in peers {
                state.dirty_peers.entry(peer).or_insert(hash);
            }
            state.dirty_position = state.dirty_position.or(position);
        }
        result
    }

    async fn write(&self, peers: &Peers, position: Option<UpdatePosition>) -> Result<(), StoreError> {
        if !peers.is_empty() {
            self.store.save_peers(peers.clone()).await?;
        }
        match position {
            Some(position) => self.store.save_position(position).await,
            None => Ok(()),
        }
    }
}

/// The account itself among those it knows.
fn myself(id: i64) -> PeerInfo {
    PeerInfo::User { id, auth: Some(PeerAuth::from_hash(0)), bot: Some(true), is_self: Some(true) }
}

impl State {
    fn is_dirty(&self) -> bool {
        !self.dirty_peers.is_empty() || self.dirty_position.is_some()
    }

    /// The key of a data centre, if there is one, as it is saved.
    fn key_of(&self, dc_id: i32) -> Option<SavedKey> {
        self.data.dc_options.get(&dc_id).filter(|option| option.auth_key.is_some()).map(|option| self.saved_key(option))
    }

    fn saved_key(&self, option: &DcOption) -> SavedKey {
        let home = option.id == self.data.home_dc;
        SavedKey {
            dc_id: option.id,
            address: option.ipv4.to_string(),
            home,
            key: option.auth_key,
            signed_in: home && self.signed_in,
        }
    }

    /// The key of a data centre, if it has another than before. That one is not signed in.
    fn new_key(&self, option: &DcOption) -> Option<SavedKey> {
        let known = self.data.dc_options.get(&option.id).and_then(|known| known.auth_key);
        if option.auth_key.is_none() || option.auth_key == known {
            return None;
        }
        Some(SavedKey { signed_in: false, ..self.saved_key(option) })
    }

    fn position(&self) -> UpdatePosition {
        let UpdatesState { pts, qts, date, seq, .. } = self.data.updates_state;
        UpdatePosition { pts, qts, date, seq }
    }

    /// What a sign-in says of the present is not saved before it is known where to go on.
    fn mark_position(&mut self) {
        if self.goes_on {
            self.dirty_position = Some(self.position());
        }
    }

    fn remember(&mut self, peer: &PeerInfo) {
        let hash = peer.auth().map(PeerAuth::hash);
        let kind = match peer.id().kind() {
            PeerKind::User => "user",
            PeerKind::Channel => "channel",
            PeerKind::Chat => return,
        };
        let known = self.data.peer_infos.get(&peer.id()).and_then(PeerInfo::auth).map(PeerAuth::hash);
        if let (Some(hash), Some(id)) = (hash, peer.id().bare_id())
            && known != Some(hash)
        {
            self.dirty_peers.insert((kind, id), hash);
        }
        if self.data.peer_infos.len() > PEERS {
            self.data.peer_infos.retain(|id, _| *id == PeerId::self_user());
        }
        self.data.peer_infos.entry(peer.id()).or_insert_with(|| peer.clone()).extend_info(peer);
    }
}

impl Session for FarmSession {
    type Error = SessionFault;

    fn home_dc_id(&self) -> Result<i32, SessionFault> {
        Ok(self.state().data.home_dc)
    }

    /// The account lives elsewhere. A key that is new there is saved when it comes.
    fn set_home_dc_id(&self, dc_id: i32) -> BoxFuture<'_, Result<(), SessionFault>> {
        let key = {
            let mut state = self.state();
            state.signed_in &= state.data.home_dc == dc_id;
            state.data.home_dc = dc_id;
            state.key_of(dc_id)
        };
        Box::pin(async move { self.save_key(key).await.map_err(SessionFault) })
    }

    fn dc_option(&self, dc_id: i32) -> Result<Option<DcOption>, SessionFault> {
        Ok(self.state().data.dc_options.get(&dc_id).cloned())
    }

    fn set_dc_option(&self, option: &DcOption) -> BoxFuture<'_, Result<(), SessionFault>> {
        let option = option.clone();
        Box::pin(async move {
            let key = self.state().new_key(&option);
            let is_other = key.as_ref().is_some_and(|key| key.home);
            self.save_key(key).await.map_err(SessionFault)?;
            let mut state = self.state();
            state.signed_in &= !is_other;
            state.data.dc_options.insert(option.id, option);
            Ok(())
        })
    }

    fn peer(&self, peer: PeerId) -> BoxFuture<'_, Result<Option<PeerInfo>, SessionFault>> {
        let known = self.state().data.peer_infos.get(&peer).cloned();
        Box::pin(std::future::ready(Ok(known)))
    }

    fn cache_peer(&self, peer: PeerInfo) -> BoxFuture<'_, Result<(), SessionFault>> {
        self.cache_peers(vec![peer])
    }

    fn cache_peers(&self, peers: Vec<PeerInfo>) -> BoxFuture<'_, Result<(), SessionFault>> {
        let mut state = self.state();
        peers.iter().for_each(|peer| state.remember(peer));
        let dirty = state.is_dirty();
        drop(state);
        if dirty {
            self.changed.notify_one();
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn updates_state(&self) -> BoxFuture<'_, Result<UpdatesState, SessionFault>> {
        let known = self.state().data.updates_state.clone();
        Box::pin(std::future::ready(Ok(known)))
    }

    fn set_update_state(&self, update: UpdateState) -> BoxFuture<'_, Result<(), SessionFault>> {
        let mut state = self.state();
        let known = &mut state.data.updates_state;
        match update {
            UpdateState::All(all) => *known = all,
            UpdateState::Primary { pts, date, seq } => (known.pts, known.date, known.seq) = (pts, date, seq),
            UpdateState::Secondary { qts } => known.qts = qts,
            UpdateState::Channel { id, pts } => {
                known.channels.retain(|c| c.id != id);
                known.channels.push(ChannelState { id, pts });
            }
        }
        state.mark_position();
        drop(state);
        self.changed.notify_one();
        Box::pin(std::future::ready(Ok(())))
    }
}

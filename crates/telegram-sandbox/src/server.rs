//! The listening server, and the state that connections and tests share.

use crate::connection::{self, Open, Push};
use crate::faults::Fault;
use crate::model::{Bot, KeyState, KeyUse, World};
use crate::wire::AuthKey;
use grammers_tl_types::{self as tl, Serializable};
use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// State under one lock; `changed` ticks after every change, so that tests wait on conditions.
#[derive(Debug)]
pub struct Shared {
    world: Mutex<World>,
    changed: watch::Sender<u64>,
    /// Where the server listens.
    pub address: SocketAddr,
}

impl Shared {
    /// Locks the world. Never held across an await.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everyone who waits that something changed.
    pub fn touch(&self) {
        self.changed.send_modify(|n| *n += 1);
    }

    /// Ticks after every change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The key that a packet names, if it was shared beforehand.
    pub fn key_of(&self, packet: &[u8]) -> Option<AuthKey> {
        let id = i64::from_le_bytes(packet.get(..8)?.try_into().ok()?);
        self.world().keys.get(&id).map(|state| state.key.clone())
    }

    /// Notes a new connection and returns its id.
    pub fn connected(&self, key: i64, from: IpAddr, push: mpsc::UnboundedSender<Push>) -> u64 {
        let mut world = self.world();
        world.last_connection_id += 1;
        let id = world.last_connection_id;
        let bot = world.keys.get(&key).and_then(|state| state.bot);
        world.connections.push(Open { id, key, from, bot, push });
        world.count_connections(bot);
        drop(world);
        self.touch();
        id
    }

    /// Forgets a connection.
    pub fn disconnected(&self, id: u64) {
        self.world().connections.retain(|c| c.id != id);
        self.touch();
    }

    /// Hands something to one connection.
    pub fn push(&self, id: u64, push: Push) {
        if let Some(open) = self.world().connections.iter().find(|c| c.id == id) {
            let _ = open.push.send(push);
        }
    }
}

impl World {
    /// Sends updates to every connection of a bot. Returns false when there is none.
    pub fn push_updates(&mut self, bot: i64, updates: &tl::enums::Updates) -> bool {
        if let Some(left @ 1..) = self.to_lose.get_mut(&bot) {
            *left -= 1;
            return false;
        }
        let body = updates.to_bytes();
        let mut reached = false;
        for open in self.connections.iter().filter(|c| c.bot == Some(bot)) {
            reached |= open.push.send(Push::Updates(body.clone())).is_ok();
        }
        reached
    }

    /// Notes how many connections a bot has.
    pub(crate) fn count_connections(&mut self, bot: Option<i64>) {
        let count = self.connections.iter().filter(|c| c.bot.is_some() && c.bot == bot).count();
        if let Some(account) = bot.and_then(|bot| self.bots.get_mut(&bot)) {
            account.most_connections = account.most_connections.max(count);
        }
    }

    /// Makes a bot account.
    pub(crate) fn add_bot(&mut self, token: &str, username: &str) -> i64 {
        let id = token.split(':').next().and_then(|n| n.parse().ok()).unwrap_or(1);
        let bot = Bot {
            id,
            username: username.to_owned(),
            token: Some(token.to_owned()),
            chats: HashMap::new(),
            last_message_id: 0,
            pts: 1,
            log: Vec::new(),
            random_ids: VecDeque::new(),
            known_random_ids: HashSet::new(),
            commands: HashMap::new(),
            sign_ins: 0,
            most_connections: 0,
            manages_bots: false,
            manager: None,
            qts: 1,
            managed: Vec::new(),
        };
        self.bots.insert(id, bot);
        id
    }

    /// Revokes a bot's token.
    pub(crate) fn revoke(&mut self, bot: i64) {
        if let Some(bot) = self.bots.get_mut(&bot) {
            bot.token = None;
        }
        for state in self.keys.values_mut().filter(|s| s.bot == Some(bot)) {
            state.bot = None;
        }
        for open in self.connections.iter_mut().filter(|c| c.bot == Some(bot)) {
            open.bot = None;
            let _ = open.push.send(Push::Cut);
        }
    }
}

/// A running sandbox. Dropping it stops the server.
#[derive(Debug)]
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    accept: JoinHandle<()>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.accept.abort();
        for open in &self.shared.world().connections {
            let _ = open.push.send(Push::Cut);
        }
    }
}

impl Sandbox {
    /// Starts a sandbox on a free port of 127.0.0.1.
    pub async fn start() -> io::Result<Self> {
        Self::listen(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts a sandbox at the given address.
    pub async fn listen(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { world: Mutex::default(), changed: watch::Sender::new(0), address });
        let accept = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self { shared, accept })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Makes an authorization key that clients may use, as 512 hexadecimal digits.
    pub fn issue_key(&self) -> String {
        let key = AuthKey::random();
        let hex = key.to_hex();
        self.shared.world().keys.insert(key.id(), KeyState { key, bot: None, killed: false, said: 0 });
        hex
    }

    /// Makes a bot account, as BotFather would. The id is the number before the token's colon.
    pub fn add_bot(&self, token: &str, username: &str) -> i64 {
        self.shared.world().add_bot(token, username)
    }

    /// Revokes a bot's token, as BotFather would: its keys are signed out and its connections end.
    pub fn revoke(&self, bot: i64) {
        self.shared.world().revoke(bot);
    }

    /// Gives a bot another token, as BotFather would: the old one is dead, its keys are signed out.
    pub fn change_token(&self, bot: i64, token: &str) {
        self.revoke(bot);
        if let Some(bot) = self.shared.world().bots.get_mut(&bot) {
            bot.token = Some(token.to_owned());
        }
    }

    /// Adds a fault.
    pub fn fault(&self, fault: Fault) {
        self.shared.world().faults.push(fault);
    }

    /// Ends all misbehaviour.
    pub fn heal(&self) {
        self.shared.world().faults.clear();
    }

    /// Cuts every connection of a bot.
    pub fn cut(&self, bot: i64) {
        for open in self.shared.world().connections.iter().filter(|c| c.bot == Some(bot)) {
            let _ = open.push.send(Push::Cut);
        }
    }

    /// Tells a bot a configuration that no client can read, until `garbled` is false again: the
    /// client library panics on it.
    pub fn garble(&self, bot: i64, garbled: bool) {
        let mut world = self.shared.world();
        if garbled {
            world.garbled.insert(bot);
        } else {
            world.garbled.remove(&bot);
        }
    }

    /// The next updates of a bot are not pushed: it finds them with `getDifference` only.
    pub fn lose_updates(&self, bot: i64, count: u32) {
        self.shared.world().to_lose.insert(bot, count);
    }

    /// How a key, as it was issued, was used.
    pub fn key_use(&self, hex: &str) -> Option<KeyUse> {
        let world = self.shared.world();
        let (id, state) = world.keys.iter().find(|(_, state)| state.key.to_hex() == hex)?;
        let connections = world.connections.iter().filter(|c| c.key == *id).count();
        Some(KeyUse { said: state.said, killed: state.killed, connections })
    }

    /// How many connections a bot has.
    pub fn connections(&self, bot: i64) -> usize {
        self.shared.world().connections.iter().filter(|c| c.bot == Some(bot)).count()
    }

    /// The most connections that a bot ever had at once.
    pub fn most_connections(&self, bot: i64) -> usize {
        self.shared.world().bots.get(&bot).map_or(0, |b| b.most_connections)
    }

    /// How many requests of a method (its TL name) were served.
    pub fn served(&self, method: &str) -> u64 {
        self.shared.world().served.get(method).copied().unwrap_or(0)
    }

    /// How often a bot's token was used to sign in.
    pub fn sign_ins(&self, bot: i64) -> u32 {
        self.shared.world().bots.get(&bot).map_or(0, |b| b.sign_ins)
    }

    /// A bot's command list for a scope (`default`, `peer:ID`) and language (empty for all).
    pub fn commands(&self, bot: i64, scope: &str, language: &str) -> Vec<(String, String)> {
        let world = self.shared.world();
        let key = (scope.to_owned(), language.to_owned());
        world.bots.get(&bot).and_then(|b| b.commands.get(&key)).cloned().unwrap_or_default()
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Err(error) = connection::serve(shared, stream).await {
                        tracing::debug!(%from, %error, "connection ended");
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "accept failed"),
        }
    }
}

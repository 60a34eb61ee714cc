//! One bot's connection: opened with a deadline, signed in once, watched by a heartbeat.

use super::endpoint::Endpoint;
use super::error::TelegramError;
use super::incoming::{self, Incoming};
use super::session::FarmSession;
use super::store::SessionStore;
use super::{call, markup};
use crate::domain::message::{Message, NOTICE_LIMIT, cut};
use crate::health::{Health, Trouble};
use crate::lease::Lease;
use crate::meter;
use futures_util::poll;
use grammers_client::client::UpdateStream;
use grammers_client::sender::{ConnectionParams, NoRetries, SenderPool, UpdatesConfiguration};
use grammers_client::{Client, tl};
use secrecy::{ExposeSecret, SecretString};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// A request without an answer is given up after this time.
const REQUEST: Duration = Duration::from_secs(15);
/// Connecting, signing in included, is given up after this time.
pub(super) const CONNECT: Duration = Duration::from_secs(30);
/// A full channel drops updates, so it is large, and drained at once.
const UPDATES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(8191);
/// Updates that were read and not yet taken by the bot.
const QUEUED: usize = 1024;
/// A wait that Telegram asks for is told from here on.
const LONG_WAIT: Duration = Duration::from_secs(10);
/// A silent connection is asked for a sign of life this often.
const HEARTBEAT: Duration = Duration::from_secs(45);
/// After an error of the update stream.
const BACKOFF: Duration = Duration::from_millis(500);

/// Where and as whom to connect.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where Telegram is.
    pub endpoint: Endpoint,
    /// A key that was shared beforehand.
    pub auth_key: Option<[u8; 256]>,
    /// `socks5://…`
    pub proxy: Option<SecretString>,
    /// The application's id, from Telegram.
    pub api_id: i32,
    /// The application's hash, from Telegram.
    pub api_hash: SecretString,
    /// The bot's token.
    pub token: SecretString,
    /// Without it nothing is said.
    pub lease: Lease,
    /// The bot's short name, for what is measured.
    pub bot: String,
    /// Where long waits are told.
    pub health: Health,
}

/// The way to send; cheap to clone.
#[derive(Clone)]
pub struct Telegram {
    pub(super) client: Client,
    pub(super) session: Arc<FarmSession>,
    lease: Lease,
    bot: Arc<str>,
    health: Health,
}

/// An open connection.
pub struct Connection {
    /// The way to send.
    pub telegram: Telegram,
    /// What arrives.
    pub incoming: mpsc::Receiver<Incoming>,
    /// What keeps it open.
    pub link: Link,
}

/// The tasks behind a connection. Dropping them ends it.
pub struct Link {
    session: Arc<FarmSession>,
    tasks: JoinSet<TelegramError>,
    handle: grammers_client::sender::SenderPoolHandle,
}

impl Connection {
    /// Connects and signs in, if this key is not signed in yet.
    pub async fn open(options: &Options, store: Arc<dyn SessionStore>) -> Result<Self, TelegramError> {
        let opening = Self::open_now(options, store);
        match tokio::time::timeout(CONNECT, opening).await {
            Ok(opened) => opened,
            Err(_) => Err(TelegramError::Unavailable(format!("no connection within {} s", CONNECT.as_secs()))),
        }
    }

    async fn open_now(options: &Options, store: Arc<dyn SessionStore>) -> Result<Self, TelegramError> {
        let saved = store.load().await.map_err(|e| TelegramError::Unavailable(e.to_string()))?;
        let session = Arc::new(FarmSession::new(store, &saved, options.endpoint, options.auth_key));
        let params = ConnectionParams {
            proxy_url: options.proxy.as_ref().map(|p| p.expose_secret().to_owned()),
            retry_policy: Box::new(NoRetries),
            updates_channel_capacity: UPDATES,
            ..ConnectionParams::default()
        };
        let pool = SenderPool::with_configuration(Arc::clone(&session), options.api_id, params);
        let (client, handle) = (Client::new(pool.handle.clone()), pool.handle.thin.clone());
        let mut tasks = JoinSet::new();
        let runner = pool.runner;
        tasks.spawn(async move {
            runner.run().await;
            TelegramError::Unavailable("the connection's runner ended".to_owned())
        });
        let saver = Arc::clone(&session);
        tasks.spawn(async move {
            saver.save_loop().await;
            TelegramError::Unavailable("the session's saver ended".to_owned())
        });
        let telegram = Telegram {
            client,
            session,
            lease: options.lease.clone(),
            bot: options.bot.as_str().into(),
            health: options.health.clone(),
        };
        telegram.ensure_signed_in(options).await?;
        let stream = telegram
            .client
            .stream_updates(pool.updates, UpdatesConfiguration { catch_up: true })
            .await
            .map_err(|e| TelegramError::Unavailable(e.to_string()))?;
        let (out, incoming) = mpsc::channel(QUEUED);
        tasks.spawn(hear(stream, Arc::clone(&telegram.session), out));
        tasks.spawn(heartbeat(telegram.clone()));
        let session = Arc::clone(&telegram.session);
        Ok(Self { telegram, incoming, link: Link { session, tasks, handle } })
    }
}

impl Link {
    /// Waits until the connection cannot go on, and says why. A panic of the library is an error.
    pub async fn broken(&mut self) -> TelegramError {
        match self.tasks.join_next().await {
            Some(Ok(error)) => error,
            Some(Err(panic)) => TelegramError::Unavailable(format!("the Telegram library failed: {panic}")),
            None => TelegramError::Unavailable("the connection was closed".to_owned()),
        }
    }

    /// Closes the connection, saving the session first.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(3), self.session.flush()).await;
        self.handle.quit();
        self.tasks.shutdown().await;
    }
}

/// Hands updates over. `next_raw` is not cancel-safe, so it is polled to its end here and never
/// put into a select.
async fn hear(mut stream: UpdateStream, session: Arc<FarmSession>, out: mpsc::Sender<Incoming>) -> TelegramError {
    let closed = || TelegramError::Unavailable("nobody takes the updates".to_owned());
    loop {
        let result = {
            let mut next = pin!(stream.next_raw());
            match poll!(next.as_mut()) {
                Poll::Ready(result) => result,
                Poll::Pending => {
                    if out.send(Incoming::BatchEnd).await.is_err() {
                        return closed();
                    }
                    next.await
                }
            }
        };
        match result {
            Ok((update, state, peers)) => {
                session.note_secondary(&state);
                let incoming = Incoming::Update(Box::new(incoming::read(update, &peers)), incoming::position(&state));
                if out.send(incoming).await.is_err() {
                    return closed();
                }
            }
            Err(error) => match TelegramError::from(error) {
                error @ (TelegramError::Unauthorized(_) | TelegramError::KeyDuplicated) => return error,
                TelegramError::FloodWait(wait) => tokio::time::sleep(wait).await,
                error => {
                    tracing::debug!(%error, "the update stream failed");
                    tokio::time::sleep(BACKOFF).await;
                }
            },
        }
    }
}

/// A bot can go silent for good on a closed connection that nobody reopens: ask now and then.
async fn heartbeat(telegram: Telegram) -> TelegramError {
    let mut failures = 0;
    loop {
        tokio::time::sleep(HEARTBEAT.mul_f64(rand::random_range(0.8..1.2))).await;
        match telegram.invoke(&tl::functions::updates::GetState {}).await {
            Ok(_) => failures = 0,
            Err(error @ (TelegramError::Unauthorized(_) | TelegramError::KeyDuplicated)) => return error,
            Err(TelegramError::FloodWait(wait)) => tokio::time::sleep(wait).await,
            Err(error) if failures >= 3 => return error,
            Err(_) => failures += 1,
        }
    }
}

impl Telegram {
    /// Another host may run the bot by now: what is on the wire already is all that may still come.
    pub(super) fn check_lease(&self) -> Result<(), TelegramError> {
        if self.lease.is_held() {
            return Ok(());
        }
        Err(TelegramError::Unavailable("this host does not hold the bot's lease".to_owned()))
    }

    /// A long wait is the bot's trouble while it lasts.
    fn note_wait(&self, wait: Duration) {
        if wait >= LONG_WAIT {
            let reason = format!("Telegram asks to wait {} s", wait.as_secs());
            self.health.note(Trouble::Telegram, reason, wait);
        }
    }

    pub(super) async fn invoke<R: tl::RemoteCall>(&self, request: &R) -> Result<R::Return, TelegramError> {
        self.check_lease()?;
        match tokio::time::timeout(REQUEST, self.client.invoke(request)).await {
            Ok(answer) => answer.map_err(TelegramError::from).inspect_err(|error| {
                if let TelegramError::FloodWait(wait) = error {
                    meter::flood_wait(&self.bot);
                    self.note_wait(*wait);
                }
            }),
            Err(_) => Err(TelegramError::Unavailable(format!("no answer within {} s", REQUEST.as_secs()))),
        }
    }

    /// Notes how far updates were handled: after a restart they go on from there.
    pub fn handled(&self, (pts, date, seq): (i32, i32, i32)) {
        self.session.handled(pts, date, seq);
    }

    /// What Telegram wants to see with a user's id; 0 for one who is known by that alone.
    pub(super) async fn access_hash(&self, user: i64) -> i64 {
        self.session.user_hash(user).await
    }

    pub(super) async fn peer(&self, user: i64) -> tl::enums::InputPeer {
        let access_hash = self.access_hash(user).await;
        tl::types::InputPeerUser { user_id: user, access_hash }.into()
    }

    /// Sends a message; returns its id. The same `random_id` is sent once only.
    pub async fn send(&self, user: i64, message: &Message, random_id: i64) -> Result<Option<i32>, TelegramError> {
        let request = call::send(self.peer(user).await, message, random_id);
        let updates = self.invoke(&request).await?;
        Ok(call::sent_id(&updates, random_id))
    }

    /// Replaces a message. One that looks so already is a success.
    pub async fn edit(&self, user: i64, id: i32, message: &Message) -> Result<(), TelegramError> {
        let request = call::edit(self.peer(user).await, id, message);
        match self.invoke(&request).await {
            Ok(_) | Err(TelegramError::NotModified) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The data of the buttons under a message in a user's chat; empty when it has none, or is not
    /// in that chat.
    pub async fn callback_data(&self, user: i64, id: i32) -> Result<Vec<String>, TelegramError> {
        let request = tl::functions::messages::GetMessages { id: vec![tl::types::InputMessageId { id }.into()] };
        let found = match self.invoke(&request).await? {
            tl::enums::messages::Messages::Messages(found) => found.messages,
            tl::enums::messages::Messages::Slice(found) => found.messages,
            _ => Vec::new(),
        };
        Ok(found.into_iter().flat_map(|message| markup::callback_data(message, user)).collect())
    }

    /// Deletes a message. One that is gone is a success.
    pub async fn delete(&self, id: i32) -> Result<(), TelegramError> {
        let request = tl::functions::messages::DeleteMessages { revoke: true, id: vec![id] };
        self.invoke(&request).await.map(|_| ())
    }

    /// Answers a press, with a notice if there is one.
    pub async fn answer(&self, query_id: i64, notice: Option<&str>) -> Result<(), TelegramError> {
        let message = notice.map(|text| cut(text, NOTICE_LIMIT).to_owned());
        let alert = message.as_ref().is_some_and(|m| m.chars().count() > 60);
        let request =
            tl::functions::messages::SetBotCallbackAnswer { alert, query_id, message, url: None, cache_time: 0 };
        self.invoke(&request).await.map(|_| ())
    }

    /// Sets the command list for those whose client speaks `language`: one user, or everybody who has
    /// no list of their own.
    pub async fn set_commands(
        &self,
        user: Option<i64>,
        language: &str,
        commands: Vec<(String, String)>,
    ) -> Result<(), TelegramError> {
        let commands = commands
            .into_iter()
            .map(|(command, description)| tl::types::BotCommand { ephemeral: false, command, description }.into())
            .collect();
        let scope = match user {
            Some(user) => tl::types::BotCommandScopePeer { peer: self.peer(user).await }.into(),
            None => tl::enums::BotCommandScope::Default,
        };
        let request = tl::functions::bots::SetBotCommands { scope, lang_code: language.to_owned(), commands };
        self.invoke(&request).await.map(|_| ())
    }
}

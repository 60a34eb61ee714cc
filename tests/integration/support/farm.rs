//! The farm under test, inside this process.

use super::chaos::Chaos;
use super::{BotFile, books_agree, eventually, fill, http, postgres, tenant_roles};
use botfarm::app::{App, HostConfig};
use botfarm::clock::Clock;
use botfarm::lifecycle::Lifecycle;
use botfarm::provider::fetch::Fetcher;
use botfarm::seal::KeyRing;
use botfarm::serve::{self, Serving};
use botfarm::service::{Tenant, credit, farm, users};
use botfarm::supervisor::status::{BotStatus, State};
use chrono::TimeDelta;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use telegram_sandbox::{Sandbox, Visitor};
use tempfile::TempDir;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// A running farm with what surrounds it. Every test ends with [`TestFarm::finish`].
pub struct TestFarm {
    pub sandbox: Sandbox,
    pub app: App,
    pub url: String,
    pub http: SocketAddr,
    pub directory: TempDir,
    pub lifecycle: Lifecycle,
    serving: Option<Serving>,
}

impl TestFarm {
    /// A farm without bots.
    pub async fn new() -> Self {
        Self::on(Sandbox::start().await.unwrap(), postgres::fresh_database().await).await
    }

    /// A farm on a given sandbox and database.
    pub async fn on(sandbox: Sandbox, url: String) -> Self {
        log();
        let directory = tempfile::tempdir().unwrap();
        let database = farm::open(&url, 8, tenant_roles()).await.unwrap();
        let host = HostConfig {
            host: "test".to_owned(),
            instance: rand::random(),
            predecessor: None,
            lease: Duration::from_secs(10),
            bots_dir: directory.path().to_owned(),
            api_id: 1,
            api_hash: "hash".into(),
            public_url: "https://farm.example".to_owned(),
            tls: None,
        };
        let app = App {
            database,
            clock: Clock::default(),
            key: KeyRing::new(&[42; 32]),
            host: Arc::new(host),
            fetcher: Fetcher::new(true).unwrap(),
            standing: Arc::default(),
            doors: Arc::default(),
            roster: Arc::default(),
            unreadable: Arc::default(),
        };
        let mut farm = Self {
            sandbox,
            app,
            url,
            http: SocketAddr::from(([127, 0, 0, 1], 0)),
            directory,
            lifecycle: Lifecycle::default(),
            serving: None,
        };
        farm.start().await;
        farm
    }

    /// One Arabic bot, stocked with `numbers` numbers, that answers.
    pub async fn with_bot(numbers: u32) -> (Self, BotFile) {
        Self::with_bot_like(numbers, |_| {}).await
    }

    /// One bot, changed by `change`, stocked, that answers.
    pub async fn with_bot_like(numbers: u32, change: impl FnOnce(&mut BotFile)) -> (Self, BotFile) {
        let farm = Self::new().await;
        let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
        change(&mut bot);
        farm.add(&bot).await;
        farm.stock(&bot, numbers).await;
        (farm, bot)
    }

    async fn start(&mut self) {
        let listener = tokio::net::TcpListener::bind(self.http).await.unwrap();
        self.http = listener.local_addr().unwrap();
        self.lifecycle = Lifecycle::default();
        self.serving =
            Some(serve::start(self.app.clone(), serve::Listeners { public: listener, ops: None }, &self.lifecycle));
    }

    /// Stops the farm softly, as SIGTERM does.
    pub async fn stop(&mut self) {
        self.lifecycle.soft.cancel();
        if let Some(serving) = self.serving.take() {
            serving.stopped().await.unwrap();
        }
    }

    /// Starts it again.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// Writes a bot's file and waits until the bot answers.
    pub async fn add(&self, bot: &BotFile) {
        bot.write(self.directory.path(), &self.sandbox);
        self.wait_state(&bot.slug, State::Running).await;
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn status(&self, slug: &str) -> Option<BotStatus> {
        let status = self.serving.as_ref()?.status.borrow().clone();
        status.bots.into_iter().find(|b| b.slug == slug)
    }

    pub fn faults(&self) -> Vec<String> {
        self.serving.as_ref().map(|s| s.status.borrow().faults.clone()).unwrap_or_default()
    }

    pub async fn wait_state(&self, slug: &str, state: State) -> BotStatus {
        eventually(&format!("{slug} is {state:?}"), || async { self.status(slug).filter(|b| b.state == state) }).await
    }

    pub fn tenant(&self, bot: &BotFile) -> Tenant {
        self.app.database.tenant(&bot.slug.parse().unwrap())
    }

    /// Adds Egyptian WhatsApp numbers: +201000000001 and on.
    pub async fn stock(&self, bot: &BotFile, numbers: u32) {
        let rows = (1..=numbers).map(|n| format!("WhatsApp,20,+20100000{n:04},\n"));
        let csv = format!("service,country_code,phone_number,price_override\n{}", rows.collect::<String>());
        let tenant = self.tenant(bot);
        assert_eq!(fill(&tenant, csv).await, u64::from(numbers));
    }

    /// A visitor with money.
    pub async fn visitor(&self, bot: &BotFile, id: i64, money: i64) -> Visitor {
        let visitor = self.sandbox.visitor(bot.id(), id, &format!("user {id}"), bot.language);
        if money > 0 {
            let tenant = self.tenant(bot);
            let key = format!("test:{id}");
            let now = self.app.clock.now();
            credit::add(&tenant, id, Decimal::from(money), "test", &key, now).await.unwrap();
        }
        visitor
    }

    /// Adds to a user's balance as the operator, or takes from it; nudges what waits for money.
    pub async fn top_up(&self, bot: &BotFile, id: i64, money: i64) -> Result<Decimal, botfarm::service::ServiceError> {
        static KEY: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let key = format!("top-up:{}", KEY.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let added = credit::add(&self.tenant(bot), id, Decimal::from(money), "test", &key, self.app.clock.now()).await;
        self.app.doors.of(&bot.slug.parse().unwrap()).wakes.rental.notify_one();
        added
    }

    /// Bans a user, as the panel does.
    pub async fn ban(&self, bot: &BotFile, id: i64, banned: bool) {
        let now = self.app.clock.now();
        users::set_banned(&self.tenant(bot), id, banned, "test", now).await.unwrap();
        self.app.doors.of(&bot.slug.parse().unwrap()).wakes.users.notify_one();
    }

    /// Posts messages to a bot's webhook; returns the status and the body.
    pub async fn post(&self, bot: &BotFile, token: &str, messages: Vec<Value>) -> (u16, String) {
        let url = format!("http://{}/hooks/{}/sms1", self.http, bot.slug);
        let body = json!({ "messages": messages }).to_string();
        let response = http().post(url).bearer_auth(token).body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// An SMS with a code arrives by webhook.
    pub async fn sms(&self, bot: &BotFile, to: &str, code: &str) {
        let message = json!({ "to": to, "service": "WhatsApp", "text": format!("Your code is {code}") });
        let (status, body) = self.post(bot, "hook-token", vec![message]).await;
        assert_eq!(status, 200, "{body}");
    }

    /// Moves business time forward and nudges what waits for it.
    pub fn advance(&self, bot: &BotFile, by: TimeDelta) {
        self.app.clock.advance(by);
        let door = self.app.doors.of(&bot.slug.parse().unwrap());
        door.wakes.rental.notify_one();
        door.wakes.outbox.notify_one();
        door.wakes.rentals.send_modify(|rentals| *rentals += 1);
    }

    /// A query past every scope, for looking.
    pub async fn count(&self, bot: &BotFile, sql: &str) -> i64 {
        let client = postgres::connect(&self.url).await;
        client.batch_execute(&format!("SET search_path TO bot_{}", bot.slug)).await.unwrap();
        client.query_one(&format!("SELECT count(*) FROM {sql}"), &[]).await.unwrap().get(0)
    }

    /// Stops the farm and checks the books of its bots.
    pub async fn finish(mut self, bots: &[&BotFile]) {
        self.stop().await;
        for bot in bots {
            books_agree(&self.tenant(bot)).await;
        }
    }
}

/// Starts logging, once for all tests of this process.
fn log() {
    let filter = EnvFilter::new(std::env::var("TEST_LOG").unwrap_or_else(|_| "warn".to_owned()));
    let printing = tracing_subscriber::fmt::layer().with_test_writer().with_filter(filter);
    let own = Targets::new().with_target("botfarm", LevelFilter::INFO);
    let _ = tracing_subscriber::registry().with(printing).with(Chaos.with_filter(own)).try_init();
}

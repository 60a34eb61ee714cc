//! How long others' users wait while one bot is sick.

use super::bugs;
use super::load::{Load, percentile};
use super::stage::{Stage, bot_id, user_id};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_postgres::NoTls;

/// The sick one.
const SICK: u32 = 1;
/// Updates of others per second.
const RATE: f64 = 60.0;
/// Before a window.
const PAUSE: Duration = Duration::from_secs(2);
/// Of what a provider sends too much.
const TOO_MUCH: usize = 10 * 1024 * 1024;

/// How often each was measured, and how long each time.
const WINDOW: Duration = Duration::from_secs(12);

type Sickness = &'static str;

const SICKNESSES: [Sickness; 9] = [
    "panics",
    "loops of 3 s",
    "a provider that hangs",
    "answers of 10 MB",
    "a flood wait of an hour",
    "tables that are gone",
    "queries of 30 s",
    "100,000 messages wait",
    "a revoked token",
];

/// Measures health, then each sickness, each beside a window of health.
pub async fn measure(bots: u32, users: u32) -> Value {
    let mut figures = Map::new();
    for sickness in SICKNESSES {
        let stage = Stage::set(bots, users, 10).await;
        let mut load = Load::on(&stage).await;
        window(&mut load, bots, users, PAUSE).await;
        let well = window(&mut load, bots, users, WINDOW).await;
        let mut ill = Ill::new(&stage, sickness).await;
        window(&mut load, bots, users, PAUSE).await;
        let sick = window(&mut load, bots, users, WINDOW).await;
        let reason = stage.reason(SICK).await;
        ill.end();
        let times = |of: &[Duration]| json!({ "p50": percentile(of, 0.5), "p99": percentile(of, 0.99), "n": of.len() });
        let ratio = percentile(&sick, 0.99) / percentile(&well, 0.99);
        figures.insert(
            sickness.into(),
            json!({ "well_ms": times(&well), "sick_ms": times(&sick), "p99_ratio": (ratio * 100.0).round() / 100.0,
                "reason": reason }),
        );
    }
    json!(figures)
}

/// Others' users ask at random; how long each waited.
async fn window(load: &mut Load, bots: u32, users: u32, long: Duration) -> Vec<Duration> {
    let (began, mut asked, mut times) = (Instant::now(), HashMap::new(), Vec::new());
    let (mut next, mut turn) = (began, 0u32);
    while began.elapsed() < long {
        tokio::select! {
            () = tokio::time::sleep_until(next.into()) => {
                let (bot, user) = (SICK + 1 + turn % (bots - 1), turn / (bots - 1) % users + 1);
                turn += 1;
                let id = user_id(bot, user);
                asked.entry(id).or_insert_with(Instant::now);
                load.start(bot_id(bot), id).await;
                next += Duration::from_secs_f64(-rand::random_range(f64::MIN_POSITIVE..1.0f64).ln() / RATE);
            }
            Some(event) = load.events.recv() => {
                let asked = event["user"].as_i64().and_then(|user| asked.remove(&user));
                times.extend(asked.map(|at| at.elapsed()));
            }
        }
    }
    // Who still waits has waited at least so long.
    times.extend(asked.into_values().map(|at| at.elapsed()).filter(|waited| *waited > Duration::from_millis(100)));
    times.sort_unstable();
    times
}

/// What keeps a bot ill.
struct Ill(Vec<JoinHandle<()>>);

impl Ill {
    async fn new(stage: &Stage, sickness: Sickness) -> Self {
        let bot = bot_id(SICK);
        let mut keeping = Vec::new();
        match sickness {
            "panics" => keeping.push(pester(stage, bugs::PANICS, Duration::from_millis(50))),
            "loops of 3 s" => keeping.push(pester(stage, bugs::LOOPS, Duration::from_secs(3))),
            "a provider that hangs" | "answers of 10 MB" => {
                let url = provider(sickness == "answers of 10 MB").await;
                stage.poll(SICK, &url);
                let mut load = Load::on(stage).await;
                // An open rental: the provider is read for it.
                load.start(bot, user_id(SICK, 1)).await;
                keeping.push(tokio::spawn(async move {
                    while let Some(event) = load.events.recv().await {
                        if event["bot"].as_i64() == Some(bot) && !load.is_reserved(&event) {
                            load.follow(&event).await;
                        }
                    }
                }));
            }
            "a flood wait of an hour" => {
                stage.ask_sandbox(&json!({ "flood": { "bot": bot, "seconds": 3600 } }));
                keeping.push(pester(stage, user_id(SICK, 1), Duration::from_millis(50)));
            }
            "tables that are gone" => {
                sql(stage, "DROP TABLE bot_b1.reservations CASCADE").await;
                keeping.push(pester(stage, user_id(SICK, 1), Duration::from_millis(50)));
            }
            "queries of 30 s" => {
                keeping.push(sql(stage, "BEGIN; LOCK TABLE bot_b1.users, bot_b1.reservations").await);
                keeping.extend((0..50).map(|n| pester(stage, 9000 + n, Duration::from_secs(1))));
            }
            "100,000 messages wait" => {
                let rows = "INSERT INTO bot_b1.outbox (kind, telegram_id, random_id, next_try_at, created_at, details) \
                    SELECT 'letter', 1, n, now(), now() - interval '1 hour', '{\"text\": \"hello\"}' \
                    FROM generate_series(1, 100000) n";
                sql(stage, rows).await.abort();
                keeping.push(pester(stage, user_id(SICK, 1), Duration::from_millis(500)));
            }
            _ => drop(stage.ask_sandbox(&json!({ "revoke": { "bot": bot } }))),
        }
        Self(keeping)
    }

    fn end(&mut self) {
        self.0.drain(..).for_each(|task| task.abort());
    }
}

/// A user of the sick bot who writes again and again.
fn pester(stage: &Stage, user: i64, pause: Duration) -> JoinHandle<()> {
    let stage = stage.control;
    tokio::spawn(async move {
        let mut load = Load::to(stage, String::new()).await;
        loop {
            load.start(bot_id(SICK), user).await;
            tokio::time::sleep(pause).await;
        }
    })
}

/// Runs SQL past every scope; its connection stays open until the task is aborted.
async fn sql(stage: &Stage, sql: &str) -> JoinHandle<()> {
    let (client, connection) = tokio_postgres::connect(&stage.url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    tokio::spawn(async move {
        let _open = client;
        std::future::pending::<()>().await;
    })
}

/// A provider that answers never, or with too much.
async fn provider(too_much: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/messages", listener.local_addr().unwrap());
    let answer = move || async move {
        match too_much {
            true => vec![b'['; TOO_MUCH],
            false => std::future::pending().await,
        }
    };
    let routes = axum::Router::new().route("/messages", axum::routing::get(answer));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    url
}

//! Webhooks at a steady rate: none is lost, each rental is completed once, and how long the answers take.

use super::stage::{Stage, bot_id, cores, user_id};
use botfarm::domain::slug::Slug;
use botfarm::service::reserve::{self, Request};
use botfarm::service::{Policy, Tenant, users};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

const BOTS: u32 = 4;
/// Users of each bot; each has one open rental.
const USERS: u32 = 100;
const SECONDS: u32 = 10;
/// Connections that post.
const CONNECTIONS: usize = 64;

/// A webhook: whose, its body, and when it is due.
struct Post {
    bot: u32,
    body: String,
    due: Instant,
}

/// Posts so many webhooks a second for ten seconds.
pub async fn measure(rate: u32) -> Value {
    let stage = Stage::set(BOTS, USERS, USERS).await;
    for bot in 1..=BOTS {
        for user in 1..=USERS {
            let (id, user) = (bot_id(bot), user_id(bot, user));
            stage.ask_sandbox(&json!({ "send": { "bot": id, "user": user, "text": "/start" } }));
        }
    }
    let mut numbers = Vec::new();
    for bot in 1..=BOTS {
        numbers.push(rent(&tenant(&stage, bot), bot).await);
    }
    let before = stage.cpu();
    let began = Instant::now();
    let mut answers = post_all(&stage, rate, &numbers).await;
    let seconds = began.elapsed().as_secs_f64();
    let cores = cores(before, stage.cpu(), seconds);
    let taken = answers.iter().filter(|(status, _)| *status == 200).count();
    let total = (rate * SECONDS) as usize;
    assert_eq!(taken, total, "not taken: {:?}", answers.iter().find(|(status, _)| *status != 200));
    for bot in 1..=BOTS {
        check(&stage, bot, total / BOTS as usize).await;
    }
    answers.sort_unstable_by_key(|(_, time)| *time);
    let at = |q: f64| answers[((answers.len() - 1) as f64 * q) as usize].1.as_secs_f64() * 1000.0;
    stage.strike(BOTS).await;
    json!({ "per_s": rate, "seconds": seconds, "posted": total, "taken": taken, "rentals": BOTS * USERS,
        "answer_ms": { "p50": at(0.5), "p99": at(0.99), "most": at(1.0) }, "cores": cores })
}

fn tenant(stage: &Stage, bot: u32) -> Tenant {
    stage.database.tenant(&format!("b{bot}").parse::<Slug>().unwrap())
}

/// Every user rents a number; the numbers.
async fn rent(tenant: &Tenant, bot: u32) -> Vec<String> {
    let (policy, now) = (Policy::default(), botfarm::clock::Clock::default().now());
    let mut numbers = Vec::new();
    for user in 1..=USERS {
        let id = user_id(bot, user);
        let profile = users::Profile {
            telegram_id: id,
            username: None,
            first_name: "user".to_owned(),
            last_name: None,
            language: None,
        };
        let user = users::meet(tenant, &profile, now).await.unwrap();
        let request = Request { user_id: user.id, country_id: 1, price: Decimal::ONE, request_key: format!("b{id}") };
        numbers.push(reserve::reserve(tenant, &policy, &request, now).await.unwrap().phone_number);
    }
    numbers
}

/// The messages of a bot: a code for each rental, in the middle of what else a SIM bank receives; every
/// tenth is one that was posted before.
fn message(n: u32, numbers: &[String], of: u32) -> Value {
    let every = of / numbers.len() as u32;
    let rental = (n / every) as usize;
    match n % every {
        0 => {
            json!({ "id": format!("code{n}"), "to": numbers[rental], "from": "WhatsApp", "text": format!("Your WhatsApp code is {:06}", 100_000 + n) })
        }
        1 => {
            json!({ "id": format!("code{}", n - 1), "to": numbers[rental], "from": "WhatsApp", "text": format!("Your WhatsApp code is {:06}", 99_999 + n) })
        }
        _ => {
            json!({ "id": format!("m{n}"), "to": format!("+20119{n:07}"), "from": "Vodafone", "text": format!("Your balance is {n}.50 EGP, valid until 12/12. Dial *100# for offers.") })
        }
    }
}

async fn post_all(stage: &Stage, rate: u32, numbers: &[Vec<String>]) -> Vec<(u16, Duration)> {
    let http = reqwest::Client::builder().pool_max_idle_per_host(CONNECTIONS).build().unwrap();
    let (posts, queue) = mpsc::channel::<Post>(100_000);
    let queue = Arc::new(tokio::sync::Mutex::new(queue));
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (http, queue, base) = (http.clone(), Arc::clone(&queue), format!("http://{}", stage.http));
        connections.spawn(async move {
            let mut answers = Vec::new();
            loop {
                let Some(post) = queue.lock().await.recv().await else { return answers };
                let url = format!("{base}/hooks/b{}/p1", post.bot);
                let sent = http.post(url).bearer_auth("hook-token").body(post.body).send().await;
                answers.push((sent.map_or(0, |answer| answer.status().as_u16()), post.due.elapsed()));
            }
        });
    }
    let (began, per_bot) = (Instant::now(), rate * SECONDS / BOTS);
    for n in 0..rate * SECONDS {
        // Counted from when it was due: a farm that falls behind does not make the load wait.
        let due = began + Duration::from_secs_f64(f64::from(n) / f64::from(rate));
        tokio::time::sleep_until(due.into()).await;
        let (bot, n) = (n % BOTS, n / BOTS);
        let body = json!({ "messages": [message(n, &numbers[bot as usize], per_bot)] }).to_string();
        posts.send(Post { bot: bot + 1, body, due }).await.unwrap();
    }
    drop(posts);
    connections.join_all().await.into_iter().flatten().collect()
}

/// Every message is stored once, and each rental was completed and paid once.
async fn check(stage: &Stage, bot: u32, posted: usize) {
    let (client, connection) = tokio_postgres::connect(&stage.url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("SET search_path TO bot_b{bot}")).await.unwrap();
    let count = async |what: &str| -> i64 {
        client.query_one(&format!("SELECT count(*) FROM {what}"), &[]).await.unwrap().get(0)
    };
    let rentals = i64::from(USERS);
    assert_eq!(count("provider_messages").await, posted as i64 - rentals, "messages of b{bot}");
    assert_eq!(count("reservations WHERE status = 'completed'").await, rentals, "completed rentals of b{bot}");
    assert_eq!(count("transactions WHERE type = 'purchase'").await, rentals, "purchases of b{bot}");
}

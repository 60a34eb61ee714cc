//! The load: users at saturation, users at a steady rate, no users at all.

use super::Plan;
use super::stage::{Stage, bot_id, cores, user_id};
use super::user::{Step, next};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::mpsc;

/// Before the measured window.
const WARM_UP: Duration = Duration::from_secs(3);
/// Rentals that arrive per second in the latency plan.
const RATE: f64 = 20.0;

/// The way to the sandbox's users and to the farm's webhooks.
pub struct Load {
    control: OwnedWriteHalf,
    /// What users see.
    pub events: mpsc::UnboundedReceiver<Value>,
    http: reqwest::Client,
    base: String,
    posted: HashMap<i64, Instant>,
}

impl Load {
    pub async fn on(stage: &Stage) -> Self {
        Self::to(stage.control, format!("http://{}", stage.http)).await
    }

    pub async fn to(control: SocketAddr, base: String) -> Self {
        let (address, (answers, control)) = (control, TcpStream::connect(control).await.unwrap().into_split());
        tokio::spawn(async move {
            let mut lines = BufReader::new(answers).lines();
            while let Ok(Some(_)) = lines.next_line().await {}
        });
        let mut watch = TcpStream::connect(address).await.unwrap();
        watch.write_all(b"{\"watch\": {}}\n").await.unwrap();
        let (events_in, events) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let mut lines = BufReader::new(watch).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let _ = events_in.send(serde_json::from_str(&line).unwrap());
            }
        });
        let http = reqwest::Client::builder().pool_max_idle_per_host(64).build().unwrap();
        Self { control, events, http, base, posted: HashMap::new() }
    }

    async fn tell(&mut self, request: Value) {
        self.control.write_all(format!("{request}\n").as_bytes()).await.unwrap();
    }

    pub async fn start(&mut self, bot: i64, user: i64) {
        self.tell(json!({"send": {"bot": bot, "user": user, "text": "/start"}})).await;
    }

    /// Whether somebody sees a reserved number.
    pub fn is_reserved(&self, event: &Value) -> bool {
        matches!(next(&event["message"]), Step::Reserved { .. })
    }

    /// Does what a user does after a screen; gives the time from webhook to message when the code
    /// has arrived.
    pub async fn follow(&mut self, event: &Value) -> Option<Duration> {
        let (bot, user) = (event["bot"].as_i64()?, event["user"].as_i64()?);
        match next(&event["message"]) {
            Step::Press { message, data } => {
                self.tell(json!({"press_data": {"bot": bot, "user": user, "message": message, "data": data}})).await;
                None
            }
            Step::Reserved { number } => {
                let code = 100_000 + rand::random_range(0..900_000u32);
                let body = json!({"messages": [{"to": number, "service": "WhatsApp", "text": format!("code {code}"),
                    "id": format!("{:x}", rand::random::<u64>())}]});
                let url = format!("{}/hooks/b{}/p1", self.base, bot - bot_id(0));
                let request = self.http.post(url).bearer_auth("hook-token").body(body.to_string());
                self.posted.insert(user, Instant::now());
                tokio::spawn(async move {
                    // The farm ends before the last posts do.
                    if let Ok(answer) = request.send().await {
                        assert_eq!(answer.status(), 200);
                    }
                });
                None
            }
            Step::Done => self.posted.remove(&user).map(|at| at.elapsed()),
            Step::Wait => None,
        }
    }
}

/// A quantile of sorted times, in milliseconds.
pub fn percentile(sorted: &[Duration], q: f64) -> f64 {
    let at = (sorted.len() as f64 * q) as usize;
    sorted.get(at).map_or(0.0, |t| (t.as_secs_f64() * 10_000.0).round() / 10.0)
}

/// Every user starts the next rental when the last one is over.
pub async fn saturation(plan: &Plan) -> Value {
    let numbers = 600 * u32::try_from(plan.seconds).unwrap();
    let stage = Stage::set(plan.bots, plan.users, numbers).await;
    let mut load = Load::on(&stage).await;
    for bot in 1..=plan.bots {
        for user in 1..=plan.users {
            load.start(bot_id(bot), user_id(bot, user)).await;
        }
    }
    let began = Instant::now();
    let (mut completed, mut before) = (0u64, None);
    let window = Duration::from_secs(plan.seconds);
    let stop = began + WARM_UP + window;
    while let Ok(Some(event)) = tokio::time::timeout_at(stop.into(), load.events.recv()).await {
        if before.is_none() && began.elapsed() >= WARM_UP {
            before = Some(stage.cpu());
            completed = 0;
        }
        if load.follow(&event).await.is_some() {
            completed += 1;
            load.start(event["bot"].as_i64().unwrap(), event["user"].as_i64().unwrap()).await;
        }
    }
    let after = stage.cpu();
    let seconds = window.as_secs_f64();
    let cores = cores(before.unwrap_or(after), after, seconds);
    stage.strike(plan.bots).await;
    json!({ "bots": plan.bots, "users": plan.bots * plan.users, "seconds": plan.seconds,
        "rentals_per_s": (completed as f64 / seconds).round(), "cores": cores })
}

/// Rentals arrive at random, whatever the answers take.
pub async fn latency(plan: &Plan) -> Value {
    let stage = Stage::set(plan.bots, plan.users, 2000).await;
    let mut load = Load::on(&stage).await;
    let began = Instant::now();
    let stop = began + WARM_UP + Duration::from_secs(plan.seconds);
    let (mut next_start, mut user, mut times) = (began, 0u32, Vec::new());
    let before = stage.cpu();
    while Instant::now() < stop {
        tokio::select! {
            () = tokio::time::sleep_until(next_start.into()) => {
                let (bot, number) = (user % plan.bots + 1, user / plan.bots % plan.users + 1);
                load.start(bot_id(bot), user_id(bot, number)).await;
                user += 1;
                let pause: f64 = -rand::random_range(f64::MIN_POSITIVE..1.0).ln() / RATE;
                next_start += Duration::from_secs_f64(pause);
            }
            Some(event) = load.events.recv() => {
                let time = load.follow(&event).await;
                times.extend(time.filter(|_| began.elapsed() > WARM_UP));
            }
        }
    }
    let cores = cores(before, stage.cpu(), began.elapsed().as_secs_f64());
    stage.strike(plan.bots).await;
    times.sort_unstable();
    let ms = json!({ "p50": percentile(&times, 0.5), "p99": percentile(&times, 0.99) });
    json!({ "rentals_per_s": RATE, "n": times.len(), "webhook_to_message_ms": ms,
        "cores": cores })
}

/// Bots that nobody uses.
pub async fn idle(bots: u32, seconds: u64) -> Value {
    let mut stage = Stage::set(bots, 0, 1).await;
    let tenths = |time: Duration| (time.as_secs_f64() * 10.0).round() / 10.0;
    let first = tenths(stage.up);
    tokio::time::sleep(WARM_UP).await;
    let before = stage.cpu();
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let cores = cores(before, stage.cpu(), seconds as f64);
    let memory = stage.farm_memory_mib();
    let again = tenths(stage.restart(bots).await);
    stage.strike(bots).await;
    json!({
        "bots": bots, "all_answer_first_s": first, "all_answer_again_s": again, "farm_rss_mib": memory.round(),
        "cores": cores,
    })
}

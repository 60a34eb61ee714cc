//! From saving a file to what a user sees; from the death of a host to its bots on another.

use super::load::{Load, percentile};
use super::stage::{Stage, bot_id, user_id};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Saves a bot's file again and again, each time with another name, and asks the bot until it says it.
pub async fn saved(bots: u32, times: u32) -> Value {
    let stage = Stage::set(bots, 1, 1).await;
    let mut load = Load::on(&stage).await;
    let mut waits = Vec::new();
    for turn in 0..times {
        let name = format!("Renamed {turn}");
        let began = Instant::now();
        stage.rename(1, &name);
        loop {
            load.start(bot_id(1), user_id(1, 1)).await;
            let event = load.events.recv().await.unwrap();
            if event["message"]["text"].as_str().is_some_and(|text| text.contains(&name)) {
                break;
            }
        }
        waits.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(rand::random_range(50..300))).await;
        while load.events.try_recv().is_ok() {}
    }
    waits.sort_unstable();
    stage.strike(bots).await;
    json!({ "bots": bots, "saves": times, "ms": { "p50": percentile(&waits, 0.5), "p99": percentile(&waits, 0.99) } })
}

/// Kills one of two hosts; how long until the first and the last of its bots answer on the other.
pub async fn taken_over(bots: u32) -> Value {
    let mut stage = Stage::set(bots, 1, 1).await;
    stage.second_host().await;
    let shares = stage.wait_shared(bots).await;
    let began = Instant::now();
    stage.kill_first();
    let (mut first, half) = (None, bots as usize - shares[0]);
    loop {
        let running = stage.running_on_second().await;
        if running > half && first.is_none() {
            first = Some(began.elapsed());
        }
        if running == bots as usize {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let all = began.elapsed().as_secs_f64();
    json!({ "bots": bots, "of_the_killed": shares[0], "lease_s": 10,
        "first_s": first.map(|at| (at.as_secs_f64() * 10.0).round() / 10.0), "all_s": (all * 10.0).round() / 10.0 })
}

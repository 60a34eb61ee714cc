//! The farm as a whole, measured: rentals per second at saturation, time from webhook to message,
//! memory and cores of idle bots, import. Prints JSON; the figures stand in `benches/README.md`.
//!
//! Farm, sandbox, PostgreSQL and load generator (this program) are processes of their own, and the
//! cores that each used are told apart. Everything is on loopback and bounded in time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs, reason = "a benchmark")]

mod bugs;
mod changes;
mod import;
mod isolation;
mod load;
mod process;
mod stage;
mod user;
mod webhooks;

use serde_json::{Map, json};
use std::process::ExitCode;

/// What is measured, and for how long.
pub struct Plan {
    pub bots: u32,
    pub users: u32,
    pub seconds: u64,
    pub idle: Vec<u32>,
    pub rows: u32,
}

impl Plan {
    fn new(quick: bool) -> Self {
        let seconds = if quick { 10 } else { 30 };
        Self {
            bots: 10,
            users: 50,
            seconds,
            idle: vec![1, 100, 500, 1000],
            rows: if quick { 100_000 } else { 1_000_000 },
        }
    }
}

fn main() -> ExitCode {
    if std::env::var_os(bugs::WANTED).is_some() {
        return bugs::farm();
    }
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|a| a == "--sandbox") {
        stage::run_sandbox(&args[at + 1..]);
        return ExitCode::SUCCESS;
    }
    // `cargo test --all-targets` starts benchmarks too; they measure only when asked.
    if !args.iter().any(|a| a == "--bench") {
        return ExitCode::SUCCESS;
    }
    let plan = Plan::new(args.iter().any(|a| a == "--quick"));
    let only = args.iter().skip_while(|a| *a != "--only").nth(1).cloned();
    let wanted = |part: &str| only.as_deref().is_none_or(|o| o == part);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut figures = Map::new();
    if wanted("saturation") {
        figures.insert("saturation".into(), runtime.block_on(load::saturation(&plan)));
    }
    if wanted("latency") {
        figures.insert("latency".into(), runtime.block_on(load::latency(&plan)));
    }
    if wanted("idle") {
        let idle: Vec<_> = plan.idle.iter().map(|bots| runtime.block_on(load::idle(*bots, plan.seconds))).collect();
        figures.insert("idle".into(), json!(idle));
    }
    if wanted("webhooks") {
        figures.insert("webhooks".into(), runtime.block_on(webhooks::measure(2000)));
    }
    if wanted("import") {
        figures.insert("import".into(), runtime.block_on(import::measure(plan.rows)));
    }
    if wanted("isolation") {
        figures.insert("isolation".into(), runtime.block_on(isolation::measure(10, 20)));
    }
    if wanted("changes") {
        figures.insert("saved".into(), runtime.block_on(changes::saved(100, 200)));
        figures.insert("taken_over".into(), runtime.block_on(changes::taken_over(40)));
    }
    println!("{:#}", json!(figures));
    ExitCode::SUCCESS
}

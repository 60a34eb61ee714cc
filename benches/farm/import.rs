//! The import of one file: through the command line, and sent to a bot by its owner.

use super::process;
use super::stage::{OWNER, Stage, bot_id, user_id};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Imports so many rows into one bot each way.
pub async fn measure(rows: u32) -> Value {
    let stage = Stage::set(1, 0, 1).await;
    let by_command = by_command(&stage, &written(stage.directory.path(), rows, 11)).await;
    let sent = sent(&stage, &written(stage.directory.path(), rows, 12)).await;
    stage.strike(1).await;
    let figures = |(seconds, peak): (f64, f64)| {
        json!({ "seconds": (seconds * 100.0).round() / 100.0,
            "rows_per_s": (f64::from(rows) / seconds).round(), "peak_rss_mib": peak.round() })
    };
    json!({ "rows": rows, "by_command": figures(by_command), "sent_in_telegram": figures(sent) })
}

/// A file as people write them: four spellings of a number.
fn written(directory: &Path, rows: u32, operator: u32) -> PathBuf {
    let mut csv = String::from("service,country_code,phone_number,price_override\n");
    for row in 0..rows {
        let spelling = match row % 4 {
            0 => format!("+20{operator}{row:08}"),
            1 => format!("0020{operator}{row:08}"),
            2 => format!("0{operator}{row:08}"),
            _ => format!("+20 {operator} {row:08}"),
        };
        writeln!(csv, "WhatsApp,20,{spelling},").unwrap();
    }
    let file = directory.join(format!("numbers{operator}.csv"));
    std::fs::write(&file, csv).unwrap();
    file
}

/// Seconds, and the most memory of the command.
async fn by_command(stage: &Stage, file: &Path) -> (f64, f64) {
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_botfarm"))
        .args(["import", "--bot", "b1", file.to_str().unwrap()])
        .env("DATABASE_URL", &stage.url)
        .env("BOTFARM_DATA", stage.directory.path().join("data"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak: f64 = 0.0;
    while child.try_wait().unwrap().is_none() {
        peak = peak.max(process::memory_mib(child.id(), "VmHWM"));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    (began.elapsed().as_secs_f64(), peak)
}

/// Seconds, and the most memory of the whole farm.
async fn sent(stage: &Stage, file: &Path) -> (f64, f64) {
    let (bot, user) = (bot_id(1), user_id(1, OWNER));
    let say = |text: &str| stage.ask_sandbox(&json!({ "send": { "bot": bot, "user": user, "text": text } }));
    let press = |label: &str| stage.ask_sandbox(&json!({ "press": { "bot": bot, "user": user, "label": label } }));
    say("/admin");
    seen(stage, "Send the panel's password").await;
    say("hook-token");
    seen(stage, "What would you like to do?").await;
    press("🔢");
    seen(stage, "The numbers of which country?").await;
    press("📥");
    seen(stage, "Send a CSV file").await;
    let began = Instant::now();
    stage.ask_sandbox(&json!({ "send_file": { "bot": bot, "user": user, "path": file } }));
    seen(stage, "✅").await;
    (began.elapsed().as_secs_f64(), stage.farm_peak_mib())
}

/// Waits until the owner's chat shows a text.
async fn seen(stage: &Stage, text: &str) {
    let began = Instant::now();
    loop {
        let chat = stage.ask_sandbox(&json!({ "chat": { "bot": bot_id(1), "user": user_id(1, OWNER) } }));
        let messages = chat["messages"].as_array().into_iter().flatten();
        if messages.filter_map(|m| m["text"].as_str()).any(|shown| shown.contains(text)) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(600), "{text:?} was not seen in {chat:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

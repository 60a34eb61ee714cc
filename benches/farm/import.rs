//! The import of a file through the command line.

use super::process;
use super::stage::Stage;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Imports so many rows into one bot.
pub async fn measure(rows: u32) -> Value {
    let stage = Stage::set(1, 0, 1).await;
    let mut csv = String::from("service,country_code,phone_number,price_override\n");
    for row in 0..rows {
        let spelling = match row % 4 {
            0 => format!("+2011{row:08}"),
            1 => format!("002011{row:08}"),
            2 => format!("011{row:08}"),
            _ => format!("+20 11 {row:08}"),
        };
        writeln!(csv, "WhatsApp,20,{spelling},").unwrap();
    }
    let file = stage.directory.path().join("numbers.csv");
    std::fs::write(&file, csv).unwrap();
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
    let seconds = began.elapsed().as_secs_f64();
    stage.strike(1).await;
    json!({ "rows": rows, "seconds": (seconds * 100.0).round() / 100.0,
        "rows_per_s": (f64::from(rows) / seconds).round(), "peak_rss_mib": peak.round() })
}

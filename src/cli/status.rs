//! `botfarm status`.

use crate::host::HostArgs;
use crate::provider::fetch::{Fetcher, Reach};
use anyhow::{Context, Result};
use clap::Args;
use comfy_table::{Table, presets};
use serde_json::Value;
use std::process::ExitCode;

/// What to show.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// Asks the running farm.
pub async fn run(host: &HostArgs, args: &StatusArgs) -> Result<ExitCode> {
    let scheme = if host.tls_cert.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{}/status", host.listen);
    let body = Fetcher::of_this_machine()?.body(&url, Reach::Anywhere).await;
    let body = body.with_context(|| format!("no farm answers at {}: is it running?", host.listen))?;
    if args.json {
        println!("{}", String::from_utf8_lossy(&body));
        return Ok(ExitCode::SUCCESS);
    }
    let status: Value = serde_json::from_slice(&body)?;
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["bot", "name", "state", "since", "reason"]);
    for bot in status["bots"].as_array().into_iter().flatten() {
        let text = |field: &str| bot[field].as_str().unwrap_or_default().to_owned();
        table.add_row([text("slug"), text("name"), text("state"), text("since"), text("reason")]);
    }
    println!("{table}");
    for fault in status["faults"].as_array().into_iter().flatten() {
        println!("{}", fault.as_str().unwrap_or_default());
    }
    Ok(ExitCode::SUCCESS)
}

//! `botfarm doctor`: what the farm needs, looked at one by one.

use crate::clock::Clock;
use crate::config::load_dir;
use crate::config::telegram::{Server, TelegramConfig};
use crate::host::HostArgs;
use crate::open;
use crate::service::farm;
use crate::service::hosts;
use anyhow::Result;
use clap::Args;
use comfy_table::{Table, presets};
use nix::sys::statvfs::statvfs;
use secrecy::ExposeSecret;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpStream;

/// An address that does not answer in this time does not answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clocks that differ by more charge and expire at wrong times, in seconds.
const LARGEST_OFFSET: f64 = 2.0;
/// Less free space is a warning, in MiB.
const LEAST_SPACE: u64 = 1024;
/// Telegram's data centre of most bots, and that for tests.
const TELEGRAM: &str = "149.154.167.50:443";
const TELEGRAM_TEST: &str = "149.154.167.40:443";

/// In which form.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finding {
    Good,
    Warning,
    Bad,
}

/// What was looked at, how it is, and what to do about it.
type Checked = (&'static str, Finding, String);

/// Looks at everything; exit code 1 if something is bad.
pub async fn run(host: &HostArgs, args: &DoctorArgs) -> Result<ExitCode> {
    let mut found = vec![key(host), permissions(host), files(host), disk(&host.data_dir)];
    found.extend(database(host).await);
    found.extend(telegram(host).await);
    if args.json {
        let rows =
            found.iter().map(|(what, finding, text)| json!({ "check": what, "result": word(*finding), "text": text }));
        println!("{}", json!(rows.collect::<Vec<_>>()));
    } else {
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["", "check", "found"]);
        for (what, finding, text) in &found {
            table.add_row([mark(*finding), what, text]);
        }
        println!("{table}");
    }
    let is_bad = found.iter().any(|(_, finding, _)| *finding == Finding::Bad);
    Ok(if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn mark(finding: Finding) -> &'static str {
    match finding {
        Finding::Good => "🟢",
        Finding::Warning => "🟡",
        Finding::Bad => "🔴",
    }
}

fn word(finding: Finding) -> &'static str {
    match finding {
        Finding::Good => "good",
        Finding::Warning => "warning",
        Finding::Bad => "bad",
    }
}

fn key(host: &HostArgs) -> Checked {
    const WHAT: &str = "the farm's key";
    match open::key_path(host) {
        Ok(path) if !path.exists() => {
            (WHAT, Finding::Warning, format!("{} is not there yet: the farm makes it", path.display()))
        }
        Ok(_) => match open::known_key(host) {
            Ok(key) => (WHAT, Finding::Good, format!("{key:?}; the same on every host, in no backup")),
            Err(error) => (WHAT, Finding::Bad, format!("{error:#}")),
        },
        Err(error) => (WHAT, Finding::Bad, format!("{error:#}")),
    }
}

/// Whatever lies beside the bots' files is taken for a secret of theirs.
fn permissions(host: &HostArgs) -> Checked {
    let open_to_others = |path: &Path| {
        let about = fs::metadata(path).map(|about| about.is_file() && about.permissions().mode() & 0o077 != 0);
        about.unwrap_or(false)
    };
    let entries = fs::read_dir(&host.bots_dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let secrets = entries.filter(|path| path.extension().is_none_or(|e| e != "toml") && open_to_others(path));
    let secrets: Vec<String> = secrets.map(|path| path.display().to_string()).collect();
    // Passing through is allowed: the farm's own PostgreSQL, of another user, has its place in it.
    if fs::metadata(&host.data_dir).is_ok_and(|about| about.permissions().mode() & 0o066 != 0) {
        let text = format!("others may read {}: chmod go-rw", host.data_dir.display());
        return ("permissions", Finding::Bad, text);
    }
    match secrets.is_empty() {
        true => ("permissions", Finding::Good, "nobody else reads the data directory or secrets".to_owned()),
        false => ("permissions", Finding::Warning, format!("others may read {}: chmod 600", secrets.join(", "))),
    }
}

fn files(host: &HostArgs) -> Checked {
    let loaded = open::known_key(host)
        .map_err(|e| e.to_string())
        .and_then(|key| load_dir(&host.bots_dir, &key, &[]).map_err(|fault| fault.to_string().trim().to_owned()));
    match loaded {
        Err(why) => ("bots' files", Finding::Bad, why),
        Ok(loaded) if loaded.faults.is_empty() => ("bots' files", Finding::Good, format!("{} good", loaded.bots.len())),
        Ok(loaded) => {
            let text =
                format!("{} good, {} with faults: botfarm check names them", loaded.bots.len(), loaded.faults.len());
            ("bots' files", Finding::Warning, text)
        }
    }
}

fn disk(data: &Path) -> Checked {
    match statvfs(data) {
        Err(error) => ("disk", Finding::Bad, format!("{}: {error}", data.display())),
        Ok(stat) => {
            let free = stat.blocks_available() * stat.fragment_size() / 1024 / 1024;
            let finding = if free < LEAST_SPACE { Finding::Warning } else { Finding::Good };
            ("disk", finding, format!("{free} MiB free for {}", data.display()))
        }
    }
}

async fn database(host: &HostArgs) -> Vec<Checked> {
    let opened = match open::running_database(host).await {
        Ok(opened) => opened,
        Err(error) => return vec![("database", Finding::Bad, format!("{error:#}"))],
    };
    let mut found = Vec::new();
    let before = Clock::default().now();
    match hosts::now(&opened.database).await {
        Err(error) => found.push(("database", Finding::Bad, error.to_string())),
        Ok(theirs) => {
            found.push(("database", Finding::Good, "it answers".to_owned()));
            let middle = before + (Clock::default().now() - before) / 2;
            let offset = (theirs - middle).as_seconds_f64();
            let finding = if offset.abs() > LARGEST_OFFSET { Finding::Bad } else { Finding::Good };
            let text = format!("this machine's clock differs from the database's by {offset:.3} s");
            found.push(("clock", finding, text));
        }
    }
    found.push(match farm::behind(&opened.database).await {
        Ok((known, behind)) if behind.is_empty() => ("schemas", Finding::Good, format!("{known} bots have data here")),
        Ok((known, behind)) => {
            let behind = format!("{} of {known} are of another version: botfarm migrate", behind.len());
            ("schemas", Finding::Warning, behind)
        }
        Err(error) => ("schemas", Finding::Bad, error.to_string()),
    });
    found
}

/// Whether every server that a bot talks to can be reached; of those behind a proxy, whether that can be.
async fn telegram(host: &HostArgs) -> Vec<Checked> {
    let mut servers = BTreeSet::new();
    if let Ok(key) = open::known_key(host)
        && let Ok(loaded) = load_dir(&host.bots_dir, &key, &[])
    {
        servers.extend(loaded.bots.iter().map(|bot| reached_by(&bot.config.telegram)));
    }
    if servers.is_empty() {
        servers.insert(("Telegram", TELEGRAM.to_owned()));
    }
    let mut found = Vec::new();
    for (what, server) in servers {
        let reached = tokio::time::timeout(PATIENCE, TcpStream::connect(&server)).await;
        let advice = if what == "proxy" { "the bots behind it hear nothing" } else { "a proxy may be needed" };
        found.push(match reached {
            Ok(Ok(_)) => (what, Finding::Good, format!("{server} answers")),
            Ok(Err(error)) => (what, Finding::Bad, format!("{server}: {error}; {advice}")),
            Err(_) => (what, Finding::Bad, format!("{server} does not answer; {advice}")),
        });
    }
    found
}

/// What a bot connects to, and its address; of a proxy without its user and password.
fn reached_by(telegram: &TelegramConfig) -> (&'static str, String) {
    if let Some(proxy) = &telegram.proxy {
        let address = proxy.expose_secret().trim_end_matches('/');
        let address = address.rsplit(['@', '/']).next().unwrap_or_default();
        return ("proxy", address.to_owned());
    }
    let address = match &telegram.server {
        Server::Custom { address, .. } => address.to_string(),
        Server::Production => TELEGRAM.to_owned(),
        Server::Test => TELEGRAM_TEST.to_owned(),
    };
    ("Telegram", address)
}

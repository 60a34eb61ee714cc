//! `botfarm doctor`: what the farm needs, looked at one by one.

use crate::clock::Clock;
use crate::config::load_dir;
use crate::config::telegram::Server;
use crate::host::HostArgs;
use crate::open;
use crate::service::farm;
use crate::service::hosts;
use anyhow::Result;
use clap::Args;
use comfy_table::{Table, presets};
use nix::sys::statvfs::statvfs;
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
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
/// Telegram's data centre of most bots.
const TELEGRAM: ([u8; 4], u16) = ([149, 154, 167, 50], 443);

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
    match open::key(host) {
        Ok(key) => ("the farm's key", Finding::Good, format!("{key:?}; the same on every host, in no backup")),
        Err(error) => ("the farm's key", Finding::Bad, format!("{error:#}")),
    }
}

fn permissions(host: &HostArgs) -> Checked {
    let open_to_others = |path: &Path| {
        let mode = fs::metadata(path).map(|meta| meta.permissions().mode() & 0o077);
        mode.is_ok_and(|mode| mode != 0)
    };
    let secrets: Vec<String> = fs::read_dir(&host.bots_dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "secret" || e == "key") && open_to_others(path))
        .map(|path| path.display().to_string())
        .collect();
    if open_to_others(&host.data_dir) {
        let text = format!("others may read {}: chmod 700", host.data_dir.display());
        return ("permissions", Finding::Bad, text);
    }
    match secrets.is_empty() {
        true => ("permissions", Finding::Good, "nobody else reads the data directory or secrets".to_owned()),
        false => ("permissions", Finding::Warning, format!("others may read {}: chmod 600", secrets.join(", "))),
    }
}

fn files(host: &HostArgs) -> Checked {
    let loaded = open::key(host)
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
    match farm::known_bots(&opened.database).await {
        Ok(bots) => found.push(("schemas", Finding::Good, format!("{} bots have data here", bots.len()))),
        Err(error) => found.push(("schemas", Finding::Bad, error.to_string())),
    }
    found
}

/// Whether every server that a bot talks to can be reached, directly; through a proxy its own answers.
async fn telegram(host: &HostArgs) -> Vec<Checked> {
    let mut servers = BTreeSet::new();
    if let Ok(key) = open::key(host)
        && let Ok(loaded) = load_dir(&host.bots_dir, &key, &[])
    {
        for bot in &loaded.bots {
            servers.insert(match (&bot.config.telegram.proxy, &bot.config.telegram.server) {
                (Some(_), _) => continue,
                (None, Server::Custom { address, .. }) => SocketAddr::V4(*address),
                (None, Server::Production | Server::Test) => SocketAddr::from(TELEGRAM),
            });
        }
    }
    if servers.is_empty() {
        servers.insert(SocketAddr::from(TELEGRAM));
    }
    let mut found = Vec::new();
    for server in servers {
        let reached = tokio::time::timeout(PATIENCE, TcpStream::connect(server)).await;
        found.push(match reached {
            Ok(Ok(_)) => ("Telegram", Finding::Good, format!("{server} answers")),
            Ok(Err(error)) => ("Telegram", Finding::Bad, format!("{server}: {error}; a proxy may be needed")),
            Err(_) => ("Telegram", Finding::Bad, format!("{server} does not answer; a proxy may be needed")),
        });
    }
    found
}

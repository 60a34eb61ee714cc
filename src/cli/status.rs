//! `botfarm status`: the whole farm from its database, also when no host of it runs here.

use crate::config::{self, BotConfig};
use crate::definition::effective;
use crate::domain::slug::Slug;
use crate::host::HostArgs;
use crate::open::{self, Opened};
use crate::service::definitions;
use crate::service::farm::{self, Figures};
use crate::service::hosts::{self, HostRow, LeaseRow};
use crate::service::settings;
use anyhow::{Context, Result};
use clap::Args;
use comfy_table::{Table, presets};
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio_util::task::AbortOnDropHandle;

/// With `--watch` it is drawn anew so often.
const EVERY: Duration = Duration::from_secs(2);
/// Bots whose figures are asked for at once.
const AT_ONCE: usize = 4;

/// What to show.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// As JSON.
    #[arg(long)]
    json: bool,
    /// Draw it anew every two seconds, until Ctrl-C.
    #[arg(long, conflicts_with = "json")]
    watch: bool,
    /// What this bot goes by, and where each value comes from.
    #[arg(long, conflicts_with = "watch")]
    bot: Option<String>,
}

/// A bot with its figures.
struct Row {
    lease: LeaseRow,
    figures: Option<Figures>,
}

/// Asks the database.
pub async fn run(host: &HostArgs, args: &StatusArgs) -> Result<ExitCode> {
    let opened = open::running_database(host).await?;
    if let Some(bot) = &args.bot {
        return values(host, &opened, bot, args.json).await;
    }
    // Listened to from the beginning, on a task of its own: a Ctrl-C while the table is drawn counts too. Without
    // `--watch` one ends the program as it always does.
    let is_watch = args.watch;
    let mut stopped = AbortOnDropHandle::new(tokio::spawn(async move {
        if is_watch { crate::lifecycle::wait_for_signal().await } else { std::future::pending().await }
    }));
    loop {
        let (hosts, rows) = tokio::select! {
            looked = look(&opened) => looked?,
            _ = &mut stopped => return Ok(ExitCode::SUCCESS),
        };
        if args.json {
            println!("{}", as_json(&hosts, &rows));
            return Ok(ExitCode::SUCCESS);
        }
        if args.watch {
            // Home, and everything below is cleared.
            print!("\x1b[H\x1b[J");
        }
        print(&hosts, &rows);
        for (host, files) in definitions::absent(&opened.database).await? {
            println!("{host} is not there; bots whose files it has: {files}");
        }
        if !args.watch {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = &mut stopped => return Ok(ExitCode::SUCCESS),
        }
    }
}

async fn look(opened: &Opened) -> Result<(Vec<HostRow>, Vec<Row>)> {
    let (hosts, leases) = hosts::overview(&opened.database).await?;
    let row = async |lease: LeaseRow| {
        let figures = match lease.slug.parse::<Slug>() {
            Ok(slug) => farm::figures(&opened.database.tenant(&slug)).await.ok(),
            Err(_) => None,
        };
        Row { lease, figures }
    };
    let rows = stream::iter(leases).map(row).buffered(AT_ONCE).collect().await;
    Ok((hosts, rows))
}

fn state(lease: &LeaseRow) -> (&'static str, &str) {
    match (lease.host.is_some(), lease.state.as_deref()) {
        (true, Some("running")) if lease.reason.is_some() => ("🟡", "running"),
        (true, Some("running")) => ("🟢", "running"),
        (true, Some("failed")) => ("🔴", "failed"),
        (true, Some(state)) => ("🟡", state),
        (true, None) => ("🟡", "starting"),
        (false, _) => ("⚪", "no host"),
    }
}

fn print(hosts: &[HostRow], rows: &[Row]) {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
        "bot",
        "state",
        "since (UTC)",
        "host",
        "users",
        "open",
        "stock",
        "outbox",
        "providers",
        "reason",
    ]);
    for Row { lease, figures } in rows {
        let (mark, state) = state(lease);
        let figure = |of: fn(&Figures) -> i64| figures.as_ref().map_or_else(|| "—".to_owned(), |f| of(f).to_string());
        let providers = figures.map_or_else(
            || "—".to_owned(),
            |f| match f.failing {
                0 => format!("{} 🟢", f.providers),
                failing => format!("{failing} of {} 🔴", f.providers),
            },
        );
        table.add_row([
            lease.slug.clone(),
            format!("{mark} {state}"),
            lease.since.map(|at| at.format("%m-%d %H:%M:%S").to_string()).unwrap_or_default(),
            lease.host.clone().unwrap_or_default(),
            figure(|f| f.users),
            figure(|f| f.open),
            figure(|f| f.stock),
            figure(|f| f.outbox),
            providers,
            lease.reason.clone().unwrap_or_default(),
        ]);
    }
    println!("{table}");
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["host", "version", "since (UTC)", "bots", "state"]);
    for host in hosts {
        let bots = rows.iter().filter(|row| row.lease.host.as_ref() == Some(&host.host)).count();
        table.add_row([
            host.host.clone(),
            host.version.clone(),
            host.started_at.format("%m-%d %H:%M:%S").to_string(),
            bots.to_string(),
            if host.draining { "hands over" } else { "alive" }.to_owned(),
        ]);
    }
    println!("{table}");
    for host in hosts {
        host.faults.iter().for_each(|fault| print!("on {}: {fault}", host.host));
    }
}

fn as_json(hosts: &[HostRow], rows: &[Row]) -> serde_json::Value {
    let bots = rows.iter().map(|Row { lease, figures }| {
        json!({
            "slug": lease.slug, "state": state(lease).1, "since": lease.since, "host": lease.host,
            "reason": lease.reason, "figures": figures,
        })
    });
    let hosts = hosts.iter().map(|host| {
        json!({
            "host": host.host, "version": host.version, "since": host.started_at, "draining": host.draining,
            "faults": host.faults,
        })
    });
    json!({ "bots": bots.collect::<Vec<_>>(), "hosts": hosts.collect::<Vec<_>>() })
}

/// What one bot goes by.
async fn values(host: &HostArgs, opened: &Opened, bot: &str, is_json: bool) -> Result<ExitCode> {
    let tenant = opened.bot(bot).await?;
    let config = definition(host, opened, bot).await?;
    let values = effective(&config, &settings::load(&tenant).await?);
    if is_json {
        println!("{}", json!(values));
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["setting", "value", "from"]);
    for value in &values {
        table.add_row([value.setting, &value.value, value.from]);
    }
    println!("{table}");
    Ok(ExitCode::SUCCESS)
}

/// What the farm goes by, wherever the bot's file lies and whatever the environment says here.
async fn definition(host: &HostArgs, opened: &Opened, bot: &str) -> Result<BotConfig> {
    let key = open::known_key(host)?;
    let published = definitions::bodies(&opened.database, &[bot.to_owned()]).await?.pop();
    let (_, body) = published.with_context(|| format!("{bot} has no file on any host"))?;
    config::bot::check_published(&Path::new("published").join(format!("{bot}.toml")), &body, &key)
        .map_err(|faults| anyhow::anyhow!("what was published of {bot} cannot be read here: {faults}"))
}

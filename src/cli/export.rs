//! `botfarm export`.

use crate::clock::Clock;
use crate::host::HostArgs;
use crate::open;
use crate::service::export::{self, Table};
use anyhow::{Context, Result};
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::fs::File;

/// What to export.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The bot's short name.
    #[arg(long)]
    bot: String,
    /// Which table.
    #[arg(value_parser = PossibleValuesParser::new(Table::ALL.map(|(_, word)| word)))]
    table: String,
    /// The file; the standard output without it.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Writes a table as CSV. Codes are never exported.
pub async fn run(host: &HostArgs, args: &ExportArgs) -> Result<ExitCode> {
    let table = Table::ALL.into_iter().find(|(_, word)| *word == args.table).map(|(table, _)| table);
    let table = table.context("there is no such table")?;
    let opened = open::database(host).await?;
    let tenant = opened.bot(&args.bot).await?;
    let now = Clock::default().now();
    match &args.out {
        Some(path) => {
            let mut file = File::create(path).await.with_context(|| format!("writing {}", path.display()))?;
            let bytes = export::write(&tenant, "operator", table, &mut file, now).await?;
            println!("{}: {bytes} bytes of {} in {}", args.bot, args.table, path.display());
        }
        None => drop(export::write(&tenant, "operator", table, &mut tokio::io::stdout(), now).await?),
    }
    opened.close()?;
    Ok(ExitCode::SUCCESS)
}

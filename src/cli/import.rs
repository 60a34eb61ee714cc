//! `botfarm import`.

use crate::host::HostArgs;
use crate::open;
use crate::service::stock::{self, Order, Rejected};
use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Rejected lines that are shown; the rest is only counted, or written with `--rejected`.
const SHOWN: u64 = 20;

/// What to import.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The bot's short name.
    #[arg(long)]
    bot: String,
    /// A CSV file with the header `service,country_code,phone_number,price_override`.
    file: PathBuf,
    /// Write the rejected lines, with reasons, to this CSV file.
    #[arg(long)]
    rejected: Option<PathBuf>,
}

/// Streams the file into the stock and reports.
pub async fn run(host: &HostArgs, args: &ImportArgs) -> Result<ExitCode> {
    let file = File::open(&args.file).with_context(|| format!("opening {}", args.file.display()))?;
    let size = file.metadata()?.len();
    let is_input = |report: &PathBuf| report.canonicalize().ok() == args.file.canonicalize().ok();
    if args.rejected.as_ref().is_some_and(is_input) {
        bail!("--rejected names the file to import: it would be overwritten");
    }
    let mut report = args.rejected.as_ref().map(csv::Writer::from_path).transpose()?;
    let opened = open::database(host).await?;
    let tenant = opened.bot(&args.bot).await?;
    let bar =
        ProgressBar::new(size).with_style(ProgressStyle::with_template("{bar:30} {percent:>3}% · {msg} · {elapsed}")?);
    bar.enable_steady_tick(Duration::from_millis(200));
    let (reading, lines) = (bar.wrap_read(file), bar.clone());
    let mut shown = 0;
    let reject = |line: &Rejected| {
        shown += 1;
        if shown <= SHOWN {
            bar.suspend(|| println!("line {}: {}", line.line, line.reason));
        }
        if let Some(report) = &mut report {
            let _ = report.write_record([&line.line.to_string(), &line.reason.to_string(), &line.text]);
        }
    };
    let progress = |line| {
        lines.set_message(format!("{line} lines"));
        ControlFlow::Continue(())
    };
    let imported = stock::import(&tenant, stock::fresh_id(), Order::KNOWN, reading, reject, progress).await?;
    bar.finish_and_clear();
    println!(
        "{}: {} numbers added, {} known already, {} lines rejected",
        args.bot, imported.added, imported.duplicates, imported.rejected
    );
    opened.close()?;
    Ok(ExitCode::SUCCESS)
}

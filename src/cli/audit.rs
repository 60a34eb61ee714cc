//! `botfarm audit`.

use crate::host::HostArgs;
use crate::open;
use crate::service::audit;
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;

/// Whose books.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// The bot's short name.
    #[arg(long)]
    bot: String,
}

/// Prints every disagreement; exit code 1 if there is one.
pub async fn run(host: &HostArgs, args: &AuditArgs) -> Result<ExitCode> {
    let opened = open::database(host).await?;
    let tenant = opened.bot(&args.bot).await?;
    let found = audit::check(&tenant).await?;
    found.iter().for_each(|line| println!("{}: {line}", args.bot));
    if found.is_empty() {
        println!("{}: the books agree", args.bot);
    }
    opened.close()?;
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

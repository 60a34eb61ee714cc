//! `botfarm ban`.

use crate::clock::Clock;
use crate::host::HostArgs;
use crate::open;
use crate::service::{Refusal, ServiceError, hosts, users};
use anyhow::{Result, anyhow};
use clap::Args;
use std::process::ExitCode;

/// Whom to ban.
#[derive(Debug, Args)]
pub struct BanArgs {
    /// The bot's short name.
    #[arg(long)]
    bot: String,
    /// The user's Telegram id.
    #[arg(long)]
    user: i64,
    /// Lets the user back instead.
    #[arg(long)]
    undo: bool,
}

/// Bans a user, or lets them back; a running farm obeys at once.
pub async fn run(host: &HostArgs, args: &BanArgs) -> Result<ExitCode> {
    let opened = open::database(host).await?;
    let tenant = opened.bot(&args.bot).await?;
    let banned = users::set_banned(&tenant, args.user, !args.undo, "operator", Clock::default().now()).await;
    banned.map_err(|error| match error {
        ServiceError::Refused(Refusal::NotFound) => anyhow!("user {} has never written to {}", args.user, args.bot),
        error => error.into(),
    })?;
    // If nobody hears, a running bot still obeys within half a minute.
    let _ = hosts::wake(&opened.database, &args.bot).await;
    let state = if args.undo { "is no longer banned" } else { "is banned" };
    println!("{}: user {} {state}", args.bot, args.user);
    opened.close()?;
    Ok(ExitCode::SUCCESS)
}

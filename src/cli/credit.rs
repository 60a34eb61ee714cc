//! `botfarm credit`.

use crate::clock::Clock;
use crate::domain::money::{format_amount, parse_amount};
use crate::host::HostArgs;
use crate::open;
use crate::service::{credit, hosts};
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use rust_decimal::Decimal;
use std::process::ExitCode;

/// Whom to credit.
#[derive(Debug, Args)]
pub struct CreditArgs {
    /// The bot's short name.
    #[arg(long)]
    bot: String,
    /// The user's Telegram id.
    #[arg(long)]
    user: i64,
    /// How much, in the bot's currency; below 0 takes it away.
    #[arg(allow_negative_numbers = true)]
    amount: String,
    /// Why; kept in the ledger.
    #[arg(long, default_value = "operator")]
    reason: String,
    /// Names the request: the same key is carried out once.
    #[arg(long)]
    key: Option<String>,
}

/// Adds to the balance, or takes from it, and prints it.
pub async fn run(host: &HostArgs, args: &CreditArgs) -> Result<ExitCode> {
    let (sign, digits) = match args.amount.strip_prefix('-') {
        Some(digits) => (-Decimal::ONE, digits),
        None => (Decimal::ONE, args.amount.as_str()),
    };
    let amount = sign * parse_amount(digits).map_err(|why| anyhow!("{:?}: {why}", args.amount))?;
    if amount.is_zero() || args.user <= 0 {
        bail!("expected an amount that is not 0 and a Telegram user id above 0");
    }
    let opened = open::database(host).await?;
    let tenant = opened.bot(&args.bot).await?;
    let key = args.key.clone().unwrap_or_else(|| format!("cli:{:x}", rand::random::<u64>()));
    let now = Clock::default().now();
    let added = credit::add(&tenant, args.user, amount, &args.reason, &key, now).await;
    // The answer may be lost while the credit was given: the same key gives it once.
    let balance = added.with_context(|| format!("not confirmed; repeat with --key {key}"))?;
    // A rental may have waited for the money. If nobody hears, its bot looks by itself within a minute.
    let _ = hosts::wake(&opened.database, &args.bot).await;
    println!("{}: user {} has {} now", args.bot, args.user, format_amount(balance));
    opened.close()?;
    Ok(ExitCode::SUCCESS)
}

//! `botfarm forget-host`.

use crate::host::HostArgs;
use crate::open;
use crate::service::definitions;
use anyhow::{Result, bail};
use clap::Args;
use std::process::ExitCode;

/// Which host.
#[derive(Debug, Args)]
pub struct ForgetArgs {
    /// Its name, as `botfarm status` tells it.
    name: String,
}

/// Forgets the files of a host that is gone for good: bots of which it alone had a file are deleted, and
/// their data stays.
pub async fn run(host: &HostArgs, args: &ForgetArgs) -> Result<ExitCode> {
    let opened = open::database(host).await?;
    let forgotten = definitions::forget_host(&opened.database, &args.name).await?;
    let Some(buried) = forgotten else {
        bail!("{} is alive, or has no files: nothing was forgotten", args.name);
    };
    let deleted = if buried.is_empty() { "no bot".to_owned() } else { buried.join(", ") };
    println!("{} was forgotten; with its files went: {deleted}", args.name);
    opened.close()?;
    Ok(ExitCode::SUCCESS)
}

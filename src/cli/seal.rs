//! `botfarm seal`.

use crate::domain::slug::Slug;
use crate::host::HostArgs;
use crate::open;
use anyhow::{Result, bail};
use clap::Args;
use std::io::Read;
use std::process::ExitCode;

/// Where the secret will stand.
#[derive(Debug, Args)]
pub struct SealArgs {
    /// The bot's short name.
    #[arg(long)]
    bot: Slug,
    /// The key in its file, for example `token`.
    #[arg(long)]
    field: String,
}

/// Reads a secret from standard input and prints what to write into the file.
pub fn run(host: &HostArgs, args: &SealArgs) -> Result<ExitCode> {
    let mut secret = String::new();
    std::io::stdin().read_to_string(&mut secret)?;
    let secret = secret.trim();
    if secret.is_empty() {
        bail!("no secret came on standard input");
    }
    let sealed = open::key(host)?.seal(&format!("{}/{}", args.bot, args.field), secret.as_bytes())?;
    println!("{} = {{ sealed = \"{sealed}\" }}", args.field);
    Ok(ExitCode::SUCCESS)
}

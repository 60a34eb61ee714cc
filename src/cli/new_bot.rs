//! `botfarm new-bot`, `schema`, `completions` and `man`: what is written for the operator.

use crate::config::{reference, write};
use crate::domain::slug::Slug;
use crate::host::HostArgs;
use anyhow::{Context, Result};
use clap::{Args, Command};
use clap_complete::Shell;
use std::path::PathBuf;
use std::process::ExitCode;

/// Which bot.
#[derive(Debug, Args)]
pub struct NewBotArgs {
    /// The bot's short name: its file is made in the bots' directory.
    bot: Slug,
}

/// Writes a first file, with every key as a comment. The bot starts once its secrets are there.
pub fn new_bot(host: &HostArgs, args: &NewBotArgs) -> Result<ExitCode> {
    std::fs::create_dir_all(&host.bots_dir).context("making the bots' directory")?;
    let path = write::path(&host.bots_dir, &args.bot);
    let written = write::write_new(&path, &reference::scaffold(args.bot.as_str()));
    written.with_context(|| format!("writing {}", path.display()))?;
    println!("{} is written: edit it, then run botfarm check", path.display());
    Ok(ExitCode::SUCCESS)
}

/// In which form.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// As the tables of docs/CONFIG.md.
    #[arg(long)]
    markdown: bool,
}

/// Prints the reference of a bot's file.
pub fn schema(args: &SchemaArgs) -> Result<ExitCode> {
    if args.markdown {
        print!("{}", reference::markdown());
    } else {
        println!("{}", serde_json::to_string_pretty(&reference::schema())?);
    }
    Ok(ExitCode::SUCCESS)
}

/// For which shell.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

/// Prints what completes this program's arguments.
pub fn completions(command: &mut Command, args: &CompletionsArgs) -> ExitCode {
    clap_complete::generate(args.shell, command, "botfarm", &mut std::io::stdout());
    ExitCode::SUCCESS
}

/// Where to.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for each verb into this directory, instead of the program's to the standard output.
    directory: Option<PathBuf>,
}

/// Writes manual pages.
pub fn man(command: Command, args: &ManArgs) -> Result<ExitCode> {
    match &args.directory {
        Some(directory) => {
            std::fs::create_dir_all(directory).with_context(|| format!("making {}", directory.display()))?;
            clap_mangen::generate_to(command, directory).context("writing the manual pages")?;
        }
        None => clap_mangen::Man::new(command).render(&mut std::io::stdout())?,
    }
    Ok(ExitCode::SUCCESS)
}

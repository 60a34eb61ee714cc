//! `botfarm backup`, `restore` and `drop-bot`: one bot's data, in PostgreSQL's own format, with its file.

use crate::config::write;
use crate::domain::slug::Slug;
use crate::embedded_pg::find_programs;
use crate::host::HostArgs;
use crate::open::{self, Opened};
use crate::service::{definitions, farm, hosts};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs::{self, DirBuilder};
use std::io::{BufRead, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::str::FromStr;
use tokio::process::Command;
use tokio_postgres::config::{Host, SslMode};

/// What to back up.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The bot's short name.
    #[arg(long)]
    bot: String,
    /// Where `<bot>.dump` and `<bot>.toml` are written.
    directory: PathBuf,
}

/// What to restore.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The `.dump` file of a backup; the `.toml` beside it becomes the bot's file.
    file: PathBuf,
}

/// What to drop.
#[derive(Debug, Args)]
pub struct DropArgs {
    /// The bot's short name.
    bot: Slug,
    /// Where the dump is written before; `backups` in the data directory without it.
    #[arg(long)]
    backup: Option<PathBuf>,
    /// The bot's name, instead of asking for it.
    #[arg(long)]
    yes: Option<String>,
}

/// Writes a bot's data and its definition, secrets sealed. The farm's key is not in it.
pub async fn backup(host: &HostArgs, args: &BackupArgs) -> Result<ExitCode> {
    let opened = open::database(host).await?;
    let slug = opened.bot(&args.bot).await?.slug().clone();
    let dump = write_backup(&opened, &slug, &args.directory).await?;
    println!("{slug}: backed up to {}", dump.display());
    opened.close()?;
    Ok(ExitCode::SUCCESS)
}

async fn write_backup(opened: &Opened, slug: &Slug, directory: &Path) -> Result<PathBuf> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.with_context(|| format!("making {}", directory.display()))?;
    let dump = dump_of(directory, slug);
    // Users, codes and sealed keys are in it: nobody else reads it, whatever the directory allows.
    let unfinished = Unfinished::begin(&dump)?;
    let mut command = program("pg_dump", &opened.url)?;
    command.args(["--format=custom", "--no-owner", "--no-privileges", &format!("--schema=bot_{slug}")]);
    finished(command.arg("--file").arg(&unfinished.path), "pg_dump").await?;
    let definition = definitions::bodies(&opened.database, &[slug.to_string()]).await?.pop();
    if let Some((_, body)) = definition {
        let path = dump.with_extension("toml");
        let text = Unfinished::begin(&path)?;
        fs::write(&text.path, body).with_context(|| format!("writing {}", path.display()))?;
        text.finish(&path)?;
    }
    unfinished.finish(&dump)?;
    Ok(dump)
}

fn dump_of(directory: &Path, slug: &Slug) -> PathBuf {
    directory.join(format!("{slug}.dump"))
}

/// A file for this user's eyes that takes another's place when it is whole: a backup that fails leaves
/// the one of the day before.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn begin(place: &Path) -> Result<Self> {
        let mut name = place.as_os_str().to_owned();
        name.push(".part");
        let unfinished = Self { path: name.into() };
        let path = &unfinished.path;
        let file = fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(path);
        let private = file.and_then(|file| file.set_permissions(fs::Permissions::from_mode(0o600)));
        private.with_context(|| format!("writing {}", path.display()))?;
        Ok(unfinished)
    }

    fn finish(self, place: &Path) -> Result<()> {
        let synced = fs::File::open(&self.path).and_then(|file| file.sync_all());
        synced.and_then(|()| fs::rename(&self.path, place)).with_context(|| format!("writing {}", place.display()))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Reads a bot's data back. Refused when there is a bot of that name.
pub async fn restore(host: &HostArgs, args: &RestoreArgs) -> Result<ExitCode> {
    let name = args.file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let slug: Slug = name.parse().with_context(|| format!("{name:?} is the bot's name"))?;
    let opened = open::database(host).await?;
    if farm::known_bots(&opened.database).await?.contains(&slug.to_string()) {
        bail!("there is a bot {slug} here: drop it first, or rename the file");
    }
    let mut command = program("pg_restore", &opened.url)?;
    command.args(["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]);
    command.arg("--dbname").arg(database_name(&opened.url)?).arg(&args.file);
    finished(&mut command, "pg_restore").await?;
    farm::adopt(&opened.database, &slug).await.context("giving the bot its role")?;
    let definition = args.file.with_extension("toml");
    if definition.exists() {
        let path = write::path(&host.bots_dir, &slug);
        let text = fs::read_to_string(&definition).context("reading the bot's file")?;
        match write::write_new(&path, &text) {
            Ok(()) => println!("{slug}: its file is {}", path.display()),
            Err(error) => println!("{slug}: its file was not written to {}: {error}", path.display()),
        }
    }
    println!("{slug}: restored");
    opened.close()?;
    Ok(ExitCode::SUCCESS)
}

/// Drops a deleted bot's data, after a dump of it and after its name was typed.
pub async fn drop_bot(host: &HostArgs, args: &DropArgs) -> Result<ExitCode> {
    let (slug, opened) = (&args.bot, open::database(host).await?);
    opened.bot(slug.as_str()).await?;
    let (_, leases) = hosts::overview(&opened.database).await?;
    if leases.iter().any(|lease| lease.slug == slug.as_str() && lease.host.is_some()) {
        bail!("{slug} runs: remove its file, or delete it in the panel, and wait until it has stopped");
    }
    let state = definitions::state(&opened.database).await?;
    if state.definitions.iter().any(|d| d.slug == slug.as_str() && !d.is_deleted) {
        let holders = definitions::holders(&opened.database, slug.as_str()).await?.join(", ");
        bail!(
            "{slug} has a file on {holders}: remove it, or delete the bot in the panel; a host that is gone for good is \
             forgotten with `botfarm forget-host`"
        );
    }
    let directory = args.backup.clone().unwrap_or_else(|| host.data_dir.join("backups"));
    let earlier = dump_of(&directory, slug);
    if earlier.exists() {
        bail!(
            "{} is the dump of an earlier bot {slug}: move it away, or name another directory with --backup",
            earlier.display()
        );
    }
    if typed(args)? != slug.as_str() {
        bail!("that is not its name: nothing was dropped");
    }
    let dump = write_backup(&opened, slug, &directory).await?;
    farm::drop_bot(&opened.database, slug).await?;
    println!("{slug}: dropped; its data is in {}", dump.display());
    opened.close()?;
    Ok(ExitCode::SUCCESS)
}

fn typed(args: &DropArgs) -> Result<String> {
    if let Some(name) = &args.yes {
        return Ok(name.clone());
    }
    print!("All users, balances, numbers and rentals of {} are dropped. Type its name: ", args.bot);
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

fn database_name(url: &str) -> Result<String> {
    let config = tokio_postgres::Config::from_str(url).context("reading the database's address")?;
    Ok(config.get_dbname().unwrap_or("postgres").to_owned())
}

/// A program of PostgreSQL that connects where the farm does. The password goes by the environment:
/// arguments can be seen by everybody on the machine.
fn program(name: &str, url: &str) -> Result<Command> {
    let config = tokio_postgres::Config::from_str(url).context("reading the database's address")?;
    // The client's programs may lie elsewhere than the server's.
    let beside = find_programs().map(|directory| directory.join(name)).ok().filter(|path| path.exists());
    let mut command = Command::new(beside.unwrap_or_else(|| PathBuf::from(name)));
    command.stdin(Stdio::null()).env("PGDATABASE", config.get_dbname().unwrap_or("postgres"));
    if let Some(user) = config.get_user() {
        command.env("PGUSER", user);
    }
    if let Some(password) = config.get_password() {
        command.env("PGPASSWORD", String::from_utf8_lossy(password).as_ref());
    }
    match config.get_hosts().first() {
        Some(Host::Tcp(host)) => drop(command.env("PGHOST", host)),
        Some(Host::Unix(path)) => drop(command.env("PGHOST", path)),
        None => {}
    }
    if config.get_ssl_mode() == SslMode::Require {
        // As the farm itself does it; PGSSLROOTCERT, or what the machine trusts.
        command.env("PGSSLMODE", "verify-full");
        if std::env::var_os("PGSSLROOTCERT").is_none() {
            command.env("PGSSLROOTCERT", "system");
        }
    }
    if let Some(port) = config.get_ports().first() {
        command.env("PGPORT", port.to_string());
    }
    Ok(command)
}

async fn finished(command: &mut Command, name: &str) -> Result<()> {
    let output =
        command.output().await.with_context(|| format!("starting {name}: install PostgreSQL's client programs"))?;
    if !output.status.success() {
        bail!("{name} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

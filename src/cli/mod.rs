//! The command line: one file per verb. Verbs call `service`.

pub mod audit;
pub mod backup;
pub mod ban;
pub mod check;
pub mod credit;
pub mod demo;
pub mod doctor;
pub mod export;
pub mod forget_host;
pub mod import;
pub mod migrate;
pub mod new_bot;
pub mod provider;
pub mod rekey;
pub mod run;
pub mod seal;
pub mod status;
mod trace;

use crate::host::HostArgs;
use crate::seal::SealError;
use crate::service::{DbError, ServiceError};
use clap::{CommandFactory, Parser, Subcommand};
use std::io;
use std::process::ExitCode;

/// What the numbers mean with which the program ends.
const EXIT_CODES: &str =
    "Exit codes: 0 done; 1 failed, or something is wrong; 2 wrong arguments; 3 faults in bots' files.";

/// Threads beyond the processors.
const SPARE_THREADS: usize = 2;

/// One host for many branded Telegram bots that rent out phone numbers and deliver their codes.
#[derive(Debug, Parser)]
#[command(name = "botfarm", version, about, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    host: HostArgs,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the farm until SIGTERM.
    Run,
    /// Run a farm with two bots, a Telegram sandbox and a provider, all on this machine.
    Demo(demo::DemoArgs),
    /// Check the bots' files: every fault with file, line, column and what to write instead.
    Check(check::CheckArgs),
    /// Show every bot of the farm, whichever host runs it.
    Status(status::StatusArgs),
    /// Look at what the farm needs: database, clock, Telegram, permissions, disk.
    Doctor(doctor::DoctorArgs),
    /// Write a first file for a bot.
    NewBot(new_bot::NewBotArgs),
    /// Add numbers to a bot's stock from a CSV file.
    Import(import::ImportArgs),
    /// Write a bot's table as CSV.
    Export(export::ExportArgs),
    /// Add to a user's balance.
    Credit(credit::CreditArgs),
    /// Recompute a bot's books and report every disagreement.
    Audit(audit::AuditArgs),
    /// Ban a user of a bot, or let them back.
    Ban(ban::BanArgs),
    /// Try a provider.
    #[command(subcommand)]
    Provider(provider::ProviderVerb),
    /// Seal a secret, read from standard input, for a bot's file.
    Seal(seal::SealArgs),
    /// Change the farm's key: everything sealed is sealed anew, on every host, while the bots run.
    Rekey(rekey::RekeyArgs),
    /// Bring every bot's schema up to date.
    Migrate,
    /// Back one bot up: its data in PostgreSQL's format, and its file.
    Backup(backup::BackupArgs),
    /// Restore one bot from its backup.
    Restore(backup::RestoreArgs),
    /// Drop a deleted bot's data, after a dump of it.
    DropBot(backup::DropArgs),
    /// Forget a host that is gone for good.
    ForgetHost(forget_host::ForgetArgs),
    /// Print the JSON Schema of a bot's file, for editors.
    Schema(new_bot::SchemaArgs),
    /// Print completions for a shell.
    Completions(new_bot::CompletionsArgs),
    /// Write manual pages.
    Man(new_bot::ManArgs),
}

/// Runs the program; [`EXIT_CODES`] says what it ends with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let _tracing = match trace::start(&cli.host) {
        Ok(tracing) => tracing,
        Err(error) => return failed(&error),
    };
    // More threads than processors: a task that never waits holds one of them, and the rest go on.
    let threads = std::thread::available_parallelism().map_or(1, usize::from) + SPARE_THREADS;
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let result = runtime.block_on(Box::pin(verb(cli)));
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match result {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

async fn verb(cli: Cli) -> anyhow::Result<ExitCode> {
    let host = &cli.host;
    match cli.verb {
        Verb::Run => run::run(host).await,
        Verb::Demo(args) => demo::run(host, &args).await,
        Verb::Check(args) => check::run(host, &args),
        Verb::Doctor(args) => doctor::run(host, &args).await,
        Verb::NewBot(args) => new_bot::new_bot(host, &args),
        Verb::Export(args) => export::run(host, &args).await,
        Verb::Status(args) => status::run(host, &args).await,
        Verb::Import(args) => import::run(host, &args).await,
        Verb::Credit(args) => credit::run(host, &args).await,
        Verb::Audit(args) => audit::run(host, &args).await,
        Verb::Ban(args) => ban::run(host, &args).await,
        Verb::Provider(provider::ProviderVerb::Test(args)) => provider::test(host, &args).await,
        Verb::Seal(args) => seal::run(host, &args),
        Verb::Rekey(args) => rekey::run(host, &args).await,
        Verb::Migrate => migrate::run(host).await,
        Verb::Backup(args) => backup::backup(host, &args).await,
        Verb::Restore(args) => backup::restore(host, &args).await,
        Verb::DropBot(args) => backup::drop_bot(host, &args).await,
        Verb::ForgetHost(args) => forget_host::run(host, &args).await,
        Verb::Schema(args) => new_bot::schema(&args),
        Verb::Completions(args) => Ok(new_bot::completions(&mut Cli::command(), &args)),
        Verb::Man(args) => new_bot::man(Cli::command(), &args),
    }
}

/// One sentence for the operator, its causes on the same line; and a hint where one helps.
#[expect(clippy::print_stderr, reason = "the command line's own error")]
fn failed(error: &anyhow::Error) -> ExitCode {
    let sentence = format!("{error:#}").lines().map(str::trim).collect::<Vec<_>>().join("; ");
    eprintln!("botfarm: {sentence}");
    if let Some(hint) = error.chain().find_map(hint) {
        eprintln!("hint: {hint}");
    }
    ExitCode::FAILURE
}

/// What helps against an error.
fn hint(cause: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    const DATABASE: &str = "`botfarm doctor` says whether the database can be reached, and what else is missing";
    let is_service = matches!(cause.downcast_ref(), Some(ServiceError::Database(_)));
    if cause.is::<DbError>() || is_service {
        return Some(DATABASE);
    }
    if cause.is::<SealError>() {
        return Some("every host of a farm has the same key: BOTFARM_KEY, or farm.key in the data directory");
    }
    match cause.downcast_ref::<io::Error>()?.kind() {
        io::ErrorKind::PermissionDenied => {
            Some("`botfarm` runs as one user, whose the data directory and the files are")
        }
        io::ErrorKind::NotFound => Some("--data-dir and --bots-dir say where the farm is; `botfarm --help` names both"),
        io::ErrorKind::AlreadyExists => Some("nothing is overwritten: move it away, or name another place"),
        io::ErrorKind::AddrInUse => Some("another farm runs here, or --listen names a port that is taken"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_comes_with_what_helps_against_it() {
        let of = |error: anyhow::Error| error.context("opening").chain().find_map(hint);
        assert!(of(DbError::Busy.into()).unwrap().contains("doctor"));
        assert!(of(ServiceError::Database(DbError::Busy).into()).unwrap().contains("doctor"));
        assert!(of(SealError::NotSealed.into()).unwrap().contains("BOTFARM_KEY"));
        assert!(of(io::Error::from(io::ErrorKind::AddrInUse).into()).unwrap().contains("--listen"));
        assert_eq!(of(anyhow::anyhow!("a sentence of its own")), None);
    }
}

//! The command line: one file per verb. Verbs call `service`.

pub mod audit;
pub mod ban;
pub mod check;
pub mod credit;
pub mod demo;
pub mod import;
pub mod provider;
pub mod run;
pub mod seal;
pub mod status;
mod trace;

use crate::host::HostArgs;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// One host for many branded Telegram bots that rent out phone numbers and deliver their codes.
#[derive(Debug, Parser)]
#[command(name = "botfarm", version, about)]
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
    /// Check the bots' files: every fault with file, line and column.
    Check,
    /// Show the state of the running farm's bots.
    Status(status::StatusArgs),
    /// Add numbers to a bot's stock from a CSV file.
    Import(import::ImportArgs),
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
}

/// Runs the program. Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 faults in files
/// were found.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    trace::start(&cli.host);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
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
        Verb::Check => check::run(host),
        Verb::Status(args) => status::run(host, &args).await,
        Verb::Import(args) => import::run(host, &args).await,
        Verb::Credit(args) => credit::run(host, &args).await,
        Verb::Audit(args) => audit::run(host, &args).await,
        Verb::Ban(args) => ban::run(host, &args).await,
        Verb::Provider(provider::ProviderVerb::Test(args)) => provider::test(host, &args).await,
        Verb::Seal(args) => seal::run(host, &args),
    }
}

/// One sentence for the operator; the causes follow on the same line.
#[expect(clippy::print_stderr, reason = "the command line's own error")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("botfarm: {error:#}");
    ExitCode::FAILURE
}

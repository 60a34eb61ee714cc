//! The command line: one file per verb. Verbs call `service`.

pub mod audit;
pub mod check;
pub mod credit;
pub mod demo;
pub mod import;
pub mod open;
pub mod run;
pub mod seal;
pub mod status;
mod trace;

use clap::{Args, Parser, Subcommand};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
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

/// Settings of this host; each has an environment variable.
#[derive(Clone, Debug, Args)]
pub struct HostArgs {
    /// Where the farm keeps its key and its own PostgreSQL.
    #[arg(long, env = "BOTFARM_DATA", default_value = "data", global = true)]
    pub data_dir: PathBuf,
    /// The directory of the bots' files.
    #[arg(long, env = "BOTFARM_BOTS", default_value = "bots.d", global = true)]
    pub bots_dir: PathBuf,
    /// An existing PostgreSQL server; without it the farm runs its own.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Connections of the pool.
    #[arg(long, env = "BOTFARM_POOL", default_value_t = 10, global = true)]
    pub pool: u32,
    /// Where webhooks and health are served.
    #[arg(long, env = "BOTFARM_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// The application's id, from my.telegram.org.
    #[arg(long, env = "TELEGRAM_API_ID", default_value_t = 0, global = true)]
    pub api_id: i32,
    /// The application's hash, from my.telegram.org.
    #[arg(long, env = "TELEGRAM_API_HASH", hide_env_values = true, default_value = "", global = true)]
    pub api_hash: SecretString,
    /// What is logged, for example `info` or `botfarm=debug`.
    #[arg(long, env = "BOTFARM_LOG", default_value = "info", global = true)]
    pub log: String,
    /// Log as JSON lines.
    #[arg(long, env = "BOTFARM_LOG_JSON", global = true)]
    pub log_json: bool,
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
    /// Seal a secret, read from standard input, for a bot's file.
    Seal(seal::SealArgs),
}

/// Runs the program. Exit codes: 0 done, 1 failed, 2 wrong arguments, 3 faults or disagreements
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
        Verb::Seal(args) => seal::run(host, &args),
    }
}

/// One sentence for the operator; the causes follow on the same line.
#[expect(clippy::print_stderr, reason = "the command line's own error")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("botfarm: {error:#}");
    ExitCode::FAILURE
}

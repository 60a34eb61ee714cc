//! What the operator sets for this host: options of the program, each also an environment variable.

use clap::Args;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Settings of this host; each has an environment variable.
#[derive(Clone, Debug, Args)]
pub struct HostArgs {
    /// Where the farm keeps its key and its own PostgreSQL.
    #[arg(long, env = "BOTFARM_DATA", default_value = "data", global = true)]
    pub data_dir: PathBuf,
    /// The file of the farm's key, the same on every host; without it a credential of systemd named `farm.key`,
    /// else `farm.key` in the data directory, made at the first time.
    #[arg(long, env = "BOTFARM_KEY", global = true)]
    pub farm_key: Option<PathBuf>,
    /// The directory of the bots' files.
    #[arg(long, env = "BOTFARM_BOTS", default_value = "bots.d", global = true)]
    pub bots_dir: PathBuf,
    /// An existing PostgreSQL server; without it the farm runs its own.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// How long a host that says nothing keeps its bots, in seconds: others take them over then.
    #[arg(long, env = "BOTFARM_LEASE", default_value_t = 10, value_parser = clap::value_parser!(u16).range(2..=300), global = true)]
    pub lease: u16,
    /// Whether each bot acts under a database role of its own; the same on every host. Only a cluster of many
    /// bots does without (docs/SCALING.md).
    #[arg(long, env = "BOTFARM_TENANT_ROLES", default_value_t = true, action = clap::ArgAction::Set, global = true)]
    pub tenant_roles: bool,
    /// Connections of the pool.
    #[arg(long, env = "BOTFARM_POOL", default_value_t = 10, global = true)]
    pub pool: u32,
    /// Where webhooks and health are served.
    #[arg(long, env = "BOTFARM_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// Another address where `/metrics`, `/status`, `/healthz` and `/readyz` answer whoever reaches it, in the
    /// clear: for a Prometheus in a network of one's own.
    #[arg(long, env = "BOTFARM_OPS_LISTEN", global = true)]
    pub ops_listen: Option<SocketAddr>,
    /// The application's id, from my.telegram.org.
    #[arg(long, env = "TELEGRAM_API_ID", default_value_t = 0, global = true)]
    pub api_id: i32,
    /// The application's hash, from my.telegram.org.
    #[arg(long, env = "TELEGRAM_API_HASH", hide_env_values = true, default_value = "", global = true)]
    pub api_hash: SecretString,
    /// Let owners name providers inside this machine's own network.
    #[arg(long, env = "BOTFARM_PRIVATE_PROVIDERS", global = true)]
    pub private_providers: bool,
    /// The address under which providers reach this host, for example `https://farm.example`.
    #[arg(long, env = "BOTFARM_PUBLIC_URL", default_value = "", global = true)]
    pub public_url: String,
    /// The certificate chain (PEM) with which webhooks are served over TLS; without it a proxy in front does that.
    #[arg(long, env = "BOTFARM_TLS_CERT", requires = "tls_key", global = true)]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, env = "BOTFARM_TLS_KEY", requires = "tls_cert", global = true)]
    pub tls_key: Option<PathBuf>,
    /// What is logged, for example `info` or `botfarm=debug`.
    #[arg(long, env = "BOTFARM_LOG", default_value = "info", global = true)]
    pub log: String,
    /// Where spans of what is done for users are sent for OpenTelemetry (OTLP over HTTP), for example
    /// `http://127.0.0.1:4318`.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", global = true)]
    pub otlp_endpoint: Option<String>,
    /// Log as JSON lines.
    #[arg(long, env = "BOTFARM_LOG_JSON", global = true)]
    pub log_json: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Arg, Command};
    use std::path::Path;

    fn row(arg: &Arg) -> String {
        let name = arg.get_long().unwrap_or_default();
        let variable = arg.get_env().unwrap_or_default().to_string_lossy().into_owned();
        let default = arg.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
        let default = default.filter(|value| !value.is_empty()).map_or_else(String::new, |value| format!("`{value}`"));
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        format!("| `--{name}` | `{variable}` | {default} | {help} |\n")
    }

    // SPEC: F10
    #[test]
    fn every_setting_of_the_host_stands_in_the_document() {
        const BEGIN: &str = "<!-- generated from the options of `botfarm` -->\n";
        const END: &str = "<!-- end of what is generated from them -->";
        let command = HostArgs::augment_args(Command::new("botfarm"));
        let rows: String = command.get_arguments().map(row).collect();
        let table = format!("| option | variable | without it | |\n|---|---|---|---|\n{rows}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/CONFIG.md");
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = text.split_once(BEGIN).unwrap();
        let (generated, tail) = rest.split_once(END).unwrap();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, format!("{head}{BEGIN}\n{table}\n{END}{tail}")).unwrap();
        } else {
            assert_eq!(generated.trim(), table.trim(), "UPDATE_DOCS=1 cargo test --lib host:: writes it anew");
        }
    }
}

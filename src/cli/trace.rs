//! Logging. Dependencies are capped, whatever the operator asks for: at debug level the database
//! driver prints parameters, and the Telegram library prints requests.

use crate::host::HostArgs;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Never more verbose than this, by crate.
const CAPS: [&str; 9] = [
    "tokio_postgres=info",
    "grammers_client=warn",
    "grammers_mtsender=error",
    "grammers_mtproto=warn",
    "grammers_session=warn",
    "hyper=info",
    "hyper_util=info",
    "reqwest=info",
    "rustls=info",
];

/// Starts logging to standard error.
pub fn start(host: &HostArgs) {
    let mut filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).parse_lossy(&host.log);
    for cap in CAPS {
        if let Ok(directive) = cap.parse() {
            filter = filter.add_directive(directive);
        }
    }
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if host.log_json {
        let _ = builder.json().try_init();
    } else {
        let _ = builder.with_target(false).try_init();
    }
}

//! Logging. Dependencies are capped, whatever the operator asks for: at debug level the database
//! driver prints parameters, and the Telegram library prints requests.

use crate::host::HostArgs;
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// Never more verbose than this; every other crate but the farm's own stops at `info`.
const CAPS: [(&str, LevelFilter); 4] = [
    ("grammers_client", LevelFilter::WARN),
    ("grammers_mtsender", LevelFilter::ERROR),
    ("grammers_mtproto", LevelFilter::WARN),
    ("grammers_session", LevelFilter::WARN),
];

/// Starts logging to standard error.
pub fn start(host: &HostArgs) {
    let asked = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).parse_lossy(&host.log);
    // A filter of its own: a directive that names a module would win over a cap of its crate.
    let caps = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target(env!("CARGO_CRATE_NAME"), LevelFilter::TRACE)
        .with_targets(CAPS);
    let layer = fmt::layer().with_writer(std::io::stderr);
    let layer = if host.log_json { layer.json().boxed() } else { layer.with_target(false).boxed() };
    let _ = tracing_subscriber::registry().with(layer.with_filter(asked.and(caps))).try_init();
}

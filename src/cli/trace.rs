//! Logging, and spans for OpenTelemetry. Dependencies are capped, whatever the operator asks for: at debug
//! level the database driver prints parameters, and the Telegram library prints requests.

use crate::host::HostArgs;
use anyhow::{Context, Result};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{FilterExt, LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// The farm's own code.
const OWN: &str = env!("CARGO_CRATE_NAME");

/// Never more verbose than this; every other crate but the farm's own stops at `info`.
const CAPS: [(&str, LevelFilter); 4] = [
    ("grammers_client", LevelFilter::WARN),
    ("grammers_mtsender", LevelFilter::ERROR),
    ("grammers_mtproto", LevelFilter::WARN),
    ("grammers_session", LevelFilter::WARN),
];

/// What is logged and exported, until this value is dropped: what waits is exported then.
pub struct Tracing {
    exported: Option<SdkTracerProvider>,
}

impl Drop for Tracing {
    fn drop(&mut self) {
        if let Some(provider) = &self.exported {
            let _ = provider.shutdown();
        }
    }
}

/// Starts logging to standard error, and exporting spans if somebody said where to.
pub fn start(host: &HostArgs) -> Result<Tracing> {
    let asked = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).parse_lossy(&host.log);
    // A filter of its own: a directive that names a module would win over a cap of its crate.
    let caps = Targets::new().with_default(LevelFilter::INFO).with_target(OWN, LevelFilter::TRACE).with_targets(CAPS);
    let layer = fmt::layer().with_writer(std::io::stderr);
    let layer = if host.log_json { layer.json().boxed() } else { layer.with_target(false).boxed() };
    let exported = host.otlp_endpoint.as_deref().map(exporting).transpose()?;
    let spans = exported.as_ref().map(|provider| {
        let own = Targets::new().with_target(OWN, LevelFilter::INFO);
        tracing_opentelemetry::layer().with_tracer(provider.tracer(OWN)).with_filter(own)
    });
    let _ = tracing_subscriber::registry().with(layer.with_filter(asked.and(caps))).with(spans).try_init();
    Ok(Tracing { exported })
}

/// Sends spans in batches, from a thread of its own (OTLP over HTTP, protobuf).
fn exporting(endpoint: &str) -> Result<SdkTracerProvider> {
    // Its client asks for one, also where no TLS is spoken.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let traces = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
    let exporter = SpanExporter::builder().with_http().with_endpoint(traces).build();
    let exporter = exporter.context("exporting spans for OpenTelemetry")?;
    let resource = Resource::builder().with_service_name(OWN).build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

//! `botfarm run`.

use crate::host::HostArgs;
use crate::identity::Identity;
use crate::lifecycle::Lifecycle;
use crate::open;
use crate::serve;
use anyhow::{Context, Result, bail};
use std::process::ExitCode;
use tokio::net::TcpListener;

/// Runs the farm until SIGTERM or SIGINT.
pub async fn run(host: &HostArgs) -> Result<ExitCode> {
    let key = open::key(host)?;
    if !host.bots_dir.is_dir() {
        bail!("the bots' directory {} is missing: make it, or name another with --bots-dir", host.bots_dir.display());
    }
    if let Some(files) = open::tls(host) {
        serve::check(&files).await.context("reading the certificate of the webhooks")?;
    }
    let listener = TcpListener::bind(host.listen).await.with_context(|| format!("listening on {}", host.listen))?;
    // Signals are heard before the database starts, or one would leave it running behind us.
    let lifecycle = Lifecycle::default();
    let signals = tokio::spawn(lifecycle.clone().on_signals());
    let opened = open::own_database(host).await?;
    if lifecycle.soft.is_cancelled() {
        opened.close()?;
        return Ok(ExitCode::SUCCESS);
    }
    let identity = Identity::take(&host.data_dir)?;
    let app = open::app(host, &opened, key, &identity)?;
    tracing::info!(bots = %host.bots_dir.display(), listen = %listener.local_addr()?, "the farm runs");
    let serving = serve::start(app, listener, &lifecycle);
    serving.stopped().await?;
    lifecycle.hard.cancel();
    signals.abort();
    opened.close()?;
    tracing::info!("the farm has stopped");
    Ok(ExitCode::SUCCESS)
}

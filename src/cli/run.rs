//! `botfarm run`.

use crate::host::HostArgs;
use crate::identity::Identity;
use crate::lifecycle::Lifecycle;
use crate::open;
use crate::serve;
use crate::service::definitions;
use crate::supervisor::status::FarmStatus;
use anyhow::{Context, Result, bail};
use sd_notify::NotifyState;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Runs the farm until SIGTERM or SIGINT.
pub async fn run(host: &HostArgs) -> Result<ExitCode> {
    let known_key = if open::key_path(host)?.exists() { Some(open::key(host)?) } else { None };
    if !host.bots_dir.is_dir() {
        bail!("the bots' directory {} is missing: make it, or name another with --bots-dir", host.bots_dir.display());
    }
    if let Some(files) = open::tls(host) {
        serve::check(&files).await.context("reading the certificate of the webhooks")?;
    }
    let listener = TcpListener::bind(host.listen).await.with_context(|| format!("listening on {}", host.listen))?;
    let ops = match host.ops_listen {
        Some(address) => Some(TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?),
        None => None,
    };
    // Signals are heard before the database starts, or one would leave it running behind us.
    let lifecycle = Lifecycle::default();
    let signals = tokio::spawn(lifecycle.clone().on_signals());
    let opened = open::own_database(host).await?;
    if lifecycle.soft.is_cancelled() {
        opened.close()?;
        return Ok(ExitCode::SUCCESS);
    }
    if known_key.is_none() && !definitions::state(&opened.database).await?.definitions.is_empty() {
        opened.close()?;
        bail!(
            "this database has bots, and here is no key to open their secrets with: copy farm.key of another host, or of a \
             backup, to {}",
            open::key_path(host)?.display()
        );
    }
    let key = match known_key {
        Some(key) => key,
        None => open::key(host)?,
    };
    let identity = Identity::take(&host.data_dir)?;
    let app = open::app(host, &opened, key, &identity)?;
    tracing::info!(bots = %host.bots_dir.display(), listen = %listener.local_addr()?, "the farm runs");
    let serving = serve::start(app, serve::Listeners { public: listener, ops }, &lifecycle);
    let telling = tokio::spawn(tell_systemd(serving.status.clone(), lifecycle.clone()));
    serving.stopped().await?;
    telling.abort();
    lifecycle.hard.cancel();
    signals.abort();
    opened.close()?;
    tracing::info!("the farm has stopped");
    Ok(ExitCode::SUCCESS)
}

/// Tells systemd, if it has started us, that the bots are loaded, then that we live, then that we stop.
/// Outside of systemd all of it does nothing.
async fn tell_systemd(mut status: watch::Receiver<FarmStatus>, lifecycle: Lifecycle) {
    let tell = |state| drop(sd_notify::notify(&[state]));
    let loaded = status.wait_for(|status| status.loaded).await.is_ok();
    if loaded {
        tell(NotifyState::Ready);
    }
    // Told from the runtime that runs the bots: when it hangs, systemd starts us anew.
    let beat = sd_notify::watchdog_enabled().map_or(Duration::MAX, |limit| limit / 2);
    while !lifecycle.soft.is_cancelled() {
        tell(NotifyState::Watchdog);
        let _ = tokio::time::timeout(beat, lifecycle.soft.cancelled()).await;
    }
    tell(NotifyState::Stopping);
    loop {
        tell(NotifyState::Watchdog);
        tokio::time::sleep(beat).await;
    }
}

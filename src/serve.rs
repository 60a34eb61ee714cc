//! `run`: supervisor and web under one lifecycle.

use crate::app::{App, TlsFiles};
use crate::lifecycle::Lifecycle;
use crate::supervisor::{self, status::FarmStatus};
use crate::{watchdog, web};
use anyhow::Result;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A running farm.
#[derive(Debug)]
pub struct Serving {
    /// What the supervisor tells.
    pub status: watch::Receiver<FarmStatus>,
    supervisor: tokio::task::JoinHandle<()>,
    web: tokio::task::JoinHandle<std::io::Result<()>>,
    closing: CancellationToken,
}

/// Where the farm listens.
#[derive(Debug)]
pub struct Listeners {
    /// For webhooks and health.
    pub public: TcpListener,
    /// For whoever watches over it, in a network of their own.
    pub ops: Option<TcpListener>,
}

/// Starts the farm.
pub fn start(app: App, listeners: Listeners, lifecycle: &Lifecycle) -> Serving {
    watchdog::start();
    let (status_in, status) = watch::channel(FarmStatus::default());
    let supervisor = tokio::spawn(supervisor::run(app.clone(), lifecycle.clone(), status_in));
    let closing = CancellationToken::new();
    let serving =
        web::serve(listeners.public, listeners.ops, app, status.clone(), lifecycle.soft.clone(), closing.clone());
    Serving { status, supervisor, web: tokio::spawn(serving), closing }
}

/// Whether the certificate and its key can be read.
pub async fn check(files: &TlsFiles) -> Result<()> {
    web::tls::load(files).await?;
    Ok(())
}

impl Serving {
    /// Waits until everything has stopped.
    pub async fn stopped(self) -> Result<()> {
        // Webhooks are taken until every bot was handed over: what comes meanwhile is delivered elsewhere.
        self.supervisor.await?;
        self.closing.cancel();
        let _ = self.web.await?;
        Ok(())
    }
}

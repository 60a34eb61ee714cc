//! HTTP: webhooks of providers, health, status.

pub mod hooks;
pub mod limits;
pub mod tls;

use crate::app::{App, TlsFiles};
use crate::supervisor::status::FarmStatus;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::get;
use axum::{Json, Router};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Requests that are being answered when the farm stops may take so long.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest body of a webhook, in bytes.
const LARGEST_BODY: usize = 256 * 1024;

/// What the routes share.
#[derive(Debug)]
pub struct Web {
    /// The farm.
    pub app: App,
    /// What the supervisor tells.
    pub status: watch::Receiver<FarmStatus>,
    /// How often each provider was refused lately.
    pub refusals: hooks::Noted,
    /// How often each provider has posted lately, for the panel.
    pub posts: hooks::Noted,
    /// How often each provider may post.
    pub limits: limits::Limits,
}

/// Serves until it is stopped.
pub async fn serve(
    listener: TcpListener,
    app: App,
    status: watch::Receiver<FarmStatus>,
    stop: CancellationToken,
) -> io::Result<()> {
    let tls = app.host.tls.clone();
    let web = Web {
        app,
        status,
        refusals: hooks::Noted::default(),
        posts: hooks::Noted::default(),
        limits: limits::Limits::default(),
    };
    let routes = Router::new()
        .route("/hooks/{bot}/{provider}", get(hooks::take).post(hooks::take))
        .route("/hooks/{bot}/{provider}/{key}", get(hooks::take_at_key).post(hooks::take_at_key))
        .route("/healthz", get(async || "ok\n"))
        .route("/status", get(status_of))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::new(web));
    match tls {
        None => axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await,
        Some(files) => serve_tls(listener.into_std()?, routes, files, stop).await,
    }
}

async fn serve_tls(
    listener: std::net::TcpListener,
    routes: Router,
    files: TlsFiles,
    stop: CancellationToken,
) -> io::Result<()> {
    let config = tls::load(&files).await?;
    let handle = axum_server::Handle::new();
    let ending = async {
        tokio::select! {
            () = stop.cancelled() => handle.graceful_shutdown(Some(PATIENCE)),
            () = tls::keep(&files, config.clone()) => {}
        }
    };
    let server = axum_server::from_tcp_rustls(listener, config.clone())?.handle(handle.clone());
    let (served, ()) = tokio::join!(server.serve(routes.into_make_service()), ending);
    served
}

async fn status_of(State(web): State<Arc<Web>>) -> Json<FarmStatus> {
    Json(web.status.borrow().clone())
}

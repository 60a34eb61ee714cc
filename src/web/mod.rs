//! HTTP: webhooks of providers, health, status.

pub mod hooks;
pub mod limits;

use crate::app::App;
use crate::supervisor::status::FarmStatus;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::get;
use axum::{Json, Router};
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

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
    axum::serve(listener, routes).with_graceful_shutdown(stop.cancelled_owned()).await
}

async fn status_of(State(web): State<Arc<Web>>) -> Json<FarmStatus> {
    Json(web.status.borrow().clone())
}

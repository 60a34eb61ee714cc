//! HTTP: webhooks of providers, health, status.

mod away;
pub mod hooks;
pub mod limits;
mod ops;
pub mod tls;

use crate::app::App;
use crate::supervisor::status::FarmStatus;
use axum::Router;
use axum::routing::get;
use hyper_util::rt::TokioTimer;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// A request's head comes within this time; and requests that are being answered when the farm stops may
/// take so long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Over HTTP/2 a connection is asked so often whether it is there.
const IDLE: Duration = Duration::from_secs(20);
/// Bodies that are held at once: 1 GB at most, and much less of any provider.
const AT_ONCE: usize = 4096;
/// The largest body of a webhook, in bytes.
const LARGEST_BODY: usize = 256 * 1024;

/// What the routes share.
#[derive(Debug)]
pub struct Web {
    /// The farm.
    pub app: App,
    /// What the supervisor tells.
    pub status: watch::Receiver<FarmStatus>,
    /// The farm is about to stop.
    pub stop: CancellationToken,
    /// Bots that run elsewhere.
    pub away: away::Away,
    /// How often each provider was refused lately.
    pub refusals: hooks::Noted,
    /// How often each provider has posted lately, for the panel.
    pub posts: hooks::Noted,
    /// How often each provider may post.
    pub limits: limits::Limits,
    /// How many bodies are held at once.
    pub room: Arc<Semaphore>,
}

/// Serves until it is stopped.
pub async fn serve(
    listener: TcpListener,
    ops: Option<TcpListener>,
    app: App,
    status: watch::Receiver<FarmStatus>,
    draining: CancellationToken,
    stop: CancellationToken,
) -> io::Result<()> {
    crate::meter::start();
    let tls = app.host.tls.clone();
    let web = Web {
        app,
        status,
        stop: draining,
        away: away::Away::default(),
        refusals: hooks::Noted::default(),
        posts: hooks::Noted::default(),
        limits: limits::Limits::default(),
        room: Arc::new(Semaphore::new(AT_ONCE)),
    };
    let watched = Router::new().route("/metrics", get(ops::metrics)).route("/status", get(ops::status));
    let health = Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ops::ready));
    let web = Arc::new(web);
    let _ops = ops.map(|listener| {
        let routes = watched.clone().merge(health.clone()).with_state(Arc::clone(&web));
        AbortOnDropHandle::new(tokio::spawn(apart(listener, routes, stop.clone())))
    });
    let local = watched.layer(axum::middleware::from_fn(ops::local_only));
    let routes = Router::new()
        .route("/hooks/{bot}/{provider}", get(hooks::take).post(hooks::take))
        .route("/hooks/{bot}/{provider}/{key}", get(hooks::take_at_key).post(hooks::take_at_key))
        .merge(health)
        .merge(local)
        .with_state(web);
    let handle = axum_server::Handle::new();
    let listener = listener.into_std()?;
    let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
    let Some(files) = tls else {
        let server = timed(axum_server::from_tcp(listener)?.handle(handle.clone()));
        let (served, ()) = tokio::join!(server.serve(routes), stopped(stop, handle));
        return served;
    };
    let config = tls::load(&files).await?;
    let server = timed(axum_server::from_tcp_rustls(listener, config.clone())?.handle(handle.clone()));
    let ending = async {
        tokio::select! {
            () = stopped(stop, handle) => {}
            () = tls::keep(&files, config) => {}
        }
    };
    let (served, ()) = tokio::join!(server.serve(routes), ending);
    served
}

/// Serves what is for whoever watches over the farm.
async fn apart(listener: TcpListener, routes: Router, stop: CancellationToken) -> io::Result<()> {
    let handle = axum_server::Handle::new();
    let server = timed(axum_server::from_tcp(listener.into_std()?)?.handle(handle.clone()));
    let (served, ()) = tokio::join!(server.serve(routes.into_make_service()), stopped(stop, handle));
    if let Err(error) = &served {
        tracing::error!(%error, "what watches over the farm is served no more");
    }
    served
}

async fn stopped(stop: CancellationToken, handle: axum_server::Handle<SocketAddr>) {
    stop.cancelled().await;
    handle.graceful_shutdown(Some(PATIENCE));
}

/// A connection that says nothing is closed.
fn timed<A>(mut server: axum_server::Server<SocketAddr, A>) -> axum_server::Server<SocketAddr, A> {
    let builder = server.http_builder();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(IDLE).keep_alive_timeout(PATIENCE);
    server.first_request_timeout(PATIENCE)
}

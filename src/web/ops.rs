//! For those who watch over the farm: is it alive, is it ready, what does it measure, what does it run.

use super::Web;
use crate::meter;
use crate::supervisor::status::State as BotState;
use axum::Json;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Clocks that differ by more expire rentals at wrong times, in milliseconds.
const LARGEST_OFFSET: i64 = 2000;

/// Which bots there are is for this machine only; what a proxy passes on comes from elsewhere.
pub async fn local_only(ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    let is_passed_on =
        ["forwarded", "x-forwarded-for", "x-real-ip", "via"].iter().any(|name| request.headers().contains_key(*name));
    if is_passed_on || !peer.ip().to_canonical().is_loopback() {
        return StatusCode::NOT_FOUND.into_response();
    }
    next.run(request).await
}

/// The bots of this host.
pub async fn status(State(web): State<Arc<Web>>) -> Response {
    Json(web.status.borrow().clone()).into_response()
}

/// Whether this host can do its work: 503 and the reasons when it cannot.
pub async fn ready(State(web): State<Arc<Web>>) -> Response {
    let (standing, offset) = (&web.app.standing, web.app.standing.offset_ms.load(Ordering::Relaxed));
    let mut reasons = Vec::new();
    if !web.status.borrow().loaded {
        reasons.push("the bots are not loaded yet".to_owned());
    }
    if !standing.lease.load().is_held() {
        reasons.push("this host holds no lease: the database does not answer, or others took over".to_owned());
    }
    if offset.abs() > LARGEST_OFFSET {
        reasons.push(format!("this machine's clock differs from the database's by {offset} ms"));
    }
    if web.stop.is_cancelled() {
        reasons.push("this host hands its bots over".to_owned());
    }
    match reasons.is_empty() {
        true => "ready\n".into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, reasons.join("\n") + "\n").into_response(),
    }
}

/// What is measured, for Prometheus.
pub async fn metrics(State(web): State<Arc<Web>>) -> Response {
    for bot in &web.status.borrow().bots {
        meter::bot_up(&bot.slug, bot.state == BotState::Running);
    }
    let (open, idle) = web.app.database.connections();
    meter::pool(open, idle);
    let offset = web.app.standing.offset_ms.load(Ordering::Relaxed) as f64 / 1000.0;
    meter::host(web.app.standing.lease.load().is_held(), offset);
    ([("content-type", "text/plain; version=0.0.4")], meter::render()).into_response()
}

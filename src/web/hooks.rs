//! `/hooks/{bot}/{provider}`: a provider's messages, posted, or in the query of a GET.
//!
//! The signature or token is checked before the body is looked at. Storing and completing need the database
//! only, so the answer is fast, and it is right while the bot reconnects.

use super::Web;
use crate::inbound;
use crate::inbound::Gate;
use crate::provider::adapter;
use crate::provider::hook::Hook;
use crate::service::{audit, providers};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A refused provider is written into the audit log this often at most.
const AUDIT_PAUSE: Duration = Duration::from_secs(10);
/// A provider that posts is noted this often at most.
const HEALTH_PAUSE: Duration = Duration::from_secs(60);
/// Providers whose refusals are remembered.
const REMEMBERED: usize = 10_000;

/// When something of each provider was last written down.
#[derive(Debug, Default)]
pub struct Noted(Mutex<HashMap<(String, String), Instant>>);

impl Noted {
    fn is_due(&self, bot: &str, provider: &str, pause: Duration) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        let key = (bot.to_owned(), provider.to_owned());
        let due = seen.get(&key).is_none_or(|at| at.elapsed() > pause);
        if due {
            seen.insert(key, Instant::now());
        }
        due
    }
}

impl Web {
    /// A bot that is not there, or not yet: while the farm starts, the provider has to post again.
    fn without_gate(&self, bot: &str) -> StatusCode {
        let status = self.status.borrow();
        let is_coming = !status.loaded || status.bots.iter().any(|b| b.slug == bot);
        if is_coming { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::NOT_FOUND }
    }
}

/// The address under which the provider knows this webhook: that of the host's settings, else the
/// one that the request names. Only who knows the secret could sign another.
fn address(web: &Web, headers: &HeaderMap, uri: &Uri) -> String {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let public = &web.app.host.public_url;
    if !public.is_empty() {
        return format!("{public}{path}");
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    format!("http://{host}{path}")
}

/// Writes down that a request was refused, now and then.
async fn note_refusal(web: &Web, gate: &Gate, bot: &str, provider: &str) {
    if !web.refusals.is_due(bot, provider, AUDIT_PAUSE) {
        return;
    }
    let noted = audit::note(&gate.tenant, "farm", "webhook_refused", provider, web.app.clock.now()).await;
    if let Err(error) = noted {
        tracing::warn!(%bot, %provider, %error, "a refused webhook could not be noted");
    }
}

/// Takes messages in: 200 with a count, 401 for a wrong token, 404 for no such provider, 400 for a
/// body that cannot be read, 429 when it posts too often, 503 when it has to be posted again.
pub async fn take(
    State(web): State<Arc<Web>>,
    Path((bot, provider)): Path<(String, String)>,
    (method, uri): (Method, Uri),
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let door = web.app.doors.find(&bot);
    let Some((door, gate)) = door.and_then(|door| door.gate.load_full().map(|gate| (door, gate))) else {
        return web.without_gate(&bot).into_response();
    };
    let Some(known) = gate.providers.get(&provider) else { return StatusCode::NOT_FOUND.into_response() };
    let Some(token) = &known.webhook_token else { return StatusCode::NOT_FOUND.into_response() };
    let (now, url) = (web.app.clock.now(), address(&web, &headers, &uri));
    let hook = Hook { method: &method, url: &url, headers: &headers, body: &body, now };
    if let Err(why) = adapter::verify(known.adapter, &hook, token) {
        tracing::debug!(%bot, %provider, %why, "a webhook was refused");
        note_refusal(&web, &gate, &bot, &provider).await;
        return StatusCode::UNAUTHORIZED.into_response();
    }
    // After the token: a stranger's flood must not use up the provider's share.
    if !web.limits.allow(&bot, known.id) {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let items = match adapter::read(known.adapter, &hook) {
        Ok(items) => items,
        Err(why) => return (StatusCode::BAD_REQUEST, why.to_string()).into_response(),
    };
    let is_due = web.posts.is_due(&bot, &provider, HEALTH_PAUSE);
    // In a task of its own: a provider that hangs up early must not interrupt a transaction.
    let taking = {
        let (door, gate, provider) = (Arc::clone(&door), Arc::clone(&gate), provider.clone());
        tokio::spawn(async move {
            let known = gate.providers.get(&provider)?;
            let taken = inbound::take(&gate, known, &door.wakes, items, now).await;
            if is_due && taken.is_ok() {
                // For the panel only: it is noted again with a later message.
                let _ = providers::note_answer(&gate.tenant, known.id, now).await;
            }
            Some(taken)
        })
    };
    let Ok(Some(taken)) = taking.await else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    match taken {
        Ok(taken) => format!("{{\"new\":{},\"completed\":{}}}\n", taken.new, taken.completed).into_response(),
        Err(error) => {
            tracing::warn!(%bot, %provider, %error, "a webhook could not be taken");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

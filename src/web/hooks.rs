//! `/hooks/{bot}/{provider}`, with a secret part behind it for some: a provider's messages, posted, or in
//! the query of a GET.
//!
//! The proof is checked before the body is looked at. Storing and completing need the database
//! only, so the answer is fast, and it is right while the bot reconnects.

use super::{LARGEST_BODY, Web};
use crate::inbound;
use crate::inbound::{Gate, ProviderGate, Way};
use crate::provider::adapter::{self, Posting};
use crate::provider::hook::Hook;
use crate::service::{audit, providers};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, HOST, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A refused provider is written into the audit log this often at most.
const AUDIT_PAUSE: Duration = Duration::from_secs(10);
/// A body comes within this time.
const BODY_TIME: Duration = Duration::from_secs(10);
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
        let is_known =
            self.app.roster.load().iter().any(|b| b.slug.as_str() == bot) || self.app.unreadable.load().contains(bot);
        let is_coming = !status.loaded || is_known;
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
    // HTTP/2 names the host in the address.
    let named = uri.authority().map(|authority| authority.as_str());
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).or(named).unwrap_or_default();
    let scheme = if web.app.host.tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{host}{path}")
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

/// An answer that is no success, in words and as its source understands it.
fn refusal(source: &Posting, status: StatusCode, why: &str) -> Response {
    let (content_type, body) = adapter::regrets(source, why);
    (status, [(CONTENT_TYPE, content_type)], body).into_response()
}

/// Takes messages in at an address without a secret part.
pub async fn take(state: State<Arc<Web>>, Path((bot, provider)): Path<(String, String)>, request: Posted) -> Response {
    take_in(state, (bot, provider, None), request).await
}

/// Takes messages in at an address with a secret part.
pub async fn take_at_key(
    state: State<Arc<Web>>,
    Path((bot, provider, key)): Path<(String, String, String)>,
    request: Posted,
) -> Response {
    take_in(state, (bot, provider, Some(key)), request).await
}

/// A request to a webhook.
type Posted = ((Method, Uri), HeaderMap, Body);

/// The body of a request; else the answer. So many of a provider are read at once, each for a bounded
/// time: a stranger costs no more than that, and costs that provider alone.
async fn body_of(web: &Web, known: &ProviderGate, body: Body) -> Result<(Bytes, [OwnedSemaphorePermit; 2]), Response> {
    let source = &known.posting;
    let room = |of: &Arc<Semaphore>| Arc::clone(of).try_acquire_owned().ok();
    let Some(permits) = room(&known.room).zip(room(&web.room)) else {
        return Err(refusal(source, StatusCode::SERVICE_UNAVAILABLE, "too many requests at once"));
    };
    match tokio::time::timeout(BODY_TIME, axum::body::to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(body)) => Ok((body, permits.into())),
        Ok(Err(_)) => {
            let why = format!("a body has at most {} KB", LARGEST_BODY / 1024);
            Err(refusal(source, StatusCode::PAYLOAD_TOO_LARGE, &why))
        }
        Err(_) => Err(refusal(source, StatusCode::REQUEST_TIMEOUT, "the body did not come in time")),
    }
}

/// 200 when the messages are stored, 401 for a wrong proof, 404 for no such provider, 400 for a body that
/// cannot be read, 413 for one that is too long, 415 for one of another type, 429 when it posts too
/// often, 503 when it has to be posted again.
async fn take_in(
    State(web): State<Arc<Web>>,
    (bot, provider, key): (String, String, Option<String>),
    ((method, uri), headers, body): Posted,
) -> Response {
    let Some(entrance) = web.entrance(&bot).await else { return web.without_gate(&bot).into_response() };
    let gate = Arc::clone(&entrance.gate);
    let Some(known) = gate.providers.get(&provider) else { return StatusCode::NOT_FOUND.into_response() };
    let posting = &known.posting;
    if posting.token.is_none() && posting.url_key.is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    // A wrong address is refused before anything is read.
    if adapter::enters(posting, key.as_deref()).is_err() {
        note_refusal(&web, &gate, &bot, &provider).await;
        return refusal(posting, StatusCode::UNAUTHORIZED, "the request is not signed as it should be");
    }
    let (body, _room) = match body_of(&web, known, body).await {
        Ok(taken) => taken,
        Err(answer) => return answer,
    };
    let (now, url) = (web.app.clock.now(), address(&web, &headers, &uri));
    let hook = Hook { method: &method, url: &url, key: key.as_deref(), headers: &headers, body: &body, now };
    if let Err(why) = adapter::verify(posting, &hook) {
        tracing::debug!(%bot, %provider, %why, "a webhook was refused");
        note_refusal(&web, &gate, &bot, &provider).await;
        return refusal(posting, StatusCode::UNAUTHORIZED, "the request is not signed as it should be");
    }
    if method != Method::GET && !adapter::takes(posting, hook.header("content-type")) {
        let why = format!("{} posts no body of this type", posting.adapter.name());
        return refusal(posting, StatusCode::UNSUPPORTED_MEDIA_TYPE, &why);
    }
    let items = match adapter::read(posting, &hook) {
        Ok(items) => items,
        Err(why) => return refusal(posting, StatusCode::BAD_REQUEST, &why.to_string()),
    };
    // After the proof: a stranger's flood must not use up the provider's share.
    if let Err(wait) = web.limits.allow(&bot, known.id, items.len()) {
        let after = HeaderValue::from(wait.as_secs().max(1));
        let mut answer = refusal(posting, StatusCode::TOO_MANY_REQUESTS, "too many messages at once");
        answer.headers_mut().insert(RETRY_AFTER, after);
        return answer;
    }
    let is_due = web.posts.is_due(&bot, &provider, HEALTH_PAUSE);
    // In a task of its own: a provider that hangs up early must not interrupt a transaction.
    let taking = {
        let (app, gate, provider) = (web.app.clone(), Arc::clone(&gate), provider.clone());
        tokio::spawn(async move {
            let known = gate.providers.get(&provider)?;
            let taken = inbound::take(&gate, known, &entrance.wakes, items, Way::Posted, now).await;
            // Whatever was answered: a commit whose answer was lost has filled the outbox too.
            if !matches!(&taken, Ok(taken) if taken.told == 0) {
                entrance.call(&app);
            }
            if is_due && taken.is_ok() {
                // For the panel only: it is noted again with a later message.
                let _ = providers::note_answer(&gate.tenant, known.id, now).await;
            }
            Some(taken)
        })
    };
    let again = || refusal(posting, StatusCode::SERVICE_UNAVAILABLE, "to be posted again");
    let Ok(Some(taken)) = taking.await else { return again() };
    match taken {
        Ok(taken) => {
            let (content_type, body) = adapter::thanks(posting, taken.new, taken.completed);
            ([(CONTENT_TYPE, content_type)], body).into_response()
        }
        Err(error) => {
            tracing::warn!(%bot, %provider, %error, "a webhook could not be taken");
            again()
        }
    }
}

//! Reading a polled provider within bounds of time, size and redirects.

use crate::domain::address::{is_public, is_public_host, read_address};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ETAG, HeaderMap, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// One read may take this long, from connecting to the last byte.
const TIME: Duration = Duration::from_secs(10);
/// A longer body is refused, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// Redirects that are followed.
const REDIRECTS: usize = 3;
/// A source that wants to be left alone for longer is tried again all the same.
const LONGEST_REST: Duration = Duration::from_secs(60 * 60);
/// A longer mark of an answer is not kept, in bytes.
const LONGEST_MARK: usize = 512;

/// Why a read failed, as a sentence for the operator. Never holds the URL: keys may stand in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not answered in time.
    #[error("no complete answer within {} s", TIME.as_secs())]
    TimedOut,
    /// The answer is too long.
    #[error("the answer is longer than {} MB", LARGEST / 1024 / 1024)]
    TooLarge,
    /// An error status.
    #[error("the answer is HTTP {0}")]
    Status(u16),
    /// It was asked too often, or has no time now.
    #[error("the answer is HTTP {status}{}", resting(*.after))]
    Busy {
        /// 429 or 503.
        status: u16,
        /// When it may be asked again, if it says so.
        after: Option<Duration>,
    },
    /// No address.
    #[error("this is no address")]
    NoAddress,
    /// It leads into the farm's own network.
    #[error("the address is inside the farm's own network")]
    Private,
    /// Redirected for ever.
    #[error("more than {REDIRECTS} redirects")]
    Redirects,
    /// No connection, TLS, or a broken answer.
    #[error("no connection: {0}")]
    Connection(String),
}

fn resting(after: Option<Duration>) -> String {
    after.map_or_else(String::new, |after| format!(", to be asked again in {} s", after.as_secs()))
}

/// With what a source is asked.
#[derive(Clone, Debug)]
pub enum Auth<'a> {
    /// Nothing.
    None,
    /// A bearer token.
    Bearer(&'a SecretString),
    /// A user's name and password.
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: &'a SecretString,
    },
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// Where.
    pub url: &'a str,
    /// With what.
    pub auth: Auth<'a>,
    /// The mark of the answer that is known already.
    pub etag: Option<&'a str>,
    /// Where the address may lead.
    pub reach: Reach,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The same as the known one.
    Unchanged,
    /// Another.
    Body {
        /// The body.
        body: Vec<u8>,
        /// Its mark.
        etag: Option<String>,
    },
}

/// Where an address may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Anywhere: the operator wrote it.
    Anywhere,
    /// To the public internet only: an owner typed it.
    Public,
}

/// Reads providers.
#[derive(Clone, Debug)]
pub struct Fetcher {
    open: reqwest::Client,
    guarded: reqwest::Client,
    private: bool,
}

impl Fetcher {
    /// Clients that are shared by all bots. With `private`, owners too may name addresses inside
    /// the farm's own network.
    pub fn new(private: bool) -> Result<Self, FetchError> {
        // The first to install one wins, and it is the same everywhere.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let open = build(|| builder().redirect(Policy::limited(REDIRECTS)))?;
        let guarded = build(|| builder().redirect(public_redirects()).dns_resolver(Arc::new(PublicNames)))?;
        Ok(Self { open, guarded, private })
    }

    /// Whether owners may name addresses inside the farm's own network.
    pub fn may_be_private(&self) -> bool {
        self.private
    }

    /// The body at an address that needs no key.
    pub async fn body(&self, url: &str, reach: Reach) -> Result<Vec<u8>, FetchError> {
        match self.get(&Wanted { url, auth: Auth::None, etag: None, reach }).await? {
            Fetched::Body { body, .. } => Ok(body),
            Fetched::Unchanged => Ok(Vec::new()),
        }
    }

    /// Reads an address.
    pub async fn get(&self, wanted: &Wanted<'_>) -> Result<Fetched, FetchError> {
        let is_open = wanted.reach == Reach::Anywhere || self.private;
        if read_address(wanted.url, is_open).is_err() {
            return Err(FetchError::Private);
        }
        let client = if is_open { &self.open } else { &self.guarded };
        let response = request(client, wanted).send().await.map_err(|e| describe(&e))?;
        match response.status() {
            StatusCode::NOT_MODIFIED if wanted.etag.is_some() => Ok(Fetched::Unchanged),
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                Err(FetchError::Busy { status: status.as_u16(), after: rest(response.headers()) })
            }
            status if !status.is_success() => Err(FetchError::Status(status.as_u16())),
            _ => {
                let mark = response.headers().get(ETAG).and_then(|mark| mark.to_str().ok());
                let etag = mark.filter(|mark| mark.len() <= LONGEST_MARK).map(str::to_owned);
                Ok(Fetched::Body { body: body(response).await?, etag })
            }
        }
    }
}

fn request(client: &reqwest::Client, wanted: &Wanted<'_>) -> RequestBuilder {
    let request = client.get(wanted.url);
    let request = match &wanted.auth {
        Auth::None => request,
        Auth::Bearer(token) => request.bearer_auth(token.expose_secret()),
        Auth::Basic { user, password } => request.basic_auth(user, Some(password.expose_secret())),
    };
    match wanted.etag {
        Some(etag) => request.header(IF_NONE_MATCH, etag),
        None => request,
    }
}

async fn body(response: Response) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk.map_err(|e| describe(&e))?);
        if body.len() > LARGEST {
            return Err(FetchError::TooLarge);
        }
    }
    Ok(body)
}

/// When a source may be asked again: seconds, or a moment.
fn rest(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse().ok().or_else(|| {
        let at = DateTime::parse_from_rfc2822(text).ok()?;
        u64::try_from((at.to_utc() - Utc::now()).num_seconds()).ok()
    })?;
    Some(Duration::from_secs(seconds).min(LONGEST_REST))
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .timeout(TIME)
        .connect_timeout(Duration::from_secs(5))
        // The address may hold a key: another host must not be told.
        .referer(false)
        .pool_max_idle_per_host(2)
        .user_agent(concat!("botfarm/", env!("CARGO_PKG_VERSION")))
}

fn build(make: impl Fn() -> reqwest::ClientBuilder) -> Result<reqwest::Client, FetchError> {
    let built = make().build().or_else(|error| {
        // A machine without CA certificates: the farm runs, only https providers fail.
        tracing::warn!(%error, "https providers cannot be read: install the package ca-certificates");
        make().tls_certs_only([]).build()
    });
    built.map_err(|error| describe(&error))
}

/// Follows redirects, but not to an address that is no public one.
fn public_redirects() -> Policy {
    Policy::custom(|attempt| {
        if attempt.previous().len() > REDIRECTS {
            attempt.error("too many redirects")
        } else if is_public_host(attempt.url()) {
            attempt.follow()
        } else {
            attempt.error(Inside)
        }
    })
}

/// The address of a machine that no owner may name.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the address is inside the farm's own network")]
struct Inside;

/// Resolves names to public addresses only: a name may stand for a private one, today or later.
struct PublicNames;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(Inside.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn describe(error: &reqwest::Error) -> FetchError {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(found) = cause {
        if found.is::<Inside>() {
            return FetchError::Private;
        }
        cause = found.source();
    }
    if error.is_timeout() {
        return FetchError::TimedOut;
    }
    if error.is_redirect() {
        return FetchError::Redirects;
    }
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    FetchError::Connection(source.to_string())
}

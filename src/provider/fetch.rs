//! Reading a polled provider within bounds of time, size and redirects.

use futures_util::StreamExt;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// One read may take this long, from connecting to the last byte.
const TIME: Duration = Duration::from_secs(10);
/// A longer body is refused, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// Redirects that are followed.
const REDIRECTS: usize = 3;

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
    /// Redirected for ever.
    #[error("more than {REDIRECTS} redirects")]
    Redirects,
    /// No connection, TLS, or a broken answer.
    #[error("no connection: {0}")]
    Connection(String),
}

/// Reads providers.
#[derive(Clone, Debug)]
pub struct Fetcher(reqwest::Client);

impl Fetcher {
    /// A client that is shared by all bots.
    pub fn new() -> Result<Self, FetchError> {
        // The first to install one wins, and it is the same everywhere.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let built = builder().build().or_else(|error| {
            // A machine without CA certificates: the farm runs, only https providers fail.
            tracing::warn!(%error, "https providers cannot be read: install the package ca-certificates");
            builder().tls_certs_only([]).build()
        });
        built.map(Self).map_err(|e| describe(&e))
    }

    /// Reads a URL, with the key as a bearer token.
    pub async fn get(&self, url: &str, key: Option<&SecretString>) -> Result<Vec<u8>, FetchError> {
        let mut request = self.0.get(url);
        if let Some(key) = key {
            request = request.bearer_auth(key.expose_secret());
        }
        let response = request.send().await.map_err(|e| describe(&e))?;
        if !response.status().is_success() {
            return Err(FetchError::Status(response.status().as_u16()));
        }
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
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .timeout(TIME)
        .connect_timeout(Duration::from_secs(5))
        .redirect(Policy::limited(REDIRECTS))
        // The address may hold a key: another host must not be told.
        .referer(false)
        .pool_max_idle_per_host(2)
        .user_agent(concat!("botfarm/", env!("CARGO_PKG_VERSION")))
}

fn describe(error: &reqwest::Error) -> FetchError {
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

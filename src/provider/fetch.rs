//! Reading a polled provider within bounds of time, size and redirects.

use crate::domain::address::{BadAddress, is_public, is_public_host, read_address};
use chrono::DateTime;
use futures_util::StreamExt;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{DATE, ETAG, HeaderMap, IF_NONE_MATCH, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// One read may take this long, from connecting to the last byte.
const TIME: Duration = Duration::from_secs(10);
/// A longer body is refused, in bytes.
const LARGEST: usize = 1024 * 1024;
/// Redirects that are followed.
const REDIRECTS: usize = 3;
/// A source that wants to be left alone for longer is tried again all the same.
const LONGEST_REST: Duration = Duration::from_secs(60 * 60);
/// More of what is said of an error is not read, in bytes.
const LONGEST_EXCUSE: usize = 4 * 1024;
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
    #[error("the answer is HTTP {status}")]
    Status {
        /// From 300 on.
        status: u16,
        /// The beginning of what it says of it. May repeat a key: masked before it is shown.
        said: Vec<u8>,
    },
    /// It was asked too often, or has no time now.
    #[error("the answer is HTTP {status}{}", resting(*.after))]
    Busy {
        /// 429 or 503.
        status: u16,
        /// When it may be asked again, if it says so.
        after: Option<Duration>,
        /// As of any other error status.
        said: Vec<u8>,
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
        let guarded = guarded(|| PublicNames { names: SystemNames, is_public })?;
        Ok(Self { open, guarded, private })
    }

    /// Reads the farm of this machine: its certificate is for another name.
    pub fn of_this_machine() -> Result<Self, FetchError> {
        let made = Self::new(true)?;
        Ok(Self { open: build(|| builder().no_proxy().danger_accept_invalid_certs(true))?, ..made })
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
        read_address(wanted.url, is_open).map_err(|bad| match bad {
            BadAddress::NotWeb => FetchError::NoAddress,
            BadAddress::Private => FetchError::Private,
        })?;
        let client = if is_open { &self.open } else { &self.guarded };
        let response = request(client, wanted).send().await.map_err(|e| describe(&e))?;
        match response.status() {
            StatusCode::NOT_MODIFIED if wanted.etag.is_some() => Ok(Fetched::Unchanged),
            status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                let after = rest(response.headers());
                Err(FetchError::Busy { status: status.as_u16(), after, said: beginning(response).await })
            }
            status if !status.is_success() => {
                Err(FetchError::Status { status: status.as_u16(), said: beginning(response).await })
            }
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

/// The beginning of what is said of an error. That it breaks off is no other error.
async fn beginning(response: Response) -> Vec<u8> {
    let mut said = Vec::new();
    let mut chunks = response.bytes_stream();
    while said.len() < LONGEST_EXCUSE
        && let Some(Ok(chunk)) = chunks.next().await
    {
        said.extend_from_slice(&chunk);
    }
    said.truncate(LONGEST_EXCUSE);
    said
}

/// When a source may be asked again: seconds, or a moment.
fn rest(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse().ok().or_else(|| {
        // By the clock that the moment is meant by.
        let by = headers.get(DATE)?.to_str().ok()?;
        let (at, by) = (DateTime::parse_from_rfc2822(text).ok()?, DateTime::parse_from_rfc2822(by).ok()?);
        u64::try_from((at - by).num_seconds()).ok()
    })?;
    Some(Duration::from_secs(seconds).min(LONGEST_REST))
}

/// A client that reaches public addresses only, whatever names and redirects say.
fn guarded<N: Resolve + 'static>(names: impl Fn() -> PublicNames<N>) -> Result<reqwest::Client, FetchError> {
    // A proxy of the environment would resolve the names by itself.
    build(|| builder().no_proxy().redirect(public_redirects()).dns_resolver(Arc::new(names())))
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
struct PublicNames<N> {
    names: N,
    is_public: fn(IpAddr) -> bool,
}

impl<N: Resolve> Resolve for PublicNames<N> {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, is_public) = (self.names.resolve(name), self.is_public);
        Box::pin(async move {
            let public: Vec<SocketAddr> = found.await?.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(Inside.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// The names of this machine's resolver.
struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::extract::{Path, State};
    use axum::http::{StatusCode, header::LOCATION};
    use axum::response::IntoResponse;
    use axum::routing::get;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    /// Stands for a public machine in these tests.
    const OUTSIDE: &str = "127.0.0.2";

    fn is_outside(ip: IpAddr) -> bool {
        ip.to_string() == OUTSIDE
    }

    struct Table;

    impl Resolve for Table {
        fn resolve(&self, name: Name) -> Resolving {
            let addresses: &[&str] = match name.as_str() {
                "outside.test" => &[OUTSIDE],
                "inside.test" => &["127.0.0.1"],
                "lan.test" => &["192.168.1.1", "10.0.0.1"],
                "metadata.test" => &["169.254.169.254"],
                "six.test" => &["::1", "fd00::1", "::ffff:127.0.0.1"],
                _ => &[],
            };
            let found: Vec<SocketAddr> =
                addresses.iter().map(|ip| SocketAddr::new(ip.parse::<IpAddr>().unwrap(), 0)).collect();
            Box::pin(async move { Ok(Box::new(found.into_iter()) as Addrs) })
        }
    }

    fn fetcher() -> Fetcher {
        let made = Fetcher::new(false).unwrap();
        Fetcher { guarded: guarded(|| PublicNames { names: Table, is_public: is_outside }).unwrap(), ..made }
    }

    /// A machine of the farm's own network, which counts who reaches it; and one outside, which redirects
    /// to wherever its path says in hexadecimal digits.
    async fn machines() -> (Arc<AtomicU32>, u16) {
        let reached = Arc::new(AtomicU32::new(0));
        let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let secret = get(async |State(reached): State<Arc<AtomicU32>>| {
            reached.fetch_add(1, Relaxed);
            "secret"
        });
        let redirect = get(async |Path(to): Path<String>| {
            let to = String::from_utf8(hex::decode(to).unwrap()).unwrap();
            (StatusCode::FOUND, [(LOCATION, to)]).into_response()
        });
        let open = get(async || "open");
        let routes = Router::new().route("/secret", secret).route("/to/{to}", redirect).route("/open", open);
        let routes = routes.with_state(Arc::clone(&reached));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (reached, port)
    }

    /// Every way of writing an address inside that somebody might try.
    fn inside(port: u16) -> Vec<String> {
        let hosts = [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "0x7f.0.0.1",
            "017700000001",
            "0",
            "0.0.0.0",
            "localhost",
            "LOCALHOST",
            "a.localhost",
            "localhost.",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[::ffff:0:7f00:1]",
            "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
            "168.63.129.16",
            "[fd00::1]",
            "[fe80::1]",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "[fd00:ec2::254]",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "inside.test",
            "lan.test",
            "metadata.test",
            "six.test",
            "１２７.0.0.1",
            "127。0。0。1",
        ];
        hosts.iter().map(|host| format!("http://{host}:{port}/secret")).collect()
    }

    // SPEC: M6, A4
    #[tokio::test]
    async fn what_an_owner_types_never_reaches_the_inside() {
        let (reached, port) = machines().await;
        let fetcher = fetcher();
        let open = fetcher.body(&format!("http://outside.test:{port}/open"), Reach::Public).await;
        assert_eq!(open.as_deref(), Ok(b"open".as_slice()));
        for url in inside(port) {
            assert_eq!(fetcher.body(&url, Reach::Public).await, Err(FetchError::Private), "{url}");
            // The same behind a redirect of a machine outside, and behind two.
            let once = format!("http://outside.test:{port}/to/{}", hex::encode(&url));
            assert_eq!(fetcher.body(&once, Reach::Public).await, Err(FetchError::Private), "redirected to {url}");
            let twice = format!("http://outside.test:{port}/to/{}", hex::encode(&once));
            assert_eq!(
                fetcher.body(&twice, Reach::Public).await,
                Err(FetchError::Private),
                "redirected twice to {url}"
            );
        }
        assert_eq!(reached.load(Relaxed), 0);
        // The operator may allow it.
        let allowed = Fetcher::new(true).unwrap().body(&format!("http://127.0.0.1:{port}/secret"), Reach::Public).await;
        assert_eq!((allowed.is_ok(), reached.load(Relaxed)), (true, 1));
    }

    // SPEC: M6
    #[tokio::test]
    async fn other_schemes_and_addresses_with_credentials_lead_nowhere_either() {
        let (reached, port) = machines().await;
        let fetcher = fetcher();
        for url in ["file:///etc/passwd", "ftp://outside.test/", "gopher://outside.test/", "http://", "no address"] {
            assert!(fetcher.body(url, Reach::Public).await.is_err(), "{url}");
            let redirected = format!("http://outside.test:{port}/to/{}", hex::encode(url));
            assert!(fetcher.body(&redirected, Reach::Public).await.is_err(), "redirected to {url}");
        }
        let tricky = format!("http://outside.test@127.0.0.1:{port}/secret");
        assert_eq!(fetcher.body(&tricky, Reach::Public).await, Err(FetchError::Private));
        assert_eq!(reached.load(Relaxed), 0);
    }

    #[test]
    fn a_source_says_how_long_it_wants_to_rest() {
        let rest_of = |text: &str| rest(&HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]));
        assert_eq!(rest_of("120"), Some(Duration::from_secs(120)));
        assert_eq!(rest_of("999999"), Some(LONGEST_REST));
        let moment = [
            (RETRY_AFTER, "Wed, 25 Nov 2026 10:01:30 GMT".parse().unwrap()),
            (DATE, "Wed, 25 Nov 2026 10:00:00 GMT".parse().unwrap()),
        ];
        assert_eq!(rest(&HeaderMap::from_iter(moment)), Some(Duration::from_secs(90)));
        assert_eq!(rest_of("soon"), None);
    }
}

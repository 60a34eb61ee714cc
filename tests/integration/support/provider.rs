//! An SMS provider on loopback: polled at `/messages`, it shows what it was given.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// What is said of an error: it repeats the key.
pub const EXCUSE: &str = r#"{"error":"no credit left","key":"hook-token"}"#;

/// What the next polls are answered with.
#[derive(Clone, Debug, Default)]
pub enum Mood {
    /// The messages.
    #[default]
    Honest,
    /// An error status, with [`EXCUSE`].
    Status(u16),
    /// This body.
    Body(Vec<u8>),
    /// A redirect to itself.
    Redirect,
    /// Bytes without end.
    Endless,
    /// Nothing, for as long as anybody waits.
    Hang,
}

#[derive(Clone, Default)]
pub struct Provider {
    messages: Arc<Mutex<Vec<Value>>>,
    mood: Arc<Mutex<Mood>>,
    polls: Arc<Mutex<u32>>,
    authorization: Arc<Mutex<Option<String>>>,
    pub url: String,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/messages", listener.local_addr().unwrap());
        let provider = Self { url, ..Self::default() };
        let routes = Router::new().route("/messages", get(answer)).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    /// The provider's lines in a bot's file.
    pub fn lines(&self) -> String {
        format!(
            "mode = \"both\"\nurl = \"{}\"\ninterval_sec = 1\nwebhook_token = {{ file = \"hook.secret\" }}",
            self.url
        )
    }

    pub fn arrive(&self, message: Value) {
        self.messages.lock().unwrap().push(message);
    }

    pub fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// The header of the last poll.
    pub fn authorization(&self) -> Option<String> {
        self.authorization.lock().unwrap().clone()
    }

    pub fn polls(&self) -> u32 {
        *self.polls.lock().unwrap()
    }
}

async fn answer(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    let authorization = headers.get("authorization").and_then(|h| h.to_str().ok()).map(str::to_owned);
    *provider.authorization.lock().unwrap() = authorization;
    *provider.polls.lock().unwrap() += 1;
    let mood = provider.mood.lock().unwrap().clone();
    match mood {
        Mood::Honest => json!({ "messages": *provider.messages.lock().unwrap() }).to_string().into_response(),
        Mood::Status(status) => (StatusCode::from_u16(status).unwrap(), EXCUSE).into_response(),
        Mood::Body(body) => body.into_response(),
        Mood::Redirect => (StatusCode::FOUND, [("location", provider.url.as_str())]).into_response(),
        Mood::Hang => std::future::pending().await,
        Mood::Endless => {
            let chunk = || Ok::<_, std::io::Error>(vec![b'['; 64 * 1024]);
            axum::body::Body::from_stream(futures_util::stream::repeat_with(chunk)).into_response()
        }
    }
}

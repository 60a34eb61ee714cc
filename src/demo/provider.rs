//! A small SMS provider on loopback: it is read at `/messages`, and posts to the farm.

use anyhow::{Result, ensure};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The key with which the farm reads.
pub const KEY: &str = "demo-simbank-key";
/// The token with which the provider posts.
pub const TOKEN: &str = "demo-gateway-token";

type Messages = Arc<Mutex<Vec<Value>>>;

/// The provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Where it is read.
    pub url: String,
    messages: Messages,
}

impl Provider {
    /// Starts it on a free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/messages", listener.local_addr()?);
        let messages = Messages::default();
        let routes = Router::new().route("/messages", get(read)).with_state(Arc::clone(&messages));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { url, messages })
    }

    /// An SMS arrives; the next read shows it.
    pub fn arrive(&self, to: &str, service: &str, text: &str) {
        let message = json!({ "to": to, "service": service, "text": text });
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    }

    /// An SMS arrives and is posted to a bot's webhook at once.
    pub async fn post(&self, farm: SocketAddr, bot: &str, to: &str, service: &str, text: &str) -> Result<()> {
        let body = json!({ "messages": [{ "to": to, "service": service, "text": text }] }).to_string();
        let request = format!(
            "POST /hooks/{bot}/gateway HTTP/1.1\r\nhost: {farm}\r\nauthorization: Bearer {TOKEN}\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(farm).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "the webhook answered {answer:?}");
        Ok(())
    }
}

async fn read(State(messages): State<Messages>, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    let authorized = headers.get("authorization").is_some_and(|h| h.as_bytes() == format!("Bearer {KEY}").as_bytes());
    if !authorized {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(Json(json!({ "messages": *messages.lock().unwrap_or_else(PoisonError::into_inner) })))
}

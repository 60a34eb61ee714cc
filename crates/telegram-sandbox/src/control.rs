//! The standalone sandbox's controls: JSON lines over TCP, one request and one answer per line.
//!
//! `{"add_bot": {"token", "username"}}`, `{"issue_key": {}}`,
//! `{"send": {"bot", "user", "text", "name"?, "language"?}}`,
//! `{"send_file": {"bot", "user", "path"}}`, `{"press": {"bot", "user", "label"}}` (answered at once), `{"chat": {"bot", "user"}}`,
//! `{"revoke": {"bot"}}`, `{"flood": {"bot", "seconds"}}` (its messages are refused from then on), `{"press_data": {"bot", "user", "message", "data"}}`, and `{"watch": {}}`:
//! from then on the connection gives a line `{"bot", "user", "message"}` for each message that a
//! bot sends or edits, and answers nothing else.

use crate::faults::{Fault, Misbehave};
use crate::files::Contents;
use crate::model::{Happening, Message};
use crate::server::Sandbox;
use crate::visitor::{Action, Button, Visitor};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A request.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    AddBot { token: String, username: String },
    IssueKey {},
    Send { bot: i64, user: i64, text: String, name: Option<String>, language: Option<String> },
    SendFile { bot: i64, user: i64, path: PathBuf },
    Press { bot: i64, user: i64, label: String },
    PressData { bot: i64, user: i64, message: i32, data: String },
    Chat { bot: i64, user: i64 },
    Revoke { bot: i64 },
    Flood { bot: i64, seconds: u32 },
}

/// Serves the controls until the listener fails.
pub async fn serve(sandbox: Arc<Sandbox>, listener: TcpListener) -> io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let sandbox = Arc::clone(&sandbox);
        tokio::spawn(async move {
            if let Err(error) = client(&sandbox, stream).await {
                tracing::debug!(%error, "a control connection ended");
            }
        });
    }
}

async fn client(sandbox: &Sandbox, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    while let Some(line) = lines.next_line().await? {
        if line.contains("\"watch\"") {
            return watch(sandbox, &mut writer).await;
        }
        let answer = match serde_json::from_str(&line) {
            Ok(request) => act(sandbox, request),
            Err(error) => json!({ "error": error.to_string() }),
        };
        writer.write_all(format!("{answer}\n").as_bytes()).await?;
    }
    Ok(())
}

async fn watch(sandbox: &Sandbox, writer: &mut OwnedWriteHalf) -> io::Result<()> {
    let (watcher, mut happenings) = mpsc::unbounded_channel();
    sandbox.shared.world().watchers.push(watcher);
    while let Some((bot, user, happening)) = happenings.recv().await {
        if let Happening::Sent(message) | Happening::Edited(message) = happening {
            let line = json!({ "bot": bot, "user": user, "message": shown(&message) });
            writer.write_all(format!("{line}\n").as_bytes()).await?;
        }
    }
    Ok(())
}

fn act(sandbox: &Sandbox, request: Request) -> Value {
    match request {
        Request::AddBot { token, username } => json!({ "bot": sandbox.add_bot(&token, &username) }),
        Request::IssueKey {} => json!({ "key": sandbox.issue_key() }),
        Request::Send { bot, user, text, name, language } => {
            let name = name.unwrap_or_else(|| format!("user {user}"));
            let visitor = sandbox.visitor(bot, user, &name, &language.unwrap_or_else(|| "en".to_owned()));
            visitor.send(&text);
            json!({ "ok": true })
        }
        Request::SendFile { bot, user, path } => send_file(&sandbox.known_visitor(bot, user), &path),
        Request::Press { bot, user, label } => press(&sandbox.known_visitor(bot, user), &label),
        Request::PressData { bot, user, message, data } => {
            json!({ "query": sandbox.known_visitor(bot, user).press_data(message, data.as_bytes()) })
        }
        Request::Chat { bot, user } => {
            let messages = sandbox.known_visitor(bot, user).messages();
            json!({ "messages": messages.iter().map(shown).collect::<Vec<_>>() })
        }
        Request::Revoke { bot } => {
            sandbox.revoke(bot);
            json!({ "ok": true })
        }
        Request::Flood { bot, seconds } => {
            let refuse = Misbehave::Refuse(420, format!("FLOOD_WAIT_{seconds}"));
            sandbox.fault(Fault::always("messages.sendMessage", refuse).for_bot(bot));
            json!({ "ok": true })
        }
    }
}

fn send_file(visitor: &Visitor, path: &Path) -> Value {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    match std::fs::read(path) {
        Ok(bytes) => {
            visitor.send_file(&name, "application/octet-stream", Contents::of(bytes));
            json!({ "ok": true })
        }
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn press(visitor: &Visitor, label: &str) -> Value {
    let messages = visitor.messages();
    let found = messages.iter().rev().find_map(|m| Some((m.id, m.button(label)?)));
    match found.map(|(id, button)| (id, button.action)) {
        Some((id, Action::Callback(data))) => json!({ "query": visitor.press_data(id, &data) }),
        _ => json!({ "error": "no such button" }),
    }
}

fn shown(message: &Message) -> Value {
    let data = |action: Action| match action {
        Action::Callback(data) => String::from_utf8(data).ok(),
        _ => None,
    };
    let button = |b: Button| json!({ "label": b.label, "data": data(b.action) });
    let labels: Vec<Vec<Value>> = message.rows().into_iter().map(|row| row.into_iter().map(button).collect()).collect();
    json!({
        "id": message.id, "from_bot": message.from_bot, "text": message.text, "buttons": labels,
        "codes": message.codes(),
    })
}

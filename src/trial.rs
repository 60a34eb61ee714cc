//! A provider is tried: what it says now, or has posted lately, what is read out of that, and what it would
//! match, or why not. Nothing is stored.

use crate::domain::trial::{Tested, TestedMessage};
use crate::inbound::{self, ProviderGate};
use crate::provider::Item;
use crate::provider::adapter;
use crate::provider::fetch::Fetcher;
use crate::provider::hook::Hook;
use crate::provider::poll::{self, PollError, Position};
use crate::service::providers::{self, Recent};
use crate::service::{Tenant, inbox};
use crate::sources::Source;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Method};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

/// Messages that are shown.
const SHOWN: usize = 5;
/// The beginning of a raw answer that is shown, in characters.
const RAW: usize = 600;

/// Who is tried, and by which rules.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// The bot.
    pub tenant: &'a Tenant,
    /// The provider.
    pub source: &'a Source,
    /// Its rules.
    pub gate: &'a ProviderGate,
}

impl Trial<'_> {
    /// Asks the provider if it can be asked; else shows what it has posted lately.
    pub async fn run(&self, fetcher: &Fetcher, now: DateTime<Utc>) -> Result<Tested, String> {
        let Some(polled) = self.source.polled() else { return self.posted_lately().await };
        let read = poll::read(fetcher, &polled, &Position::default(), now).await.map_err(|error| match &error {
            PollError::Body(_, body) => format!("{error}\n{}", self.masked(&String::from_utf8_lossy(body))),
            _ => error.to_string(),
        })?;
        let raw = self.masked(&String::from_utf8_lossy(&read.raw));
        Ok(Tested { is_asked: true, ..self.tested(read.items, raw).await? })
    }

    /// Reads a body as if the provider had posted it.
    pub async fn of_body(&self, body: &[u8], content_type: &str, now: DateTime<Utc>) -> Result<Tested, String> {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(content_type).map_err(|_| "this is no content type".to_owned())?;
        headers.insert(CONTENT_TYPE, value);
        let hook = Hook { method: &Method::POST, url: "", key: None, headers: &headers, body, now };
        let raw = self.masked(&String::from_utf8_lossy(body));
        match adapter::read(&self.gate.posting, &hook) {
            Ok(items) => self.tested(items, raw).await,
            Err(why) => Err(format!("{why}\n{raw}")),
        }
    }

    async fn posted_lately(&self) -> Result<Tested, String> {
        let recent = providers::recent(self.tenant, self.source.id, SHOWN as i64).await.map_err(|e| e.to_string())?;
        let raw = recent.first().map(|newest| self.masked(&newest.raw.to_string())).unwrap_or_default();
        self.tested(recent.into_iter().map(of_recent).collect(), raw).await
    }

    async fn tested(&self, items: Vec<Item>, raw: String) -> Result<Tested, String> {
        let count = items.len();
        let mut messages = Vec::new();
        for item in items.into_iter().take(SHOWN) {
            messages.push(self.message(item).await?);
        }
        Ok(Tested { is_asked: false, raw, count, messages })
    }

    async fn message(&self, item: Item) -> Result<TestedMessage, String> {
        let number = inbound::number_of(&self.gate.posting.options, &item).map(|number| number.to_string());
        let (rule, verdict) = inbound::explain(self.gate, &item);
        let is_awaited = match (&number, rule, &verdict) {
            (Ok(number), Some(rule), Ok(_)) => {
                inbox::is_open(self.tenant, number, rule.id).await.map_err(|e| e.to_string())?
            }
            _ => false,
        };
        let to = number.unwrap_or_else(|_| item.line.unwrap_or(item.to));
        Ok(TestedMessage { to, text: item.text, service: rule.map(|rule| rule.name.clone()), verdict, is_awaited })
    }

    /// The beginning of an answer, without the secrets that it may repeat.
    fn masked(&self, body: &str) -> String {
        let config = &self.source.config;
        let key = config.poll.as_ref().and_then(|poll| poll.api_key.as_ref());
        let secrets: [Option<&SecretString>; 3] = [key, config.webhook_token.as_ref(), config.url_key.as_ref()];
        let mut body = body.to_owned();
        for secret in secrets.into_iter().flatten().map(|secret| secret.expose_secret()).filter(|s| !s.is_empty()) {
            body = body.replace(secret, "•••");
        }
        body.chars().take(RAW).collect()
    }
}

/// A stored message as it was read.
fn of_recent(message: Recent) -> Item {
    let Recent { raw, phone_number, line, body, sender, .. } = message;
    Item {
        service: raw["service"].as_str().map(str::to_owned),
        sender,
        line,
        ..Item::new(&phone_number.unwrap_or_default(), &body.unwrap_or_default(), raw)
    }
}

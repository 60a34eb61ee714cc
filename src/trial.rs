//! A provider is tried: what it says now, or has posted lately, what is read out of that, and what it would
//! match, or why not. Nothing is stored.

use crate::domain::adapter::Adapter;
use crate::domain::rental::CLOCK_SKEW;
use crate::domain::trial::{Tested, TestedMessage};
use crate::inbound::{self, ProviderGate};
use crate::provider::Item;
use crate::provider::adapter;
use crate::provider::fetch::Fetcher;
use crate::provider::gammu;
use crate::provider::hook::Hook;
use crate::provider::poll::{self, Position};
use crate::service::providers::{self, Recent};
use crate::service::{Tenant, inbox};
use crate::sources::Source;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use url::{Url, form_urlencoded};

/// Messages that are shown.
const SHOWN: usize = 5;
/// The beginning of a raw answer that is shown, in characters.
const RAW: usize = 600;

/// Shorter parts of an address are no secrets: `page=1`.
const SHORTEST_SECRET: usize = 6;

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
        let read = match polled.adapter {
            Adapter::Gammu => gammu::last(polled.url, now).await,
            _ => poll::read(fetcher, &polled, &Position::default(), now).await,
        };
        let read = read.map_err(|error| match error.said() {
            [] => error.to_string(),
            said => format!("{error}\n{}", self.masked(&String::from_utf8_lossy(said))),
        })?;
        let raw = match read.raw.as_slice() {
            [] => read.items.iter().map(|item| item.raw.to_string()).collect::<Vec<_>>().join("\n"),
            body => String::from_utf8_lossy(body).into_owned(),
        };
        let raw = self.masked(&raw);
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

    /// The last messages, with what became of them.
    async fn posted_lately(&self) -> Result<Tested, String> {
        let recent = providers::recent(self.tenant, self.source.id, SHOWN as i64).await.map_err(|e| e.to_string())?;
        let raw = recent.first().map(|newest| self.masked(&newest.raw.to_string())).unwrap_or_default();
        let (count, mut messages) = (recent.len(), Vec::new());
        for message in recent {
            let why = message.reason.clone().filter(|_| message.outcome == "unmatched");
            let tested = self.message(of_recent(message)).await?;
            let verdict = why.map_or(tested.verdict, Err);
            messages.push(TestedMessage { verdict, ..tested });
        }
        Ok(Tested { is_asked: false, raw, count, messages })
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
        let item = item.clean();
        let number = inbound::number_of(&self.gate.posting.options, &item).map(|number| number.to_string());
        let (rule, verdict) = inbound::explain(self.gate, &item);
        let began = match (&number, rule, &verdict) {
            (Ok(number), Some(rule), Ok(_)) => {
                inbox::open_since(self.tenant, number, rule.id).await.map_err(|e| e.to_string())?
            }
            _ => None,
        };
        let is_before = began.zip(item.sent_at).is_some_and(|(began, sent)| sent + CLOCK_SKEW < began);
        let verdict = match verdict {
            Ok(_) if is_before => Err("sent_before_rental".to_owned()),
            read => read.map_err(str::to_owned),
        };
        let to = number.unwrap_or_else(|_| item.line.unwrap_or(item.to));
        let service = rule.map(|rule| rule.name.clone());
        let (to, text) = (self.masked(&to), self.masked(&item.text));
        Ok(TestedMessage { to, text, service, verdict, is_awaited: began.is_some() })
    }

    /// The beginning of a text, without the secrets that it may repeat, as they are and as they are sent.
    fn masked(&self, text: &str) -> String {
        let config = &self.source.config;
        let poll = config.poll.as_ref();
        let keys =
            [poll.and_then(|poll| poll.api_key.as_ref()), config.webhook_token.as_ref(), config.url_key.as_ref()];
        let mut secrets: Vec<String> = keys.into_iter().flatten().map(|key| key.expose_secret().to_owned()).collect();
        if let Some(url) = poll.and_then(|poll| Url::parse(&poll.url).ok()) {
            secrets.extend(url.password().map(str::to_owned));
            secrets.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
            secrets.extend(
                url.path_segments()
                    .and_then(|mut parts| parts.next_back().map(str::to_owned))
                    .filter(|p| p.len() >= 20),
            );
        }
        let mut masked = text.to_owned();
        for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST_SECRET) {
            let escaped: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            for form in [secret.clone(), escaped, STANDARD.encode(secret)] {
                masked = masked.replace(&form, "•••");
            }
        }
        masked.chars().take(RAW).collect()
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

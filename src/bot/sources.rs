//! The providers of a bot: those of its file, and those that its owner has added in the panel.

use super::BotShared;
use crate::config::BotConfig;
use crate::config::providers::{PollConfig, ProviderConfig};
use crate::domain::adapter::Adapter;
use crate::domain::source::SourceOptions;
use crate::inbound::{self, ProviderGate};
use crate::provider::Item;
use crate::provider::adapter::Posting;
use crate::provider::fetch::Reach;
use crate::provider::poll::{self, PollError, Polled, Position};
use crate::seal::FarmKey;
use crate::service::catalog::Rows;
use crate::service::providers::{self, Provider, Recent};
use crate::ui::outside::{Sealed, Tested, TestedMessage};
use secrecy::{ExposeSecret, SecretString};

/// Messages of a test that are shown.
const SHOWN: usize = 5;
/// The beginning of a raw answer that is shown, in characters.
const RAW: usize = 600;

/// A provider as the bot's tasks know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its row.
    pub id: i64,
    /// How it is read, and how it posts.
    pub config: ProviderConfig,
    /// Where its address may lead.
    pub reach: Reach,
}

impl Source {
    /// How it posts.
    pub fn posting(&self) -> Posting {
        Posting {
            adapter: self.config.adapter,
            token: self.config.webhook_token.clone(),
            url_key: self.config.url_key.clone(),
            options: self.config.options.clone(),
        }
    }

    /// Where it is read, if it is.
    pub fn polled(&self) -> Option<Polled<'_>> {
        let poll = self.config.poll.as_ref()?;
        Some(Polled {
            adapter: self.config.adapter,
            url: &poll.url,
            key: poll.api_key.as_ref(),
            options: &self.config.options,
            reach: self.reach,
        })
    }
}

/// The providers of the file; the operator wrote their addresses.
pub fn of_file(config: &BotConfig, rows: &Rows) -> Vec<Source> {
    let source = |p: &ProviderConfig| {
        Some(Source { id: *rows.providers.get(&p.name)?, config: p.clone(), reach: Reach::Anywhere })
    };
    config.providers.iter().filter_map(source).collect()
}

/// The providers of the panel. One whose secret cannot be opened is left out, with a reason in the
/// log: reading it without its key would only look like a failure of the provider.
pub fn of_panel(providers: Vec<Provider>, key: &FarmKey, slug: &str) -> Vec<Source> {
    let open = |field: Sealed, sealed: Option<String>| match sealed {
        None => Ok(None),
        Some(sealed) => key.open_text(&field.place(slug), &sealed).map(Some),
    };
    let source = |p: Provider| {
        let unusable = |why: &dyn std::fmt::Display| {
            tracing::error!(bot = slug, provider = p.name, error = %why, "a provider cannot be used");
        };
        let secrets = [
            (Sealed::ProviderKey, &p.api_key),
            (Sealed::ProviderToken, &p.webhook_token),
            (Sealed::UrlKey, &p.url_key),
        ]
        .map(|(field, sealed)| open(field, sealed.clone()));
        let [api_key, webhook_token, url_key] = secrets;
        let usable = |secret: Result<Option<SecretString>, _>| secret.inspect_err(|why| unusable(why)).ok();
        let (api_key, webhook_token, url_key) = (usable(api_key)?, usable(webhook_token)?, usable(url_key)?);
        let interval_sec = u32::try_from(p.poll_interval_sec).unwrap_or(1).max(1);
        let poll = p.base_url.clone().map(|url| PollConfig { url, api_key, interval_sec });
        let adapter = Adapter::named(&p.adapter).or_else(|| {
            // Read as another kind, its key could count as a bearer token; a public key is nobody's secret.
            unusable(&format!("there is no kind {:?}", p.adapter));
            None
        })?;
        let options = SourceOptions::parse(&p.options).inspect_err(|why| unusable(why)).ok()?;
        let config = ProviderConfig { name: p.name.clone(), poll, adapter, webhook_token, url_key, options };
        Some(Source { id: p.id, config, reach: Reach::Public })
    };
    providers.into_iter().filter_map(source).collect()
}

impl BotShared {
    /// Reads a provider once, and tells what was read out of its messages. Stores nothing.
    pub(super) async fn test_provider(&self, id: i64) -> Result<Tested, String> {
        let sources = self.sources.borrow().clone();
        let source = sources.iter().find(|s| s.id == id).ok_or("this provider is not in use")?;
        let Some(polled) = source.polled() else { return self.posted_lately(source).await };
        let read = poll::read(&self.app.fetcher, &polled, &Position::default(), self.app.clock.now()).await;
        let read = read.map_err(|error| match &error {
            PollError::Body(_, body) => format!("{error}\n{}", masked(&String::from_utf8_lossy(body), polled.key)),
            _ => error.to_string(),
        })?;
        let gate = self.door.gate.load_full();
        let known = gate.as_ref().and_then(|gate| gate.providers.get(&source.config.name));
        let tested = |item: &Item| {
            let (service, verdict) =
                known.map_or((None, Err("unknown_service")), |known| inbound::explain(known, item));
            let service = service.map(str::to_owned);
            TestedMessage { to: shown_number(source, item), text: item.text.clone(), service, verdict }
        };
        let raw = masked(&String::from_utf8_lossy(&read.raw), polled.key);
        let messages = read.items.iter().take(SHOWN).map(tested).collect();
        Ok(Tested { is_asked: true, raw, count: read.items.len(), messages })
    }

    /// What a provider has posted lately, read by the rules of now.
    async fn posted_lately(&self, source: &Source) -> Result<Tested, String> {
        let recent = providers::recent(&self.tenant, source.id, SHOWN as i64).await.map_err(|e| e.to_string())?;
        let gate = self.door.gate.load_full();
        let known = gate.as_ref().and_then(|gate| gate.providers.get(&source.config.name));
        let raw = recent.first().map(|newest| masked(&newest.raw.to_string(), source.config.webhook_token.as_ref()));
        let messages = recent.into_iter().map(|message| of_recent(known, message)).collect::<Vec<_>>();
        Ok(Tested { is_asked: false, raw: raw.unwrap_or_default(), count: messages.len(), messages })
    }
}

fn of_recent(known: Option<&ProviderGate>, message: Recent) -> TestedMessage {
    let Recent { raw, phone_number, line, body, sender, .. } = message;
    let to = phone_number.or(line).unwrap_or_default();
    let item = Item {
        service: raw["service"].as_str().map(str::to_owned),
        sender,
        ..Item::new(&to, &body.unwrap_or_default(), raw)
    };
    let (service, verdict) = known.map_or((None, Err("unknown_service")), |known| inbound::explain(known, &item));
    TestedMessage { to, text: item.text, service: service.map(str::to_owned), verdict }
}

/// The number of a message, else its line.
fn shown_number(source: &Source, item: &Item) -> String {
    let number = inbound::number_of(&source.config.options, item).map(|number| number.to_string());
    number.unwrap_or_else(|_| item.line.clone().unwrap_or_else(|| item.to.clone()))
}

/// The beginning of an answer, without the key that it may repeat.
fn masked(body: &str, key: Option<&SecretString>) -> String {
    let secret = key.map_or("", |key| key.expose_secret());
    let body = if secret.is_empty() { body.to_owned() } else { body.replace(secret, "•••") };
    body.chars().take(RAW).collect()
}

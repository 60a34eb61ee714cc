//! The providers of a bot: those of its file, and those that its owner has added in the panel.

use super::BotShared;
use crate::config::BotConfig;
use crate::config::catalog::{PollConfig, ProviderConfig};
use crate::domain::adapter::Adapter;
use crate::inbound;
use crate::provider::fetch::Reach;
use crate::provider::generic;
use crate::seal::FarmKey;
use crate::service::catalog::Rows;
use crate::service::providers::Provider;
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
        let secrets =
            open(Sealed::ProviderKey, p.api_key).and_then(|k| Ok((k, open(Sealed::ProviderToken, p.webhook_token)?)));
        let (api_key, webhook_token) = secrets
            .inspect_err(|error| tracing::error!(bot = slug, provider = p.name, %error, "a provider cannot be used"))
            .ok()?;
        let interval_sec = u32::try_from(p.poll_interval_sec).unwrap_or(1).max(1);
        let poll = p.base_url.map(|url| PollConfig { url, api_key, interval_sec });
        let adapter = Adapter::named(&p.adapter).or_else(|| {
            // Read as another kind, its key could count as a bearer token; a public key is nobody's secret.
            tracing::error!(bot = slug, provider = p.name, adapter = p.adapter, "a provider of an unknown kind");
            None
        })?;
        let config = ProviderConfig { name: p.name, poll, adapter, webhook_token };
        Some(Source { id: p.id, config, reach: Reach::Public })
    };
    providers.into_iter().filter_map(source).collect()
}

impl BotShared {
    /// Reads a provider once, and tells what was read out of its messages. Stores nothing.
    pub(super) async fn test_provider(&self, id: i64) -> Result<Tested, String> {
        let sources = self.sources.borrow().clone();
        let source = sources.iter().find(|s| s.id == id).ok_or("this provider is not in use")?;
        let Some(poll) = &source.config.poll else { return Err("this provider posts: nothing is read".to_owned()) };
        let key = poll.api_key.as_ref();
        let body = self.app.fetcher.get(&poll.url, key, source.reach).await.map_err(|e| e.to_string())?;
        let raw = masked(&String::from_utf8_lossy(&body), key);
        let items = generic::parse(&body).map_err(|error| format!("{error}\n{raw}"))?;
        let gate = self.door.gate.load_full();
        let known = gate.as_ref().and_then(|gate| gate.providers.get(&source.config.name));
        let tested = |item: &crate::provider::Item| {
            let (service, verdict) =
                known.map_or((None, Err("unknown_service")), |known| inbound::explain(known, item));
            let service = service.map(str::to_owned);
            TestedMessage { to: item.to.clone(), text: item.text.clone(), service, verdict }
        };
        Ok(Tested { raw, count: items.len(), messages: items.iter().take(SHOWN).map(tested).collect() })
    }
}

/// The beginning of an answer, without the key that it may repeat.
fn masked(body: &str, key: Option<&SecretString>) -> String {
    let secret = key.map_or("", |key| key.expose_secret());
    let body = if secret.is_empty() { body.to_owned() } else { body.replace(secret, "•••") };
    body.chars().take(RAW).collect()
}

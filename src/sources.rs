//! The providers of a bot: those of its file, and those that its owner has added in the panel.

use crate::config::BotConfig;
use crate::config::providers::{PollConfig, ProviderConfig};
use crate::domain::adapter::Adapter;
use crate::domain::address::is_public_host;
use crate::domain::sealed::Sealed;
use crate::domain::source::SourceOptions;
use crate::inbound::{ProviderGate, ROOM};
use crate::provider::adapter::Posting;
use crate::provider::fetch::Reach;
use crate::provider::poll::Polled;
use crate::seal::KeyRing;
use crate::service::providers::Provider;
use crate::service::shop::Rule;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Semaphore;
use url::Url;

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

/// The rules by which a provider's messages are read.
pub fn provider_gate(source: &Source, linked: &[Rule]) -> ProviderGate {
    let rules = linked.iter().filter(|l| l.provider_id == source.id).map(Rule::service_rule).collect();
    ProviderGate { id: source.id, rules, posting: source.posting(), room: Arc::new(Semaphore::new(ROOM)) }
}

/// The providers of the file.
pub fn of_file(config: &BotConfig, rows: &HashMap<String, i64>) -> Vec<Source> {
    let source = |p: &ProviderConfig| Some(declared(*rows.get(&p.name)?, p));
    config.providers.iter().filter_map(source).collect()
}

/// A provider of the file. An address that names a machine inside was written by the operator; one outside
/// does not lead inside, whatever its name resolves to and wherever it redirects.
pub fn declared(id: i64, config: &ProviderConfig) -> Source {
    let url = config.poll.as_ref().and_then(|poll| Url::parse(&poll.url).ok());
    let reach = if url.is_some_and(|url| is_public_host(&url)) { Reach::Public } else { Reach::Anywhere };
    Source { id, config: config.clone(), reach }
}

/// The providers of the panel. One whose secret cannot be opened is left out, with a reason in the
/// log: reading it without its key would only look like a failure of the provider.
pub fn of_panel(providers: Vec<Provider>, key: &KeyRing, slug: &str) -> Vec<Source> {
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

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M6
    #[test]
    fn an_address_outside_does_not_lead_inside_and_one_inside_was_written_so() {
        let reach = |url: &str| {
            let poll = Some(PollConfig { url: url.to_owned(), api_key: None, interval_sec: 5 });
            let config = ProviderConfig {
                name: "p".to_owned(),
                poll,
                adapter: Adapter::Generic,
                webhook_token: None,
                url_key: None,
                options: SourceOptions::default(),
            };
            declared(1, &config).reach
        };
        assert_eq!(reach("https://sms.example/messages?after={cursor}"), Reach::Public);
        assert_eq!(reach("http://127.0.0.1:9000/messages"), Reach::Anywhere);
        assert_eq!(reach("http://localhost:9000/messages"), Reach::Anywhere);
    }
}

//! A bot's definition in force: brand, rules, and the door for messages.

use crate::app::{App, Door};
use crate::config::BotConfig;
use crate::config::catalog::ServiceConfig;
use crate::config::channels::ChannelConfig;
use crate::config::rules::Limits;
use crate::config::telegram::Server;
use crate::definition;
use crate::domain::address::shown_address;
use crate::domain::text::Texts;
use crate::health::Health;
use crate::lease::Lease;
use crate::password::PanelPassword;
use crate::seal::KeyRing;
use crate::service::catalog::{self, Country, Declared, DeclaredService, Provider, Service};
use crate::service::channels::{self, Channel, NewChannel};
use crate::service::settings::{self, Settings};
use crate::service::{ServiceResult, Tenant};
use crate::sources::Source;
use crate::telegram::Options;
use crate::telegram::endpoint::Endpoint;
use crate::ui::Brand;
use crate::ui::brand::OwnText;
use crate::ui::flows::channels::forced_of;
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use std::sync::Arc;

/// What the bot's tasks work by.
#[derive(Debug)]
pub struct Live {
    /// Look and rules.
    pub brand: Brand,
    /// Its providers, of the file and of the panel.
    pub sources: Arc<Vec<Source>>,
    /// How fast the bot may be used.
    pub limits: Limits,
}

/// Brings a definition into the tables and opens the door for its providers' messages.
pub async fn apply(
    tenant: &Tenant,
    door: &Door,
    config: &BotConfig,
    key: &KeyRing,
    now: DateTime<Utc>,
) -> ServiceResult<Live> {
    let settings = settings::load(tenant).await?;
    let config = &definition::overridden(config, &settings);
    let rows = catalog::apply(tenant, &declared(config)).await?;
    let declared_channels: Vec<NewChannel> = config.channels.iter().map(declared_channel).collect();
    channels::apply(tenant, &declared_channels, now).await?;
    let mut brand = brand(config, &settings, forced_of(tenant).await?);
    brand.panel_password = panel_password(config, key);
    let sources = definition::sources(tenant, config, &rows.providers, key).await?;
    let gate = definition::gate(tenant, &brand.policy, &sources).await?;
    door.gate.store(Some(Arc::new(gate)));
    Ok(Live { brand, sources: Arc::new(sources), limits: config.limits })
}

/// The panel's password, with a mark by which the sessions of another password are told.
fn panel_password(config: &BotConfig, key: &KeyRing) -> Option<PanelPassword> {
    let secret = config.admin_password.clone()?;
    let mark = key.mark(&format!("{}/admin_password", config.slug), &secret).ok()?;
    Some(PanelPassword::new(secret, mark))
}

fn declared_channel(channel: &ChannelConfig) -> NewChannel {
    let (frequency, every) = channel.frequency.parts();
    NewChannel {
        chat_id: channel.chat_id,
        title: channel.title.clone(),
        username_or_link: channel.username_or_link.clone(),
        required: channel.required,
        active: true,
        reward_amount: channel.reward,
        frequency,
        every: i32::try_from(every).unwrap_or(i32::MAX),
        origin: "file",
        removed_at: None,
    }
}

fn brand(config: &BotConfig, settings: &Settings, forced: Vec<Channel>) -> Brand {
    let texts = Texts::new(config.language, &config.texts);
    let currency = texts.languages().map(|l| (l, config.currency_name(l).to_owned())).collect();
    let support = config.support.as_ref().map(|s| match s.strip_prefix('@') {
        Some(name) => format!("https://t.me/{name}"),
        None => s.clone(),
    });
    let terms_accepted = config.terms_accepted || settings.terms_accepted;
    Brand {
        name: config.name.clone(),
        texts,
        own_texts: own_texts(config, settings),
        poll_interval: config.providers.iter().find_map(|p| p.poll.as_ref()).map_or(5, |poll| poll.interval_sec),
        currency,
        support,
        page_size: config.page_size,
        time_zone: config.time_zone,
        policy: Arc::new(definition::policy(config, settings)),
        presses_per_minute: config.limits.presses_per_minute,
        set_here: settings.set_here(),
        allowed_services: config.allowed_services.clone(),
        maintenance: config.maintenance,
        terms_accepted,
        rewards_each: config.rewards.each,
        standard_reward: config.rewards.amount,
        panel_password: None,
        panel_session: config.limits.panel_session,
        forced,
        unknown_passes: config.rewards.unknown_passes,
        is_unclaimed: config.owner_by_password && config.owners.is_empty(),
    }
}

fn own_texts(config: &BotConfig, settings: &Settings) -> Vec<OwnText> {
    let is_set_here = |language: &str, key: &str| settings.texts.iter().any(|(l, k, _)| l == language && k == key);
    let own = |(language, key, text): &(String, String, String)| OwnText {
        language: language.clone(),
        key: key.clone(),
        text: text.clone(),
        set_here: is_set_here(language, key),
    };
    config.texts.iter().map(own).collect()
}

fn declared(config: &BotConfig) -> Declared {
    let providers = config.providers.iter().map(|p| Provider {
        name: p.name.clone(),
        base_url: p.poll.as_ref().map(|poll| shown_address(&poll.url)),
        mode: if p.poll.is_some() { "poll" } else { "webhook" },
        poll_interval_sec: p.poll.as_ref().map_or(5, |poll| i32::try_from(poll.interval_sec).unwrap_or(i32::MAX)),
        adapter: p.adapter.name(),
        options: p.options.to_string(),
        active: true,
        origin: "file",
    });
    Declared { providers: providers.collect(), services: config.services.iter().map(declared_service).collect() }
}

fn declared_service(service: &ServiceConfig) -> DeclaredService {
    let countries = service.countries.iter().map(|c| Country {
        service_id: 0,
        country_name: c.name.clone(),
        country_code: c.dial_code.clone(),
        flag: c.flag.clone(),
        price: c.price,
        active: true,
        origin: "file",
    });
    DeclaredService {
        countries: countries.collect(),
        providers: service.providers.iter().map(|name| (name.clone(), service.code_regex.clone())).collect(),
        service: Service {
            name: service.name.clone(),
            emoji: service.emoji.clone(),
            description: service.description.clone(),
            default_price: service.price,
            code_regex: service.code_regex.clone(),
            aliases: service.aliases.clone(),
            words: service.words.clone(),
            active: true,
            origin: "file",
        },
    }
}

/// Where and as whom the bot connects.
pub fn telegram_options(app: &App, config: &BotConfig, lease: Lease, health: &Health) -> Result<Options, String> {
    let (endpoint, auth_key) = match &config.telegram.server {
        Server::Production => (Endpoint::Production, None),
        Server::Test => (Endpoint::Test, None),
        Server::Custom { address, auth_key } => {
            let mut bytes = [0; 256];
            hex::decode_to_slice(auth_key.expose_secret(), &mut bytes)
                .map_err(|_| "the pre-shared key is not 256 bytes".to_owned())?;
            (Endpoint::Custom(*address), Some(bytes))
        }
    };
    let api_id = config.telegram.api_id.and_then(|id| i32::try_from(id).ok()).unwrap_or(app.host.api_id);
    Ok(Options {
        endpoint,
        auth_key,
        proxy: config.telegram.proxy.clone(),
        api_id,
        api_hash: app.host.api_hash.clone(),
        token: config.token.clone(),
        lease,
        bot: config.slug.to_string(),
        health: health.clone(),
    })
}

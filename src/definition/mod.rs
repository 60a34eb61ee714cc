//! A bot's definition in force: what its file says, with what its owner has set in the panel over it;
//! and the gate for its providers' messages, which is the same on every host.

mod effective;
mod overrides;

use crate::config::BotConfig;
use crate::inbound::Gate;
use crate::seal::KeyRing;
use crate::service::settings::{self, Settings};
use crate::service::{Policy, ServiceResult, Tenant, providers, shop};
use crate::sources::{self, Source, provider_gate};
use std::collections::HashMap;
use std::sync::Arc;

pub use effective::{Effective, effective};
pub use overrides::apply as overridden;

/// What the bot's use cases go by. The panel's settings are in the definition already.
pub fn policy(config: &BotConfig, settings: &Settings) -> Policy {
    let closed = config.maintenance || !(config.terms_accepted || settings.terms_accepted);
    Policy { rules: config.rules, owners: config.owners.clone(), closed, low_stock: config.low_stock.into() }
}

/// The bot's providers, of its file and of the panel. `rows` are those of the file, by name.
pub async fn sources(
    tenant: &Tenant,
    config: &BotConfig,
    rows: &HashMap<String, i64>,
    key: &KeyRing,
) -> ServiceResult<Vec<Source>> {
    let mut sources = sources::of_file(config, rows);
    sources.extend(sources::of_panel(providers::of_panel(tenant).await?, key, tenant.slug().as_str()));
    Ok(sources)
}

/// Where messages of these providers come in. Taken in and completed on any host, so also while the one
/// that made it loses the bot.
pub async fn gate(tenant: &Tenant, policy: &Arc<Policy>, sources: &[Source]) -> ServiceResult<Gate> {
    let linked = shop::rules(tenant).await?;
    let providers = sources.iter().map(|s| (s.config.name.clone(), provider_gate(s, &linked))).collect();
    Ok(Gate { tenant: tenant.unfenced(), policy: Arc::clone(policy), providers, shelf: Arc::default() })
}

/// The gate of a bot that runs elsewhere: as it stands in the tables, which that host keeps.
pub async fn gate_of(tenant: &Tenant, config: &BotConfig, key: &KeyRing) -> ServiceResult<Gate> {
    let settings = settings::load(tenant).await?;
    let config = overridden(config, &settings);
    let sources = sources(tenant, &config, &providers::of_file(tenant).await?, key).await?;
    gate(tenant, &Arc::new(policy(&config, &settings)), &sources).await
}

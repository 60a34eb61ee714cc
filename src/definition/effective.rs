//! What a bot goes by, and where each value comes from: the panel, the file, the environment, or nobody.

use super::overridden;
use crate::config::BotConfig;
use crate::domain::rental::Payment;
use crate::domain::setting::Setting;
use crate::service::settings::Settings;

/// A value in force.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Effective {
    /// The setting's word.
    pub setting: &'static str,
    /// Its value; a secret's is never told.
    pub value: String,
    /// `panel`, `file`, `environment` or `default`.
    pub from: &'static str,
}

/// Every setting that may come from several places.
pub fn effective(config: &BotConfig, settings: &Settings) -> Vec<Effective> {
    let now = overridden(config, settings);
    let of = |setting: Setting| {
        let origin = config.origins.iter().find(|(other, _)| *other == setting).map_or("default", |(_, o)| o.word());
        let from = if settings.get(setting).is_some() { "panel" } else { origin };
        Effective { setting: setting.word(), value: value(&now, setting), from }
    };
    Setting::ALL.into_iter().map(|(setting, _)| of(setting)).collect()
}

fn value(config: &BotConfig, setting: Setting) -> String {
    let (rules, limits) = (&config.rules, &config.limits);
    let none = || "none".to_owned();
    match setting {
        Setting::Maintenance => config.maintenance.to_string(),
        Setting::CheckBalance => (rules.payment == Payment::Held).to_string(),
        Setting::TimeLimit => format!("{} s", rules.time_limit.num_seconds()),
        Setting::PageSize => config.page_size.to_string(),
        Setting::Reward => config.rewards.amount.to_string(),
        Setting::OpenRentals => rules.open_at_once.to_string(),
        Setting::ChangesPerHour => rules.changes_per_hour.to_string(),
        Setting::PressesPerMinute => limits.presses_per_minute.to_string(),
        Setting::LowStock => config.low_stock.to_string(),
        Setting::EraseCode => rules.erase_code_after.map_or_else(none, |after| format!("{} s", after.num_seconds())),
        Setting::Support => config.support.clone().unwrap_or_else(none),
        Setting::PollInterval => {
            let polls = config.providers.iter().filter_map(|p| Some((&p.name, p.poll.as_ref()?.interval_sec)));
            let polls: Vec<String> = polls.map(|(name, seconds)| format!("{name} {seconds} s")).collect();
            if polls.is_empty() { none() } else { polls.join(", ") }
        }
        Setting::AdminPassword => config.admin_password.as_ref().map_or_else(none, |_| "set".to_owned()),
    }
}

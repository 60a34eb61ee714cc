//! The panel's settings over the file's: the one rule of what wins.

use crate::config::BotConfig;
use crate::domain::money::parse_amount;
use crate::domain::rental::Payment;
use crate::domain::setting::Setting;
use crate::domain::text::check_override;
use crate::service::settings::Settings;
use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::Value;

/// The file's definition with the panel's values in it. A value that no longer has its shape is
/// left out.
pub fn apply(config: &BotConfig, settings: &Settings) -> BotConfig {
    let mut config = config.clone();
    if config.owner_by_password && config.owners.is_empty() {
        config.owners.extend(settings.owner);
    }
    for (setting, _) in Setting::ALL {
        if let Some(value) = settings.get(setting) {
            set(&mut config, setting, value);
        }
    }
    // A text of an earlier version of the program may no longer fit.
    let fits = |(language, key, text): &&(String, String, String)| check_override(language, key, text).is_ok();
    for own in settings.texts.iter().filter(fits) {
        config.texts.retain(|(language, key, _)| (language, key) != (&own.0, &own.1));
        config.texts.push(own.clone());
    }
    config
}

fn whole(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|n| u32::try_from(n).ok())
}

fn set(config: &mut BotConfig, setting: Setting, value: &Value) {
    let (switch, number) = (value.as_bool(), whole(value));
    let rules = &mut config.rules;
    match (setting, switch, number) {
        (Setting::Maintenance, Some(on), _) => config.maintenance = on,
        (Setting::CheckBalance, Some(true), _) => rules.payment = Payment::Held,
        // The file says what becomes of codes that cannot be paid.
        (Setting::CheckBalance, Some(false), _) if rules.payment == Payment::Held => {
            rules.payment = Payment::OnArrival { waits: true };
        }
        (Setting::TimeLimit, _, Some(minutes)) => rules.time_limit = TimeDelta::minutes(minutes.into()),
        (Setting::PageSize, _, Some(rows)) => config.page_size = rows,
        (Setting::OpenRentals, _, Some(rentals)) => rules.open_at_once = rentals,
        (Setting::ChangesPerHour, _, Some(changes)) => rules.changes_per_hour = changes,
        (Setting::PressesPerMinute, _, Some(presses)) => config.limits.presses_per_minute = presses,
        (Setting::LowStock, _, Some(numbers)) => config.low_stock = numbers,
        (Setting::EraseCode, _, Some(minutes)) => {
            let after = TimeDelta::minutes(minutes.into()).max(rules.further_codes);
            rules.erase_code_after = (minutes > 0).then_some(after);
        }
        (Setting::Reward, ..) => {
            config.rewards.amount = value.as_str().and_then(|a| parse_amount(a).ok()).unwrap_or(config.rewards.amount);
        }
        (Setting::PollInterval, _, Some(seconds)) => {
            config.providers.iter_mut().filter_map(|p| p.poll.as_mut()).for_each(|poll| poll.interval_sec = seconds);
        }
        (Setting::AdminPassword, ..) => {
            let hash = value.as_str().map(SecretString::from);
            config.admin_password = hash.or(config.admin_password.take());
        }
        (Setting::Support, ..) => config.support = value.as_str().map(str::to_owned).or(config.support.take()),
        _ => {}
    }
}

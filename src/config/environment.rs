//! What the environment says: one bot by itself, and what files leave out.

use super::secret::{SEALED, SecretSource};
use super::section::{Reading, Section};
use crate::domain::setting::Setting;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;

/// The short name of the environment's bot.
pub const SLUG: &str = "main";
/// Where its definition is said to stand.
pub const PLACE: &str = "the environment";

/// What the environment says where files say nothing. Part of a bot's definition: another host has another
/// environment.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, SecretString>);

/// The table of a definition that holds it.
pub(super) const TABLE: &str = "environment";

impl Environment {
    /// That of this process.
    pub fn of_process() -> Self {
        let names = PLACES.iter().filter_map(|(_, _, _, variable)| *variable).map(str::to_owned);
        let of_providers = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let of_providers = of_providers.filter(|name| name.starts_with("PROVIDER_"));
        let said = names.chain(of_providers).filter_map(|name| Some((name.clone(), env::var(name).ok()?.into())));
        Self(said.collect())
    }

    /// What a variable says.
    pub fn get(&self, variable: &str) -> Option<&SecretString> {
        self.0.get(variable)
    }

    /// Adds what a variable says, over what it said before.
    pub fn set(&mut self, variable: String, value: SecretString) {
        self.0.insert(variable, value);
    }

    /// Every variable and what it says.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &SecretString)> {
        self.0.iter()
    }
}

/// What a definition says of the environment that it was written in, over what is known of it.
pub(super) fn read(root: &mut Section<'_>, secrets: &SecretSource<'_>, mut known: Environment) -> Environment {
    let Some(section) = root.section(TABLE) else { return known };
    for (name, mut variable) in section.tables() {
        let Some(sealed) = variable.required::<String>(SEALED, "\"…\"") else { continue };
        match secrets.resolve(&name, SEALED, &sealed) {
            Ok(value) => known.set(name, value),
            Err(why) => variable.fault_here(format!("`{name}`: {why}")),
        }
        variable.close();
    }
    known
}

/// Where a value comes from; the panel's wins over all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The bot's file.
    File,
    /// The environment.
    Environment,
    /// Nobody said anything.
    Default,
}

impl Origin {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Environment => "environment",
            Self::Default => "default",
        }
    }
}

/// Where the panel's settings stand in a file, and in the environment: table, key, variable.
const PLACES: [(Setting, &str, &str, Option<&str>); 13] = [
    (Setting::Maintenance, "", "maintenance", None),
    (Setting::CheckBalance, "rental", "check_balance_at_reserve", None),
    (Setting::TimeLimit, "rental", "time_limit_sec", Some("RESERVATION_TIMEOUT_MIN")),
    (Setting::PageSize, "", "page_size", None),
    (Setting::Reward, "rewards", "amount", Some("DEFAULT_REWARD_AMOUNT")),
    (Setting::OpenRentals, "limits", "open_rentals", None),
    (Setting::ChangesPerHour, "limits", "changes_per_hour", None),
    (Setting::PressesPerMinute, "limits", "presses_per_minute", None),
    (Setting::LowStock, "", "low_stock", None),
    (Setting::EraseCode, "rental", "erase_code_after_sec", None),
    (Setting::Support, "", "support", None),
    (Setting::PollInterval, "providers", "interval_sec", Some("POLL_INTERVAL_SEC")),
    (Setting::AdminPassword, "", "admin_password", None),
];

/// Where each of the panel's settings comes from without the panel.
pub(super) fn origins(reading: &Reading) -> Vec<(Setting, Origin)> {
    let origin = |(setting, table, key, variable): (Setting, &str, &'static str, Option<&str>)| {
        let is_set = |variable: &str| reading.environment().get(variable).is_some();
        let origin = match reading.is_given(table, key) {
            true => Origin::File,
            false if variable.is_some_and(is_set) => Origin::Environment,
            false => Origin::Default,
        };
        (setting, origin)
    };
    PLACES.into_iter().map(origin).collect()
}

/// The variables of a provider: its address and its key.
pub(super) fn of_provider(name: &str) -> (String, String) {
    let name = name.to_uppercase().replace('-', "_");
    (format!("PROVIDER_{name}_URL"), format!("PROVIDER_{name}_API_KEY"))
}

/// The names of the providers that the environment has an address of.
fn providers() -> Vec<String> {
    let name = |(variable, _): (std::ffi::OsString, _)| {
        let name = variable.into_string().ok()?.strip_prefix("PROVIDER_")?.strip_suffix("_URL")?.to_lowercase();
        (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')).then_some(name)
    };
    let mut names: Vec<String> = env::vars_os().filter_map(name).collect();
    names.sort();
    names
}

/// The file that the environment's bot would have, if there is one: `BOT_TOKEN` is set.
pub(super) fn bot() -> Option<String> {
    env::var_os("BOT_TOKEN").filter(|token| !token.is_empty())?;
    let is_set = |variable: &str| env::var(variable).is_ok_and(|text| !text.is_empty());
    let name = env::var("BOT_NAME").unwrap_or_else(|_| SLUG.to_owned());
    let name = super::write::quoted(&name);
    let mut text = format!("name = {name}\nslug = \"{SLUG}\"\ntoken = {{ env = \"BOT_TOKEN\" }}\n");
    if is_set("ADMIN_PASSWORD") {
        text.push_str("admin_password = { env = \"ADMIN_PASSWORD\" }\n");
    }
    match env::var("OWNER_ID") {
        Ok(owner) if !owner.is_empty() => drop(writeln!(text, "owners = [{owner}]")),
        _ => text.push_str("owner_by_password = true\n"),
    }
    for name in providers() {
        let (url, key) = of_provider(&name);
        let _ = writeln!(text, "[[providers]]\nname = \"{name}\"\nmode = \"poll\"\nurl = {{ env = \"{url}\" }}");
        if is_set(&key) {
            let _ = writeln!(text, "api_key = {{ env = \"{key}\" }}");
        }
    }
    Some(text)
}

//! `[[services]]` and `[[providers]]` of a bot's file.

use super::secret::{SecretSource, same};
use super::section::{Positive, Section};
use crate::domain::adapter::Adapter;
use crate::domain::code::CodePattern;
use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};

/// A service of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceConfig {
    /// Its name.
    pub name: String,
    /// In front of the name.
    pub emoji: String,
    /// More about it.
    pub description: Option<String>,
    /// The price of countries without one.
    pub price: Decimal,
    /// Other names in messages.
    pub aliases: Vec<String>,
    /// How its codes look; checked.
    pub code_regex: Option<String>,
    /// The providers that show its codes, by name.
    pub providers: Vec<String>,
    /// Its countries.
    pub countries: Vec<CountryConfig>,
}

/// A country of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct CountryConfig {
    /// Its name.
    pub name: String,
    /// Its calling code, digits.
    pub dial_code: String,
    /// Its flag.
    pub flag: String,
    /// Its price, if it differs.
    pub price: Option<Decimal>,
}

/// How a polled provider is read.
#[derive(Clone, Debug)]
pub struct PollConfig {
    /// Where.
    pub url: String,
    /// Sent as a bearer token.
    pub api_key: Option<SecretString>,
    /// Seconds between reads while a rental is open.
    pub interval_sec: u32,
}

/// A provider of the file: polled, posting to the farm, or both.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name.
    pub name: String,
    /// How it is read, if it is.
    pub poll: Option<PollConfig>,
    /// What kind of source posts.
    pub adapter: Adapter,
    /// The secret with which it posts, if it does: a bearer token, or the key of its signatures.
    pub webhook_token: Option<SecretString>,
}

/// Whether two secrets that may be missing are the same.
pub(super) fn same_secrets(a: Option<&SecretString>, b: Option<&SecretString>) -> bool {
    a.zip(b).map_or(a.is_none() && b.is_none(), |(a, b)| same(a, b))
}

impl PartialEq for PollConfig {
    fn eq(&self, other: &Self) -> bool {
        self.url == other.url
            && self.interval_sec == other.interval_sec
            && same_secrets(self.api_key.as_ref(), other.api_key.as_ref())
    }
}

impl PartialEq for ProviderConfig {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.poll == other.poll
            && self.adapter == other.adapter
            && same_secrets(self.webhook_token.as_ref(), other.webhook_token.as_ref())
    }
}

/// The providers of a file, and the names of all of them, readable or not: a service that is
/// linked to a provider with a fault of its own has none.
pub fn read_providers(root: &mut Section<'_>, secrets: &SecretSource<'_>) -> (Vec<ProviderConfig>, Vec<String>) {
    let mut read: Vec<ProviderConfig> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for mut section in root.sections("providers") {
        let name = section.required::<String>("name", "\"sms1\"");
        if name.as_ref().is_some_and(|n| names.contains(n)) {
            section.fault_at("name", "`name`: another provider of this file has the same name");
        }
        if name.as_ref().is_some_and(|n| !is_url_word(n)) {
            section.fault_at("name", "`name`: letters, digits, - and _ only: it is part of the webhook's URL");
        }
        names.extend(name.clone());
        let adapter = read_adapter(&mut section);
        let modes = read_modes(&mut section, secrets);
        check_secret(&section, adapter, modes.as_ref());
        section.close();
        let provider = |(name, (poll, webhook_token))| ProviderConfig { name, poll, adapter, webhook_token };
        read.extend(name.zip(modes).map(provider));
    }
    (read, names)
}

fn is_url_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn read_adapter(section: &mut Section<'_>) -> Adapter {
    let Some(name) = section.optional::<String>("adapter") else { return Adapter::default() };
    Adapter::named(&name).unwrap_or_else(|| {
        let names = Adapter::ALL.map(|(_, name)| format!("\"{name}\""));
        section.fault_at("adapter", format!("`adapter`: expected one of {}", names.join(", ")));
        Adapter::default()
    })
}

fn check_secret(section: &Section<'_>, adapter: Adapter, modes: Option<&Modes>) {
    let Some((poll, secret)) = modes else { return };
    if adapter != Adapter::Generic && poll.is_some() {
        section.fault_at("mode", "`mode`: expected \"webhook\": messages of this adapter are posted, not read");
    }
    if let Some(why) = secret.as_ref().and_then(|secret| adapter.refuses(secret.expose_secret())) {
        section.fault_at("webhook_token", format!("`webhook_token`: {why}"));
    }
}

type Modes = (Option<PollConfig>, Option<SecretString>);

fn read_modes(section: &mut Section<'_>, secrets: &SecretSource<'_>) -> Option<Modes> {
    match section.required::<String>("mode", "\"poll\"")?.as_str() {
        "poll" => Some((Some(read_poll(section, secrets)?), None)),
        "webhook" => Some((None, Some(secrets.read(section, "webhook_token")?))),
        "both" => {
            let (poll, token) = (read_poll(section, secrets), secrets.read(section, "webhook_token"));
            Some((Some(poll?), Some(token?)))
        }
        _ => {
            section.skip(&["url", "api_key", "interval_sec", "webhook_token"]);
            section.fault_at("mode", "`mode`: expected \"poll\", \"webhook\" or \"both\"");
            None
        }
    }
}

fn read_poll(section: &mut Section<'_>, secrets: &SecretSource<'_>) -> Option<PollConfig> {
    let url = section.text_or_env("url", "\"https://sms.example/messages\"");
    if url.as_ref().is_some_and(|u| !u.starts_with("http://") && !u.starts_with("https://")) {
        section.fault_at("url", "`url`: expected an address that begins with https:// or http://");
    }
    let api_key = secrets.optional(section, "api_key");
    let interval_sec = section.optional::<Positive>("interval_sec").map_or(5, |n| n.0);
    Some(PollConfig { url: url?, api_key, interval_sec })
}

/// Reads every service; its providers must be among the named ones.
pub fn read_services(root: &mut Section<'_>, providers: &[String]) -> Vec<ServiceConfig> {
    let mut read: Vec<ServiceConfig> = Vec::new();
    for mut section in root.sections("services") {
        let service = read_service(&mut section, providers);
        if service.as_ref().is_some_and(|s| read.iter().any(|other| other.name == s.name)) {
            section.fault_at("name", "`name`: another service of this file has the same name");
        }
        section.close();
        read.extend(service);
    }
    read
}

fn read_service(section: &mut Section<'_>, providers: &[String]) -> Option<ServiceConfig> {
    let name = section.required::<String>("name", "\"WhatsApp\"");
    let price = section.required::<Decimal>("price", "\"10.00\"");
    let linked = section.optional::<Vec<String>>("providers").unwrap_or_default();
    for name in linked.iter().filter(|n| !providers.contains(n)) {
        section.fault_at("providers", format!("`providers`: no [[providers]] of this file is called {name:?}"));
    }
    let code_regex = section.optional::<String>("code_regex");
    if let Some(Err(why)) = code_regex.as_deref().map(CodePattern::new) {
        section.fault_at("code_regex", format!("`code_regex`: {why}"));
    }
    let emoji = section.optional("emoji").unwrap_or_default();
    let description = section.optional("description");
    let aliases = section.optional("aliases").unwrap_or_default();
    let mut countries: Vec<CountryConfig> = Vec::new();
    for country in section.sections("countries").into_iter().filter_map(read_country) {
        if countries.iter().any(|known| known.name == country.name) {
            section.fault_at("countries", format!("`countries`: {:?} stands there twice", country.name));
        }
        countries.push(country);
    }
    Some(ServiceConfig {
        name: name?,
        emoji,
        description,
        price: price?,
        aliases,
        code_regex,
        providers: linked,
        countries,
    })
}

fn read_country(mut section: Section<'_>) -> Option<CountryConfig> {
    let name = section.required::<String>("name", "\"مصر\"");
    let dial_code = section.required::<String>("dial_code", "\"20\"");
    let is_code = |c: &str| (1..=4).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_digit()) && !c.starts_with('0');
    if dial_code.as_deref().is_some_and(|c| !is_code(c)) {
        section.fault_at("dial_code", "`dial_code`: expected the calling code's digits without +, for example \"20\"");
    }
    let flag = section.optional("flag").unwrap_or_default();
    let price = section.optional("price");
    section.close();
    Some(CountryConfig { name: name?, dial_code: dial_code?, flag, price })
}

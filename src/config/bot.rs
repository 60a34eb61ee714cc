//! A bot's file, checked.

use super::catalog::{ServiceConfig, read_services};
use super::channels::{ChannelConfig, read_channels};
use super::environment::{self, Environment, Origin};
use super::fault::{Fault, FileFaults};
use super::providers::{ProviderConfig, read_providers, same_secrets};
use super::rules::{Limits, Rewards, read_limits, read_rewards, read_rules};
use super::secret::{SecretSource, same};
use super::section::{Positive, Reading, Section, Shape};
use super::telegram::TelegramConfig;
use crate::domain::channel::is_contact;
use crate::domain::rental::RentalRules;
use crate::domain::setting::Setting;
use crate::domain::slug::Slug;
use crate::domain::token::bot_id;
use crate::password::PanelPassword;
use crate::seal::KeyRing;
use chrono_tz::Tz;
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::path::Path;
use toml::de::DeTable;

/// The languages that a bot speaks.
pub const LANGUAGES: [&str; 2] = ["ar", "en"];

/// Everything that a bot's file says, checked and with its secrets resolved.
#[derive(Clone, Debug)]
pub struct BotConfig {
    /// The bot's short name; the file's name unless `slug` says otherwise.
    pub slug: Slug,
    /// The brand.
    pub name: String,
    /// What BotFather gave out.
    pub token: SecretString,
    /// The owners' Telegram ids.
    pub owners: Vec<i64>,
    /// Whoever gives the panel's password first becomes owner, when none is named.
    pub owner_by_password: bool,
    /// Where the settings come from that may come from several places.
    pub origins: Vec<(Setting, Origin)>,
    /// What of it the environment says.
    pub environment: Environment,
    /// The first language: `ar` or `en`.
    pub language: &'static str,
    /// The currency's code, for example `EGP`.
    pub currency: String,
    /// How the currency is written after an amount, by language; its code where none is given.
    pub currency_names: Vec<(String, String)>,
    /// Whom users write to for help: an @name or a link.
    pub support: Option<String>,
    /// Rows per page.
    pub page_size: u32,
    /// The time zone of dates.
    pub time_zone: Tz,
    /// The rules of rentals.
    pub rules: RentalRules,
    /// How fast the bot may be used.
    pub limits: Limits,
    /// How free credit is given.
    pub rewards: Rewards,
    /// The channels to join.
    pub channels: Vec<ChannelConfig>,
    /// Users are told to come later.
    pub maintenance: bool,
    /// The terms of use were accepted in the file.
    pub terms_accepted: bool,
    /// The password of the panel; there is no panel without one.
    pub admin_password: Option<SecretString>,
    /// The services that the bot may offer at all, if the file limits them.
    pub allowed_services: Option<Vec<String>>,
    /// Free numbers of a country below this are an alert to the owner.
    pub low_stock: u32,
    /// Where Telegram is.
    pub telegram: TelegramConfig,
    /// Own texts: language, key, text.
    pub texts: Vec<(String, String, String)>,
    /// The services.
    pub services: Vec<ServiceConfig>,
    /// The providers.
    pub providers: Vec<ProviderConfig>,
}

/// The text of a file of this host, checked, or all its faults.
pub fn check(path: &Path, text: &str, key: &KeyRing) -> Result<BotConfig, FileFaults> {
    check_in(Environment::of_process(), path, text, key)
}

/// A published text, checked: it says what the environment was where it was published, and that of this
/// host says nothing.
pub fn check_published(path: &Path, text: &str, key: &KeyRing) -> Result<BotConfig, FileFaults> {
    check_in(Environment::default(), path, text, key)
}

fn check_in(around: Environment, path: &Path, text: &str, key: &KeyRing) -> Result<BotConfig, FileFaults> {
    let failed = |mut faults: Vec<Fault>| {
        faults.sort_by_key(|f| f.span.start);
        FileFaults { path: path.to_owned(), text: text.to_owned(), faults }
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let fault = |e: &toml::de::Error| Fault { span: e.span().unwrap_or(0..0), message: e.message().to_owned() };
        return Err(failed(errors.iter().map(fault).collect()));
    }
    let reading = Reading::default();
    let config = read(Section::root(&table, &reading), &reading, around, path, key);
    let found = reading.take_faults();
    match config {
        Some(config) if found.is_empty() => {
            Ok(BotConfig { origins: environment::origins(&reading), environment: reading.take_used(), ..config })
        }
        _ => Err(failed(found)),
    }
}

/// Every key that a text of a bot's file is asked for, with its table and its shape.
pub(super) fn asked(text: &str, key: &KeyRing) -> BTreeMap<(String, &'static str), Shape> {
    let reading = Reading::default();
    let (table, _) = DeTable::parse_recoverable(text);
    read(Section::root(&table, &reading), &reading, Environment::default(), Path::new("reference.toml"), key);
    reading.asked()
}

fn read(
    mut root: Section<'_>,
    reading: &Reading,
    around: Environment,
    path: &Path,
    key: &KeyRing,
) -> Option<BotConfig> {
    let slug = read_slug(&mut root, path);
    let directory = path.parent().unwrap_or(Path::new("."));
    let place = slug.as_ref().map_or("", Slug::as_str).to_owned();
    let secrets = SecretSource { key, slug: &place, directory };
    reading.set_environment(environment::read(&mut root, &secrets, around));
    let name = root.required::<String>("name", "\"My brand\"");
    let token = secrets.read(&mut root, "token");
    if token.as_ref().is_some_and(|t| bot_id(t.expose_secret()).is_none()) {
        root.fault_at("token", "`token`: expected BotFather's form 123456789:AA…");
    }
    let owners: Vec<i64> = root.optional("owners").unwrap_or_default();
    let owner_by_password = root.optional("owner_by_password").unwrap_or(false);
    let language = read_language(&mut root);
    let (currency, currency_names) = read_currency(&mut root);
    let support = read_support(&mut root);
    let page_size = root.optional::<Positive>("page_size").map_or(10, |n| n.0);
    if page_size > 20 {
        root.fault_at("page_size", "`page_size`: at most 20");
    }
    if owners.iter().any(|id| *id <= 0) {
        root.fault_at("owners", "`owners`: a Telegram user id is above 0");
    }
    let time_zone = read_time_zone(&mut root);
    let (limits, of_rentals) = read_limits(&mut root);
    let rules = read_rules(&mut root, of_rentals);
    let rewards = read_rewards(&mut root);
    let channels = read_channels(&mut root, rewards.amount);
    let maintenance = root.optional("maintenance").unwrap_or(false);
    let terms_accepted = read_terms(&mut root, !owners.is_empty() || owner_by_password);
    let admin_password = secrets.optional(&mut root, "admin_password");
    if owner_by_password && admin_password.is_none() {
        root.fault_at("owner_by_password", "`owner_by_password` means nothing without an admin_password");
    }
    if admin_password.as_ref().is_some_and(|p| !PanelPassword::is_readable(p)) {
        root.fault_at("admin_password", "`admin_password`: begins like an argon2 hash and is none");
    }
    let low_stock = u32::try_from(root.optional::<i64>("low_stock").unwrap_or(0)).unwrap_or_else(|_| {
        root.fault_at("low_stock", "`low_stock`: expected a whole number of 0 or more");
        0
    });
    let telegram = TelegramConfig::read(&mut root, &secrets);
    let texts = read_texts(&mut root);
    let (providers, names) = read_providers(&mut root, &secrets);
    let services = read_services(&mut root, &names);
    let allowed_services = check_allowed(&mut root, &services);
    root.close();
    Some(BotConfig {
        slug: slug?,
        name: name?,
        token: token?,
        owners,
        owner_by_password,
        origins: Vec::new(),
        environment: Environment::default(),
        language: language?,
        currency,
        currency_names,
        support,
        page_size,
        time_zone,
        rules,
        limits,
        rewards,
        channels,
        maintenance,
        terms_accepted,
        admin_password,
        allowed_services,
        low_stock,
        telegram: telegram?,
        texts,
        services,
        providers,
    })
}

fn read_slug(root: &mut Section<'_>, path: &Path) -> Option<Slug> {
    if let Some(text) = root.optional::<String>("slug") {
        return text.parse().map_err(|e| root.fault_at("slug", format!("`slug`: {e}"))).ok();
    }
    let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    stem.parse().map_err(|e| root.fault_here(format!("the file's name {stem:?} is the bot's slug, and {e}"))).ok()
}

fn read_language(root: &mut Section<'_>) -> Option<&'static str> {
    let Some(text) = root.optional::<String>("language") else { return Some(LANGUAGES[0]) };
    let known = LANGUAGES.into_iter().find(|l| *l == text);
    if known.is_none() {
        root.fault_at("language", "`language`: expected \"ar\" or \"en\"");
    }
    known
}

fn read_currency(root: &mut Section<'_>) -> (String, Vec<(String, String)>) {
    let Some(mut section) = root.section("currency") else {
        return ("EGP".to_owned(), vec![("ar".to_owned(), "جنيه".to_owned())]);
    };
    let code = section.required::<String>("code", "\"EGP\"").unwrap_or_default();
    if section.has("code") && code.trim().is_empty() {
        section.fault_at("code", "`code`: write the currency's code, for example \"EGP\"");
    }
    let names = LANGUAGES
        .into_iter()
        .filter_map(|language| Some((language.to_owned(), section.optional::<String>(language)?)))
        .collect();
    section.close();
    (code, names)
}

/// Whom users write to: a button of every screen that says so, and Telegram takes links only.
fn read_support(root: &mut Section<'_>) -> Option<String> {
    let support = root.optional::<String>("support")?;
    if !is_contact(&support) {
        root.fault_at("support", "`support`: expected \"@name\" or a link that begins with https://");
    }
    Some(support)
}

/// The time zone of dates on screens; UTC if nothing is said.
fn read_time_zone(root: &mut Section<'_>) -> Tz {
    let Some(name) = root.optional::<String>("time_zone") else { return Tz::UTC };
    name.parse().unwrap_or_else(|_| {
        root.fault_at("time_zone", "`time_zone`: expected a name like \"Africa/Cairo\"");
        Tz::UTC
    })
}

/// A bot is open once somebody has accepted the terms: the operator here, or an owner in Telegram.
fn read_terms(root: &mut Section<'_>, has_owner: bool) -> bool {
    let accepted = root.optional("terms_accepted").unwrap_or(false);
    if !accepted && !has_owner {
        root.fault_here(
            "nobody can accept the terms of use: name the owners (owners = [123456789]), \
             or accept them here: terms_accepted = true",
        );
    }
    accepted
}

/// Services that the bot may offer at all, if the file limits them.
fn check_allowed(root: &mut Section<'_>, services: &[ServiceConfig]) -> Option<Vec<String>> {
    let allowed = root.optional::<Vec<String>>("allowed_services")?;
    if allowed.is_empty() {
        root.fault_at(
            "allowed_services",
            "`allowed_services`: an empty list allows nothing; leave it out to allow all",
        );
    }
    for service in services.iter().filter(|s| !allowed.contains(&s.name)) {
        root.fault_at("allowed_services", format!("the service {:?} is not among them", service.name));
    }
    Some(allowed)
}

fn read_texts(root: &mut Section<'_>) -> Vec<(String, String, String)> {
    let Some(mut section) = root.section("texts") else { return Vec::new() };
    let mut texts = Vec::new();
    for language in LANGUAGES {
        for (key, text, span) in section.texts(language) {
            if let Err(why) = crate::domain::text::check_override(language, &key, &text) {
                section.fault_span(span, format!("`{key}`: {why}"));
            }
            texts.push((language.to_owned(), key, text));
        }
    }
    section.close();
    texts
}

impl BotConfig {
    /// Whether going from `self` to `next` needs a new connection; all else is applied live.
    pub fn needs_restart(&self, next: &Self) -> bool {
        !same(&self.token, &next.token) || self.telegram != next.telegram
    }

    /// Whether two definitions say the same.
    pub fn says_the_same(&self, other: &Self) -> bool {
        !self.needs_restart(other)
            && same_secrets(self.admin_password.as_ref(), other.admin_password.as_ref())
            && self.services == other.services
            && self.providers == other.providers
            && format!("{self:?}") == format!("{other:?}")
    }

    /// How amounts are followed in a language.
    pub fn currency_name(&self, language: &str) -> &str {
        self.currency_names.iter().find(|(l, _)| l == language).map_or(&self.currency, |(_, name)| name)
    }
}

//! `[[providers]]` of a bot's file.

use super::environment;
use super::secret::{SecretSource, same};
use super::section::{Positive, Section, Shape};
use crate::domain::adapter::{Adapter, is_url_key};
use crate::domain::address::shown_address;
use crate::domain::source::SourceOptions;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// How a polled provider is read.
#[derive(Clone)]
pub struct PollConfig {
    /// Where.
    pub url: String,
    /// Sent as a bearer token.
    pub api_key: Option<SecretString>,
    /// Seconds between reads while a rental is open.
    pub interval_sec: u32,
}

/// Keys may stand in the address.
impl fmt::Debug for PollConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = shown_address(&self.url);
        f.debug_struct("PollConfig")
            .field("url", &url)
            .field("interval_sec", &self.interval_sec)
            .finish_non_exhaustive()
    }
}

/// A provider of the file: polled, posting to the farm, or both.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name.
    pub name: String,
    /// How it is read, if it is.
    pub poll: Option<PollConfig>,
    /// What kind of source it is.
    pub adapter: Adapter,
    /// The secret with which it posts, if it does: a bearer token, or the key of its signatures.
    pub webhook_token: Option<SecretString>,
    /// The secret part of the address to which it posts.
    pub url_key: Option<SecretString>,
    /// Field paths, signature header and lines.
    pub options: SourceOptions,
}

impl ProviderConfig {
    /// Whether it posts.
    pub fn posts(&self) -> bool {
        self.webhook_token.is_some() || self.url_key.is_some()
    }
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
            && self.options == other.options
            && same_secrets(self.webhook_token.as_ref(), other.webhook_token.as_ref())
            && same_secrets(self.url_key.as_ref(), other.url_key.as_ref())
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
        let modes = read_modes(&mut section, name.as_deref().unwrap_or_default(), adapter, secrets);
        let options = read_options(&mut section);
        section.close();
        let provider = |(name, Modes { poll, webhook_token, url_key })| ProviderConfig {
            name,
            poll,
            adapter,
            webhook_token,
            url_key,
            options,
        };
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

/// How a provider is read, and with what it posts.
#[derive(Default)]
struct Modes {
    poll: Option<PollConfig>,
    webhook_token: Option<SecretString>,
    url_key: Option<SecretString>,
}

fn read_modes(section: &mut Section<'_>, name: &str, adapter: Adapter, secrets: &SecretSource<'_>) -> Option<Modes> {
    let mode = section.required::<String>("mode", "\"poll\"")?;
    let (polls, posts) = match mode.as_str() {
        "poll" => (true, false),
        "webhook" => (false, true),
        "both" => (true, true),
        _ => {
            section.skip(&["url", "api_key", "interval_sec", "webhook_token", "url_key"]);
            section.fault_at("mode", "`mode`: expected \"poll\", \"webhook\" or \"both\"");
            return None;
        }
    };
    if polls && !adapter.is_polled() {
        section.fault_at("mode", "`mode`: expected \"webhook\": messages of this adapter are posted, not read");
    }
    if posts && !adapter.posts() {
        section.fault_at("mode", "`mode`: expected \"poll\": messages of this adapter are read, not posted");
    }
    let poll = polls.then(|| read_poll(section, name, adapter, secrets));
    let posting = posts.then(|| read_posting(section, adapter, secrets));
    let (webhook_token, url_key) = posting.unwrap_or_default();
    if poll.as_ref().is_some_and(Option::is_none) || (posts && webhook_token.is_none() && url_key.is_none()) {
        return None;
    }
    Some(Modes { poll: poll.flatten(), webhook_token, url_key })
}

type Secrets = (Option<SecretString>, Option<SecretString>);

fn read_posting(section: &mut Section<'_>, adapter: Adapter, secrets: &SecretSource<'_>) -> Secrets {
    let (has_token, has_key) = (section.has("webhook_token"), section.has("url_key"));
    let token = secrets.optional(section, "webhook_token");
    let url_key = secrets.optional(section, "url_key");
    if let Some(missing) = adapter.misses(has_token, has_key) {
        // Reported there: how a secret is written.
        secrets.read(section, missing);
    }
    if let Some(why) = token.as_ref().and_then(|secret| adapter.refuses(secret.expose_secret())) {
        section.fault_at("webhook_token", format!("`webhook_token`: {why}"));
    }
    if url_key.as_ref().is_some_and(|key| !is_url_key(key.expose_secret())) {
        section.fault_at("url_key", "`url_key`: expected 20 to 100 letters, digits, - and _");
    }
    (token, url_key)
}

fn read_poll(
    section: &mut Section<'_>,
    name: &str,
    adapter: Adapter,
    secrets: &SecretSource<'_>,
) -> Option<PollConfig> {
    let (schemes, example): (&[&str], _) = match adapter {
        Adapter::Gammu => (&["file:///", "postgres://", "postgresql://"], "\"file:///var/spool/gammu/inbox\""),
        _ => (&["https://", "http://"], "\"https://sms.example/messages\""),
    };
    let (of_url, of_key) = environment::of_provider(name);
    let given = if section.has("url") { None } else { section.said(&of_url) };
    let url = match given {
        Some(url) => {
            section.note("url", Shape::Address);
            Some(url.expose_secret().to_owned())
        }
        None => secrets.text(section, "url", example),
    };
    if url.as_ref().is_some_and(|u| !schemes.iter().any(|scheme| u.starts_with(scheme))) {
        let schemes = schemes.join(" or ");
        section.fault_at("url", format!("`url`: expected an address that begins with {schemes}"));
    }
    let api_key = secrets.optional(section, "api_key");
    let api_key = api_key.or_else(|| section.said(&of_key));
    let usual = section.from_env::<Positive>("POLL_INTERVAL_SEC").map_or(5, |n| n.0);
    let interval_sec = section.optional::<Positive>("interval_sec").map_or(usual, |n| n.0);
    Some(PollConfig { url: url?, api_key, interval_sec })
}

fn read_options(section: &mut Section<'_>) -> SourceOptions {
    let mut options = SourceOptions::default();
    for (name, path, span) in section.texts("fields") {
        if let Err(why) = options.set_field(&name, &path) {
            section.fault_span(span, format!("`fields`: {why}"));
        }
    }
    for (line, number, span) in section.texts("lines") {
        if let Err(why) = options.set_line(&line, &number) {
            section.fault_span(span, format!("`lines`: {why}"));
        }
    }
    if let Some(header) = section.optional::<String>("signature_header")
        && let Err(why) = options.set_signature_header(&header)
    {
        section.fault_at("signature_header", format!("`signature_header`: {why}"));
    }
    options
}

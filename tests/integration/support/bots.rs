//! A bot's file for a test.

use std::fmt::Write;
use std::path::Path;
use telegram_sandbox::Sandbox;

/// What differs between the tests' bots.
#[derive(Clone, Debug)]
pub struct BotFile {
    pub slug: String,
    pub brand: String,
    pub language: &'static str,
    pub token: String,
    pub auth_key: String,
    pub time_limit_sec: u32,
    pub cooldown_sec: u32,
    /// The provider's lines, for example `mode = "webhook"`.
    pub provider: String,
    pub extra: String,
    /// More lines of `[telegram]`.
    pub telegram: String,
    /// More lines of `[rental]`.
    pub rental: String,
    pub pause_sec: Option<u32>,
    pub terms_accepted: bool,
    /// More tables, at the file's end.
    pub tables: String,
    pub price: &'static str,
}

impl BotFile {
    /// An Arabic bot with one service in one country, fed by a webhook.
    pub fn new(sandbox: &Sandbox, slug: &str, number: i64) -> Self {
        let token = format!("{number}:secret-of-{slug}");
        sandbox.add_bot(&token, &format!("{slug}_bot"));
        Self {
            slug: slug.to_owned(),
            brand: "الوشاق".to_owned(),
            language: "ar",
            token,
            auth_key: sandbox.issue_key(),
            time_limit_sec: 1200,
            cooldown_sec: 600,
            provider: "mode = \"webhook\"\nwebhook_token = { file = \"hook.secret\" }".to_owned(),
            extra: String::new(),
            telegram: String::new(),
            rental: String::new(),
            pause_sec: None,
            terms_accepted: true,
            tables: String::new(),
            price: "10.00",
        }
    }

    pub fn id(&self) -> i64 {
        self.token.split(':').next().unwrap().parse().unwrap()
    }

    /// The file's text; secrets stand in files of their own.
    pub fn text(&self, sandbox: &Sandbox) -> String {
        let Self {
            slug,
            brand,
            language,
            time_limit_sec,
            cooldown_sec,
            provider,
            extra,
            telegram,
            price,
            rental,
            tables,
            ..
        } = self;
        let mut text = String::new();
        writeln!(
            text,
            r#"name = "{brand}"
language = "{language}"
token = {{ file = "{slug}.token.secret" }}
{terms}
support = "@help"
{extra}
[telegram]
server = "custom"
address = "{address}"
auth_key = {{ file = "{slug}.key.secret" }}
{telegram}
[rental]
time_limit_sec = {time_limit_sec}
cooldown_sec = {cooldown_sec}
same_user_pause_sec = {pause}
{rental}
[[providers]]
name = "sms1"
{provider}
[[services]]
name = "WhatsApp"
emoji = "🟢"
price = "{price}"
aliases = ["WA"]
providers = ["sms1"]
countries = [{{ name = "مصر", dial_code = "20", flag = "🇪🇬" }}]
{tables}"#,
            pause = self.pause_sec.unwrap_or(*cooldown_sec),
            terms = if self.terms_accepted { "terms_accepted = true" } else { "" },
            address = sandbox.address()
        )
        .unwrap();
        text
    }

    /// Writes the file and its secrets, as an editor would: aside, then renamed.
    pub fn write(&self, directory: &Path, sandbox: &Sandbox) {
        let slug = &self.slug;
        std::fs::write(directory.join(format!("{slug}.token.secret")), &self.token).unwrap();
        std::fs::write(directory.join(format!("{slug}.key.secret")), &self.auth_key).unwrap();
        std::fs::write(directory.join("hook.secret"), "hook-token").unwrap();
        std::fs::write(directory.join("panel.secret"), "open sesame").unwrap();
        let aside = directory.join(format!(".{slug}.toml.new"));
        std::fs::write(&aside, self.text(sandbox)).unwrap();
        std::fs::rename(aside, directory.join(format!("{slug}.toml"))).unwrap();
    }
}

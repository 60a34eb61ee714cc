//! What makes one bot's screens its own, and what a flow has at hand.

use super::outside::Outside;
use crate::clock::Clock;
use crate::domain::message::Message;
use crate::domain::money::format_amount;
use crate::domain::setting::Setting;
use crate::domain::text::{Arg, Texts};
use crate::password::PanelPassword;
use crate::service::channels::Channel;
use crate::service::users::Known;
use crate::service::{Policy, Tenant};
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use std::sync::Arc;

/// One bot's look and rules.
#[derive(Debug)]
pub struct Brand {
    /// The brand's name.
    pub name: String,
    /// The sentences.
    pub texts: Texts,
    /// Those of them that are the bot's own.
    pub own_texts: Vec<OwnText>,
    /// Seconds between reads of the file's providers.
    pub poll_interval: u32,
    /// The currency after an amount, by language.
    pub currency: Vec<(&'static str, String)>,
    /// A link to the support, if there is one.
    pub support: Option<String>,
    /// Rows per page.
    pub page_size: u32,
    /// The time zone of dates.
    pub time_zone: Tz,
    /// The rules, and whom to alert.
    pub policy: Arc<Policy>,
    /// Presses and messages of a user in a minute.
    pub presses_per_minute: u32,
    /// The settings that the panel has set.
    pub set_here: Vec<Setting>,
    /// The services that the bot may offer at all, if the file limits them.
    pub allowed_services: Option<Vec<String>>,
    /// Users are told to come later.
    pub maintenance: bool,
    /// The terms of use were accepted.
    pub terms_accepted: bool,
    /// Each joined channel pays by itself.
    pub rewards_each: bool,
    /// The channels that must be joined before the bot can be used.
    pub forced: Vec<Channel>,
    /// The reward of a channel that names none, in the bot's currency.
    pub standard_reward: Decimal,
    /// The panel's password; there is no panel without one.
    pub panel_password: Option<PanelPassword>,
    /// How long the panel's password counts.
    pub panel_session: TimeDelta,
    /// The forced channels let those through whose membership cannot be seen.
    pub unknown_passes: bool,
    /// Nobody owns the bot yet: whoever gives the panel's password first will.
    pub is_unclaimed: bool,
}

/// A text of the bot's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnText {
    /// ISO 639-1.
    pub language: String,
    /// Its key.
    pub key: String,
    /// As it was written.
    pub text: String,
    /// The panel has set it, not the file.
    pub set_here: bool,
}

/// What a flow has at hand: the bot, the user, the time.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    /// The bot's place in the database.
    pub tenant: &'a Tenant,
    /// The bot's look and rules.
    pub brand: &'a Brand,
    /// Tells the time.
    pub clock: &'a Clock,
    /// Who did it.
    pub user: &'a Known,
    /// Asks and tells what is outside the database.
    pub outside: &'a dyn Outside,
}

impl std::fmt::Debug for Ctx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ctx").field("user", self.user).finish_non_exhaustive()
    }
}

/// A language's sentences of one bot.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    brand: &'a Brand,
    language: &'static str,
}

impl Brand {
    /// The voice for somebody who asks for this language.
    pub fn voice(&self, language: Option<&str>) -> Voice<'_> {
        Voice { brand: self, language: self.texts.choose(language) }
    }
}

impl<'a> Ctx<'a> {
    /// The user's voice.
    pub fn voice(&self) -> Voice<'a> {
        self.brand.voice(self.user.language.as_deref())
    }

    /// Whether the user owns the bot.
    pub fn is_owner(&self) -> bool {
        self.brand.policy.owners.contains(&self.user.telegram_id)
    }

    /// The present.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

impl<'a> Voice<'a> {
    /// The bot whose voice it is.
    pub fn brand(&self) -> &'a Brand {
        self.brand
    }

    /// A sentence.
    pub fn say(&self, key: &str, args: &[(&str, &str)]) -> String {
        let args: Vec<_> = args.iter().map(|(name, text)| (*name, Arg::Text(text))).collect();
        self.brand.texts.say(self.language, key, &args)
    }

    /// A sentence with a count, which chooses the plural form.
    pub fn count(&self, key: &str, name: &str, count: i64) -> String {
        plain(&self.brand.texts.say(self.language, key, &[(name, Arg::Count(count))]))
    }

    /// A label of a button: without the marks that isolate variables.
    pub fn label(&self, key: &str, args: &[(&str, &str)]) -> String {
        plain(&self.say(key, args))
    }

    /// An amount with its currency.
    pub fn amount(&self, amount: Decimal) -> String {
        let currency = self.brand.currency.iter().find(|(l, _)| *l == self.language).map_or("", |(_, c)| c.as_str());
        // Without the mark a minus sign would move behind the number in right-to-left text.
        let mark = if amount.is_sign_negative() { "\u{200e}" } else { "" };
        let amount = format!("{mark}{}", format_amount(amount));
        plain(&self.say("amount", &[("amount", &amount), ("currency", currency)]))
    }

    /// A time span in whole minutes, rounded up.
    pub fn minutes(&self, span: TimeDelta) -> String {
        self.count("minutes", "count", whole_minutes(span))
    }

    /// The same after a word like "within", which changes its form in Arabic.
    pub fn within_minutes(&self, span: TimeDelta) -> String {
        self.count("minutes-in", "count", whole_minutes(span))
    }

    /// The refusal of what was done too often, with the time to wait.
    pub fn too_fast(&self, seconds: i64) -> String {
        match seconds {
            ..120 => self.count("too-many", "seconds", seconds),
            _ => self.label("too-many-wait", &[("wait", &self.span(TimeDelta::seconds(seconds)))]),
        }
    }

    /// How many numbers are free.
    pub fn free(&self, count: i64) -> String {
        let key = if count >= crate::service::browse::COUNTED { "free-many" } else { "free-count" };
        self.count(key, "count", count)
    }

    /// A moment, in the bot's time zone, with the month's name.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        let at = at.with_timezone(&self.brand.time_zone);
        let month = self.say(&format!("month-{}", at.month()), &[]);
        let (day, year, time) = (at.day().to_string(), at.year().to_string(), at.format("%H:%M").to_string());
        self.label("moment", &[("day", &day), ("month", &month), ("year", &year), ("time", &time)])
    }

    /// A time of the day, to the second.
    pub fn clock_time(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.brand.time_zone).format("%H:%M:%S").to_string()
    }

    /// A longer time span after a word like "in": days, hours or minutes, rounded up.
    pub fn span(&self, span: TimeDelta) -> String {
        let minutes = (span.num_seconds().max(0) + 59) / 60;
        match minutes {
            0..120 => self.count("minutes-in", "count", minutes),
            120..2880 => self.count("hours-in", "count", (minutes + 59) / 60),
            _ => self.count("days-in", "count", (minutes + 1439) / 1440),
        }
    }

    /// Whether the language is written from right to left.
    pub fn is_from_right(&self) -> bool {
        self.language == "ar"
    }

    /// A message in this language, from a sentence in which codes were given as marks.
    pub fn compose(&self, sentence: &str, codes: &[&str]) -> Message {
        Message { from_right: self.is_from_right(), ..Message::compose(sentence, codes) }
    }

    /// Between the parts of a list.
    pub fn comma(&self) -> &'static str {
        if self.language == "ar" { "، " } else { ", " }
    }
}

fn whole_minutes(span: TimeDelta) -> i64 {
    let seconds = span.num_seconds().max(0);
    if seconds < 30 { 0 } else { (seconds + 59) / 60 }
}

/// A sentence without isolating marks: for labels and for parts of other sentences.
fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

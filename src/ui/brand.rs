//! What makes one bot's screens its own, and what a flow has at hand.

use crate::clock::Clock;
use crate::domain::money::format_amount;
use crate::domain::rental::RentalRules;
use crate::domain::text::{Arg, Texts};
use crate::service::Tenant;
use crate::service::users::Known;
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

/// One bot's look and rules.
#[derive(Debug)]
pub struct Brand {
    /// The brand's name.
    pub name: String,
    /// The sentences.
    pub texts: Texts,
    /// The currency after an amount, by language.
    pub currency: Vec<(&'static str, String)>,
    /// A link to the support, if there is one.
    pub support: Option<String>,
    /// Rows per page.
    pub page_size: u32,
    /// The rules of rentals.
    pub rules: RentalRules,
}

/// What a flow has at hand: the bot, the user, the time.
#[derive(Clone, Copy, Debug)]
pub struct Ctx<'a> {
    /// The bot's place in the database.
    pub tenant: &'a Tenant,
    /// The bot's look and rules.
    pub brand: &'a Brand,
    /// Tells the time.
    pub clock: &'a Clock,
    /// Who did it.
    pub user: &'a Known,
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
        plain(&self.say("amount", &[("amount", &format_amount(amount)), ("currency", currency)]))
    }

    /// A time span in whole minutes, rounded up.
    pub fn minutes(&self, span: TimeDelta) -> String {
        let seconds = span.num_seconds().max(0);
        self.count("minutes", "count", if seconds < 30 { 0 } else { (seconds + 59) / 60 })
    }

    /// How many numbers are free.
    pub fn free(&self, count: i64) -> String {
        let key = if count >= crate::service::browse::COUNTED { "free-many" } else { "free-count" };
        self.count(key, "count", count)
    }

    /// A moment, in UTC.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        at.format("%Y-%m-%d %H:%M").to_string()
    }
}

/// A sentence without isolating marks: for labels and for parts of other sentences.
fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

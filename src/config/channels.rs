//! `[[channels]]` of a bot's file.

use super::section::{Positive, Section};
use crate::domain::channel::{Frequency, MOST_CHANNELS, is_invite_link, is_username};
use rust_decimal::Decimal;

/// The largest every_hours and every_days.
const LONGEST_PERIOD: u32 = 10_000;

/// A channel of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelConfig {
    /// What users see.
    pub title: String,
    /// Telegram's id of a private channel.
    pub chat_id: Option<i64>,
    /// `@name`, or the invite link of a private channel.
    pub username_or_link: String,
    /// Must be joined before the bot can be used.
    pub required: bool,
    /// The reward, in the bot's currency; none if nothing is said and the channel is required.
    pub reward: Option<Decimal>,
    /// How often it is given.
    pub frequency: Frequency,
}

/// The channels of a file. `reward` is the reward of a channel that names none.
pub fn read_channels(root: &mut Section<'_>, reward: Decimal) -> Vec<ChannelConfig> {
    let mut read: Vec<ChannelConfig> = Vec::new();
    for mut section in root.sections("channels") {
        let found = read_channel(&mut section, reward);
        let is_same = |c: &ChannelConfig, other: &ChannelConfig| {
            other.username_or_link == c.username_or_link || (c.chat_id.is_some() && c.chat_id == other.chat_id)
        };
        if found.as_ref().is_some_and(|c| read.iter().any(|other| is_same(c, other))) {
            section.fault_here("another channel of this file is the same");
        }
        if read.len() == MOST_CHANNELS {
            section.fault_here(format!("a bot has at most {MOST_CHANNELS} channels"));
        }
        section.close();
        read.extend(found);
    }
    read
}

fn read_channel(section: &mut Section<'_>, reward: Decimal) -> Option<ChannelConfig> {
    let name = section.optional::<String>("name");
    let chat_id = section.optional::<i64>("chat_id");
    let link = section.optional::<String>("link");
    let title = section.optional::<String>("title");
    let required = section.optional("required").unwrap_or(false);
    let own = section.optional::<Decimal>("reward");
    let frequency = read_frequency(section);
    if name.as_ref().is_some_and(|n| !is_username(n)) {
        section.fault_at("name", "`name`: expected a public channel's @name");
    }
    if link.as_ref().is_some_and(|l| !is_invite_link(l)) {
        section.fault_at("link", "`link`: expected an invite link: https://t.me/+…");
    }
    let username_or_link = match (name, chat_id, link) {
        // Telegram's names mean the same in any case.
        (Some(name), None, None) => name.to_lowercase(),
        (None, Some(_), Some(link)) => link,
        _ => {
            section.fault_here("a channel needs name = \"@channel\", or, for a private one, chat_id and link");
            return None;
        }
    };
    if chat_id.is_some_and(|id| bare(id) <= 0) {
        section.fault_at("chat_id", "`chat_id`: expected a channel's id, for example -1001234567890");
    }
    if frequency != Frequency::Once && own.is_some_and(|r| r.is_zero()) {
        section.fault_here("a channel without a reward is not paid every_hours or every_days");
    }
    let reward = own.or((!required).then_some(reward)).filter(|r| !r.is_zero());
    let title = title.unwrap_or_else(|| username_or_link.clone());
    Some(ChannelConfig { title, chat_id: chat_id.map(bare), username_or_link, required, reward, frequency })
}

/// Bots and their tools write -100 in front of a channel's id.
fn bare(id: i64) -> i64 {
    let text = id.to_string();
    text.strip_prefix("-100").and_then(|digits| digits.parse().ok()).unwrap_or(id)
}

fn read_frequency(section: &mut Section<'_>) -> Frequency {
    let hours = section.optional::<Positive>("every_hours");
    let days = section.optional::<Positive>("every_days");
    if [hours, days].iter().flatten().any(|n| n.0 > LONGEST_PERIOD) {
        section.fault_here(format!("a channel pays at least every {LONGEST_PERIOD} hours or days"));
    }
    match (hours, days) {
        (Some(_), Some(_)) => {
            section.fault_at("every_days", "either every_hours or every_days, not both");
            Frequency::Once
        }
        (Some(hours), None) => Frequency::Hours(hours.0),
        (None, Some(days)) => Frequency::Days(days.0),
        (None, None) => Frequency::Once,
    }
}

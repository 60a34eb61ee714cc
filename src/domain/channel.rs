//! Channels that users are asked to join, and what is known of their membership.

use chrono::{DateTime, TimeDelta, Utc};

/// A bot has at most so many channels: each is a button of one screen.
pub const MOST_CHANNELS: usize = 40;

/// How often a channel's reward is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// Once for each user.
    Once,
    /// Again after so many hours.
    Hours(u32),
    /// Again after so many days.
    Days(u32),
}

impl Frequency {
    /// The word and the number of the database.
    pub fn parts(self) -> (&'static str, u32) {
        match self {
            Self::Once => ("once", 1),
            Self::Hours(every) => ("hours", every),
            Self::Days(every) => ("days", every),
        }
    }

    /// From the word and the number of the database.
    pub fn of(word: &str, every: i32) -> Self {
        let every = every.unsigned_abs();
        match word {
            "hours" => Self::Hours(every),
            "days" => Self::Days(every),
            _ => Self::Once,
        }
    }

    /// An award before this moment lets another one follow; `None` when none ever follows.
    pub fn cutoff(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Once => None,
            Self::Hours(every) => now.checked_sub_signed(TimeDelta::hours(every.into())),
            Self::Days(every) => now.checked_sub_signed(TimeDelta::days(every.into())),
        }
    }
}

/// Whether somebody is in a channel. What is not known never takes anything away and never pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// In it, also when restricted there.
    Member,
    /// Not in it.
    NotMember,
    /// Telegram could not be asked now.
    Unknown,
    /// The bot may not see the channel's members (any more).
    NoRights,
}

/// How a channel is found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChannelRef {
    /// Telegram's id of it, if it is known.
    pub chat_id: Option<i64>,
    /// The public @name, without the @.
    pub username: Option<String>,
}

impl ChannelRef {
    /// From an id and what leads to the channel: `@name`, or an invite link, which finds nothing.
    pub fn of(chat_id: Option<i64>, username_or_link: &str) -> Self {
        Self { chat_id, username: username_or_link.strip_prefix('@').map(str::to_owned) }
    }
}

/// The link behind the join button.
pub fn join_link(username_or_link: &str) -> String {
    match username_or_link.strip_prefix('@') {
        Some(name) => format!("https://t.me/{name}"),
        None => username_or_link.to_owned(),
    }
}

/// Whether a text is a public name as Telegram gives them out: `@` and 4 to 32 letters, digits and
/// underscores, a letter first.
pub fn is_username(text: &str) -> bool {
    let Some(name) = text.strip_prefix('@') else { return false };
    (4..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The longest link behind a button, in bytes.
const LONGEST_LINK: usize = 256;

/// Whether a text names somebody to write to: an @name, or a link with a host.
pub fn is_contact(text: &str) -> bool {
    let host = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let is_link = text.strip_prefix("https://").is_some_and(|rest| {
        let host = host(rest);
        host.contains('.') && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'))
    });
    is_username(text) || (is_link && text.len() <= LONGEST_LINK && !text.contains(char::is_whitespace))
}

/// Whether a text is an invite link of a private channel.
pub fn is_invite_link(text: &str) -> bool {
    ["https://t.me/+", "https://t.me/joinchat/"].into_iter().any(|start| {
        text.strip_prefix(start).is_some_and(|rest| rest.len() >= 8 && !rest.contains(char::is_whitespace))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_award_is_due_again_after_its_period() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(10);
        assert_eq!(Frequency::Once.cutoff(now), None);
        assert_eq!(Frequency::Hours(6).cutoff(now), Some(now - TimeDelta::hours(6)));
        assert_eq!(Frequency::Days(2).cutoff(now), Some(now - TimeDelta::days(2)));
        for frequency in [Frequency::Once, Frequency::Hours(6), Frequency::Days(2)] {
            let (word, every) = frequency.parts();
            assert_eq!(Frequency::of(word, every.cast_signed()), frequency);
        }
    }

    #[test]
    fn names_and_links_are_told_from_other_texts() {
        assert!(
            is_username("@elweshaq_news") && !is_username("elweshaq") && !is_username("@1abc") && !is_username("@ab")
        );
        assert!(is_invite_link("https://t.me/+AbCdEfGh12") && !is_invite_link("https://t.me/name"));
        assert_eq!(join_link("@news"), "https://t.me/news");
        assert!(is_contact("@help_me") && is_contact("https://t.me/help") && is_contact("https://wa.me/20100"));
        for bad in ["", "help", "https://", "https://…", "https://x", "http://x.y", "https://x y.z", "javascript:x.y"]
        {
            assert!(!is_contact(bad), "{bad}");
        }
    }
}

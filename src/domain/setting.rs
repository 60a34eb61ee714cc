//! What an owner sets in the panel. The panel's value wins over the file's until it is taken back.

use super::channel::is_contact;
use super::money::parse_amount;
use super::phone::ascii_digits;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Users are told to come later.
    Maintenance,
    /// Reserving holds the price.
    CheckBalance,
    /// How long a code may take, in minutes.
    TimeLimit,
    /// Rows per page.
    PageSize,
    /// The reward of a channel that names none.
    Reward,
    /// Rentals that a user may have open at once.
    OpenRentals,
    /// Numbers that a user may change within an hour.
    ChangesPerHour,
    /// Presses and messages of a user in a minute.
    PressesPerMinute,
    /// Fewer free numbers of a country than this are an alert.
    LowStock,
    /// A delivered code is erased after so many minutes; 0 is never.
    EraseCode,
    /// Whom users write to.
    Support,
    /// Seconds between reads of the file's providers while a rental is open.
    PollInterval,
    /// The panel's password; its hash is kept.
    AdminPassword,
}

/// What a setting's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// On or off.
    Switch,
    /// A whole number between these.
    Whole(u32, u32),
    /// An amount above 0.
    Amount,
    /// An @name or a link.
    Contact,
    /// A secret of at least eight characters.
    Secret,
}

impl Setting {
    /// All of them, with their words in the database and in texts.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::Maintenance, "maintenance"),
        (Self::CheckBalance, "check-balance"),
        (Self::TimeLimit, "time-limit"),
        (Self::PageSize, "page-size"),
        (Self::Reward, "reward"),
        (Self::OpenRentals, "open-rentals"),
        (Self::ChangesPerHour, "changes-per-hour"),
        (Self::PressesPerMinute, "presses-per-minute"),
        (Self::LowStock, "low-stock"),
        (Self::EraseCode, "erase-code"),
        (Self::Support, "support"),
        (Self::PollInterval, "poll-interval"),
        (Self::AdminPassword, "admin-password"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(setting, _)| *setting == self).map_or("", |(_, word)| word)
    }

    /// What its value looks like.
    pub fn shape(self) -> Shape {
        match self {
            Self::Maintenance | Self::CheckBalance => Shape::Switch,
            Self::TimeLimit => Shape::Whole(1, 1440),
            Self::PageSize => Shape::Whole(10, 20),
            Self::Reward => Shape::Amount,
            Self::OpenRentals => Shape::Whole(1, 100),
            Self::ChangesPerHour => Shape::Whole(1, 1000),
            Self::PressesPerMinute => Shape::Whole(5, 10_000),
            Self::LowStock => Shape::Whole(0, 1_000_000),
            Self::EraseCode => Shape::Whole(0, 47 * 60),
            Self::Support => Shape::Contact,
            Self::PollInterval => Shape::Whole(1, 3600),
            Self::AdminPassword => Shape::Secret,
        }
    }

    /// Its value is never shown.
    pub fn is_secret(self) -> bool {
        self.shape() == Shape::Secret
    }

    /// Reads an answer; `None` when it does not have the shape.
    pub fn read(self, text: &str) -> Option<Value> {
        let text = text.trim();
        match self.shape() {
            Shape::Switch | Shape::Secret => None,
            Shape::Whole(least, most) => {
                let number: u32 = ascii_digits(text).parse().ok()?;
                (least..=most).contains(&number).then(|| number.into())
            }
            Shape::Amount => parse_amount(text).ok().filter(|a| !a.is_zero()).map(|a| a.to_string().into()),
            Shape::Contact => is_contact(text).then(|| text.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: A7
    #[test]
    fn answers_have_the_shape_of_their_setting() {
        assert_eq!(Setting::TimeLimit.read("٣٠"), Some(30.into()));
        for bad in ["0", "1441", "-1", "1.5", "x", ""] {
            assert_eq!(Setting::TimeLimit.read(bad), None, "{bad}");
        }
        assert_eq!(Setting::Reward.read("2,5"), None);
        assert_eq!(Setting::Reward.read("2.5"), Some("2.5".into()));
        assert_eq!(Setting::Support.read("@help_me"), Some("@help_me".into()));
        assert_eq!(Setting::Support.read("nobody"), None);
    }
}

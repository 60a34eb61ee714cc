//! The sequence of screens: every keyboard carries the moment at which it was shown, so that a
//! press tells which screen it was made on.

use super::message::{ButtonAction, Message};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt;
use std::str::FromStr;

/// When a screen was shown; later screens of a message have later stamps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(i64);

/// Between a button's own data and its stamp.
const SEPARATOR: char = '.';
/// A stamp and its separator are at most so long, in bytes, until the year 2059.
pub const STAMP_LENGTH: usize = 9;

impl Stamp {
    /// The stamp of a moment, in milliseconds.
    pub fn at(moment: DateTime<Utc>) -> Self {
        Self(moment.timestamp_millis().max(0))
    }

    /// The stamp of a screen that is shown now in the place of an earlier one.
    pub fn after(moment: DateTime<Utc>, earlier: Option<Self>) -> Self {
        let now = Self::at(moment);
        earlier.map_or(now, |Self(before)| now.max(Self(before + 1)))
    }

    /// How long ago the screen was shown.
    pub fn age(self, now: DateTime<Utc>) -> TimeDelta {
        TimeDelta::milliseconds(now.timestamp_millis().saturating_sub(self.0))
    }

    /// Puts the stamp on every button that tells the bot something.
    pub fn mark(self, message: &mut Message) {
        for button in message.rows.iter_mut().flatten() {
            if let ButtonAction::Callback(data) = &mut button.action {
                data.push_str(&format!("{SEPARATOR}{self}"));
            }
        }
    }

    /// A button's own data and its stamp.
    pub fn split(data: &str) -> Option<(&str, Self)> {
        let (own, stamp) = data.rsplit_once(SEPARATOR)?;
        Some((own, stamp.parse().ok()?))
    }
}

/// In base 36: 8 characters instead of 13.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut rest, mut digits) = (self.0.unsigned_abs(), Vec::new());
        while rest > 0 || digits.is_empty() {
            digits.push(char::from_digit((rest % 36) as u32, 36).unwrap_or('0'));
            rest /= 36;
        }
        f.write_str(&digits.iter().rev().collect::<String>())
    }
}

impl FromStr for Stamp {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        i64::from_str_radix(text, 36).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_survives_the_button_and_later_screens_are_later() {
        let now = DateTime::from_timestamp_millis(1_800_000_000_123).unwrap_or_default();
        let stamp = Stamp::at(now);
        let data = format!("resv_new_1_10.50.{stamp}");
        assert_eq!(Stamp::split(&data), Some(("resv_new_1_10.50", stamp)));
        assert!(stamp.to_string().len() < STAMP_LENGTH);
        assert!(Stamp::after(now, Some(stamp)) > stamp);
        assert_eq!(stamp.age(now + TimeDelta::hours(1)), TimeDelta::hours(1));
        assert_eq!(Stamp::split("home_0"), None);
    }
}

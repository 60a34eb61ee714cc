//! The rental's states, as SPEC.md names them.

use chrono::TimeDelta;
use std::fmt;

/// A bot's rules for rentals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RentalRules {
    /// How long a code may take.
    pub time_limit: TimeDelta,
    /// How long a number rests before anyone gets it again.
    pub cooldown: TimeDelta,
    /// How long a user is not offered a number that they gave back.
    pub same_user_pause: TimeDelta,
}

/// A provider's clock may be behind ours by this much: a message that claims to be older than its
/// rental by less still counts.
pub const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(2);

/// Where a rental stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RentalStatus {
    /// The number is the user's; the code has not come.
    WaitingCode,
    /// The code came, the balance was short: withheld until a top-up.
    CodeReceived,
    /// The code was delivered and paid.
    Completed,
    /// The time limit passed.
    Expired,
    /// The user gave the number back.
    Canceled,
    /// The code came and was never paid.
    Failed,
}

impl RentalStatus {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::WaitingCode, Self::CodeReceived, Self::Completed, Self::Expired, Self::Canceled, Self::Failed];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WaitingCode => "waiting_code",
            Self::CodeReceived => "code_received",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
        }
    }

    /// The status that a word of the database means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// The number is still the user's.
    pub fn is_open(self) -> bool {
        matches!(self, Self::WaitingCode | Self::CodeReceived)
    }

    /// Whether a rental may go from this state to another. The database refuses the rest too.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::WaitingCode => next != Self::WaitingCode,
            Self::CodeReceived => matches!(next, Self::Completed | Self::Failed),
            _ => false,
        }
    }
}

impl fmt::Display for RentalStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

//! The rental's states, as SPEC.md names them.

use chrono::TimeDelta;
use rust_decimal::Decimal;
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
    /// Whether reserving holds the price.
    pub payment: Payment,
    /// A rental that expires is followed by another one by itself, once.
    pub replace_expired: bool,
    /// What changing the number costs, if anything.
    pub change_fee: Option<ChangeFee>,
    /// For so long after the first, further codes are passed on free of charge; zero is never.
    pub further_codes: TimeDelta,
    /// A delivered code is erased after this time.
    pub erase_code_after: Option<TimeDelta>,
    /// Rentals that a user may have open at once.
    pub open_at_once: u32,
    /// Numbers that a user may change within an hour.
    pub changes_per_hour: u32,
}

/// When the price must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// At the reservation, which holds it.
    Held,
    /// When the code arrives. If it is short then, the code waits for a top-up until the time
    /// limit, or the rental fails at once.
    OnArrival {
        /// The code waits.
        waits: bool,
    },
}

/// What changing the number costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeFee {
    /// So many changes of a rental are free.
    pub free: u32,
    /// Every further one, in the bot's currency.
    pub fee: Decimal,
}

impl RentalRules {
    /// What is held of the balance while a rental of this price waits.
    pub fn hold(&self, price: Decimal) -> Decimal {
        match self.payment {
            Payment::Held => price,
            Payment::OnArrival { .. } => Decimal::ZERO,
        }
    }

    /// What the next change costs after so many.
    pub fn fee_after(&self, changes: u32) -> Decimal {
        self.change_fee.filter(|rule| changes >= rule.free).map_or(Decimal::ZERO, |rule| rule.fee)
    }
}

impl Default for RentalRules {
    fn default() -> Self {
        Self {
            time_limit: TimeDelta::minutes(20),
            cooldown: TimeDelta::minutes(10),
            same_user_pause: TimeDelta::minutes(10),
            payment: Payment::Held,
            replace_expired: false,
            change_fee: None,
            further_codes: TimeDelta::zero(),
            erase_code_after: None,
            open_at_once: 5,
            changes_per_hour: 30,
        }
    }
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

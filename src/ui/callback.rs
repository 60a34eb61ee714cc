//! What a button tells the bot: typed, ids instead of names; with its screen's stamp at most 64
//! bytes.

use super::panel::Panel;
use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// The data behind a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// The services, from this page on.
    Home(u32),
    /// A service's countries, from this page on.
    Service(i64, u32),
    /// The offer of a country.
    Country(i64),
    /// Reserve here at this price.
    Reserve {
        /// The country's row.
        country: i64,
        /// The price that the offer showed.
        price: Decimal,
    },
    /// Another number instead of this rental's, for this fee.
    Change(i64, Decimal),
    /// Another country instead of this rental's: ends it.
    ChangeCountry(i64),
    /// Ends this rental.
    Cancel(i64),
    /// Shows this rental.
    Rental(i64),
    /// The open rentals.
    Open,
    /// The balance, with this page of movements.
    Balance(u32),
    /// The history, this page.
    History(u32),
    /// The help.
    Help,
    /// The choice of languages.
    Language,
    /// This language from now on.
    SetLanguage(String),
    /// The channels that give free credit.
    FreeCredit,
    /// Asks whether the channels were joined, and pays what is due.
    Verify,
    /// Asks whether the forced channels were joined.
    Enter,
    /// The owner accepts the terms of use.
    AcceptTerms,
    /// The pressed message goes away.
    Close,
    /// A button of the panel.
    Panel(Panel),
}

/// Data that none of our buttons has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the data of one of our buttons")]
pub struct Foreign;

impl fmt::Display for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home(page) => write!(f, "home_{page}"),
            Self::Service(id, page) => write!(f, "svc_{id}_{page}"),
            Self::Country(id) => write!(f, "cty_{id}"),
            Self::Reserve { country, price } => write!(f, "resv_new_{country}_{price}"),
            Self::Change(id, fee) if fee.is_zero() => write!(f, "resv_change_{id}"),
            Self::Change(id, fee) => write!(f, "resv_change_{id}_{fee}"),
            Self::ChangeCountry(id) => write!(f, "resv_country_{id}"),
            Self::Cancel(id) => write!(f, "resv_cancel_{id}"),
            Self::Rental(id) => write!(f, "resv_show_{id}"),
            Self::Open => f.write_str("open"),
            Self::Balance(page) => write!(f, "bal_{page}"),
            Self::History(page) => write!(f, "hist_{page}"),
            Self::Help => f.write_str("help"),
            Self::Language => f.write_str("lang"),
            Self::SetLanguage(language) => write!(f, "lang_{language}"),
            Self::FreeCredit => f.write_str("free"),
            Self::Verify => f.write_str("verify"),
            Self::Enter => f.write_str("enter"),
            Self::AcceptTerms => f.write_str("terms"),
            Self::Close => f.write_str("close"),
            Self::Panel(panel) => panel.fmt(f),
        }
    }
}

impl FromStr for Callback {
    type Err = Foreign;

    fn from_str(data: &str) -> Result<Self, Foreign> {
        let parts: Vec<&str> = data.split('_').collect();
        Ok(match parts.as_slice() {
            ["home", page] => Self::Home(number(page)?),
            ["svc", id, page] => Self::Service(number(id)?, number(page)?),
            ["cty", id] => Self::Country(number(id)?),
            ["resv", "new", country, price] => Self::Reserve { country: number(country)?, price: amount(price)? },
            ["resv", "change", id] => Self::Change(number(id)?, Decimal::ZERO),
            ["resv", "change", id, fee] => Self::Change(number(id)?, amount(fee)?),
            ["resv", "country", id] => Self::ChangeCountry(number(id)?),
            ["resv", "cancel", id] => Self::Cancel(number(id)?),
            ["resv", "show", id] => Self::Rental(number(id)?),
            ["open"] => Self::Open,
            ["bal", page] => Self::Balance(number(page)?),
            ["hist", page] => Self::History(number(page)?),
            ["help"] => Self::Help,
            ["lang"] => Self::Language,
            ["lang", language] => Self::SetLanguage((*language).to_owned()),
            ["free"] => Self::FreeCredit,
            ["verify"] => Self::Verify,
            ["enter"] => Self::Enter,
            ["terms"] => Self::AcceptTerms,
            ["close"] => Self::Close,
            ["admin", rest @ ..] => Self::Panel(Panel::parse(rest)?),
            _ => return Err(Foreign),
        })
    }
}

fn amount(text: &str) -> Result<Decimal, Foreign> {
    crate::domain::money::parse_amount(text).map_err(|_| Foreign)
}

pub(super) fn number<T: FromStr>(text: &str) -> Result<T, Foreign> {
    text.parse().map_err(|_| Foreign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::CALLBACK_LIMIT;
    use crate::domain::stamp::STAMP_LENGTH;

    #[test]
    fn every_button_survives_the_round_trip_within_the_limit() {
        let largest = Decimal::new(999_999_999_999, 2);
        let all = [
            Callback::Home(u32::MAX),
            Callback::Service(i64::MAX, u32::MAX),
            Callback::Country(i64::MAX),
            Callback::Reserve { country: i64::MAX, price: largest },
            Callback::Change(i64::MAX, Decimal::ZERO),
            Callback::Change(i64::MAX, largest),
            Callback::ChangeCountry(i64::MAX),
            Callback::Cancel(i64::MAX),
            Callback::Rental(i64::MAX),
            Callback::Open,
            Callback::Balance(3),
            Callback::History(3),
            Callback::Help,
            Callback::Language,
            Callback::SetLanguage("ar".into()),
            Callback::FreeCredit,
            Callback::Verify,
            Callback::Enter,
            Callback::AcceptTerms,
            Callback::Close,
        ];
        let panel = crate::ui::panel::callback::tests::all().into_iter().map(Callback::Panel);
        for callback in all.into_iter().chain(panel) {
            let data = callback.to_string();
            assert!(data.len() + STAMP_LENGTH <= CALLBACK_LIMIT, "{data}");
            assert_eq!(data.parse(), Ok(callback));
        }
    }

    #[test]
    fn forged_data_is_refused() {
        for data in ["", "resv_cancel_", "resv_cancel_x", "resv_new_1_-5", "svc_1", "home_-1", "x".repeat(64).as_str()]
        {
            assert_eq!(data.parse::<Callback>(), Err(Foreign), "{data}");
        }
    }
}

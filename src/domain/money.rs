//! Amounts of money. The currency is the bot's; every amount has at most two decimals.

use crate::domain::phone::ascii_digits;
use rust_decimal::Decimal;

/// The largest amount that `numeric(12,2)` holds.
const LARGEST: Decimal = Decimal::from_parts(0xD4A5_0FFF, 0xE8, 0, false, 2);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAmount {
    /// Not digits with an optional point.
    #[error("write the amount with digits and a point, for example 10.50")]
    NotANumber,
    /// Below zero.
    #[error("an amount cannot be negative")]
    Negative,
    /// More than two decimals.
    #[error("an amount has at most two decimals, for example 10.50")]
    TooFine,
    /// More than the database holds.
    #[error("the largest amount is 9999999999.99")]
    TooLarge,
}

/// Reads an amount of zero or more, in Latin, Arabic-Indic or Persian digits.
///
/// A comma is refused, because it is a decimal sign to some and a separator to others.
pub fn parse_amount(text: &str) -> Result<Decimal, BadAmount> {
    let text = ascii_digits(text.trim()).replace('٫', ".");
    if text.starts_with('-') {
        return Err(BadAmount::Negative);
    }
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Err(BadAmount::NotANumber);
    }
    let amount = Decimal::from_str_exact(&text).map_err(|_| BadAmount::NotANumber)?;
    if amount.normalize().scale() > 2 {
        return Err(BadAmount::TooFine);
    }
    if amount > LARGEST {
        return Err(BadAmount::TooLarge);
    }
    Ok(amount)
}

/// Writes an amount: whole amounts without decimals, others with two; thousands are grouped.
/// Latin digits in every language: they are what users copy and compare.
pub fn format_amount(amount: Decimal) -> String {
    let whole = amount.normalize();
    let text = if whole.scale() == 0 { whole.to_string() } else { format!("{amount:.2}") };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (units, cents) = digits.split_once('.').map_or((digits, None), |(units, cents)| (units, Some(cents)));
    let mut grouped = String::from(sign);
    for (n, digit) in units.chars().enumerate() {
        if n > 0 && (units.len() - n) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    cents.map_or(grouped.clone(), |cents| format!("{grouped}.{cents}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_any_digits_and_refused_with_a_reason() {
        assert_eq!(parse_amount("10.50"), Ok(Decimal::new(1050, 2)));
        assert_eq!(parse_amount("١٠٫٥٠"), Ok(Decimal::new(1050, 2)));
        assert_eq!(parse_amount("9999999999.99").map(format_amount).as_deref(), Ok("9,999,999,999.99"));
        assert_eq!(parse_amount("10000000000"), Err(BadAmount::TooLarge));
        assert_eq!(parse_amount("-1"), Err(BadAmount::Negative));
        assert_eq!(parse_amount("1e99"), Err(BadAmount::NotANumber));
        assert_eq!(parse_amount("10,50"), Err(BadAmount::NotANumber));
        assert_eq!(parse_amount("1.001"), Err(BadAmount::TooFine));
    }

    #[test]
    fn whole_amounts_are_written_without_decimals() {
        assert_eq!(format_amount(Decimal::new(1000, 2)), "10");
        assert_eq!(format_amount(Decimal::new(1050, 2)), "10.50");
        assert_eq!(format_amount(Decimal::new(5, 1)), "0.50");
        assert_eq!(format_amount(Decimal::new(-123_450, 2)), "-1,234.50");
        assert_eq!(format_amount(Decimal::new(100_000, 2)), "1,000");
    }
}

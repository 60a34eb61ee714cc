//! Phone numbers in E.164: `+`, country code, subscriber number, at most 15 digits.

use rlibphonenumber::PHONE_NUMBER_UTIL;
use std::fmt;

/// A possible phone number in E.164, for example `+201234567890`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(String);

/// Why a text is no phone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNumber {
    /// Holds something else than digits and the usual separators.
    #[error("is not a phone number")]
    NotDigits,
    /// No number of the world looks like this.
    #[error("is not a possible phone number")]
    Impossible,
    /// A number of another country than the row says.
    #[error("belongs to another country")]
    OtherCountry,
}

/// Where the decimal digits of the scripts begin in which codes and numbers are written: Arabic-Indic,
/// Persian, Devanagari, Bengali, Gujarati, Tamil, Telugu, Kannada, Thai, Myanmar, Khmer, full width.
const ZEROS: [u32; 12] =
    [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0AE6, 0x0BE6, 0x0C66, 0x0CE6, 0x0E50, 0x1040, 0x17E0, 0xFF10];

/// Maps digits of other scripts to ASCII; leaves everything else.
pub fn ascii_digits(text: &str) -> String {
    text.chars().map(ascii_digit).collect()
}

fn ascii_digit(c: char) -> char {
    let code = u32::from(c);
    let zero = ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code));
    zero.and_then(|zero| char::from_digit(code - zero, 10)).unwrap_or(c)
}

/// Removes what people put between digits, and invisible direction marks.
fn compact(text: &str) -> Result<String, BadNumber> {
    let mut out = String::with_capacity(text.len());
    for c in ascii_digits(text.trim()).chars() {
        match c {
            '0'..='9' => out.push(c),
            '+' if out.is_empty() => out.push(c),
            ' '
            | '-'
            | '('
            | ')'
            | '.'
            | '/'
            | '\u{a0}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}' => {}
            _ => return Err(BadNumber::NotDigits),
        }
    }
    Ok(out)
}

/// The country of a calling code (digits) as ISO 3166-1 letters, and its flag. A code that several
/// countries share stands for the largest.
pub fn region_of(calling_code: &str) -> Option<(String, String)> {
    let region = PHONE_NUMBER_UTIL.get_region_for_country_code(calling_code.parse().ok()?)?.to_string();
    let letter = |c: char| char::from_u32(0x1F1E6 + (c as u32).checked_sub('A' as u32)?);
    let flag = region.chars().map(letter).collect::<Option<String>>().filter(|_| region != "001")?;
    Some((region, flag))
}

impl PhoneNumber {
    /// Reads a number in international spelling: `+CC…`, `00CC…` or `CC…`.
    pub fn international(text: &str) -> Result<Self, BadNumber> {
        let digits = compact(text)?;
        let digits = digits.strip_prefix('+').or_else(|| digits.strip_prefix("00")).unwrap_or(&digits);
        Self::possible(digits)
    }

    /// Reads a number of the country with this calling code (digits, no `+`).
    ///
    /// Without `+` or `00` it is international if it begins with the code, else national.
    pub fn of_country(text: &str, calling_code: &str) -> Result<Self, BadNumber> {
        let digits = compact(text)?;
        let marked = digits.strip_prefix('+').or_else(|| digits.strip_prefix("00"));
        match marked {
            Some(rest) if rest.starts_with(calling_code) => Self::possible(rest),
            Some(_) => Err(BadNumber::OtherCountry),
            None if digits.starts_with(calling_code) => {
                Self::possible(&digits).or_else(|_| Self::national(&digits, calling_code))
            }
            None => Self::national(&digits, calling_code),
        }
    }

    fn national(digits: &str, calling_code: &str) -> Result<Self, BadNumber> {
        let code = calling_code.parse().map_err(|_| BadNumber::Impossible)?;
        let region = PHONE_NUMBER_UTIL.get_region_for_country_code(code).ok_or(BadNumber::Impossible)?;
        let parsed = PHONE_NUMBER_UTIL.parse(digits, Some(region)).map_err(|_| BadNumber::Impossible)?;
        let subscriber = rlibphonenumber::get_national_significant_number_owned(&parsed);
        Self::possible(&format!("{code}{subscriber}"))
    }

    fn possible(digits: &str) -> Result<Self, BadNumber> {
        if !(7..=15).contains(&digits.len()) || digits.starts_with('0') || digits.contains('+') {
            return Err(BadNumber::Impossible);
        }
        let text = format!("+{digits}");
        let parsed = PHONE_NUMBER_UTIL.parse(&text, None).map_err(|_| BadNumber::Impossible)?;
        if PHONE_NUMBER_UTIL.is_possible_number(&parsed) { Ok(Self(text)) } else { Err(BadNumber::Impossible) }
    }

    /// The number as `+CC…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: Result<PhoneNumber, BadNumber>) -> Result<String, BadNumber> {
        number.map(|n| n.to_string())
    }

    // SPEC: M4
    #[test]
    fn every_spelling_of_a_number_is_the_same_number() {
        for spelling in
            ["+201234567890", "00201234567890", "201234567890", "+20 (123) 456-7890", "٠٠٢٠١٢٣٤٥٦٧٨٩٠", "۲۰۱۲۳۴۵۶۷۸۹۰"]
        {
            assert_eq!(text(PhoneNumber::international(spelling)).as_deref(), Ok("+201234567890"), "{spelling}");
        }
    }

    // SPEC: I2
    #[test]
    fn a_row_is_national_unless_it_begins_with_its_country_code() {
        assert_eq!(text(PhoneNumber::of_country("01234567890", "20")).as_deref(), Ok("+201234567890"));
        assert_eq!(text(PhoneNumber::of_country("201234567890", "20")).as_deref(), Ok("+201234567890"));
        assert_eq!(text(PhoneNumber::of_country("+1 415 555 0132", "1")).as_deref(), Ok("+14155550132"));
        assert_eq!(text(PhoneNumber::of_country("+33612345678", "20")), Err(BadNumber::OtherCountry));
        assert_eq!(text(PhoneNumber::of_country("12", "20")), Err(BadNumber::Impossible));
        assert_eq!(text(PhoneNumber::of_country("2.01235E+11", "20")), Err(BadNumber::NotDigits));
        assert_eq!(text(PhoneNumber::of_country("hello", "20")), Err(BadNumber::NotDigits));
    }
}

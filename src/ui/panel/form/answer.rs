//! An answer as it is kept, or the text that says what to write instead.

use super::super::services;
use super::fields::{Check, Field};
use crate::domain::adapter::Adapter;
use crate::domain::address::{BadAddress, read_address};
use crate::domain::channel::is_username;
use crate::domain::code::{BadPattern, CodePattern};
use crate::domain::money::parse_amount;
use crate::domain::phone::ascii_digits;
use crate::domain::sealed::Sealed;
use crate::domain::source::{BadOption, SourceOptions};
use crate::domain::token::bot_id;
use crate::password::PanelPassword;
use crate::ui::Ctx;
use crate::ui::brand::Voice;
use secrecy::SecretString;

/// A provider's key is at most so long, in bytes.
const LONGEST_SECRET: usize = 512;
/// A table of lines or fields is at most so long, in bytes.
const LONGEST_TABLE: usize = 3000;
/// A service is named by at most so many words.
const MOST_WORDS: usize = 30;

/// Checks an answer to a field of a form.
pub fn read(ctx: Ctx<'_>, adapter: Option<Adapter>, field: &Field, text: &str) -> Result<String, &'static str> {
    match field.check {
        Check::Secret(Sealed::ProviderToken) if adapter.is_some_and(|a| a.refuses(text.trim()).is_some()) => {
            Err("bad-public-key")
        }
        Check::Secret(place) => seal(ctx, place, text),
        Check::Address => {
            read_address(text, ctx.outside.may_be_private()).map(|url| url.to_string()).map_err(bad_address)
        }
        _ => check(field, text),
    }
}

/// What to write instead.
pub fn refused(voice: &Voice<'_>, field: &Field, why: &str) -> String {
    match field.check {
        Check::Whole(least, most) => voice.label(why, &[("least", &least.to_string()), ("most", &most.to_string())]),
        Check::Lines(most) => voice.label(why, &[("most", &most.to_string())]),
        _ => voice.label(why, &[]),
    }
}

fn bad_address(bad: BadAddress) -> &'static str {
    match bad {
        BadAddress::NotWeb => "bad-address",
        BadAddress::Private => "bad-address-private",
    }
}

fn is_key(secret: &str) -> bool {
    (1..=LONGEST_SECRET).contains(&secret.len()) && !secret.contains(char::is_whitespace)
}

/// A secret as it is stored.
fn seal(ctx: Ctx<'_>, place: Sealed, text: &str) -> Result<String, &'static str> {
    let secret = text.trim();
    let (is_good, why) = match place {
        Sealed::NewToken => (bot_id(secret).is_some(), "bad-token"),
        Sealed::NewPassword => (PanelPassword::may_be(secret), "bad-new-password"),
        Sealed::ProviderKey | Sealed::ProviderToken | Sealed::UrlKey => (is_key(secret), "bad-secret"),
    };
    if !is_good {
        return Err(why);
    }
    ctx.outside.seal(place, &SecretString::from(secret)).ok_or("busy")
}

/// The kept form of an answer, or the text that says what to write instead.
fn check(field: &Field, text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    match field.check {
        Check::Text(most) if text.is_empty() || text.chars().count() > most || text.contains('\n') => Err("bad-text"),
        Check::Text(_) => Ok(text.to_owned()),
        Check::Amount => parse_amount(text).map(|amount| amount.to_string()).map_err(|_| "bad-amount"),
        Check::Positive => match parse_amount(text) {
            Ok(amount) if !amount.is_zero() => Ok(amount.to_string()),
            _ => Err("bad-amount"),
        },
        Check::DialCode => {
            let digits = ascii_digits(text.trim_start_matches('+').trim_start_matches("00"));
            let is_code = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            if is_code && !digits.starts_with('0') { Ok(digits) } else { Err("bad-dial-code") }
        }
        Check::Pattern => match CodePattern::new(text) {
            Ok(_) => Ok(text.to_owned()),
            Err(BadPattern::TooLarge) => Err("bad-pattern-slow"),
            Err(_) => Err("bad-pattern"),
        },
        Check::Lines(most) if text.is_empty() || text.chars().count() > most => Err("bad-lines"),
        Check::Lines(_) => Ok(text.to_owned()),
        Check::Word => {
            let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            if (1..=40).contains(&text.len()) && text.bytes().all(is_word) {
                Ok(text.to_owned())
            } else {
                Err("bad-word")
            }
        }
        Check::Username => {
            let name = format!("@{}", text.trim_start_matches("https://t.me/").trim_start_matches('@'));
            if is_username(&name) { Ok(name) } else { Err("bad-username") }
        }
        Check::Whole(least, most) => match ascii_digits(text).parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(number.to_string()),
            _ => Err("ask-whole"),
        },
        Check::Adapter => Adapter::named(text).filter(|a| a.posts()).map(|a| a.name().to_owned()).ok_or("bad-adapter"),
        Check::LineRows => rows(text, SourceOptions::set_lines).ok_or("bad-line-rows"),
        Check::FieldRows => rows(text, SourceOptions::set_fields).ok_or("bad-field-rows"),
        Check::Words => {
            let words = services::aliases(Some(text.to_owned()));
            let is_good = (1..=MOST_WORDS).contains(&words.len()) && words.iter().all(|w| w.chars().count() <= 40);
            if is_good { Ok(words.join(",")) } else { Err("bad-words") }
        }
        // Sealed or parsed before.
        Check::Address | Check::Secret(_) => Err("bad-text"),
    }
}

/// A table of a source as it was typed, if it reads well.
fn rows(text: &str, set: fn(&mut SourceOptions, &str) -> Result<(), BadOption>) -> Option<String> {
    if text.len() > LONGEST_TABLE {
        return None;
    }
    set(&mut SourceOptions::default(), text).ok().map(|()| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: A1, A2
    #[test]
    fn answers_are_checked_at_once() {
        let field = |check| Field { key: "x", check, optional: false };
        assert_eq!(check(&field(Check::Amount), " ١٠٫٥٠ "), Ok("10.50".into()));
        for bad in ["-1", "1e99", "10,50", "ten", ""] {
            assert_eq!(check(&field(Check::Amount), bad), Err("bad-amount"), "{bad}");
        }
        assert_eq!(check(&field(Check::DialCode), "+٢٠"), Ok("20".into()));
        for bad in ["0", "12345", "x", ""] {
            assert_eq!(check(&field(Check::DialCode), bad), Err("bad-dial-code"), "{bad}");
        }
        for bad in ["(", "", "x*", "()"] {
            assert_eq!(check(&field(Check::Pattern), bad), Err("bad-pattern"), "{bad}");
        }
        assert_eq!(check(&field(Check::Text(3)), "abcd"), Err("bad-text"));
    }
}

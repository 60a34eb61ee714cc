//! A message's text without what is no code, as long as it was: links, dates and times, prices, telephone
//! numbers, ends of card numbers, an app's hash.

use crate::domain::links::without_links;
use crate::domain::phone::ascii_digits;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Stands for a byte of what is no code: neither a letter nor a space.
pub const BLANK: &str = "\u{1}";

/// A text that is ready to be searched.
pub struct Cleaned {
    /// What is left of it; what is no code is blank.
    pub text: String,
    /// Everything, to see what stands there twice.
    pub whole: String,
}

/// A code that is bound to a website: the last line of a message, `@example.com #123456`
/// (<https://wicg.github.io/sms-one-time-codes>).
static BOUND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^@[A-Za-z0-9.-]+ #([A-Za-z0-9]{4,10})(?: %\S+)?\s*$").ok());

/// What is no code, whatever stands around it.
static NO_CODE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // The hash of an app: eleven characters at the end of a line.
        r"(?m)(?:^|[ \t])[A-Za-z0-9+/]{11}[ \t]*$",
        // Network addresses, and telephone numbers with points.
        r"\b\d{1,3}(?:\.\d{1,4}){3}\b|\b(?:1\.)?\d{3}\.\d{3}\.\d{4}\b",
        // Dates and times.
        r"\b\d{1,4}[./-](?:0?[1-9]|1[0-2])[./-]\d{1,4}\b|\b(?:0?[1-9]|1[0-2])[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}[./]\d{1,2}\b|\b\d{1,2}[:h]\d{2}(?::\d{2})?(?: ?[apAP]\.?[mM]\b)?(?-u:\b)",
        // The same with the month's name.
        r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}\b",
        r"\b\d{1,2}(?:\.|st|nd|rd|th)? (?:de )?\p{L}{3,12}\.?,? (?:de )?(?:19|20)\d{2}\b",
        // Numbers with decimals or thousands, and shares.
        r"\d{1,3}(?:[.,'’]\d{3})+(?:[.,]\d{1,3})?|\d+[.,]\d+|\d+ ?[%٪]",
        // Telephone numbers, and codes that are dialled.
        r"\+\d[\d ()-]{6,}\d|\(\d{3,4}\) ?\d[\d -]{5,}\d|[*#]+\d+(?:\*\d+)*#",
        // The ends of card and account numbers.
        r"\b[xX]{2,}[- ]?(?:[xX]+-)?\d{2,6}|\d+[xX]{3,}\d*|\d+\*+\d+|(?:\.{2,}|…)\d{3,4}\b",
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// Asterisks before some digits, and none behind: the end of a card number.
static CARD: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:\*\d{3,4}|[*•]{2,} ?\d{2,6})([^*\d ]| [^\d]| ?$)").ok());

impl Cleaned {
    /// Cleans a text.
    pub fn new(message: &str) -> Self {
        let whole: String = ascii_digits(message).chars().filter_map(plain).collect();
        let whole = unspelled(&whole);
        let mut text = without_links(&whole);
        for pattern in NO_CODE.iter() {
            text = pattern.replace_all(&text, blank).into_owned();
        }
        if let Some(card) = CARD.as_ref() {
            text = card
                .replace_all(&text, |found: &Captures<'_>| {
                    let kept = found.get(1).map_or("", |kept| kept.as_str());
                    format!("{}{kept}", BLANK.repeat(found[0].len() - kept.len()))
                })
                .into_owned();
        }
        Self { text, whole }
    }

    /// The code of the last line, if that binds one to a website.
    pub fn bound_code(&self) -> Option<String> {
        BOUND.as_ref()?.captures(&self.whole).map(|found| found[1].to_owned())
    }

    /// Whether a code stands there once more, perhaps in a link.
    pub fn repeats(&self, code: &str) -> bool {
        let digits: String = self.whole.chars().filter(|c| *c != '-').collect();
        digits.match_indices(code).count() > 1
    }
}

/// Digits that stand one by one, `1 2 3 4` or `1-2-3-4`.
static SPELLED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b\d(?:[ -]\d){3,7}\b").ok());

/// Puts digits together that stand one by one.
fn unspelled(text: &str) -> String {
    let Some(spelled) = SPELLED.as_ref() else { return text.to_owned() };
    spelled.replace_all(text, |found: &Captures<'_>| found[0].replace([' ', '-'], "")).into_owned()
}

fn blank(found: &Captures<'_>) -> String {
    found[0].chars().map(|c| if c == '\n' { "\n".to_owned() } else { BLANK.repeat(c.len_utf8()) }).collect()
}

/// A character as it is searched: without marks of direction, with plain spaces and dashes.
fn plain(c: char) -> Option<char> {
    match c {
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}' => None,
        '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' | '\t' => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '：' => Some(':'),
        '（' => Some('('),
        '）' => Some(')'),
        '\r' | '\u{640}' | '\u{64b}'..='\u{652}' => None,
        other => Some(other),
    }
}

//! Which service a message is for.

use crate::domain::code::CodePatterns;
use crate::domain::extract;
use crate::domain::known_services;
use crate::domain::links::without_links;

/// What matching needs to know of a service that the message's provider serves.
#[derive(Clone, Debug)]
pub struct ServiceRule {
    /// The service's row.
    pub id: i64,
    /// The service's name.
    pub name: String,
    /// Other names of the same service.
    pub aliases: Vec<String>,
    /// By which words senders and texts name it, in lower case; `=` before one: the whole sender.
    pub words: Vec<String>,
    /// How its codes look in this provider's messages.
    pub patterns: CodePatterns,
}

/// Why no service was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoService {
    /// Nothing in the message names a service of this provider.
    Unknown,
    /// It names several.
    Ambiguous,
}

impl NoService {
    /// The word kept with the message.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_service",
            Self::Ambiguous => "ambiguous_service",
        }
    }
}

/// Letters that Arabic writes before a word without a space: and, for, with, as, the.
const ARABIC_PREFIXES: &str = "وفبلكال";
/// Cyrillic words have endings: at most so many letters.
const ENDING: usize = 2;

impl ServiceRule {
    fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    fn is_called(&self, name: &str) -> bool {
        self.names().any(|n| n.to_lowercase() == name)
    }

    fn is_sender(&self, sender: &str) -> bool {
        self.names().any(|n| contains_word(sender, &n.to_lowercase())) || sender_is(sender, self.words())
    }

    fn is_named_in(&self, text: &Said) -> bool {
        // A name that is a common word too counts in its own spelling only.
        let is_common = |name: &str| self.words.iter().any(|word| word.strip_prefix('~') == Some(name));
        let is_there = |name: &str| {
            let lower = name.to_lowercase();
            contains_word(&text.lower, &lower) && (!is_common(&lower) || text.is_spelled(name))
        };
        self.names().any(is_there) || names(text, &self.name, self.words())
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// Whether this is what a known service is called here.
    fn is_known_as(&self, known: &str, words: &[&str]) -> bool {
        let known = known.to_lowercase();
        self.names()
            .map(str::to_lowercase)
            .any(|name| name == known || words.iter().any(|word| word.trim_start_matches(['=', '~']) == name))
    }
}

/// A text as it is searched.
struct Said {
    plain: String,
    lower: String,
}

impl Said {
    /// Whether a name stands there as it is written, or in capitals.
    fn is_spelled(&self, name: &str) -> bool {
        let has_case = name.chars().any(|c| c.is_lowercase() || c.is_uppercase());
        has_case && (contains_word(&self.plain, name) || contains_word(&self.plain, &name.to_uppercase()))
    }
}

fn sender_is<'w>(sender: &str, mut words: impl Iterator<Item = &'w str>) -> bool {
    words.any(|word| match word.strip_prefix('=') {
        Some(whole) => sender.trim() == whole,
        None => contains_word(sender, word.trim_start_matches('~')),
    })
}

/// Whether a text names a service that is called `name` by one of its words.
fn names<'w>(text: &Said, name: &str, words: impl Iterator<Item = &'w str>) -> bool {
    words.filter(|word| !word.starts_with('=')).any(|word| match word.strip_prefix('~') {
        Some(common) => common == name.to_lowercase() && contains_word(&text.lower, common) && text.is_spelled(name),
        None => contains_word(&text.lower, word),
    })
}

/// Whether a word stands in a text, with what its language may attach to it.
fn contains_word(text: &str, word: &str) -> bool {
    !word.is_empty()
        && text.match_indices(word).any(|(at, found)| {
            let first = found.chars().next().unwrap_or_default();
            begins(&text[..at], first) && ends(&text[at + found.len()..], first)
        })
}

fn begins(before: &str, first: char) -> bool {
    let attached = if is_arabic(first) { before.trim_end_matches(|c| ARABIC_PREFIXES.contains(c)) } else { before };
    [before, attached].iter().any(|text| text.chars().next_back().is_none_or(|c| !is_letter_like(c, first)))
}

fn ends(after: &str, first: char) -> bool {
    let letters = after.chars().take_while(|c| is_letter_like(*c, first)).take(ENDING + 1).count();
    letters == 0 || (is_cyrillic(first) && letters <= ENDING)
}

/// Whether a letter would continue a word of another one's script: Chinese and Latin stand side by side
/// without a space, and each Chinese word next to the other.
fn is_letter_like(c: char, of: char) -> bool {
    let is_ideograph =
        |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
    c.is_alphanumeric() && !is_ideograph(c) && !is_ideograph(of)
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{0600}'..='\u{06ff}')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{0400}'..='\u{04ff}')
}

/// Finds the service: by the name that the message gives, else by its sender, else by its text.
///
/// A tie is never decided: a code must not reach, and charge, the wrong user. Known services that
/// the provider does not serve count too: a message that may be theirs belongs to nobody here.
pub fn find_service<'a>(
    rules: &'a [ServiceRule],
    given: Option<&str>,
    sender: Option<&str>,
    text: &str,
) -> Result<&'a ServiceRule, NoService> {
    let given = given.map(|s| s.trim().to_lowercase()).filter(|s| !s.is_empty());
    if let Some(given) = given {
        return one(rules.iter().filter(|r| r.is_called(&given)), 0);
    }
    let sender = sender.unwrap_or_default().to_lowercase();
    let sender = without_operator(&sender);
    let others = |is_it: &dyn Fn(&str, &[&str]) -> bool| {
        let is_other = |(known, words): &(&str, &[&str])| {
            is_it(known, words) && !rules.iter().any(|rule| rule.is_known_as(known, words))
        };
        known_services::all().filter(is_other).count()
    };
    let of_sender = others(&|_, words| sender_is(sender, words.iter().copied()));
    match one(rules.iter().filter(|r| r.is_sender(sender)), of_sender) {
        Err(NoService::Unknown) if of_sender == 0 => {
            let plain = without_links(text);
            let text = Said { lower: plain.to_lowercase(), plain };
            // A bank that asks for a payment names the shop.
            if extract::is_payment(&text.lower) {
                return Err(NoService::Unknown);
            }
            let of_text = others(&|known, words| names(&text, known, words.iter().copied()));
            one(rules.iter().filter(|r| r.is_named_in(&text)), of_text)
        }
        found => found,
    }
}

/// The sender without the operator's mark that India writes before it: `vm-google`.
fn without_operator(sender: &str) -> &str {
    match sender.split_once('-') {
        Some((mark, name)) if mark.len() == 2 && mark.bytes().all(|b| b.is_ascii_alphabetic()) => name,
        _ => sender,
    }
}

fn one<'a>(mut found: impl Iterator<Item = &'a ServiceRule>, others: usize) -> Result<&'a ServiceRule, NoService> {
    let first = found.next().ok_or(NoService::Unknown)?;
    if found.next().is_some() || others > 0 { Err(NoService::Ambiguous) } else { Ok(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Vec<ServiceRule> {
        [(1, "WhatsApp", vec!["WA".to_owned()]), (2, "Telegram", vec![])]
            .into_iter()
            .map(|(id, name, aliases)| ServiceRule {
                id,
                name: name.into(),
                aliases,
                words: known_services::usual_words(name).iter().map(|w| (*w).to_owned()).collect(),
                patterns: CodePatterns::standard(),
            })
            .collect()
    }

    fn found(given: Option<&str>, sender: Option<&str>, text: &str) -> Result<i64, NoService> {
        find_service(&rules(), given, sender, text).map(|r| r.id)
    }

    // SPEC: M2
    #[test]
    fn the_name_decides_before_the_sender_and_the_sender_before_the_text() {
        assert_eq!(found(Some("whatsapp"), Some("Telegram"), "Telegram"), Ok(1));
        assert_eq!(found(Some("wa"), None, ""), Ok(1));
        assert_eq!(found(None, Some("Telegram"), "WhatsApp"), Ok(2));
        assert_eq!(found(None, Some("+2011"), "Your Telegram code"), Ok(2));
        assert_eq!(found(None, None, "Telegram or WhatsApp"), Err(NoService::Ambiguous));
        assert_eq!(found(None, None, "away"), Err(NoService::Unknown));
        assert_eq!(found(Some("Google"), None, "Telegram"), Err(NoService::Unknown));
    }

    // SPEC: M2
    #[test]
    fn services_are_named_in_every_language() {
        for text in [
            "رمز الواتساب الخاص بك 123-456",
            "كودك لواتساب هو 1234",
            "Ваш код Ватсапа: 1234",
            "Tu código de WhatsApp es 123",
        ] {
            assert_eq!(found(None, None, text), Ok(1), "{text}");
        }
        assert_eq!(found(None, Some("TG"), "12345"), Ok(2));
        assert_eq!(found(None, None, "TG 12345"), Err(NoService::Unknown));
        assert_eq!(found(None, Some("VM-WHATSAPP"), "12345"), Ok(1));
        assert_eq!(found(None, Some("MyBank"), "1234 to pay EUR 9.99 at Telegram"), Err(NoService::Unknown));
    }

    // SPEC: M2
    #[test]
    fn a_common_word_is_no_service() {
        let rule = |name: &str| ServiceRule {
            id: 1,
            name: name.into(),
            aliases: vec![],
            words: known_services::usual_words(name).iter().map(|w| (*w).to_owned()).collect(),
            patterns: CodePatterns::standard(),
        };
        let found = |name: &str, sender, text| find_service(&[rule(name)], None, sender, text).is_ok();
        assert!(!found("LINE", Some("+1555"), "Your code is 482913. Call our help line."));
        assert!(found("LINE", Some("+1555"), "Your LINE code is 482913") && found("LINE", Some("line"), "482913"));
        assert!(!found("Careem", None, "عزيزي كريم، رمزك 4829") && found("Careem", Some("كريم"), "4829"));
        assert!(!found("Signal", None, "no signal here, code 482913") && found("Signal", None, "SIGNAL: 482913"));
    }

    // SPEC: M2
    #[test]
    fn another_service_that_the_message_may_be_for_is_a_tie_too() {
        assert_eq!(found(None, None, "Instagram code 1234, sent by WhatsApp"), Err(NoService::Ambiguous));
        assert_eq!(found(None, Some("Instagram"), "WhatsApp 1234"), Err(NoService::Unknown));
        assert_eq!(found(None, None, "WhatsApp 1234, see https://facebook.com/help"), Ok(1));
    }
}

//! Finding the code in a message's text.

use crate::domain::extract;
use crate::domain::phone::ascii_digits;
use regex::{Regex, RegexBuilder};

/// A compiled program may take this much memory, in bytes: bounds what a pattern can cost.
const PATTERN_SIZE: usize = 256 * 1024;
/// Only this much of a message's text is searched, in bytes.
const SEARCHED: usize = 4 * 1024;

/// A pattern that finds a code: its first group, else the whole match.
#[derive(Clone, Debug)]
pub struct CodePattern(Regex);

/// Why a pattern is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    /// It does not compile.
    #[error("the pattern is not valid: {0}")]
    Invalid(String),
    /// Its search would take too much time or memory.
    #[error("the pattern is too large: it would be slow")]
    TooLarge,
    /// It would find a code in every message.
    #[error("the pattern matches the empty text; a code has at least one character")]
    MatchesNothing,
}

impl CodePattern {
    /// Compiles a pattern.
    pub fn new(pattern: &str) -> Result<Self, BadPattern> {
        let regex = RegexBuilder::new(pattern).size_limit(PATTERN_SIZE).build().map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => BadPattern::TooLarge,
            error => BadPattern::Invalid(last_line(&error.to_string())),
        })?;
        if regex.is_match("") { Err(BadPattern::MatchesNothing) } else { Ok(Self(regex)) }
    }

    fn find(&self, text: &str) -> Option<String> {
        let found = self.0.captures(text)?;
        let code = found.get(1).or_else(|| found.get(0))?.as_str();
        let code: String = code.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        (!code.is_empty()).then_some(code)
    }
}

fn last_line(error: &str) -> String {
    error.lines().last().unwrap_or(error).trim().trim_start_matches("error: ").to_owned()
}

/// How codes are found: by a pattern that is set, else by what stands around them.
#[derive(Clone, Debug)]
pub struct CodePatterns(Option<CodePattern>);

impl CodePatterns {
    /// What finds the codes of any service.
    pub fn standard() -> Self {
        Self(None)
    }

    /// One pattern that takes its place.
    pub fn only(pattern: CodePattern) -> Self {
        Self(Some(pattern))
    }

    /// The code as plain ASCII letters and digits.
    pub fn extract(&self, text: &str) -> Option<String> {
        let end = (0..=text.len().min(SEARCHED)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let text = &text[..end];
        match &self.0 {
            Some(pattern) => pattern.find(&ascii_digits(text)),
            None => extract::find(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M2, M4
    #[test]
    fn codes_are_found_in_every_spelling() {
        let patterns = CodePatterns::standard();
        assert_eq!(patterns.extract("Your code is 123456").as_deref(), Some("123456"));
        assert_eq!(patterns.extract("Your code: 123-456.").as_deref(), Some("123456"));
        assert_eq!(patterns.extract("كودك هو ١٢٣٤٥٦").as_deref(), Some("123456"));
        assert_eq!(patterns.extract("no code, call 0123456789"), None);
    }

    #[test]
    fn a_pattern_gives_its_first_group_and_is_refused_when_useless() {
        let pattern = CodePattern::new(r"G-(\d{6})").map(CodePatterns::only);
        assert_eq!(pattern.ok().and_then(|p| p.extract("G-654321 is it")).as_deref(), Some("654321"));
        assert_eq!(CodePattern::new(r"\d*").err(), Some(BadPattern::MatchesNothing));
        assert!(matches!(CodePattern::new("("), Err(BadPattern::Invalid(_))));
        assert_eq!(CodePattern::new(r"(\w{1,200}){1,200}x").err(), Some(BadPattern::TooLarge));
    }
}

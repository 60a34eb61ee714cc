//! Which service a message is for.

use crate::domain::code::CodePatterns;

/// What matching needs to know of a service that the message's provider serves.
#[derive(Clone, Debug)]
pub struct ServiceRule {
    /// The service's row.
    pub id: i64,
    /// The service's name.
    pub name: String,
    /// Other names of the same service.
    pub aliases: Vec<String>,
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

impl ServiceRule {
    fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    fn is_called(&self, name: &str) -> bool {
        self.names().any(|n| n.to_lowercase() == name)
    }

    fn is_named_in(&self, text: &str) -> bool {
        self.names().any(|n| contains_word(text, &n.to_lowercase()))
    }
}

fn contains_word(text: &str, word: &str) -> bool {
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    !word.is_empty()
        && text.match_indices(word).any(|(at, found)| {
            is_edge(text[..at].chars().next_back()) && is_edge(text[at + found.len()..].chars().next())
        })
}

/// Finds the service: by the name that the message gives, else by its sender, else by its text.
///
/// A tie is never decided: a code must not reach, and charge, the wrong user.
pub fn find_service<'a>(
    rules: &'a [ServiceRule],
    given: Option<&str>,
    sender: Option<&str>,
    text: &str,
) -> Result<&'a ServiceRule, NoService> {
    let given = given.map(|s| s.trim().to_lowercase()).filter(|s| !s.is_empty());
    if let Some(given) = given {
        return one(rules.iter().filter(|r| r.is_called(&given)));
    }
    let sender = sender.unwrap_or_default().to_lowercase();
    match one(rules.iter().filter(|r| r.is_named_in(&sender))) {
        Err(NoService::Unknown) => {
            let text = text.to_lowercase();
            one(rules.iter().filter(|r| r.is_named_in(&text)))
        }
        found => found,
    }
}

fn one<'a>(mut found: impl Iterator<Item = &'a ServiceRule>) -> Result<&'a ServiceRule, NoService> {
    let first = found.next().ok_or(NoService::Unknown)?;
    if found.next().is_some() { Err(NoService::Ambiguous) } else { Ok(first) }
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
}

//! Whom a broadcast goes to.

use serde::{Deserialize, Serialize};

/// The choices of "was here lately", in days; 0 is everybody.
const DAYS: [u32; 5] = [0, 1, 7, 30, 90];

/// Users who are not banned, and of them those who match everything that is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Were here within so many days; 0 is whenever.
    pub days: u32,
    /// Have money that they can spend.
    pub with_balance: bool,
    /// See this language (ISO 639-1).
    pub language: Option<String>,
}

impl Audience {
    /// The next choice of days.
    pub fn next_days(self) -> Self {
        let at = DAYS.iter().position(|days| *days == self.days).unwrap_or(0);
        Self { days: DAYS[(at + 1) % DAYS.len()], ..self }
    }

    /// The next choice of languages: everybody, then each of these.
    pub fn next_language(self, languages: &[&str]) -> Self {
        let language = match &self.language {
            None => languages.first(),
            Some(current) => languages.iter().skip_while(|l| *l != current).nth(1),
        };
        Self { language: language.map(|l| (*l).to_owned()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: A6
    #[test]
    fn every_choice_comes_around() {
        let mut audience = Audience::default();
        let mut seen = Vec::new();
        for _ in 0..5 {
            audience = audience.next_days();
            seen.push(audience.days);
        }
        assert_eq!(seen, [1, 7, 30, 90, 0]);
        let languages: Vec<_> =
            std::iter::successors(Some(Audience::default()), |a| Some(a.clone().next_language(&["ar", "en"])))
                .take(4)
                .map(|a| a.language)
                .collect();
        assert_eq!(languages, [None, Some("ar".into()), Some("en".into()), None]);
    }
}

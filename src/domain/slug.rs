//! A bot's short name: part of its file's name, its schema and its database role.

use std::fmt;
use std::str::FromStr;

/// A name of 2 to 31 characters: a lower-case letter, then letters, digits and underscores.
///
/// The bounds keep `bot_<farm id>_<slug>` within PostgreSQL's 63 bytes and free of quoting.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slug(String);

/// The text is no slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a slug is 2 to 31 characters: a lower-case letter, then lower-case letters, digits or _")]
pub struct BadSlug;

impl FromStr for Slug {
    type Err = BadSlug;

    fn from_str(text: &str) -> Result<Self, BadSlug> {
        let tail_is_good = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let head_is_good = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if head_is_good && tail_is_good && (2..=31).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadSlug)
        }
    }
}

impl Slug {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

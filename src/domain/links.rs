//! Addresses inside a text: what stands in them says nothing of the text itself.

use regex::Regex;
use std::sync::LazyLock;

/// Addresses with a scheme, those that begin with `www.`, those with a path behind a domain, and those
/// of mail.
static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) \b[a-z][a-z0-9+.-]*://\S+
        | \bwww\.\S+
        | \b[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+
        | \b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}/\S*",
    )
    .ok()
});

/// The text with spaces in the place of addresses, as long as before.
pub fn without_links(text: &str) -> String {
    let Some(link) = LINK.as_ref() else { return text.to_owned() };
    link.replace_all(text, |found: &regex::Captures<'_>| " ".repeat(found[0].len())).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_blanked() {
        for link in ["https://t.me/login/12345", "www.a.example/1", "v.whatsapp.com/123456", "me+1@a.example"] {
            let text = format!("code 1 {link} end");
            let blank = without_links(&text);
            assert_eq!(
                (blank.len(), blank.split_whitespace().collect::<Vec<_>>()),
                (text.len(), vec!["code", "1", "end"])
            );
        }
        assert_eq!(without_links("Your code: 123456. Thanks"), "Your code: 123456. Thanks");
    }
}

//! Bearer tokens, compared in constant time.

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// Whether an `Authorization` header carries the token.
pub fn is_authorized(header: Option<&str>, token: &SecretString) -> bool {
    let given = header.and_then(|h| h.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(token.expose_secret().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M6
    #[test]
    fn only_the_token_is_accepted() {
        let token = SecretString::from("s3cret");
        assert!(is_authorized(Some("Bearer s3cret"), &token));
        for wrong in [None, Some(""), Some("Bearer "), Some("Bearer s3cre"), Some("s3cret"), Some("bearer s3cret")] {
            assert!(!is_authorized(wrong, &token), "{wrong:?}");
        }
    }
}

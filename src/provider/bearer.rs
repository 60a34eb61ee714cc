//! Bearer tokens, compared in constant time.

use super::hook::{Hook, Refused, bytes};
use secrecy::SecretString;
use subtle::ConstantTimeEq;

/// Checks the token of a request.
pub fn verify(hook: &Hook<'_>, token: &SecretString) -> Result<(), Refused> {
    let header = hook.header("authorization");
    match header {
        None => Err(Refused::Unsigned),
        Some(_) if is_authorized(header, token) => Ok(()),
        Some(_) => Err(Refused::Forged),
    }
}

/// Whether an `Authorization` header carries the token.
fn is_authorized(header: Option<&str>, token: &SecretString) -> bool {
    let given = header.and_then(|h| h.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let given = given.map_or("", |(_, token)| token);
    given.as_bytes().ct_eq(bytes(token)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M6
    #[test]
    fn only_the_token_is_accepted() {
        let token = SecretString::from("s3cret");
        assert!(is_authorized(Some("Bearer s3cret"), &token) && is_authorized(Some("bearer s3cret"), &token));
        for wrong in [None, Some(""), Some("Bearer "), Some("Bearer s3cre"), Some("s3cret"), Some("Basic s3cret")] {
            assert!(!is_authorized(wrong, &token), "{wrong:?}");
        }
    }
}

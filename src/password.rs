//! The panel's password: compared in constant time, or against an argon2 hash in the PHC form.
//!
//! argon2 costs time and memory on purpose, so it runs beside the async threads, and only a few at
//! once: guessing on one bot must not slow another.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// Hashes computed at once in this process.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// A new password has at least so many bytes.
const SHORTEST: usize = 8;
/// A password is at most so long, in bytes.
const LONGEST: usize = 512;

/// What a given password is compared with.
#[derive(Clone, Debug)]
pub struct PanelPassword {
    secret: SecretString,
    mark: String,
}

impl PanelPassword {
    /// From a secret: the password itself, or its hash (`$argon2id$…`).
    /// `mark` tells one password from another without telling the password.
    pub fn new(secret: SecretString, mark: String) -> Self {
        Self { secret, mark }
    }

    /// Whether a secret can be compared with: not a hash that is cut off or misspelt.
    pub fn is_readable(secret: &SecretString) -> bool {
        !secret.expose_secret().starts_with("$argon2") || PasswordHash::new(secret.expose_secret()).is_ok()
    }

    /// Whether a new password is neither too short nor too long.
    pub fn may_be(given: &str) -> bool {
        (SHORTEST..=LONGEST).contains(&given.len())
    }

    /// The hash of a new password; `None` when it may not be one.
    pub async fn hash(given: &str) -> Option<String> {
        if !Self::may_be(given) {
            return None;
        }
        let _slot = AT_ONCE.acquire().await.ok()?;
        let given = SecretString::from(given);
        let hashing = tokio::task::spawn_blocking(move || {
            Argon2::default().hash_password(given.expose_secret().as_bytes()).map(|hash| hash.to_string())
        });
        hashing.await.ok()?.ok()
    }

    /// Differs for each password: a session that was opened with another one has ended.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Whether this is the password.
    pub async fn accepts(&self, given: &str) -> bool {
        let wanted = self.secret.expose_secret();
        if given.len() > LONGEST {
            return false;
        }
        if !wanted.starts_with("$argon2") {
            return wanted.as_bytes().ct_eq(given.as_bytes()).into();
        }
        let Ok(_slot) = AT_ONCE.acquire().await else { return false };
        let (wanted, given) = (self.secret.clone(), SecretString::from(given));
        let checked = tokio::task::spawn_blocking(move || {
            let hash = PasswordHash::new(wanted.expose_secret());
            hash.is_ok_and(|h| Argon2::default().verify_password(given.expose_secret().as_bytes(), &h).is_ok())
        });
        checked.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: A0
    #[tokio::test]
    async fn a_password_and_its_hash_accept_the_same() {
        let hash = Argon2::default().hash_password(b"opensesame").unwrap().to_string();
        for wanted in ["opensesame".to_owned(), hash] {
            let password = PanelPassword::new(wanted.into(), String::new());
            assert!(password.accepts("opensesame").await);
            assert!(!password.accepts("opensesam").await);
            assert!(!password.accepts("").await);
            assert!(!format!("{password:?}").contains("opensesame"));
        }
    }
}

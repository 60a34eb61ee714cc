//! Sealing: encryption to the farm's own key.
//!
//! `farm.key` is the same on every host and in no backup. A sealed value names the key that sealed
//! it and is bound to its place, so that it cannot be moved to another bot or field:
//! `v1.<key id>.<base64 of nonce and ciphertext>` (XChaCha20-Poly1305, the place is the
//! associated data).

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// The bytes of a nonce.
const NONCE: usize = 24;

/// The farm's key.
#[derive(Clone)]
pub struct FarmKey {
    cipher: XChaCha20Poly1305,
    id: String,
}

/// A key never shows its bytes.
impl fmt::Debug for FarmKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FarmKey({})", self.id)
    }
}

/// Why a value could not be opened, or the key not be had.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Not of the form `v1.<key>.<data>`.
    #[error("this is no sealed value: make one with `botfarm seal`")]
    NotSealed,
    /// Sealed to another key.
    #[error("this value was sealed to key {0}, and this farm's key is {1}")]
    OtherKey(String, String),
    /// Changed, or moved from another place.
    #[error("this sealed value was made for another bot or field, or was changed")]
    OtherPlace,
    /// The key's file cannot be used.
    #[error("the farm's key {path}: {why}")]
    KeyFile {
        /// Where it is.
        path: String,
        /// What is wrong.
        why: String,
    },
}

impl FarmKey {
    /// Tells one secret from another without telling it: the same for the same secret and place,
    /// and nobody without the key can make it.
    pub fn mark(&self, place: &str, secret: &SecretString) -> Result<String, SealError> {
        let digest =
            Sha256::new().chain_update(place).chain_update([0]).chain_update(secret.expose_secret()).finalize();
        let nonce = XNonce::try_from(&digest[..NONCE]).map_err(|_| SealError::NotSealed)?;
        let marked = self.cipher.encrypt(&nonce, place.as_bytes()).map_err(|_| SealError::NotSealed)?;
        Ok(hex::encode(Sha256::digest(marked)))
    }

    /// A key from its 32 bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        let id = hex::encode(&Sha256::digest(bytes)[..4]);
        Self { cipher: XChaCha20Poly1305::new(bytes.into()), id }
    }

    /// Reads the key's file, making it at the first time. A file that others may read is refused.
    pub fn load_or_create(path: &Path) -> Result<Self, SealError> {
        let failed = |why: String| SealError::KeyFile { path: path.display().to_string(), why };
        if !path.exists() {
            let key = hex::encode(rand::random::<[u8; 32]>());
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(path)
                .map_err(|e| failed(e.to_string()))?;
            file.write_all(key.as_bytes()).map_err(|e| failed(e.to_string()))?;
        }
        let mode = fs::metadata(path).map_err(|e| failed(e.to_string()))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(failed("others may read it: chmod 600".to_owned()));
        }
        let text = fs::read_to_string(path).map_err(|e| failed(e.to_string()))?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| failed("is not 64 hexadecimal digits".into()))?;
        Ok(Self::new(&bytes))
    }

    /// Seals a value for a place, for example `elweshaq/token`.
    pub fn seal(&self, place: &str, value: &[u8]) -> Result<String, SealError> {
        let nonce: [u8; NONCE] = rand::random();
        let payload = Payload { msg: value, aad: place.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::NotSealed)?;
        Ok(format!("v1.{}.{}", self.id, BASE64.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens a value that was sealed for this place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let mut parts = sealed.trim().splitn(3, '.');
        let (Some("v1"), Some(id), Some(data)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SealError::NotSealed);
        };
        if id != self.id {
            return Err(SealError::OtherKey(id.to_owned(), self.id.clone()));
        }
        let data = BASE64.decode(data).map_err(|_| SealError::NotSealed)?;
        let (nonce, sealed) = data.split_first_chunk::<NONCE>().ok_or(SealError::NotSealed)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::OtherPlace)
    }

    /// Opens a sealed text.
    pub fn open_text(&self, place: &str, sealed: &str) -> Result<SecretString, SealError> {
        let bytes = self.open(place, sealed)?;
        String::from_utf8(bytes).map(SecretString::from).map_err(|_| SealError::OtherPlace)
    }

    /// Seals a secret text.
    pub fn seal_text(&self, place: &str, value: &SecretString) -> Result<String, SealError> {
        self.seal(place, value.expose_secret().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: F6
    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_with_its_key() {
        let key = FarmKey::new(&[7; 32]);
        let sealed = key.seal("elweshaq/token", b"123:abc").unwrap();
        assert_eq!(key.open("elweshaq/token", &sealed).unwrap(), b"123:abc");
        assert!(matches!(key.open("other/token", &sealed), Err(SealError::OtherPlace)));
        assert!(matches!(FarmKey::new(&[8; 32]).open("elweshaq/token", &sealed), Err(SealError::OtherKey(..))));
        assert!(matches!(key.open("elweshaq/token", "123:abc"), Err(SealError::NotSealed)));
        assert!(!sealed.contains("123"));
        assert!(!format!("{key:?}").contains("0707"));
    }
}

//! One key: what is sealed to it, and for one place only.

use super::SealError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use std::fmt;

/// The bytes of a nonce.
const NONCE: usize = 24;

/// A key, named by a part of its digest.
#[derive(Clone)]
pub struct Key {
    cipher: XChaCha20Poly1305,
    id: String,
}

/// A key never shows its bytes.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

impl Key {
    /// A key from its 32 bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        let id = hex::encode(&Sha256::digest(bytes)[..4]);
        Self { cipher: XChaCha20Poly1305::new(bytes.into()), id }
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Tells one value from another without telling it: the same for the same value and place, and nobody
    /// without the key can make it.
    pub fn mark(&self, place: &str, value: &[u8]) -> Result<[u8; 32], SealError> {
        let digest = Sha256::new().chain_update(place).chain_update([0]).chain_update(value).finalize();
        let nonce = XNonce::try_from(&digest[..NONCE]).map_err(|_| SealError::NotSealed)?;
        let marked = self.cipher.encrypt(&nonce, place.as_bytes()).map_err(|_| SealError::NotSealed)?;
        Ok(Sha256::digest(marked).into())
    }

    /// Seals a value for a place.
    pub fn seal(&self, place: &str, value: &[u8]) -> Result<String, SealError> {
        self.seal_with(rand::random(), place, value)
    }

    /// The same with a nonce that follows from the value, so that every host makes one text of it.
    pub fn seal_alike(&self, place: &str, value: &[u8]) -> Result<String, SealError> {
        let mark = self.mark(place, value)?;
        let nonce = mark.first_chunk::<NONCE>().ok_or(SealError::NotSealed)?;
        self.seal_with(*nonce, place, value)
    }

    fn seal_with(&self, nonce: [u8; NONCE], place: &str, value: &[u8]) -> Result<String, SealError> {
        let payload = Payload { msg: value, aad: place.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::NotSealed)?;
        Ok(format!("v1.{}.{}", self.id, BASE64.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens the data of a value that was sealed to this key for this place.
    pub fn open(&self, place: &str, data: &str) -> Result<Vec<u8>, SealError> {
        let data = BASE64.decode(data).map_err(|_| SealError::NotSealed)?;
        let (nonce, sealed) = data.split_first_chunk::<NONCE>().ok_or(SealError::NotSealed)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealError::OtherPlace)
    }
}

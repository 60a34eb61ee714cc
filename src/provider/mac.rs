//! Message authentication codes, compared in constant time.

use super::hook::Refused;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::{KeyInit, Mac};
use hmac::{EagerHash, Hmac};

/// Whether `given` is the HMAC of the parts, one after the other.
pub fn check<D: EagerHash>(key: &[u8], parts: &[&[u8]], given: &[u8]) -> Result<(), Refused> {
    let mut mac = Hmac::<D>::new_from_slice(key).map_err(|_| Refused::Forged)?;
    parts.iter().for_each(|part| mac.update(part));
    mac.verify_slice(given).map_err(|_| Refused::Forged)
}

/// The bytes of a signature in hexadecimal digits; some write the hash's name before them.
pub fn from_hex(text: &str) -> Result<Vec<u8>, Refused> {
    let text = text.trim();
    hex::decode(text.strip_prefix("sha256=").unwrap_or(text)).map_err(|_| Refused::Forged)
}

/// The bytes of a signature in base64.
pub fn from_base64(text: &str) -> Result<Vec<u8>, Refused> {
    STANDARD.decode(text.trim()).map_err(|_| Refused::Forged)
}

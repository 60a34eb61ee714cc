//! Sealing: encryption to the farm's own keys.
//!
//! `farm.key` is the same on every host and in no backup. A sealed value names the key that sealed
//! it and is bound to its place, so that it cannot be moved to another bot or field:
//! `v1.<key id>.<base64 of nonce and ciphertext>` (XChaCha20-Poly1305, the place is the
//! associated data). While the farm is rekeyed there are several keys: one seals, all of them open.

mod file;
mod key;

pub use file::KeyFile;

use arc_swap::ArcSwap;
use key::Key;
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The farm's keys, shared: what is read anew is known everywhere.
#[derive(Clone)]
pub struct KeyRing {
    /// Never empty.
    keys: Arc<ArcSwap<Vec<Key>>>,
    path: Option<Arc<PathBuf>>,
}

/// Shows the keys' names alone.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({})", self.ids().join(", "))
    }
}

/// Why a value could not be opened, or a key not be had.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Not of the form `v1.<key>.<data>`.
    #[error("this is no sealed value: make one with `botfarm seal`")]
    NotSealed,
    /// Sealed to another key.
    #[error("this value was sealed to key {0}, and this farm has {1}")]
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

impl KeyRing {
    /// A single key from its 32 bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self { keys: Arc::new(ArcSwap::from_pointee(vec![Key::new(bytes)])), path: None }
    }

    /// Reads the keys' file, making it at the first time. A file that others may read is refused.
    pub fn load_or_create(path: &Path) -> Result<Self, SealError> {
        let keys = KeyFile::read_or_create(path)?.keys()?;
        Ok(Self { keys: Arc::new(ArcSwap::from_pointee(keys)), path: Some(Arc::new(path.to_owned())) })
    }

    /// Reads the file again. One that is gone or broken leaves the keys as they are.
    pub fn reload(&self) -> Result<(), SealError> {
        let Some(path) = self.path.as_deref().filter(|path| path.exists()) else { return Ok(()) };
        self.keys.store(Arc::new(KeyFile::read_or_create(path)?.keys()?));
        Ok(())
    }

    /// The names of the keys; the first one seals.
    pub fn ids(&self) -> Vec<String> {
        self.keys.load().iter().map(|key| key.id().to_owned()).collect()
    }

    fn first(&self) -> Result<Key, SealError> {
        self.keys.load().first().cloned().ok_or(SealError::NotSealed)
    }

    /// Tells one secret from another without telling it: the same for the same secret and place,
    /// and nobody without the key can make it.
    pub fn mark(&self, place: &str, secret: &SecretString) -> Result<String, SealError> {
        Ok(hex::encode(self.first()?.mark(place, secret.expose_secret().as_bytes())?))
    }

    /// Seals a value for a place, for example `elweshaq/token`.
    pub fn seal(&self, place: &str, value: &[u8]) -> Result<String, SealError> {
        self.first()?.seal(place, value)
    }

    /// Seals a secret text.
    pub fn seal_text(&self, place: &str, value: &SecretString) -> Result<String, SealError> {
        self.seal(place, value.expose_secret().as_bytes())
    }

    /// Opens a value that was sealed for this place. For a key that is not known the file is read again:
    /// another host may have sealed with one that came later.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, SealError> {
        let (id, data) = parts(sealed)?;
        if self.find(id).is_none() {
            self.reload()?;
        }
        let key = self.find(id).ok_or_else(|| SealError::OtherKey(id.to_owned(), self.ids().join(", ")))?;
        key.open(place, data)
    }

    fn find(&self, id: &str) -> Option<Key> {
        self.keys.load().iter().find(|key| key.id() == id).cloned()
    }

    /// Opens a sealed text.
    pub fn open_text(&self, place: &str, sealed: &str) -> Result<SecretString, SealError> {
        let bytes = self.open(place, sealed)?;
        String::from_utf8(bytes).map(SecretString::from).map_err(|_| SealError::OtherPlace)
    }

    /// The same value sealed to the key that seals now; `None` if it is. Every host makes the same of it.
    pub fn reseal(&self, place: &str, sealed: &str) -> Result<Option<String>, SealError> {
        let first = self.first()?;
        if parts(sealed)?.0 == first.id() {
            return Ok(None);
        }
        first.seal_alike(place, &self.open(place, sealed)?).map(Some)
    }
}

fn parts(sealed: &str) -> Result<(&str, &str), SealError> {
    let mut parts = sealed.trim().splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("v1"), Some(id), Some(data)) => Ok((id, data)),
        _ => Err(SealError::NotSealed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    // SPEC: F6
    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_with_its_key() {
        let key = KeyRing::new(&[7; 32]);
        let sealed = key.seal("elweshaq/token", b"123:abc").unwrap();
        assert_eq!(key.open("elweshaq/token", &sealed).unwrap(), b"123:abc");
        assert!(matches!(key.open("other/token", &sealed), Err(SealError::OtherPlace)));
        assert!(matches!(KeyRing::new(&[8; 32]).open("elweshaq/token", &sealed), Err(SealError::OtherKey(..))));
        assert!(matches!(key.open("elweshaq/token", "123:abc"), Err(SealError::NotSealed)));
        assert!(!sealed.contains("123"));
        assert!(!format!("{key:?}").contains("0707"));
    }

    // SPEC: F6
    #[test]
    fn keys_change_without_a_value_that_nobody_can_open() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("farm.key");
        let (here, there) = (KeyRing::load_or_create(&path).unwrap(), KeyRing::load_or_create(&path).unwrap());
        let old = here.seal("a/token", b"secret").unwrap();
        // A key that is added opens at once and does not seal yet.
        let file = KeyFile::read_or_create(&path).unwrap().add().unwrap();
        let next = file.next_key().unwrap().unwrap();
        here.reload().unwrap();
        assert_eq!(here.ids().len(), 2);
        assert_eq!(here.reseal("a/token", &old).unwrap(), None);
        let file = file.promote().unwrap();
        here.reload().unwrap();
        assert_eq!(here.ids()[0], next.id());
        let new = here.reseal("a/token", &old).unwrap().unwrap();
        assert_eq!(here.reseal("a/token", &old).unwrap().as_ref(), Some(&new), "every host makes the same of it");
        assert_eq!(here.reseal("a/token", &new).unwrap(), None);
        assert!(here.reseal("other/token", &old).is_err());
        // Who has not read the file since reads it for a key that is not known.
        assert_eq!(there.open("a/token", &new).unwrap(), b"secret");
        let retired = file.retire().unwrap();
        here.reload().unwrap();
        assert!(matches!(here.open("a/token", &old), Err(SealError::OtherKey(..))));
        assert_eq!(here.open("a/token", &new).unwrap(), b"secret");
        // A backup from before opens with the key that was put aside.
        assert_eq!(KeyRing::load_or_create(&retired[0]).unwrap().open("a/token", &old).unwrap(), b"secret");
        for path in retired.iter().chain([&path]) {
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    // SPEC: F6
    #[test]
    fn a_broken_file_is_refused_and_leaves_the_keys_as_they_are() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("farm.key");
        let ring = KeyRing::load_or_create(&path).unwrap();
        let ids = ring.ids();
        for text in ["", "\n\n", "ff", "zz".repeat(32).as_str(), &format!("{} next", "ab".repeat(32))] {
            std::fs::write(&path, text).unwrap();
            let refused = ring.reload().unwrap_err().to_string();
            assert!(refused.contains("farm.key") && !refused.contains("abab"), "{refused}");
            assert_eq!(ring.ids(), ids);
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(ring.reload().unwrap_err().to_string().contains("chmod 600"));
        std::fs::remove_file(&path).unwrap();
        ring.reload().unwrap();
        assert!(!path.exists() && ring.ids() == ids);
    }
}

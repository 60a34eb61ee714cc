//! Files as the server keeps them: uploaded by bots in parts, or sent by people.

use crate::model::World;
use rand::Rng as _;
use std::sync::Arc;

/// The largest file, in bytes: 4,000 parts of 512 KB.
pub const LARGEST: u64 = 4_000 * 512 * 1024;

/// A file's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// These.
    Bytes(Arc<[u8]>),
    /// So many zeros that nobody has to keep.
    Zeros(u64),
}

impl Contents {
    /// The bytes of a text or a list.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self::Bytes(bytes.as_ref().into())
    }

    /// How many bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Zeros(count) => *count,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// At most `limit` bytes from `offset` on.
    pub fn part(&self, offset: u64, limit: usize) -> Vec<u8> {
        let from = offset.min(self.len());
        let length = (self.len() - from).min(limit as u64) as usize;
        match self {
            Self::Bytes(bytes) => bytes[from as usize..from as usize + length].to_vec(),
            Self::Zeros(_) => vec![0; length],
        }
    }
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Telegram's id of it.
    pub id: i64,
    /// What those must show who read it.
    pub access_hash: i64,
    /// Its name; pictures have none.
    pub name: String,
    /// Its kind, as its sender says.
    pub mime_type: String,
    /// It is shown as a picture, not as a file.
    pub picture: bool,
    /// Its bytes.
    pub contents: Contents,
}

impl File {
    /// The bytes as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.contents.part(0, usize::MAX)).into_owned()
    }
}

impl World {
    /// Keeps a file.
    pub fn add_file(&mut self, name: &str, mime_type: &str, contents: Contents) -> File {
        let mut random = rand::rng();
        let (id, access_hash) = (random.next_u64() as i64, random.next_u64() as i64);
        let (name, mime_type) = (name.to_owned(), mime_type.to_owned());
        let file = File { id, access_hash, name, mime_type, picture: false, contents };
        self.files.insert(id, file.clone());
        file
    }
}

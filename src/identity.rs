//! Who this host is among several: its name, made once, and which start of it this is.
//!
//! The data directory is locked for one process, and the kernel takes the lock away with it: so the
//! start that is named there is known to have ended, and what it had is taken over at once.

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

/// A host's identity, held as long as this value lives.
#[derive(Debug)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// This start of it.
    pub instance: i64,
    /// The start before, which has ended.
    pub predecessor: Option<i64>,
    _lock: Flock<File>,
}

impl Identity {
    /// Takes the identity that lies in a data directory; it is made at the first time.
    pub fn take(data: &Path) -> Result<Self> {
        let lock = File::create(data.join("host.lock")).with_context(|| format!("writing in {}", data.display()))?;
        let lock = match Flock::lock(lock, FlockArg::LockExclusiveNonblock) {
            Ok(lock) => lock,
            Err((_, Errno::EWOULDBLOCK)) => bail!("another farm runs on the data directory {}", data.display()),
            Err((_, error)) => return Err(error).context("locking the data directory"),
        };
        let (named, started) = (data.join("host"), data.join("instance"));
        let known = fs::read_to_string(&named).map(|name| name.trim().to_owned()).ok().filter(|name| !name.is_empty());
        let name = known.unwrap_or_else(|| hex::encode(rand::random::<[u8; 4]>()));
        let predecessor = fs::read_to_string(&started).ok().and_then(|text| text.trim().parse().ok());
        let instance = rand::random();
        for (path, text) in [(named, name.clone()), (started, format!("{instance}"))] {
            // Whole or not at all: a host that forgot its name would be another one.
            let mut file = tempfile::NamedTempFile::new_in(data)?;
            file.write_all(text.as_bytes())?;
            file.persist(path).map_err(|error| error.error)?;
        }
        Ok(Self { name, instance, predecessor, _lock: lock })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: F8, F9
    #[test]
    fn a_host_keeps_its_name_knows_its_predecessor_and_is_one_process() {
        let data = tempfile::tempdir().unwrap();
        let first = Identity::take(data.path()).unwrap();
        assert!(first.predecessor.is_none());
        assert!(Identity::take(data.path()).unwrap_err().to_string().contains("another farm runs"));
        let (name, instance) = (first.name.clone(), first.instance);
        drop(first);
        let second = Identity::take(data.path()).unwrap();
        assert_eq!((second.name, second.predecessor), (name, Some(instance)));
    }
}

//! The key's file: a key per line, 64 hexadecimal digits. The first one seals, all of them open; the
//! word `next` behind one says that it will seal as soon as every host has it.

use super::SealError;
use super::key::Key;
use nix::unistd::Uid;
use secrecy::{ExposeSecret, SecretString};
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Behind a key that does not seal yet.
const NEXT: &str = "next";
/// More keys than any rekey needs.
const MOST: usize = 8;

/// The keys of a file.
pub struct KeyFile {
    path: PathBuf,
    lines: Vec<SecretString>,
}

impl KeyFile {
    /// Reads a file, made at the first time. One that others may read is refused; a group may, where another
    /// user has written it: a credential of systemd is root's, and this user's to read.
    pub fn read_or_create(path: &Path) -> Result<Self, SealError> {
        if !path.exists() {
            let made = Self { path: path.to_owned(), lines: vec![made_up("")] };
            match made.write_new() {
                // Another process was faster: its key is the farm's.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                written => written.map_err(|e| made.fault(e.to_string()))?,
            }
        }
        Self::read(path)
    }

    fn read(path: &Path) -> Result<Self, SealError> {
        let mut file = Self { path: path.to_owned(), lines: Vec::new() };
        let about = fs::metadata(path).map_err(|e| file.fault(e.to_string()))?;
        let is_ours = about.uid() == Uid::effective().as_raw();
        if about.mode() & (if is_ours { 0o077 } else { 0o037 }) != 0 {
            return Err(file.fault("others may read it: chmod 600".to_owned()));
        }
        let text = SecretString::from(fs::read_to_string(path).map_err(|e| file.fault(e.to_string()))?);
        let lines = text.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty());
        file.lines = lines.map(SecretString::from).collect();
        if file.lines.is_empty() || file.lines.len() > MOST || file.next().is_some_and(|at| at == 0) {
            return Err(file.fault(format!("needs a key per line, at most {MOST}, and the first one seals")));
        }
        file.keys().map(|_| file)
    }

    /// The keys in their order.
    pub fn keys(&self) -> Result<Vec<Key>, SealError> {
        let key = |line: &SecretString| {
            let digits = line.expose_secret().trim_end_matches(NEXT).trim();
            let mut bytes = [0; 32];
            hex::decode_to_slice(digits, &mut bytes)
                .map_err(|_| self.fault("is not 64 hexadecimal digits".to_owned()))?;
            Ok(Key::new(&bytes))
        };
        self.lines.iter().map(key).collect()
    }

    fn next(&self) -> Option<usize> {
        self.lines.iter().position(|line| line.expose_secret().ends_with(NEXT))
    }

    /// The key that will seal.
    pub fn next_key(&self) -> Result<Option<Key>, SealError> {
        Ok(self.next().and_then(|at| self.keys().ok()?.into_iter().nth(at)))
    }

    /// Adds a key that will seal.
    pub fn add(mut self) -> Result<Self, SealError> {
        self.lines.push(made_up(NEXT));
        self.written()
    }

    /// Lets the next key seal.
    pub fn promote(mut self) -> Result<Self, SealError> {
        if let Some(at) = self.next() {
            let line = self.lines.remove(at);
            let digits = line.expose_secret().trim_end_matches(NEXT).trim();
            self.lines.insert(0, SecretString::from(digits));
        }
        self.written()
    }

    /// Puts every key aside but the one that seals, each in a file of its own: backups that were made
    /// before open with it alone. Gives these files.
    pub fn retire(mut self) -> Result<Vec<PathBuf>, SealError> {
        let keys = self.keys()?;
        let mut retired = Vec::new();
        for (line, key) in self.lines.split_off(1).into_iter().zip(keys.iter().skip(1)) {
            let mut name = self.path.as_os_str().to_owned();
            name.push(format!(".retired-{}", key.id()));
            let aside = Self { path: PathBuf::from(name), lines: vec![line] };
            match aside.write_new() {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                written => written.map_err(|e| aside.fault(e.to_string()))?,
            }
            retired.push(aside.path);
        }
        self.written()?;
        Ok(retired)
    }

    fn written(self) -> Result<Self, SealError> {
        let written = self.temporary().and_then(|file| file.persist(&self.path).map_err(|error| error.error));
        written.map(drop).map_err(|e| self.fault(e.to_string()))?;
        Ok(self)
    }

    fn write_new(&self) -> std::io::Result<()> {
        self.temporary()?.persist_noclobber(&self.path).map(drop).map_err(|error| error.error)
    }

    /// Whole or not at all, and for the farm's own eyes (mode 0600).
    fn temporary(&self) -> std::io::Result<tempfile::NamedTempFile> {
        let directory = self.path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::Builder::new().prefix(".key-").tempfile_in(directory)?;
        for line in &self.lines {
            writeln!(file, "{}", line.expose_secret())?;
        }
        file.as_file().sync_all()?;
        Ok(file)
    }

    fn fault(&self, why: String) -> SealError {
        SealError::KeyFile { path: self.path.display().to_string(), why }
    }
}

fn made_up(word: &str) -> SecretString {
    SecretString::from(format!("{} {word}", hex::encode(rand::random::<[u8; 32]>())).trim().to_owned())
}

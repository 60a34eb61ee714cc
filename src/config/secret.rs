//! Secrets in files: `{ env = "NAME" }`, `{ file = "path" }` or `{ sealed = "…" }`, never in clear.

use super::section::{Section, Shape};
use crate::seal::KeyRing;
use secrecy::{ExposeSecret, SecretString};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where secrets come from while a file is read.
#[derive(Clone, Debug)]
pub struct SecretSource<'a> {
    /// Opens sealed values.
    pub key: &'a KeyRing,
    /// The bot's name: part of a sealed value's place.
    pub slug: &'a str,
    /// Relative paths of secret files start here.
    pub directory: &'a Path,
}

/// A secret file is read up to here, in bytes.
const LONGEST: u64 = 64 * 1024;

/// The keys that name a secret.
pub const FORMS: [&str; 3] = ["env", "file", SEALED];
/// The form of a sealed value.
pub const SEALED: &str = "sealed";

/// How a secret is to be written.
const FORM: &str = "write { env = \"NAME\" }, { file = \"path\" } or { sealed = \"…\" }";

impl SecretSource<'_> {
    /// Reads and resolves a secret. A missing one is a fault.
    pub fn read(&self, section: &mut Section<'_>, key: &'static str) -> Option<SecretString> {
        if !section.has(key) {
            section.note(key, Shape::Secret);
            section.fault_here(format!("`{key}` is missing: {FORM}"));
            return None;
        }
        self.optional(section, key)
    }

    /// Reads and resolves a secret that may be left out.
    pub fn optional(&self, section: &mut Section<'_>, key: &'static str) -> Option<SecretString> {
        section.note(key, Shape::Secret);
        if section.has(key) && !section.is_table(key) {
            section.fault_at(key, format!("`{key}`: a secret never stands in a file: {FORM}"));
            return None;
        }
        let mut table = section.section(key)?;
        let named: Vec<_> =
            FORMS.into_iter().filter_map(|form| Some((form, table.optional::<String>(form)?))).collect();
        let resolved = match named.as_slice() {
            [(form, text)] => self.resolve(key, form, text),
            _ => Err(format!("one of the three forms is needed: {FORM}")),
        };
        match resolved {
            Ok(secret) => {
                table.close();
                Some(secret)
            }
            Err(why) => {
                table.fault_here(format!("`{key}`: {why}"));
                None
            }
        }
    }

    /// Reads a text that may also be a secret, as an address with a key in it is.
    pub fn text(&self, section: &mut Section<'_>, key: &'static str, example: &str) -> Option<String> {
        section.note(key, Shape::Address);
        if section.is_table(key) {
            return self.optional(section, key).map(|secret| secret.expose_secret().to_owned());
        }
        section.required(key, example)
    }

    /// The secret that is named by one of [`FORMS`] at a key.
    pub fn resolve(&self, key: &str, form: &str, text: &str) -> Result<SecretString, String> {
        match form {
            "env" => from_env(text),
            "file" => self.read_file(text),
            _ => self.key.open_text(&self.place(key), text).map_err(|e| e.to_string()),
        }
    }

    /// The place that a sealed value at a key is bound to.
    pub fn place(&self, key: &str) -> String {
        format!("{}/{key}", self.slug)
    }

    fn read_file(&self, path: &str) -> Result<SecretString, String> {
        let path: PathBuf = self.directory.join(path);
        let failed = |why: String| format!("{}: {why}", path.display());
        if !path.metadata().map_err(|e| failed(e.to_string()))?.is_file() {
            return Err(failed("is no file".to_owned()));
        }
        let mut text = String::new();
        let file = std::fs::File::open(&path).map_err(|e| failed(e.to_string()))?;
        file.take(LONGEST).read_to_string(&mut text).map_err(|e| failed(e.to_string()))?;
        not_empty(text.trim().to_owned(), &format!("the file {}", path.display()))
    }
}

fn from_env(name: &str) -> Result<SecretString, String> {
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !is_name {
        // Perhaps the secret itself: not repeated.
        return Err("expected the name of an environment variable: letters, digits and _".to_owned());
    }
    let value = std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))?;
    not_empty(value, &format!("the environment variable {name}"))
}

fn not_empty(value: String, what: &str) -> Result<SecretString, String> {
    if value.is_empty() { Err(format!("{what} is empty")) } else { Ok(SecretString::from(value)) }
}

/// Whether two secrets are the same.
pub fn same(a: &SecretString, b: &SecretString) -> bool {
    a.expose_secret() == b.expose_secret()
}

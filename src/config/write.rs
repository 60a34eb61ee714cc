//! Files of bots that are added and deleted in Telegram.

use crate::domain::slug::Slug;
use chrono::{DateTime, Utc};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What the operator wants in the file of every bot that is added in Telegram: a proxy, limits.
/// `{slug}` stands for the bot's name. The file is hidden, so it is no bot's itself.
pub const TEMPLATE: &str = ".new-bot.toml";

/// How the file of a bot begins that was added in Telegram.
pub const ADDED: &str = "# Added in Telegram by ";

/// Behind the name of a file whose bot was deleted in Telegram.
const DELETED: &str = ".deleted-";

/// The lines of the template, for a bot; nothing without one.
pub fn template(directory: &Path, slug: &str) -> io::Result<String> {
    match fs::read_to_string(directory.join(TEMPLATE)) {
        Ok(text) => Ok(text.replace("{slug}", slug)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

/// A text as a TOML string.
pub fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Where a bot's file is.
pub fn path(directory: &Path, slug: &Slug) -> PathBuf {
    directory.join(format!("{slug}.toml"))
}

/// Writes a new file, whole or not at all, for the farm's own eyes (mode 0600). One that exists
/// stays as it is.
pub fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    fs::File::open(directory)?.sync_all()
}

/// Replaces a file's text, whole or not at all; it keeps its mode, and a link its target.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path).map(drop).map_err(|error| error.error)
}

/// Every bot's file of a directory, deleted bots' too: where it lies, and whose it is by its name.
pub fn every(directory: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (slug, rest) = name.split_once(".toml").unwrap_or_default();
        if !slug.is_empty()
            && !slug.starts_with('.')
            && (rest.is_empty() || rest.starts_with(DELETED))
            && path.is_file()
        {
            found.push((path.clone(), slug.to_owned()));
        }
    }
    Ok(found)
}

/// Puts a file aside under a name that is no bot's.
pub fn archive(path: &Path, now: DateTime<Utc>) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!("{DELETED}{}", now.format("%Y%m%dT%H%M%SZ")));
    fs::rename(path, PathBuf::from(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    // SPEC: F5
    #[test]
    fn a_new_file_is_whole_private_and_never_takes_anothers_place() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a.toml");
        write_new(&file, "name = \"a\"").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(write_new(&file, "x").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&file).unwrap(), "name = \"a\"");
        replace(&file, "name = \"b\"").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "name = \"b\"");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        archive(&file, DateTime::UNIX_EPOCH).unwrap();
        fs::write(directory.path().join(".new-bot.toml"), "").unwrap();
        let archived = directory.path().join("a.toml.deleted-19700101T000000Z");
        assert_eq!(every(directory.path()).unwrap(), [(archived, "a".to_owned())]);
        fs::remove_file(directory.path().join(".new-bot.toml")).unwrap();
        let left: Vec<_> = fs::read_dir(directory.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(left, ["a.toml.deleted-19700101T000000Z"]);
    }

    #[test]
    fn names_are_quoted() {
        let name = "a\"b\\\n'\u{1}";
        let read: toml::Table = format!("name = {}", quoted(name)).parse().unwrap();
        assert_eq!(read["name"].as_str(), Some(name));
    }
}

//! Reads every file of the directory.

use super::bot::{self, BotConfig};
use super::fault::FileFaults;
use super::secret::same;
use super::{environment, write};
use crate::seal::KeyRing;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// A good file.
#[derive(Clone, Debug)]
pub struct LoadedBot {
    /// Where it lies.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// What it says.
    pub config: BotConfig,
}

/// What the directory holds: bots that may run, and files with faults.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Good files.
    pub bots: Vec<LoadedBot>,
    /// Files with faults, and the bots that these files would be.
    pub faults: Vec<FileFaults>,
}

/// Loads `*.toml` of a directory. A fault in one file never hides another's. Of two files that
/// clash, one of `known` wins.
pub fn load_dir(directory: &Path, key: &KeyRing, known: &[PathBuf]) -> Result<Loaded, FileFaults> {
    let unreadable = |e: io::Error| FileFaults::whole(directory.to_owned(), e.to_string());
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = entries.iter().map(fs::DirEntry::path).filter(|p| is_bot_file(p)).collect();
    paths.sort_by_key(|path| (!known.contains(path), path.clone()));
    let mut loaded = Loaded::default();
    for path in paths {
        let checked = read(&path).and_then(|text| Ok((bot::check(&path, &text, key)?, text)));
        match checked {
            Ok((config, text)) => loaded.add(path, text, config),
            Err(faults) => loaded.faults.push(faults),
        }
    }
    if let Some(text) = environment::bot()
        && !loaded.bots.iter().any(|bot| bot.config.slug.as_str() == environment::SLUG)
    {
        // As if it lay there: what its secrets name is looked for beside the files.
        let path = directory.join(environment::PLACE);
        // The same lines as for a bot that is added in Telegram: a proxy, limits.
        let text = text + &write::template(directory, environment::SLUG).unwrap_or_default();
        match bot::check(&path, &text, key) {
            Ok(config) => loaded.add(path, text, config),
            Err(faults) => loaded.faults.push(faults),
        }
    }
    Ok(loaded)
}

fn is_bot_file(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|n| n.to_string_lossy().starts_with('.'));
    !hidden && path.extension().is_some_and(|e| e == "toml")
}

fn read(path: &Path) -> Result<String, FileFaults> {
    let failed = |why: String| FileFaults::whole(path.to_owned(), why);
    // Whoever opens a pipe waits for its other end.
    if !fs::metadata(path).map_err(|e| failed(e.to_string()))?.is_file() {
        return Err(failed("is no file".to_owned()));
    }
    let mut text = String::new();
    let read = fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text));
    if read.map_err(|e| failed(e.to_string()))? as u64 > LARGEST {
        return Err(failed(format!("a bot's file has at most {LARGEST} bytes")));
    }
    Ok(text)
}

impl Loaded {
    /// Two files may not share a slug or a token: one session must never run twice.
    fn add(&mut self, path: PathBuf, text: String, config: BotConfig) {
        let clash = self.bots.iter().find_map(|LoadedBot { path: other, config: known, .. }| {
            let what = if known.slug == config.slug {
                "slug"
            } else if same(&known.token, &config.token) {
                "token"
            } else {
                return None;
            };
            Some((what, format!("{} has the same {what}: each bot has one file", other.display())))
        });
        match clash {
            Some((key, message)) => self.faults.push(FileFaults::at_key(path, text, key, message)),
            None => self.bots.push(LoadedBot { path, text, config }),
        }
    }
}

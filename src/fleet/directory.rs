//! This host's files, looked at again and again: what is new, what is broken, what is gone.

use crate::config::publish::{self, Published};
use crate::config::secret::SecretSource;
use crate::config::{BotConfig, FileFaults, LoadedBot, environment, load_dir, write};
use crate::domain::slug::Slug;
use crate::domain::token::bot_id;
use crate::seal::KeyRing;
use crate::service::definitions::{self, Seen, SeenFile};
use secrecy::ExposeSecret;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A file that is away for less is being replaced.
pub const AWAY: Duration = Duration::from_secs(1);

/// A good file.
#[derive(Clone, Debug)]
pub struct LocalFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says, its secrets resolved on this host.
    pub config: Arc<BotConfig>,
    /// Tells its text from another.
    pub mark: String,
    origin: &'static str,
    text: String,
    published: Published,
    /// The keys that were there when its secrets were sealed.
    keys: Vec<String>,
}

/// What a look has found.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// Good files by bot.
    pub good: BTreeMap<Slug, LocalFile>,
    /// Files with faults.
    pub faults: Vec<FileFaults>,
    /// Files that were there a moment ago, and since when they are missed: they are gone if they stay away.
    pub missing: BTreeMap<PathBuf, Instant>,
}

/// Looks at the directory; `before` is what the last look has found, `published` are files of this host whose
/// bots were published by an earlier process. An error when it cannot be read: then every bot goes on as it is.
pub fn look(
    directory: &Path,
    key: &KeyRing,
    before: &Look,
    published: &[PathBuf],
    now: Instant,
) -> Result<Look, FileFaults> {
    // A file whose bot runs wins over a newcomer with the same slug or token.
    let known: Vec<PathBuf> = before.good.values().map(|file| &file.path).chain(published).cloned().collect();
    let loaded = load_dir(directory, key, &known)?;
    let mut look = Look { faults: loaded.faults, ..Look::default() };
    let by_path: HashMap<&PathBuf, &LocalFile> = before.good.values().map(|file| (&file.path, file)).collect();
    for bot in loaded.bots {
        let known = by_path.get(&bot.path).copied();
        match taken_in(bot, key, known) {
            Ok((slug, file)) => drop(look.good.insert(slug, file)),
            Err(faults) => look.faults.push(faults),
        }
    }
    let away = by_path.into_keys().filter(|path| !look.holds(path));
    let away = away.map(|path| (path.clone(), before.missing.get(path).copied().unwrap_or(now)));
    look.missing = away.filter(|(_, since)| now.saturating_duration_since(*since) < AWAY).collect();
    look.keep_missing(before);
    Ok(look)
}

fn taken_in(bot: LoadedBot, key: &KeyRing, known: Option<&LocalFile>) -> Result<(Slug, LocalFile), FileFaults> {
    let LoadedBot { path, text, config } = bot;
    let keys = key.ids();
    let is_known = |k: &&LocalFile| k.text == text && k.config.says_the_same(&config) && k.keys == keys;
    if let Some(known) = known.filter(is_known) {
        return Ok((config.slug, known.clone()));
    }
    let directory = path.parent().unwrap_or(Path::new("."));
    let source = SecretSource { key, slug: config.slug.as_str(), directory };
    let published =
        publish::sealed(&text, &source, &config.environment).map_err(|why| FileFaults::whole(path.clone(), why))?;
    let origin = if path.ends_with(environment::PLACE) {
        "environment"
    } else if text.starts_with(write::ADDED) {
        "panel"
    } else {
        "file"
    };
    let mark = publish::mark(&text);
    let slug = config.slug.clone();
    Ok((slug, LocalFile { path, config: Arc::new(config), mark, origin, text, published, keys }))
}

impl LocalFile {
    fn account(&self) -> Option<i64> {
        bot_id(self.config.token.expose_secret())
    }

    /// It is what the farm goes by. Its secrets are this host's own; but its token names the account that was
    /// published: another account's may be another bot's.
    pub fn is_published_as(&self, published: &definitions::Published) -> bool {
        self.mark == published.mark && published.account.is_none_or(|account| self.account() == Some(account))
    }

    fn has_account_of(&self, other: &Self) -> bool {
        self.account() == other.account()
    }
}

impl Look {
    fn holds(&self, path: &Path) -> bool {
        self.good.values().any(|file| file.path == path) || self.faults.iter().any(|faults| faults.path == path)
    }

    /// A file that was replaced by deleting and writing anew is away for a moment: its bot is not
    /// stopped for that. One whose bot or account stands in another file now was renamed.
    fn keep_missing(&mut self, before: &Self) {
        for (slug, file) in &before.good {
            let is_renamed = || self.good.iter().any(|(other, f)| other == slug || f.has_account_of(file));
            if self.missing.contains_key(&file.path) && !is_renamed() {
                self.good.insert(slug.clone(), file.clone());
            }
        }
    }

    /// A reason why the good file of a bot is not what the farm goes by.
    pub fn fault(&self, slug: &str, key: &str, why: String) -> Option<FileFaults> {
        let (_, file) = self.good.iter().find(|(name, _)| name.as_str() == slug)?;
        Some(FileFaults::at_key(file.path.clone(), file.text.clone(), key, why))
    }

    /// What is to be published of it.
    pub fn seen(&self) -> Seen {
        let good = self.good.iter().map(|(slug, file)| SeenFile {
            slug: slug.to_string(),
            path: file.path.display().to_string(),
            origin: file.origin,
            mark: file.mark.clone(),
            body: file.published.body.clone(),
            secrets: file.published.secrets.clone(),
            account: file.account(),
        });
        let broken = self.faults.iter().map(|faults| faults.path.display().to_string());
        Seen { good: good.collect(), broken: broken.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    // SPEC: F1
    #[test]
    fn a_file_that_is_away_for_a_moment_is_there_and_then_gone() {
        let (here, key) = (tempfile::tempdir().unwrap(), KeyRing::new(&[7; 32]));
        let slug: Slug = "one".parse().unwrap();
        let path = here.path().join("one.toml");
        fs::write(here.path().join("token"), "123456789:AAH-token-long-enough").unwrap();
        let text = "name = \"One\"\nterms_accepted = true\ntoken = { file = \"token\" }\n";
        let begin = Instant::now();
        let look =
            |before: &Look, after: f64| look(here.path(), &key, before, &[], begin + AWAY.mul_f64(after)).unwrap();
        fs::write(&path, text).unwrap();
        let first = look(&Look::default(), 0.0);
        assert!(first.good.contains_key(&slug), "{:?}", first.faults);
        fs::remove_file(&path).unwrap();
        let away = look(&first, 0.0);
        assert!(away.good.contains_key(&slug) && away.missing.contains_key(&path));
        // However often it is looked for meanwhile.
        let away = look(&look(&away, 0.1), 0.9);
        assert!(away.good.contains_key(&slug) && away.missing.contains_key(&path));
        // Written again in time, or gone for good.
        fs::write(&path, text.replace("One", "Another")).unwrap();
        let back = look(&away, 0.95);
        assert!(back.good[&slug].config.name == "Another" && back.missing.is_empty());
        fs::remove_file(&path).unwrap();
        let gone = look(&look(&back, 1.0), 2.0);
        assert!(gone.good.is_empty() && gone.missing.is_empty());
    }
}

//! What has to change so that the running bots are those of the directory. A pure value.

use crate::config::{BotConfig, Loaded};
use crate::domain::slug::Slug;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One change.
#[derive(Clone, Debug)]
pub enum Change {
    /// A bot that was not there.
    Start(PathBuf, Arc<BotConfig>),
    /// Everything but the connection has changed: applied to the running bot.
    Apply(Slug, PathBuf, Arc<BotConfig>),
    /// The token or the server has changed.
    Restart(PathBuf, Arc<BotConfig>),
    /// The file is gone.
    Stop(Slug),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(_, config) => write!(f, "start {}", config.slug),
            Self::Apply(slug, ..) => write!(f, "apply to {slug}, live"),
            Self::Restart(_, config) => write!(f, "restart {}", config.slug),
            Self::Stop(slug) => write!(f, "stop {slug}"),
        }
    }
}

/// Compares. A file with faults leaves its bot as it was.
pub fn diff<'a>(
    running: impl Iterator<Item = (&'a Slug, &'a Path, Option<&'a Arc<BotConfig>>)>,
    loaded: &Loaded,
) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut known = Vec::new();
    for (slug, path, config) in running {
        let next = loaded.bots.iter().find(|(_, c)| c.slug == *slug);
        match (config, next) {
            (Some(config), Some((now_at, next))) => {
                known.push(slug);
                changes.extend(change(slug, config, now_at, next, path != now_at));
            }
            (Some(_), None) if !loaded.faults.iter().any(|f| f.path == path) => {
                known.push(slug);
                changes.push(Change::Stop(slug.clone()));
            }
            (Some(_), None) => known.push(slug),
            (None, _) => {}
        }
    }
    let new = loaded.bots.iter().filter(|(_, c)| !known.contains(&&c.slug));
    changes.extend(new.map(|(path, config)| Change::Start(path.clone(), Arc::new(config.clone()))));
    changes
}

fn change(slug: &Slug, config: &BotConfig, path: &Path, next: &BotConfig, moved: bool) -> Option<Change> {
    if config.needs_restart(next) {
        return Some(Change::Restart(path.to_owned(), Arc::new(next.clone())));
    }
    let same = !moved && config.says_the_same(next);
    (!same).then(|| Change::Apply(slug.clone(), path.to_owned(), Arc::new(next.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::bot;
    use crate::seal::FarmKey;

    fn config(name: &str, brand: &str, token: &str) -> BotConfig {
        let file = std::env::temp_dir().join(format!("botfarm-diff-{token}"));
        std::fs::write(&file, format!("1:{token}-long-enough")).unwrap();
        let text = format!("name = \"{brand}\"\nterms_accepted = true\ntoken = {{ file = {file:?} }}");
        bot::check(Path::new(&format!("/bots.d/{name}.toml")), &text, &FarmKey::new(&[0; 32])).unwrap()
    }

    fn loaded(bots: Vec<BotConfig>) -> Loaded {
        let with_path = |c: BotConfig| (PathBuf::from(format!("/bots.d/{}.toml", c.slug)), c);
        Loaded { bots: bots.into_iter().map(with_path).collect(), faults: Vec::new() }
    }

    fn changes(running: &[BotConfig], loaded: &Loaded) -> Vec<String> {
        let running: Vec<_> = running
            .iter()
            .map(|c| (c.slug.clone(), PathBuf::from(format!("/bots.d/{}.toml", c.slug)), Arc::new(c.clone())))
            .collect();
        let known = running.iter().map(|(slug, path, config)| (slug, path.as_path(), Some(config)));
        diff(known, loaded).iter().map(ToString::to_string).collect()
    }

    // SPEC: F1, F2
    #[test]
    fn each_kind_of_change_is_told_apart() {
        let one = config("one", "One", "aaa");
        assert_eq!(changes(&[], &loaded(vec![one.clone()])), ["start one"]);
        assert!(changes(std::slice::from_ref(&one), &loaded(vec![one.clone()])).is_empty());
        assert_eq!(
            changes(std::slice::from_ref(&one), &loaded(vec![config("one", "Uno", "aaa")])),
            ["apply to one, live"]
        );
        assert_eq!(changes(std::slice::from_ref(&one), &loaded(vec![config("one", "One", "bbb")])), ["restart one"]);
        assert_eq!(changes(std::slice::from_ref(&one), &loaded(vec![])), ["stop one"]);
        let mut broken = loaded(vec![]);
        broken.faults.push(crate::config::FileFaults::whole("/bots.d/one.toml".into(), "half written".into()));
        assert!(changes(&[one], &broken).is_empty());
    }
}

//! What has to change so that the running bots are those that were ordered. A pure value.

use crate::config::BotConfig;
use crate::domain::slug::Slug;
use crate::fleet::Order;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// One change.
#[derive(Clone, Debug)]
pub enum Change {
    /// A bot that was not there.
    Start(Order),
    /// Everything but the connection has changed: applied to the running bot.
    Apply(Order),
    /// The token, the server or the lease has changed.
    Restart(Order),
    /// It is not to run here.
    Stop(Slug),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(order) => write!(f, "start {}", order.config.slug),
            Self::Apply(order) => write!(f, "apply to {}, live", order.config.slug),
            Self::Restart(order) => write!(f, "restart {}", order.config.slug),
            Self::Stop(slug) => write!(f, "stop {slug}"),
        }
    }
}

/// A bot as it runs.
#[derive(Clone, Copy, Debug)]
pub struct Running<'a> {
    /// Its name.
    pub slug: &'a Slug,
    /// Where its definition is from.
    pub path: &'a Path,
    /// The epoch of its lease.
    pub epoch: i64,
    /// What it is; nothing when it is ending.
    pub config: Option<&'a BotConfig>,
}

/// Compares.
pub fn diff<'a>(running: impl Iterator<Item = Running<'a>>, ordered: &BTreeMap<Slug, Order>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut known = Vec::new();
    for bot in running {
        let Some(config) = bot.config else { continue };
        known.push(bot.slug);
        match ordered.get(bot.slug) {
            None => changes.push(Change::Stop(bot.slug.clone())),
            Some(order) if bot.epoch != order.epoch || config.needs_restart(&order.config) => {
                changes.push(Change::Restart(order.clone()));
            }
            Some(order) if bot.path != order.path || !config.says_the_same(&order.config) => {
                changes.push(Change::Apply(order.clone()));
            }
            Some(_) => {}
        }
    }
    let new = ordered.iter().filter(|(slug, _)| !known.contains(slug));
    changes.extend(new.map(|(_, order)| Change::Start(order.clone())));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::bot;
    use crate::lease::Lease;
    use crate::seal::KeyRing;
    use std::path::PathBuf;
    use std::sync::Arc;

    fn order(name: &str, brand: &str, token: &str, epoch: i64) -> Order {
        let file = std::env::temp_dir().join(format!("botfarm-diff-{token}"));
        std::fs::write(&file, format!("1:{token}-long-enough")).unwrap();
        let text = format!("name = \"{brand}\"\nterms_accepted = true\ntoken = {{ file = {file:?} }}");
        let path = PathBuf::from(format!("/bots.d/{name}.toml"));
        let config = bot::check(&path, &text, &KeyRing::new(&[0; 32])).unwrap();
        Order { path, config: Arc::new(config), epoch, lease: Lease::pending() }
    }

    fn changes(running: &[&Order], ordered: &[&Order]) -> Vec<String> {
        let running = running.iter().map(|order| Running {
            slug: &order.config.slug,
            path: &order.path,
            epoch: order.epoch,
            config: Some(&order.config),
        });
        let ordered = ordered.iter().map(|order| (order.config.slug.clone(), (*order).clone())).collect();
        diff(running, &ordered).iter().map(ToString::to_string).collect()
    }

    // SPEC: F1, F2
    #[test]
    fn each_kind_of_change_is_told_apart() {
        let one = order("one", "One", "aaa", 1);
        assert_eq!(changes(&[], &[&one]), ["start one"]);
        assert!(changes(&[&one], &[&one]).is_empty());
        assert_eq!(changes(&[&one], &[&order("one", "Uno", "aaa", 1)]), ["apply to one, live"]);
        assert_eq!(changes(&[&one], &[&order("one", "One", "bbb", 1)]), ["restart one"]);
        assert_eq!(changes(&[&one], &[&order("one", "One", "aaa", 2)]), ["restart one"]);
        assert_eq!(changes(&[&one], &[]), ["stop one"]);
        let moved = Order { path: PathBuf::from("/bots.d/uno.toml"), ..one.clone() };
        assert_eq!(changes(&[&one], &[&moved]), ["apply to one, live"]);
    }
}

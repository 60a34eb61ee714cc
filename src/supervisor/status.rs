//! What the farm tells of its bots.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// Where a bot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It connects.
    Starting,
    /// It answers.
    Running,
    /// It failed and will be tried again.
    Failed,
    /// It finishes what it has.
    Stopping,
}

impl State {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Failed => "failed",
            Self::Stopping => "stopping",
        }
    }
}

/// One bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BotStatus {
    /// Its short name.
    pub slug: String,
    /// Its brand.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// Since when, UTC.
    pub since: Option<DateTime<Utc>>,
    /// Why it failed, or what ails it while it runs.
    pub reason: Option<String>,
    /// What its last change has done: `started`, `being applied`, `applied live` or `restarted`.
    pub change: &'static str,
    /// Where its definition is from: a file of this host, or what another one has published.
    pub from: String,
    /// How often it failed in a row.
    pub failures: u32,
}

/// The farm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FarmStatus {
    /// The directory was read at least once.
    pub loaded: bool,
    /// Its bots, by name.
    pub bots: Vec<BotStatus>,
    /// Files with faults.
    pub faults: Vec<String>,
}

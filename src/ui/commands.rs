//! The commands, as typed and as listed in Telegram.

use super::brand::Voice;
use super::callback::Callback;

/// A command and where it leads. `/cancel` shows the open rentals: there is no dialog to leave yet.
pub const COMMANDS: [&str; 6] = ["start", "balance", "history", "language", "help", "cancel"];

/// Where a command leads; anything that is no command leads home.
pub fn parse(text: &str) -> Callback {
    let word = text.split_whitespace().next().unwrap_or_default();
    let command = word.strip_prefix('/').map(|w| w.split('@').next().unwrap_or(w));
    match command {
        Some("balance") => Callback::Balance(0),
        Some("history") => Callback::History(0),
        Some("language") => Callback::Language,
        Some("help") => Callback::Help,
        Some("cancel") => Callback::Open,
        _ => Callback::Home(0),
    }
}

/// The list for Telegram: command and description.
pub fn list(voice: &Voice<'_>) -> Vec<(String, String)> {
    let described = |c: &&str| ((*c).to_owned(), voice.label(&format!("command-{c}"), &[]));
    COMMANDS.iter().map(described).collect()
}

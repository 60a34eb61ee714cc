//! The commands, as typed and as listed in Telegram.

use super::brand::Voice;
use super::callback::Callback;

/// The commands of every user. `/cancel` leaves the dialog that one is in; without one it shows the
/// open rentals.
pub const COMMANDS: [&str; 6] = ["start", "balance", "history", "language", "help", "cancel"];

/// The command that a text begins with, without the slash and the bot's name.
pub fn word(text: &str) -> Option<&str> {
    let word = text.split_whitespace().next()?;
    word.strip_prefix('/').map(|w| w.split('@').next().unwrap_or(w))
}

/// Where a command leads; anything that is no command leads home.
pub fn parse(text: &str) -> Callback {
    match word(text) {
        Some("balance") => Callback::Balance(0),
        Some("history") => Callback::History(0),
        Some("language") => Callback::Language,
        Some("help") => Callback::Help,
        Some("cancel") => Callback::Open,
        _ => Callback::Home(0),
    }
}

/// The list for Telegram: command and description. Those who run the bot have one more.
pub fn list(voice: &Voice<'_>, runs_the_bot: bool) -> Vec<(String, String)> {
    let described = |c: &str| (c.to_owned(), voice.label(&format!("command-{c}"), &[]));
    COMMANDS.into_iter().chain(runs_the_bot.then_some("admin")).map(described).collect()
}

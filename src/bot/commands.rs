//! The command lists in Telegram: one for everybody, one for those who run the bot. Without them the
//! bot works all the same.

use super::BotShared;
use super::live::Live;
use crate::ui::commands;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// After a list could not be set.
const RETRY: Duration = Duration::from_secs(60);

/// Keeps the list of everybody who has none of their own as it is to be.
pub async fn run(shared: Arc<BotShared>, stop: CancellationToken) {
    loop {
        let is_set = set(&shared, None).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.commands.notified() => {}
            () = tokio::time::sleep(RETRY), if !is_set => {}
        }
    }
}

/// Sets the list of somebody who runs the bot, in the private chat with them.
pub async fn set_for(shared: &BotShared, user: i64) {
    let _ = set(shared, Some(user)).await;
}

/// A list, and the language that it is for.
type List = (String, Vec<(String, String)>);

/// The lists of everybody who has none of their own.
pub fn for_all(live: &Live) -> Vec<List> {
    lists(live, false)
}

fn lists(live: &Live, runs_the_bot: bool) -> Vec<List> {
    // Those whose client speaks neither language get the bot's first one.
    let languages = live.brand.texts.languages().chain([""]);
    let list = |language: &str| commands::list(&live.brand.voice(Some(language)), runs_the_bot);
    languages.map(|language| (language.to_owned(), list(language))).collect()
}

/// False when Telegram did not take all of it.
async fn set(shared: &BotShared, user: Option<i64>) -> bool {
    for (language, list) in lists(&shared.live.load_full(), user.is_some()) {
        if let Err(error) = shared.telegram.set_commands(user, &language, list).await {
            tracing::warn!(bot = %shared.tenant.slug(), %error, "the command list could not be set");
            return false;
        }
    }
    true
}

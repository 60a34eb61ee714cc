//! Bots that an owner creates with this one, which manages them: their tokens come from Telegram, and no
//! person ever sees one.

use super::BotShared;
use super::farmhand::busy;
use crate::config::write::{self, ADDED};
use crate::config::{self, publish};
use crate::service::definitions;
use crate::ui::outside::{AddedBot, NoBot};
use secrecy::{ExposeSecret, SecretString};
use std::fs;

impl BotShared {
    async fn managed_token(&self, id: i64) -> Result<SecretString, NoBot> {
        let found = self.telegram.managed_token(id).await;
        found.map_err(|e| busy("the token of a created bot could not be asked for")(&e))?.ok_or(NoBot::NotManaged)
    }

    /// Adds a bot that an owner created with this one.
    pub(super) async fn add_created_bot(&self, owner: i64, id: i64, password: &str) -> Result<AddedBot, NoBot> {
        let token = self.managed_token(id).await?;
        let username = self.telegram.username(id).await;
        let username = username.map_err(|e| busy("the name of a created bot could not be asked for")(&e))?;
        self.add(owner, &username.ok_or(NoBot::NotManaged)?, token, password).await
    }

    /// Puts the present token of a created bot into its file, if another stands there. Only where this host
    /// alone has a file of it, as it was written when the bot was added: else two hosts would say different
    /// things, or an operator's file would change under their hands.
    pub(super) async fn renew_token(&self, owner: i64, id: i64) -> Result<Option<AddedBot>, NoBot> {
        let Some(bot) = self.listed(owner).into_iter().find(|bot| bot.bot_id == id) else { return Ok(None) };
        let token = self.managed_token(id).await?;
        // Telegram tells of any change of a bot, and of one more than once.
        if token.expose_secret() == bot.config.token.expose_secret() {
            return Ok(None);
        }
        let holders = definitions::holders(&self.app.database, bot.slug.as_str()).await;
        if holders.map_err(|e| busy("the hosts of a file could not be read")(&e))? != [self.app.host.host.clone()] {
            return Err(NoBot::NotFound);
        }
        let path = write::path(&self.app.host.bots_dir, &bot.slug);
        let unreadable = busy("a created bot's file could not be read");
        let text = fs::read_to_string(&path).map_err(|e| unreadable(&e))?;
        if !text.starts_with(ADDED) {
            return Err(NoBot::NotFound);
        }
        let known = config::bot::check(&path, &text, &self.app.key).map_err(|faults| unreadable(&faults))?;
        if token.expose_secret() == known.token.expose_secret() {
            return Ok(None);
        }
        let text = self.with_token(&text, bot.slug.as_str(), &token)?;
        write::replace(&path, &text).map_err(|e| busy("a created bot's file could not be written")(&e))?;
        Ok(Some(AddedBot { slug: bot.slug.to_string(), name: known.name }))
    }

    /// A file's text with another token, sealed.
    fn with_token(&self, text: &str, slug: &str, token: &SecretString) -> Result<String, NoBot> {
        let sealed = self.app.key.seal_text(&format!("{slug}/token"), token);
        let sealed = sealed.map_err(|e| busy("a secret could not be sealed")(&e))?;
        let replaced = publish::resealed(text, &mut |key, _| (key == "token").then(|| sealed.clone()));
        replaced.map_err(|e| busy("a bot's file could not be changed")(&e))
    }
}

//! Bots that an owner creates with this one, which manages them: their tokens come from Telegram, and no
//! person ever sees one.

use super::BotShared;
use super::farmhand::busy;
use crate::config::publish;
use crate::config::write::{self, ADDED};
use crate::telegram::managed::ManagedBot;
use crate::ui::outside::{AddedBot, NoBot};
use secrecy::{ExposeSecret, SecretString};
use std::{fs, io};

impl BotShared {
    async fn managed_bot(&self, id: i64) -> Result<ManagedBot, NoBot> {
        let found = self.telegram.managed_bot(id).await;
        found.map_err(|e| busy("the token of a created bot could not be asked for")(&e))?.ok_or(NoBot::NotManaged)
    }

    /// Adds a bot that an owner created with this one.
    pub(super) async fn add_created_bot(&self, owner: i64, id: i64, password: &str) -> Result<AddedBot, NoBot> {
        let bot = self.managed_bot(id).await?;
        self.add(owner, &bot.username, bot.token, password).await
    }

    /// Puts the present token of a created bot into its file, if another stands there. A file that an
    /// operator wrote, or that lies on another host, stays as it is.
    pub(super) async fn renew_token(&self, owner: i64, id: i64) -> Result<Option<AddedBot>, NoBot> {
        let Some(bot) = self.listed(owner).into_iter().find(|bot| bot.bot_id == id) else { return Ok(None) };
        let path = write::path(&self.app.host.bots_dir, &bot.slug);
        let text = match fs::read_to_string(&path) {
            Ok(text) if text.starts_with(ADDED) => text,
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                tracing::warn!(bot = %bot.slug, "a bot has another token, and its file is not on this host");
                return Ok(None);
            }
            Err(error) => return Err(busy("a bot's file could not be read")(&error)),
        };
        let token = self.managed_bot(id).await?.token;
        if token.expose_secret() == bot.config.token.expose_secret() {
            return Ok(None);
        }
        let text = self.with_token(&text, bot.slug.as_str(), &token)?;
        write::replace(&path, &text).map_err(|e| busy("a bot's file could not be written")(&e))?;
        Ok(Some(AddedBot { slug: bot.slug.to_string(), name: bot.config.name.clone() }))
    }

    /// A file's text with another token, sealed.
    fn with_token(&self, text: &str, slug: &str, token: &SecretString) -> Result<String, NoBot> {
        let sealed = self.app.key.seal_text(&format!("{slug}/token"), token);
        let sealed = sealed.map_err(|e| busy("a secret could not be sealed")(&e))?;
        let replaced = publish::resealed(text, &mut |key, _| (key == "token").then(|| sealed.clone()));
        replaced.map_err(|e| busy("a bot's file could not be changed")(&e))
    }
}

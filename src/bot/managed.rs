//! Bots that an owner creates with this one, which manages them: their tokens come from Telegram, and no
//! person ever sees one.

use super::BotShared;
use super::farmhand::busy;
use crate::config::write::{self, ADDED};
use crate::config::{self, publish};
use crate::service::definitions;
use crate::telegram::managed::ManagedBot;
use crate::ui::outside::{AddedBot, NoBot};
use secrecy::{ExposeSecret, SecretString};

impl BotShared {
    async fn managed_bot(&self, id: i64) -> Result<ManagedBot, NoBot> {
        let found = self.telegram.managed_bot(id).await;
        found.map_err(|e| busy("the token of a created bot could not be asked for")(&e))?.ok_or(NoBot::NotManaged)
    }

    /// Adds a bot that an owner created with this one; again is harmless.
    pub(super) async fn add_created_bot(&self, owner: i64, id: i64, password: &str) -> Result<AddedBot, NoBot> {
        if let Some(bot) = self.listed(owner).into_iter().find(|bot| bot.bot_id == id) {
            return Ok(AddedBot { slug: bot.slug.to_string(), name: bot.config.name.clone() });
        }
        let ManagedBot { username, token } = self.managed_bot(id).await?;
        self.add(owner, &username.ok_or(NoBot::NotManaged)?, token, password).await
    }

    /// Has the present token of a created bot written into its file, on whichever hosts it lies. A file that
    /// an operator wrote stays as it is.
    pub(super) async fn renew_token(&self, owner: i64, id: i64) -> Result<Option<AddedBot>, NoBot> {
        let Some(bot) = self.listed(owner).into_iter().find(|bot| bot.bot_id == id) else { return Ok(None) };
        let slug = bot.slug.to_string();
        let unreadable = busy("the definition of a created bot could not be read");
        let bodies = definitions::bodies(&self.app.database, std::slice::from_ref(&slug)).await;
        let bodies = bodies.map_err(|e| unreadable(&e))?;
        let Some((_, text)) = bodies.into_iter().find(|(_, text)| text.starts_with(ADDED)) else { return Ok(None) };
        let path = write::path(&self.app.host.bots_dir, &bot.slug);
        let known = config::bot::check(&path, &text, &self.app.key).map_err(|faults| unreadable(&faults))?;
        let token = self.managed_bot(id).await?.token;
        if token.expose_secret() == known.token.expose_secret() {
            return Ok(None);
        }
        let text = self.with_token(&text, &slug, &token)?;
        let replaced = definitions::replace(&self.app.database, &slug, &text).await;
        match replaced.map_err(|e| busy("a created bot could not be given its token")(&e))? {
            true => Ok(Some(AddedBot { slug, name: known.name })),
            false => Err(NoBot::NotFound),
        }
    }

    /// A file's text with another token, sealed.
    fn with_token(&self, text: &str, slug: &str, token: &SecretString) -> Result<String, NoBot> {
        let sealed = self.app.key.seal_text(&format!("{slug}/token"), token);
        let sealed = sealed.map_err(|e| busy("a secret could not be sealed")(&e))?;
        let replaced = publish::resealed(text, &mut |key, _| (key == "token").then(|| sealed.clone()));
        replaced.map_err(|e| busy("a bot's file could not be changed")(&e))
    }
}

//! What an owner does with the farm's bots from inside one of them: lists, adds, deletes their own.

use super::{BotShared, live};
use crate::app::Listed;
use crate::config::write::ADDED;
use crate::config::{self, BotConfig, write};
use crate::domain::sealed::Sealed;
use crate::domain::slug::Slug;
use crate::domain::token::bot_id;
use crate::lease::Lease;
use crate::password::PanelPassword;
use crate::service::{definitions, farm, hosts, session};
use crate::telegram::TelegramError;
use crate::telegram::check::{self, Account};
use crate::ui::outside::{AddedBot, NewBot, NoBot, OwnBot};
use secrecy::{ExposeSecret, SecretString};
use std::io;
use std::path::PathBuf;

/// A new bot's file in the making.
struct Draft {
    owner: i64,
    slug: Slug,
    path: PathBuf,
    token: SecretString,
    /// The hash of the panel's password.
    password: SecretString,
    /// What the operator wants in every such file.
    template: String,
}

/// A fault of the farm: the operator reads it in the log, the owner tries again later.
pub(super) fn busy(what: &'static str) -> impl Fn(&dyn std::fmt::Display) -> NoBot {
    move |error| {
        tracing::error!(%error, "{what}");
        NoBot::Busy
    }
}

/// An @name is a few characters longer than a slug may be.
fn slug_of(username: &str) -> Result<Slug, NoBot> {
    username.chars().take(31).collect::<String>().parse().map_err(|e| busy("an @name gives no slug")(&e))
}

impl BotShared {
    pub(super) fn listed(&self, owner: i64) -> Vec<Listed> {
        // A bot whose file names no owner is theirs who had its password: it knows that itself.
        let is_owner_here = self.live.load().brand.policy.owners.contains(&owner);
        let is_this = |bot: &Listed| bot.slug == *self.tenant.slug();
        let is_theirs = |bot: &&Listed| bot.config.owners.contains(&owner) || is_owner_here && is_this(bot);
        self.app.roster.load().iter().filter(is_theirs).cloned().collect()
    }

    /// The farm's bots of an owner. With the farm's own rights, and of nobody else's bots.
    pub(super) async fn own_bots(&self, owner: i64) -> Vec<OwnBot> {
        let leases = hosts::overview(&self.app.database).await.map(|(_, leases)| leases).unwrap_or_default();
        let mut own = Vec::new();
        for bot in self.listed(owner) {
            let lease = leases.iter().find(|lease| lease.slug == bot.slug.as_str());
            let figures = farm::figures(&self.app.database.tenant(&bot.slug)).await.ok();
            own.push(OwnBot {
                id: bot.bot_id,
                slug: bot.slug.to_string(),
                name: bot.config.name.clone(),
                state: lease.and_then(|lease| lease.state.clone()).unwrap_or_else(|| "starting".to_owned()),
                reason: lease.and_then(|lease| lease.reason.clone()),
                figures,
                is_this: bot.slug == *self.tenant.slug(),
            });
        }
        own
    }

    /// Adds a bot for an owner by its token.
    pub(super) async fn add_bot(&self, owner: i64, new: &NewBot) -> Result<AddedBot, NoBot> {
        let token = self.unseal(Sealed::NewToken, &new.token)?;
        self.add(owner, &new.username, token, &new.password).await
    }

    /// Asks Telegram whose token it is, then writes the bot's file. The password is sealed.
    pub(super) async fn add(
        &self,
        owner: i64,
        username: &str,
        token: SecretString,
        password: &str,
    ) -> Result<AddedBot, NoBot> {
        let username = username.trim_start_matches('@').to_lowercase();
        let draft = self.draft(owner, &username, token, password).await?;
        let account = self.ask_telegram(&draft, &username).await?;
        self.refuse_foreign_data(&draft.slug, account.id).await?;
        let name = if account.name.trim().is_empty() { account.username } else { account.name };
        write::write_new(&draft.path, &self.file(&draft, &name)?).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => NoBot::Exists,
            _ => busy("a bot's file could not be written")(&error),
        })?;
        Ok(AddedBot { slug: draft.slug.to_string(), name })
    }

    async fn draft(&self, owner: i64, username: &str, token: SecretString, password: &str) -> Result<Draft, NoBot> {
        let slug: Slug = slug_of(username)?;
        let path = write::path(&self.app.host.bots_dir, &slug);
        let id = bot_id(token.expose_secret());
        let is_here = self.app.roster.load().iter().any(|bot| bot.slug == slug || Some(bot.bot_id) == id);
        if is_here || path.exists() {
            return Err(NoBot::Exists);
        }
        let password = self.unseal(Sealed::NewPassword, password)?;
        let hash = PanelPassword::hash(password.expose_secret()).await.ok_or(NoBot::Busy)?;
        let template = write::template(&self.app.host.bots_dir, slug.as_str());
        let template = template.map_err(|e| busy("the template of new bots cannot be read")(&e))?;
        Ok(Draft { owner, slug, path, token, password: SecretString::from(hash), template })
    }

    fn unseal(&self, field: Sealed, sealed: &str) -> Result<SecretString, NoBot> {
        let place = field.place(self.tenant.slug().as_str());
        self.app.key.open_text(&place, sealed).map_err(|e| busy("a sealed answer cannot be opened")(&e))
    }

    /// The bot's account, asked as the bot itself will connect, whatever the operator's template says.
    async fn ask_telegram(&self, draft: &Draft, username: &str) -> Result<Account, NoBot> {
        let options =
            live::telegram_options(&self.app, &self.checked(draft, username)?, Lease::unlimited(), &self.health);
        let options = options.map_err(|e| busy("a new bot cannot connect")(&e))?;
        let account = check::account(&options).await.map_err(|error| match error {
            TelegramError::BadToken(_) | TelegramError::Unauthorized(_) => NoBot::BadToken,
            error => busy("a token could not be checked")(&error),
        })?;
        if account.username.to_lowercase() == username { Ok(account) } else { Err(NoBot::OtherName(account.username)) }
    }

    /// The file as the supervisor will read it.
    fn checked(&self, draft: &Draft, name: &str) -> Result<BotConfig, NoBot> {
        config::bot::check(&draft.path, &self.file(draft, name)?, &self.app.key)
            .map_err(|faults| busy("a bot that is added in Telegram would have faults")(&faults))
    }

    /// A schema outlives its bot: what another account has left there is not this owner's.
    async fn refuse_foreign_data(&self, slug: &Slug, account: i64) -> Result<(), NoBot> {
        let unknown = busy("the data of a new bot's name could not be looked at");
        let known = farm::known_bots(&self.app.database).await.map_err(|e| unknown(&e))?;
        if !known.iter().any(|bot| bot == slug.as_str()) {
            return Ok(());
        }
        let last = session::account(&self.app.database.tenant(slug)).await;
        match last.map_err(|e| unknown(&e))? {
            Some(other) if other != account => Err(NoBot::Exists),
            _ => Ok(()),
        }
    }

    /// The file's text; its secrets are sealed to their places in it.
    fn file(&self, draft: &Draft, name: &str) -> Result<String, NoBot> {
        let Draft { owner, slug, template, .. } = draft;
        let seal = |field: &str, secret: &SecretString| {
            let sealed = self.app.key.seal_text(&format!("{slug}/{field}"), secret);
            sealed.map_err(|e| busy("a secret could not be sealed")(&e))
        };
        let (token, password) = (seal("token", &draft.token)?, seal("admin_password", &draft.password)?);
        let name = write::quoted(name);
        Ok(format!(
            "{ADDED}{owner}.\nname = {name}\nowners = [{owner}]\ntoken = {{ sealed = \"{token}\" }}\n\
             admin_password = {{ sealed = \"{password}\" }}\n{template}"
        ))
    }

    /// Deletes an owner's bot on the whole farm: hosts put its file aside, it drains and stops, its data
    /// stays.
    pub(super) async fn remove_bot(&self, owner: i64, slug: &str) -> Result<(), NoBot> {
        let bot = self.listed(owner).into_iter().find(|bot| bot.slug.as_str() == slug).ok_or(NoBot::NotFound)?;
        if bot.slug == *self.tenant.slug() {
            return Err(NoBot::ThisOne);
        }
        let deleted = definitions::delete(&self.app.database, slug).await;
        deleted.map_err(|e| busy("a bot could not be deleted")(&e))
    }
}

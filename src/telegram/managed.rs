//! Bots that people create with this one, which manages them: <https://core.telegram.org/api/bots/managed-bots>.

use super::client::Telegram;
use super::error::TelegramError;
use grammers_client::tl;
use secrecy::SecretString;

impl Telegram {
    /// Whether Telegram lets this bot manage others: its owner turns that on at BotFather.
    pub async fn may_manage_bots(&self) -> Result<bool, TelegramError> {
        let me = self.user(tl::enums::InputUser::UserSelf).await?;
        Ok(me.is_some_and(|me| me.bot_can_manage_bots))
    }

    /// The token of a bot that this one manages. `None` when it is none of those.
    pub async fn managed_token(&self, id: i64) -> Result<Option<SecretString>, TelegramError> {
        let request = tl::functions::bots::ExportBotToken { bot: self.input(id).await, revoke: false };
        match self.invoke(&request).await {
            Ok(tl::enums::bots::ExportedBotToken::Token(exported)) => Ok(Some(exported.token.into())),
            // Whatever Telegram has against it (BOT_INVALID, PEER_ID_INVALID): it is none of ours.
            Err(TelegramError::Refused(_) | TelegramError::Unreachable(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The @name of a user or bot, without the @.
    pub async fn username(&self, id: i64) -> Result<Option<String>, TelegramError> {
        let user = self.user(self.input(id).await).await?;
        Ok(user.and_then(|user| user.username.or_else(|| active(user.usernames))))
    }

    async fn input(&self, user_id: i64) -> tl::enums::InputUser {
        let access_hash = self.access_hash(user_id).await;
        tl::types::InputUser { user_id, access_hash }.into()
    }

    async fn user(&self, id: tl::enums::InputUser) -> Result<Option<tl::types::User>, TelegramError> {
        let found = self.invoke(&tl::functions::users::GetUsers { id: vec![id] }).await?;
        Ok(found.into_iter().find_map(|user| match user {
            tl::enums::User::User(user) => Some(user),
            tl::enums::User::Empty(_) => None,
        }))
    }
}

/// Somebody with several names has none of them in the usual place.
fn active(usernames: Option<Vec<tl::enums::Username>>) -> Option<String> {
    let mut names = usernames.into_iter().flatten().map(|tl::enums::Username::Username(name)| name);
    names.find(|name| name.active).map(|name| name.username)
}

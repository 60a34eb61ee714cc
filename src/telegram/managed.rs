//! Bots that people create with this one, which manages them: <https://core.telegram.org/api/bots/managed-bots>.

use super::client::Telegram;
use super::error::TelegramError;
use grammers_client::tl;
use secrecy::SecretString;

/// A bot that this one manages.
#[derive(Debug)]
pub struct ManagedBot {
    /// The @name, without the @.
    pub username: String,
    /// Its token.
    pub token: SecretString,
}

impl Telegram {
    /// Whether Telegram lets this bot manage others: its owner turns that on at BotFather.
    pub async fn may_manage_bots(&self) -> Result<bool, TelegramError> {
        let me = self.user(tl::enums::InputUser::UserSelf).await?;
        Ok(me.is_some_and(|me| me.bot_can_manage_bots))
    }

    /// A bot that this one manages. `None` when it is none of those.
    pub async fn managed_bot(&self, id: i64) -> Result<Option<ManagedBot>, TelegramError> {
        let tl::enums::InputPeer::User(peer) = self.peer(id).await else { return Ok(None) };
        let (user_id, access_hash) = (peer.user_id, peer.access_hash);
        let bot: tl::enums::InputUser = tl::types::InputUser { user_id, access_hash }.into();
        let username = self.user(bot.clone()).await?.and_then(|user| user.username);
        let request = tl::functions::bots::ExportBotToken { bot, revoke: false };
        match (username, self.invoke(&request).await) {
            (Some(username), Ok(tl::enums::bots::ExportedBotToken::Token(exported))) => {
                Ok(Some(ManagedBot { username, token: exported.token.into() }))
            }
            (None, Ok(_)) | (_, Err(TelegramError::Refused(_))) => Ok(None),
            (_, Err(error)) => Err(error),
        }
    }

    async fn user(&self, id: tl::enums::InputUser) -> Result<Option<tl::types::User>, TelegramError> {
        let found = self.invoke(&tl::functions::users::GetUsers { id: vec![id] }).await?;
        Ok(found.into_iter().find_map(|user| match user {
            tl::enums::User::User(user) => Some(user),
            tl::enums::User::Empty(_) => None,
        }))
    }
}

//! Bots that people create with this one, which manages them: <https://core.telegram.org/api/bots/managed-bots>.

use super::client::Telegram;
use super::error::TelegramError;
use grammers_client::tl;
use secrecy::SecretString;

/// A bot that this one manages.
#[derive(Debug)]
pub struct ManagedBot {
    /// The @name, without the @.
    pub username: Option<String>,
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
        let request = tl::functions::bots::ExportBotToken { bot: bot.clone(), revoke: false };
        let token = match self.invoke(&request).await {
            Ok(tl::enums::bots::ExportedBotToken::Token(exported)) => exported.token.into(),
            // Whatever else Telegram has against it (BOT_INVALID, PEER_ID_INVALID): it is none of ours.
            Err(TelegramError::Refused(_) | TelegramError::Unreachable(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let username = self.user(bot).await?.and_then(|user| user.username.or_else(|| active(user.usernames)));
        Ok(Some(ManagedBot { username, token }))
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

//! Channels: finding them, and asking who is in them.

use super::client::Telegram;
use super::error::TelegramError;
use crate::domain::channel::{ChannelRef, Membership};
use grammers_client::tl;

/// A channel as the bot sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Telegram's id of it.
    pub id: i64,
    /// What Telegram wants to see with the id; 0 for a channel that the bot is in.
    pub access_hash: i64,
    /// Its title.
    pub title: String,
    /// The public @name, without the @.
    pub username: Option<String>,
}

/// The errors that mean "you may not see the members", as
/// <https://core.telegram.org/method/channels.getParticipant> lists them.
const NO_RIGHTS: [&str; 5] =
    ["CHAT_ADMIN_REQUIRED", "CHANNEL_PRIVATE", "CHANNEL_INVALID", "CHAT_FORBIDDEN", "CHANNEL_PUBLIC_GROUP_NA"];

fn channel(chat: tl::enums::Chat) -> Option<Channel> {
    match chat {
        tl::enums::Chat::Channel(raw) => Some(Channel {
            id: raw.id,
            access_hash: raw.access_hash.unwrap_or_default(),
            title: raw.title,
            username: raw.username,
        }),
        _ => None,
    }
}

impl Telegram {
    /// Finds a channel by its id or its public name. `None` when there is none that the bot sees.
    pub async fn find_channel(&self, wanted: &ChannelRef) -> Result<Option<Channel>, TelegramError> {
        let found = match (wanted.chat_id, &wanted.username) {
            (Some(channel_id), _) => {
                let id = vec![tl::types::InputChannel { channel_id, access_hash: 0 }.into()];
                match self.invoke(&tl::functions::channels::GetChannels { id }).await {
                    Ok(tl::enums::messages::Chats::Chats(found)) => Ok(found.chats),
                    Ok(tl::enums::messages::Chats::Slice(found)) => Ok(found.chats),
                    Err(error) => Err(error),
                }
            }
            (None, Some(username)) => {
                let request = tl::functions::contacts::ResolveUsername { username: username.clone(), referer: None };
                self.invoke(&request).await.map(|tl::enums::contacts::ResolvedPeer::Peer(found)| found.chats)
            }
            (None, None) => return Ok(None),
        };
        match found {
            Ok(chats) => Ok(chats.into_iter().find_map(channel)),
            Err(TelegramError::Refused(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether a user is in a channel. A non-member is an error of its own; somebody who is
    /// restricted counts as banned there and is in it all the same.
    pub async fn membership(&self, channel: &Channel, user: i64) -> Membership {
        let participant = self.peer(user).await;
        self.participant(channel, participant).await.map_or_else(|failed| failed, |found| standing(&found))
    }

    /// Whether the bot itself is an admin of a channel, so that it sees the members.
    pub async fn is_admin_of(&self, channel: &Channel) -> Membership {
        use tl::enums::ChannelParticipant as P;
        match self.participant(channel, tl::enums::InputPeer::PeerSelf).await {
            Ok(P::Admin(_) | P::Creator(_)) => Membership::Member,
            Ok(_) | Err(Membership::NotMember) => Membership::NoRights,
            Err(failed) => failed,
        }
    }

    async fn participant(
        &self,
        channel: &Channel,
        participant: tl::enums::InputPeer,
    ) -> Result<tl::enums::ChannelParticipant, Membership> {
        let input = tl::types::InputChannel { channel_id: channel.id, access_hash: channel.access_hash };
        let request = tl::functions::channels::GetParticipant { channel: input.into(), participant };
        match self.invoke(&request).await {
            Ok(tl::enums::channels::ChannelParticipant::Participant(found)) => Ok(found.participant),
            Err(TelegramError::Refused(name)) if name == "USER_NOT_PARTICIPANT" => Err(Membership::NotMember),
            Err(TelegramError::Refused(name)) if NO_RIGHTS.contains(&name.as_str()) => Err(Membership::NoRights),
            Err(_) => Err(Membership::Unknown),
        }
    }
}

/// What a participant is to the channel.
pub(super) fn standing(participant: &tl::enums::ChannelParticipant) -> Membership {
    use tl::enums::ChannelParticipant as P;
    match participant {
        P::Left(_) => Membership::NotMember,
        P::Banned(banned) if banned.left => Membership::NotMember,
        _ => Membership::Member,
    }
}

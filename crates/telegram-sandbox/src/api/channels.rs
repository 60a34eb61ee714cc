//! `contacts.resolveUsername`, `channels.getChannels` and `channels.getParticipant`.

use super::{Answered, Caller, Refusal};
use crate::model::{Channel, Standing, World};
use crate::tl_build;
use crate::tl_channels;
use grammers_tl_types as tl;

pub fn resolve(
    world: &mut World,
    caller: Caller,
    request: tl::functions::contacts::ResolveUsername,
) -> Answered<tl::enums::contacts::ResolvedPeer> {
    let bot = world.signed_in(caller)?;
    let is_it = |c: &&Channel| c.username.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(&request.username));
    let found = world.channels.values().find(is_it).ok_or_else(|| Refusal::new(400, "USERNAME_NOT_OCCUPIED"))?;
    let peer = tl::types::PeerChannel { channel_id: found.id }.into();
    let chats = vec![tl_channels::channel(bot, found)];
    Ok(tl::types::contacts::ResolvedPeer { peer, chats, users: Vec::new() }.into())
}

pub fn get(
    world: &mut World,
    caller: Caller,
    request: tl::functions::channels::GetChannels,
) -> Answered<tl::enums::messages::Chats> {
    let bot = world.signed_in(caller)?;
    let found: Answered<Vec<&Channel>> = request.id.iter().map(|id| world.visible(bot, id)).collect();
    let chats = found?.into_iter().map(|channel| tl_channels::channel(bot, channel)).collect();
    Ok(tl::types::messages::Chats { chats }.into())
}

pub fn participant(
    world: &mut World,
    caller: Caller,
    request: tl::functions::channels::GetParticipant,
) -> Answered<tl::enums::channels::ChannelParticipant> {
    let bot = world.signed_in(caller)?;
    let channel = world.visible(bot, &request.channel)?;
    let is_admin = channel.admins.contains(&bot);
    let participant = match &request.participant {
        tl::enums::InputPeer::PeerSelf if is_admin => admin(bot),
        tl::enums::InputPeer::PeerSelf => return Err(Refusal::new(400, "USER_NOT_PARTICIPANT")),
        _ if !is_admin => return Err(Refusal::new(400, "CHAT_ADMIN_REQUIRED")),
        tl::enums::InputPeer::User(user) if world.people.contains_key(&user.user_id) => {
            let standing = channel.members.get(&user.user_id);
            standing
                .map(|standing| member(user.user_id, *standing))
                .ok_or_else(|| Refusal::new(400, "USER_NOT_PARTICIPANT"))?
        }
        _ => return Err(Refusal::new(400, "PARTICIPANT_ID_INVALID")),
    };
    Ok(tl::types::channels::ChannelParticipant { participant, chats: Vec::new(), users: Vec::new() }.into())
}

impl World {
    /// A channel that a bot may address: public, or one where it is an admin; access hash 0 is
    /// enough for the latter only.
    fn visible(&self, bot: i64, id: &tl::enums::InputChannel) -> Answered<&Channel> {
        let tl::enums::InputChannel::Channel(id) = id else { return Err(Refusal::new(400, "CHANNEL_INVALID")) };
        let channel = self.channels.get(&id.channel_id).ok_or_else(|| Refusal::new(400, "CHANNEL_INVALID"))?;
        let is_admin = channel.admins.contains(&bot);
        let known = id.access_hash == tl_build::access_hash(bot, channel.id);
        match (known, is_admin, &channel.username) {
            (_, true, _) | (true, _, Some(_)) => Ok(channel),
            (true, false, None) => Err(Refusal::new(400, "CHANNEL_PRIVATE")),
            (false, false, _) => Err(Refusal::new(400, "CHANNEL_INVALID")),
        }
    }
}

fn admin(user_id: i64) -> tl::enums::ChannelParticipant {
    let rank = None;
    let date = tl_build::unix_now();
    let admin_rights = tl_channels::admin_rights();
    tl::types::ChannelParticipantAdmin {
        can_edit: false,
        is_self: true,
        user_id,
        inviter_id: Some(1),
        promoted_by: 1,
        date,
        admin_rights,
        rank,
    }
    .into()
}

/// Somebody's standing, as Telegram tells it.
pub fn member(user_id: i64, standing: Standing) -> tl::enums::ChannelParticipant {
    let date = tl_build::unix_now();
    let banned = |left| tl::types::ChannelParticipantBanned {
        left,
        peer: tl::types::PeerUser { user_id }.into(),
        kicked_by: 1,
        date,
        banned_rights: tl_channels::banned_rights(),
        rank: None,
    };
    match standing {
        Standing::Member => {
            tl::types::ChannelParticipant { user_id, date, subscription_until_date: None, rank: None }.into()
        }
        Standing::Restricted => banned(false).into(),
        Standing::Banned => banned(true).into(),
    }
}

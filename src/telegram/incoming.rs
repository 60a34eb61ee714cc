//! Updates as the bot hears them, from grammers' raw ones.

use super::channels;
use super::files::{self, Document};
use crate::domain::channel::Membership;
use grammers_client::peer::{Peer, PeerMap};
use grammers_client::session::types::PeerId;
use grammers_client::session::updates::{MessageBox, State};
use grammers_client::tl;

/// Who did something, or to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Telegram's user id.
    pub id: i64,
    /// The public @name, without the @.
    pub username: Option<String>,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: Option<String>,
    /// The Telegram client's language.
    pub language: Option<String>,
}

/// What somebody did in the private chat with the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// Wrote a text.
    Text {
        /// Who.
        from: Sender,
        /// The message's id.
        message_id: i32,
        /// The text.
        text: String,
    },
    /// Named a channel: picked it on a keyboard, or forwarded one of its posts.
    Channel {
        /// Who.
        from: Sender,
        /// The message's id.
        message_id: i32,
        /// The channel's id.
        channel: i64,
    },
    /// Forwarded what another person wrote; `None` is somebody who hides.
    Person {
        /// Who.
        from: Sender,
        /// The message's id.
        message_id: i32,
        /// Telegram's id of that person.
        person: Option<i64>,
    },
    /// Sent a file.
    File {
        /// Who.
        from: Sender,
        /// The message's id.
        message_id: i32,
        /// The file.
        document: Document,
        /// The channel from which it was forwarded.
        channel: Option<i64>,
    },
    /// Pressed a button.
    Press {
        /// Who.
        from: Sender,
        /// The message under which the button is.
        message_id: i32,
        /// The press's id, for the answer.
        query_id: i64,
        /// The button's data.
        data: String,
    },
    /// Created a bot that this bot manages.
    Created {
        /// Who.
        from: Sender,
        /// The message's id.
        message_id: i32,
        /// The new bot.
        bot: Sender,
    },
    /// Created a bot that this bot manages, or gave it another token.
    Managed {
        /// Who.
        from: Sender,
        /// The bot.
        bot: Sender,
        /// Counts such updates.
        qts: i32,
    },
    /// Joined or left a channel of which the bot is an admin.
    Joined {
        /// The channel's id.
        channel: i64,
        /// Who.
        user: i64,
        /// How they stand to it now.
        membership: Membership,
    },
    /// Somebody sent what is neither text nor file: a photo, a voice, a place.
    Odd {
        /// Who.
        from: Sender,
        /// The message.
        message_id: i32,
    },
    /// Anything that is none of ours: it only counts as handled.
    Other,
}

/// The account's position after an update, if the update counts.
pub type Position = Option<(i32, i32, i32)>;

/// One step of the stream of updates.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// An update, and the account's `(pts, date, seq)` after it.
    Update(Box<Update>, Position),
    /// Everything that had arrived was handed over. Updates of one difference share one position,
    /// so a position may be saved only here.
    BatchEnd,
}

/// The position that an update carries.
pub(super) fn position(state: &State) -> Position {
    match state.message_box {
        Some(MessageBox::Common { pts }) => Some((pts, state.date, state.seq)),
        _ => None,
    }
}

/// Reads a raw update.
pub(super) fn read(update: tl::enums::Update, peers: &PeerMap) -> Update {
    match update {
        tl::enums::Update::NewMessage(new) => match new.message {
            tl::enums::Message::Message(message) if !message.out => text(message, peers),
            tl::enums::Message::Service(message) if !message.out => told(message, peers),
            _ => Update::Other,
        },
        tl::enums::Update::BotCallbackQuery(query) => press(query, peers),
        tl::enums::Update::ChannelParticipant(change) => joined(change),
        tl::enums::Update::ManagedBot(change) => {
            Update::Managed { from: sender(change.user_id, peers), bot: sender(change.bot_id, peers), qts: change.qts }
        }
        _ => Update::Other,
    }
}

fn text(message: tl::types::Message, peers: &PeerMap) -> Update {
    let tl::enums::Peer::User(peer) = message.peer_id else { return Update::Other };
    let (from, message_id) = (sender(peer.user_id, peers), message.id);
    let header = message.fwd_from.map(|tl::enums::MessageFwdHeader::Header(header)| header);
    let channel = header.as_ref().and_then(|header| match header.from_id {
        Some(tl::enums::Peer::Channel(ref peer)) => Some(peer.channel_id),
        _ => None,
    });
    if let Some(document) = message.media.and_then(files::document) {
        return Update::File { from, message_id, document, channel };
    }
    match (header, channel) {
        (_, Some(channel)) => Update::Channel { from, message_id, channel },
        (Some(tl::types::MessageFwdHeader { from_id: Some(tl::enums::Peer::User(peer)), .. }), _) => {
            Update::Person { from, message_id, person: Some(peer.user_id) }
        }
        (Some(tl::types::MessageFwdHeader { from_id: None, from_name: Some(_), .. }), _) => {
            Update::Person { from, message_id, person: None }
        }
        _ if message.message.is_empty() => Update::Odd { from, message_id },
        _ => Update::Text { from, message_id, text: storable(&message.message) },
    }
}

/// What Telegram tells of what somebody did.
fn told(message: tl::types::MessageService, peers: &PeerMap) -> Update {
    let tl::enums::Peer::User(peer) = message.peer_id else { return Update::Other };
    let (from, message_id) = (sender(peer.user_id, peers), message.id);
    match message.action {
        tl::enums::MessageAction::ManagedBotCreated(created) => {
            Update::Created { from, message_id, bot: sender(created.bot_id, peers) }
        }
        action => picked(action).map_or(Update::Other, |channel| Update::Channel { from, message_id, channel }),
    }
}

/// A channel that was picked; Telegram tells bots in one form and everybody else in another.
fn picked(action: tl::enums::MessageAction) -> Option<i64> {
    use tl::enums::MessageAction as Action;
    match action {
        Action::RequestedPeerSentMe(shared) => shared.peers.into_iter().find_map(|peer| match peer {
            tl::enums::RequestedPeer::Channel(picked) => Some(picked.channel_id),
            _ => None,
        }),
        Action::RequestedPeer(shared) => shared.peers.into_iter().find_map(|peer| match peer {
            tl::enums::Peer::Channel(picked) => Some(picked.channel_id),
            _ => None,
        }),
        _ => None,
    }
}

fn joined(change: tl::types::UpdateChannelParticipant) -> Update {
    let membership = change.new_participant.as_ref().map_or(Membership::NotMember, channels::standing);
    Update::Joined { channel: change.channel_id, user: change.user_id, membership }
}

fn press(query: tl::types::UpdateBotCallbackQuery, peers: &PeerMap) -> Update {
    let data = query.data.and_then(|data| String::from_utf8(data).ok()).unwrap_or_default();
    Update::Press { from: sender(query.user_id, peers), message_id: query.msg_id, query_id: query.query_id, data }
}

fn sender(id: i64, peers: &PeerMap) -> Sender {
    let user = peers.get(PeerId::user_unchecked(id));
    let raw = match user {
        Some(Peer::User(user)) => match &user.raw {
            tl::enums::User::User(raw) => Some(raw),
            tl::enums::User::Empty(_) => None,
        },
        _ => None,
    };
    let text = |field: fn(&tl::types::User) -> &Option<String>| raw.and_then(|u| field(u).as_deref()).map(storable);
    Sender {
        id,
        username: text(|u| &u.username),
        first_name: text(|u| &u.first_name).unwrap_or_default(),
        last_name: text(|u| &u.last_name),
        language: text(|u| &u.lang_code),
    }
}

/// What people write without the one character that PostgreSQL does not store.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

//! The raw requests that the farm makes.
//!
//! grammers' own helpers choose a `random_id` of their own; ours are fixed before the first try.

use super::markup;
use crate::domain::message::Message;
use grammers_client::tl;

pub(super) fn send(
    peer: tl::enums::InputPeer,
    message: &Message,
    random_id: i64,
) -> tl::functions::messages::SendMessage {
    tl::functions::messages::SendMessage {
        no_webpage: true,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        message: message.text.clone(),
        random_id,
        reply_markup: markup::markup(message),
        entities: markup::entities(message),
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
        rich_message: None,
    }
}

pub(super) fn edit(peer: tl::enums::InputPeer, id: i32, message: &Message) -> tl::functions::messages::EditMessage {
    tl::functions::messages::EditMessage {
        no_webpage: true,
        invert_media: false,
        peer,
        id,
        message: Some(message.text.clone()),
        media: None,
        reply_markup: markup::markup(message),
        entities: markup::entities(message),
        schedule_date: None,
        schedule_repeat_period: None,
        quick_reply_shortcut_id: None,
        rich_message: None,
    }
}

/// The id that the server gave to the message with this `random_id`.
pub(super) fn sent_id(updates: &tl::enums::Updates, random_id: i64) -> Option<i32> {
    let named = |update: &tl::enums::Update| match update {
        tl::enums::Update::MessageId(named) if named.random_id == random_id => Some(named.id),
        _ => None,
    };
    match updates {
        tl::enums::Updates::UpdateShortSentMessage(sent) => Some(sent.id),
        tl::enums::Updates::Updates(all) => all.updates.iter().find_map(named),
        tl::enums::Updates::Combined(all) => all.updates.iter().find_map(named),
        _ => None,
    }
}

//! Our buttons and code spans as Telegram's types.

use crate::domain::message::{Button, ButtonAction, Message, Picker, Style, Wanted};
use grammers_client::tl;

pub(super) fn entities(message: &Message) -> Option<Vec<tl::enums::MessageEntity>> {
    let code = |(offset, length): &(usize, usize)| {
        tl::types::MessageEntityCode { offset: *offset as i32, length: *length as i32 }.into()
    };
    (!message.codes.is_empty()).then(|| message.codes.iter().map(code).collect())
}

pub(super) fn markup(message: &Message) -> Option<tl::enums::ReplyMarkup> {
    if let Some(picker) = &message.picker {
        return Some(keyboard(picker));
    }
    let row = |row: &Vec<Button>| {
        let mut buttons: Vec<_> = row.iter().map(button).collect();
        if message.from_right {
            buttons.reverse();
        }
        tl::types::KeyboardInlineButtonRow { buttons }.into()
    };
    let rows: Vec<_> = message.rows.iter().filter(|r| !r.is_empty()).map(row).collect();
    (!rows.is_empty()).then(|| tl::types::ReplyInlineMarkup { force_reply: false, rows }.into())
}

/// Comes back with what was picked; a keyboard has one button, so nothing is told by it.
const BUTTON: i32 = 1;

fn keyboard(picker: &Picker) -> tl::enums::ReplyMarkup {
    let peer_type = match picker.wanted {
        Wanted::Channel => channel(),
        // <https://core.telegram.org/constructor/requestPeerTypeCreateBot>: `bot_managed` must be set.
        Wanted::NewBot => {
            tl::types::RequestPeerTypeCreateBot { bot_managed: true, suggested_name: None, suggested_username: None }
                .into()
        }
    };
    let kind = tl::types::ButtonTypeRequestPeer { button_id: BUTTON, peer_type, max_quantity: 1 };
    let button = tl::types::KeyboardButton { style: None, text: picker.label.clone(), r#type: kind.into() };
    let row = tl::types::KeyboardButtonRow { buttons: vec![button.into()] };
    tl::types::ReplyKeyboardMarkup {
        resize: true,
        single_use: true,
        selective: false,
        persistent: false,
        force_reply: false,
        rows: vec![row.into()],
        placeholder: None,
    }
    .into()
}

/// A channel where the user may add the bot as an admin.
fn channel() -> tl::enums::RequestPeerType {
    tl::types::RequestPeerTypeBroadcast {
        creator: false,
        has_username: None,
        user_admin_rights: Some(inviting()),
        bot_admin_rights: Some(inviting()),
    }
    .into()
}

/// The least right that makes an admin, who sees the members.
fn inviting() -> tl::enums::ChatAdminRights {
    tl::types::ChatAdminRights {
        change_info: false,
        post_messages: false,
        edit_messages: false,
        delete_messages: false,
        ban_users: false,
        invite_users: true,
        pin_messages: false,
        add_admins: false,
        anonymous: false,
        manage_call: false,
        other: false,
        manage_topics: false,
        post_stories: false,
        edit_stories: false,
        delete_stories: false,
        manage_direct_messages: false,
        manage_ranks: false,
        manage_linked_peers: false,
        manage_welcome_messages: false,
    }
    .into()
}

/// The data of a message's buttons, if it stands in the private chat with `user`.
pub(super) fn callback_data(message: tl::enums::Message, user: i64) -> Vec<String> {
    let tl::enums::Message::Message(message) = message else { return Vec::new() };
    let is_theirs = matches!(&message.peer_id, tl::enums::Peer::User(peer) if peer.user_id == user);
    let Some(tl::enums::ReplyMarkup::ReplyInlineMarkup(markup)) = message.reply_markup.filter(|_| is_theirs) else {
        return Vec::new();
    };
    let buttons = markup.rows.into_iter().flat_map(|tl::enums::KeyboardInlineButtonRow::Row(row)| row.buttons);
    let data = |tl::enums::KeyboardInlineButton::Button(button)| match button.r#type {
        tl::enums::InlineButtonType::Callback(callback) => String::from_utf8(callback.data).ok(),
        _ => None,
    };
    buttons.filter_map(data).collect()
}

fn button(button: &Button) -> tl::enums::KeyboardInlineButton {
    let kind: tl::enums::InlineButtonType = match &button.action {
        ButtonAction::Callback(data) => {
            tl::types::InlineButtonTypeCallback { requires_password: false, data: data.clone().into_bytes() }.into()
        }
        ButtonAction::Copy(text) => tl::types::InlineButtonTypeCopy { copy_text: text.clone() }.into(),
        ButtonAction::Url(url) => tl::types::InlineButtonTypeUrl { url: url.clone() }.into(),
    };
    let style = |bg_primary, bg_danger| {
        Some(tl::types::KeyboardButtonStyle { bg_primary, bg_danger, bg_success: false, icon: None }.into())
    };
    let style = match button.style {
        Style::Plain => None,
        Style::Primary => style(true, false),
        Style::Danger => style(false, true),
    };
    tl::types::KeyboardInlineButton { style, text: button.label.clone(), r#type: kind }.into()
}

//! Our buttons and code spans as Telegram's types.

use crate::domain::message::{Button, ButtonAction, Message, Style};
use grammers_client::tl;

pub(super) fn entities(message: &Message) -> Option<Vec<tl::enums::MessageEntity>> {
    let code = |(offset, length): &(usize, usize)| {
        tl::types::MessageEntityCode { offset: *offset as i32, length: *length as i32 }.into()
    };
    (!message.codes.is_empty()).then(|| message.codes.iter().map(code).collect())
}

pub(super) fn markup(message: &Message) -> Option<tl::enums::ReplyMarkup> {
    let row = |buttons: &Vec<Button>| {
        tl::types::KeyboardInlineButtonRow { buttons: buttons.iter().map(button).collect() }.into()
    };
    let rows: Vec<_> = message.rows.iter().filter(|r| !r.is_empty()).map(row).collect();
    (!rows.is_empty()).then(|| tl::types::ReplyInlineMarkup { force_reply: false, rows }.into())
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

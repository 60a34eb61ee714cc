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

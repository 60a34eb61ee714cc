//! What Telegram enforces on texts and keyboards. Lengths are in UTF-16 units unless said.

use super::{Answered, Refusal};
use grammers_tl_types as tl;

/// The longest text of a message.
pub const TEXT: usize = 4096;
/// The longest caption of a file.
pub const CAPTION: usize = 1024;
/// The longest data behind a button, in bytes.
pub const CALLBACK_DATA: usize = 64;
/// The longest text that a button copies.
pub const COPY_TEXT: usize = 256;
/// The longest notice in answer to a press.
pub const NOTICE: usize = 200;
/// The most buttons under one message.
pub const BUTTONS: usize = 100;

/// Length in UTF-16 units, the way Telegram counts.
pub fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Refuses an empty or overlong text, and entities that reach outside it.
pub fn check_text(text: &str, entities: &[tl::enums::MessageEntity]) -> Answered<()> {
    if text.trim().is_empty() {
        return Err(Refusal::new(400, "MESSAGE_EMPTY"));
    }
    if utf16(text) > TEXT {
        return Err(Refusal::new(400, "MESSAGE_TOO_LONG"));
    }
    check_entities(text, entities)
}

/// Refuses an overlong caption; an empty one is fine.
pub fn check_caption(text: &str, entities: &[tl::enums::MessageEntity]) -> Answered<()> {
    if utf16(text) > CAPTION {
        return Err(Refusal::new(400, "MEDIA_CAPTION_TOO_LONG"));
    }
    check_entities(text, entities)
}

fn check_entities(text: &str, entities: &[tl::enums::MessageEntity]) -> Answered<()> {
    let length = utf16(text);
    let outside = entities.iter().any(|e| (e.offset() + e.length()) as usize > length);
    if outside { Err(Refusal::new(400, "ENTITY_BOUNDS_INVALID")) } else { Ok(()) }
}

/// Refuses keyboards with empty rows, too many buttons, or buttons that hold too much.
pub fn check_markup(markup: Option<&tl::enums::ReplyMarkup>) -> Answered<()> {
    let Some(tl::enums::ReplyMarkup::ReplyInlineMarkup(inline)) = markup else { return Ok(()) };
    let mut count = 0;
    for tl::enums::KeyboardInlineButtonRow::Row(row) in &inline.rows {
        if row.buttons.is_empty() {
            return Err(Refusal::new(400, "REPLY_MARKUP_INVALID"));
        }
        for tl::enums::KeyboardInlineButton::Button(button) in &row.buttons {
            check_button(button)?;
            count += 1;
        }
    }
    if count > BUTTONS { Err(Refusal::new(400, "REPLY_MARKUP_TOO_LONG")) } else { Ok(()) }
}

fn check_button(button: &tl::types::KeyboardInlineButton) -> Answered<()> {
    use tl::enums::InlineButtonType as Kind;
    if button.text.trim().is_empty() {
        return Err(Refusal::new(400, "BUTTON_TEXT_INVALID"));
    }
    match &button.r#type {
        Kind::Callback(b) if b.data.is_empty() || b.data.len() > CALLBACK_DATA => {
            Err(Refusal::new(400, "BUTTON_DATA_INVALID"))
        }
        Kind::Copy(b) if b.copy_text.is_empty() || utf16(&b.copy_text) > COPY_TEXT => {
            Err(Refusal::new(400, "BUTTON_COPY_TEXT_INVALID"))
        }
        Kind::Url(b) if !b.url.contains("://") => Err(Refusal::new(400, "BUTTON_URL_INVALID")),
        _ => Ok(()),
    }
}

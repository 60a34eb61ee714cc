//! A message as the farm composes it: text with code spans, and rows of buttons.
//!
//! Telegram's limits are ours to keep: <https://core.telegram.org/bots/api#sendmessage>.

/// The longest text, in UTF-16 units.
pub const TEXT_LIMIT: usize = 4096;
/// The longest notice in answer to a press, in UTF-16 units.
pub const NOTICE_LIMIT: usize = 200;
/// The longest callback data, in bytes.
pub const CALLBACK_LIMIT: usize = 64;

/// A message to be sent or shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The text.
    pub text: String,
    /// Spans in code type, which a tap copies: offset and length in UTF-16 units.
    pub codes: Vec<(usize, usize)>,
    /// The buttons, row by row.
    pub rows: Vec<Vec<Button>>,
    /// The rows are read from the right. Telegram draws buttons from the left in every language.
    pub from_right: bool,
    /// A keyboard in the place of the user's own; a message with it has no other buttons.
    pub picker: Option<Picker>,
}

/// A keyboard with one button that opens a dialog of Telegram's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picker {
    /// What is written on the button.
    pub label: String,
    /// What the dialog is for.
    pub wanted: Wanted,
}

/// What somebody is asked for on Telegram's own dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A channel to which they may add the bot as an admin.
    Channel,
    /// A new bot, managed by this one.
    NewBot,
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Button {
    /// What is written on it.
    pub label: String,
    /// What it does.
    pub action: ButtonAction,
    /// How it looks.
    pub style: Style,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ButtonAction {
    /// Tells the bot this data.
    Callback(String),
    /// Copies this text.
    Copy(String),
    /// Opens this address.
    Url(String),
}

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Style {
    /// Like every other.
    #[default]
    Plain,
    /// The main thing to do.
    Primary,
    /// Gives something up.
    Danger,
}

/// Length as Telegram counts it.
pub fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text cut to at most `limit` UTF-16 units, at a character.
pub fn cut(text: &str, limit: usize) -> &str {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > limit {
            return &text[..at];
        }
    }
    text
}

/// In front of a code span: keeps `+` and digits in order inside right-to-left text.
const LRM: char = '\u{200e}';
/// Stands for the first code until the sentence is composed (a private-use character).
const FIRST_MARK: u32 = 0xE000;

/// What a sentence is given in place of its n-th code.
pub fn mark(n: u32) -> String {
    char::from_u32(FIRST_MARK + n).map(String::from).unwrap_or_default()
}

impl Message {
    /// The same message under a heading, if both fit.
    pub fn under(mut self, heading: &str) -> Self {
        let heading = format!("{heading}\n\n");
        let shift = utf16(&heading);
        if shift + utf16(&self.text) <= TEXT_LIMIT {
            self.text.insert_str(0, &heading);
            self.codes.iter_mut().for_each(|(offset, _)| *offset += shift);
        }
        self
    }

    /// A message from a sentence in which codes were given as [`mark`]s. The isolating marks that
    /// Fluent puts around a variable would be copied with it, so they go.
    pub fn compose(sentence: &str, codes: &[&str]) -> Self {
        let mut message = Self::default();
        let mut rest = sentence;
        for (n, code) in codes.iter().enumerate() {
            let mark = mark(n as u32);
            let Some((before, after)) = rest.split_once(&mark) else { continue };
            message.text.push_str(before.strip_suffix('\u{2068}').unwrap_or(before));
            message.text.push(LRM);
            message.codes.push((utf16(&message.text), utf16(code)));
            message.text.push_str(code);
            rest = after.strip_prefix('\u{2069}').unwrap_or(after);
        }
        message.text.push_str(rest);
        message.text = cut(&message.text, TEXT_LIMIT).to_owned();
        let length = utf16(&message.text);
        message.codes.retain(|(offset, span)| offset + span <= length);
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_alone_in_plain_ascii() {
        let sentence = format!("رقمك:\n\u{2068}{}\u{2069}\nشكرًا", mark(0));
        let message = Message::compose(&sentence, &["+201234567890"]);
        assert_eq!(message.text, "رقمك:\n\u{200e}+201234567890\nشكرًا");
        let (offset, length) = message.codes[0];
        let units: Vec<u16> = message.text.encode_utf16().collect();
        assert_eq!(String::from_utf16_lossy(&units[offset..offset + length]), "+201234567890");
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        assert_eq!(cut("a😀b", 2), "a");
        assert_eq!(cut("a😀b", 3), "a😀");
    }
}

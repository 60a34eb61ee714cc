//! Building blocks of screens: buttons, rows, pages.

use super::brand::Voice;
use super::callback::Callback;
use crate::domain::message::{Button, ButtonAction, Style};
use crate::service::browse::Page;

/// A button that tells the bot something.
pub fn button(label: String, callback: &Callback) -> Button {
    Button { label, action: ButtonAction::Callback(callback.to_string()), style: Style::Plain }
}

/// A button with a label of the texts.
pub fn named(voice: &Voice<'_>, key: &str, callback: &Callback) -> Button {
    button(voice.label(key, &[]), callback)
}

/// The same button, looking different.
pub fn styled(button: Button, style: Style) -> Button {
    Button { style, ..button }
}

/// A button that copies a text.
pub fn copy(voice: &Voice<'_>, key: &str, text: &str) -> Button {
    Button { label: voice.label(key, &[]), action: ButtonAction::Copy(text.to_owned()), style: Style::Plain }
}

/// The button that leads to the support, if there is one.
pub fn support(voice: &Voice<'_>) -> Option<Button> {
    let url = voice.brand().support.clone()?;
    Some(Button { label: voice.label("button-support", &[]), action: ButtonAction::Url(url), style: Style::Plain })
}

/// The row under every screen that leads back: the services are the home screen.
pub fn home_row(voice: &Voice<'_>) -> Vec<Button> {
    vec![named(voice, "button-services", &Callback::Home(0)), named(voice, "button-home", &Callback::Home(0))]
}

/// ⏮️ and ⏭️, as far as there are pages.
pub fn pager<T>(voice: &Voice<'_>, page: &Page<T>, to: impl Fn(u32) -> Callback) -> Vec<Button> {
    let previous = (page.number > 0).then(|| named(voice, "button-previous", &to(page.number - 1)));
    let next = page.more.then(|| named(voice, "button-next", &to(page.number + 1)));
    previous.into_iter().chain(next).collect()
}

//! The messages of the outbox.

use super::brand::Voice;
use super::callback::Callback;
use super::{rental_view, view};
use crate::domain::message::{Message, mark};
use crate::service::alerts::Alert;
use crate::service::outbox::{Kind, Letter};
use crate::service::reserve::Rental;
use chrono::{DateTime, Utc};

/// The message of a row of the outbox; `None` when what it is about is gone.
pub fn compose(voice: &Voice<'_>, letter: &Letter, now: DateTime<Utc>) -> Option<Message> {
    let rental = letter.rental.as_ref();
    match letter.row.kind {
        Kind::Code => Some(code(voice, letter, rental?)),
        Kind::AnotherCode => another_code(voice, letter, rental?),
        Kind::Expired => Some(ended(voice, "expired", rental?)),
        Kind::Failed => Some(ended(voice, "failed", rental?)),
        Kind::Unpaid => Some(rental_view::screen(voice, rental?, now)),
        Kind::Replaced => Some(replaced(voice, letter.replacement.as_ref()?, now)),
        Kind::Alert => alert(voice, letter),
        Kind::Letter => letter_to(voice, letter),
        Kind::EraseCode => None,
    }
}

/// A broadcast as its users see it.
pub fn broadcast(voice: &Voice<'_>, text: &str) -> Message {
    let mut message = voice.compose(text, &[]);
    message.rows = vec![view::home_row(voice)];
    message
}

/// What those who run the bot wrote to one user.
fn letter_to(voice: &Voice<'_>, letter: &Letter) -> Option<Message> {
    let text = letter.row.details.as_ref()?.get("text")?.as_str()?;
    let mut message = voice.compose(&voice.say("letter", &[("text", text)]), &[]);
    message.rows = vec![view::support(voice).into_iter().collect(), view::home_row(voice)];
    Some(message)
}

fn code(voice: &Voice<'_>, letter: &Letter, rental: &Rental) -> Message {
    let code = rental.code.as_deref().unwrap_or_default();
    let (price, balance) = (voice.amount(rental.price), voice.amount(letter.funds.balance));
    let sentence =
        voice.say("code", &[("number", &mark(0)), ("code", &mark(1)), ("price", &price), ("balance", &balance)]);
    with_code(voice, &sentence, rental, code)
}

fn another_code(voice: &Voice<'_>, letter: &Letter, rental: &Rental) -> Option<Message> {
    let code = letter.row.details.as_ref()?.get("code")?.as_str()?;
    let sentence = voice.say("another-code", &[("number", &mark(0)), ("code", &mark(1))]);
    Some(with_code(voice, &sentence, rental, code))
}

fn with_code(voice: &Voice<'_>, sentence: &str, rental: &Rental, code: &str) -> Message {
    let mut message = voice.compose(sentence, &[&rental.phone_number, code]);
    message.rows = vec![
        vec![
            view::copy(voice, "button-copy-code", code),
            view::copy(voice, "button-copy-number", &rental.phone_number),
        ],
        view::home_row(voice),
    ];
    message
}

fn ended(voice: &Voice<'_>, key: &str, rental: &Rental) -> Message {
    let sentence = voice.say(key, &[("number", &mark(0))]);
    let mut message = voice.compose(&sentence, &[&rental.phone_number]);
    let again = view::named(voice, "button-again", &Callback::Country(rental.country_id));
    let close = view::named(voice, "button-close", &Callback::Close);
    message.rows = vec![vec![again], std::iter::once(close).chain(view::support(voice)).collect()];
    message
}

/// The new rental's own screen, under what happened.
fn replaced(voice: &Voice<'_>, rental: &Rental, now: DateTime<Utc>) -> Message {
    rental_view::screen(voice, rental, now).under(&voice.say("replaced", &[]))
}

fn alert(voice: &Voice<'_>, letter: &Letter) -> Option<Message> {
    let alert: Alert = serde_json::from_value(letter.row.details.clone()?).ok()?;
    let text = match &alert {
        Alert::LowStock { service, country, free } => {
            voice.say("alert-low-stock", &[("service", service), ("country", country), ("free", &voice.free(*free))])
        }
        Alert::Unpaid { user, number, missing } => {
            let (user, missing) = (user.to_string(), voice.amount(*missing));
            voice.say("alert-unpaid", &[("user", &user), ("number", number), ("missing", &missing)])
        }
        Alert::RightsLost { channel } => voice.say("alert-rights-lost", &[("channel", channel)]),
        Alert::ProviderDown { provider, reason } => {
            voice.say("alert-provider-down", &[("provider", provider), ("reason", reason)])
        }
        Alert::ImportInterrupted { file } => voice.say("alert-import-interrupted", &[("file", file)]),
        Alert::ProviderUp { provider } => voice.say("alert-provider-up", &[("provider", provider)]),
    };
    let mut message = voice.compose(&text, &[]);
    message.rows = vec![vec![view::named(voice, "button-close", &Callback::Close)]];
    Some(message)
}

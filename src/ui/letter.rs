//! The messages of the outbox, and the screens of rentals that ended.

use super::brand::Voice;
use super::callback::Callback;
use super::view;
use crate::domain::message::{Message, mark};
use crate::service::outbox::{Kind, Letter};
use crate::service::reserve::Rental;

/// The message of a row of the outbox; `None` when its rental is gone.
pub fn compose(voice: &Voice<'_>, letter: &Letter) -> Option<Message> {
    let rental = letter.rental.as_ref()?;
    match letter.row.kind {
        Kind::Code => Some(code(voice, letter, rental)),
        Kind::Expired => Some(expired(voice, rental)),
    }
}

fn code(voice: &Voice<'_>, letter: &Letter, rental: &Rental) -> Message {
    let code = rental.code.as_deref().unwrap_or_default();
    let (price, balance) = (voice.amount(rental.price), voice.amount(letter.balance));
    let sentence =
        voice.say("code", &[("number", &mark(0)), ("code", &mark(1)), ("price", &price), ("balance", &balance)]);
    let mut message = Message::compose(&sentence, &[&rental.phone_number, code]);
    message.rows = vec![
        vec![
            view::copy(voice, "button-copy-code", code),
            view::copy(voice, "button-copy-number", &rental.phone_number),
        ],
        view::home_row(voice),
    ];
    message
}

fn expired(voice: &Voice<'_>, rental: &Rental) -> Message {
    let sentence = voice.say("expired", &[("number", &mark(0))]);
    let mut message = Message::compose(&sentence, &[&rental.phone_number]);
    let again = view::named(voice, "button-again", &Callback::Country(rental.country_id));
    let close = view::named(voice, "button-close", &Callback::Close);
    message.rows = vec![vec![again], std::iter::once(close).chain(view::support(voice)).collect()];
    message
}

/// What the screen of a rental says once it has ended.
pub fn ended(voice: &Voice<'_>, rental: &Rental) -> Message {
    let sentence = voice.say(&format!("ended-{}", rental.status), &[("number", &mark(0))]);
    let mut message = Message::compose(&sentence, &[&rental.phone_number]);
    message.rows = vec![view::home_row(voice)];
    message
}

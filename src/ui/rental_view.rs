//! The screen of a rental in each of its states.

use super::brand::Voice;
use super::callback::Callback;
use super::view::{button, copy, home_row, named, styled, support};
use crate::domain::message::{Button, Message, Style, mark};
use crate::service::reserve::Rental;
use chrono::{DateTime, Utc};

/// What the rental's screen says now.
pub fn screen(voice: &Voice<'_>, rental: &Rental, now: DateTime<Utc>) -> Message {
    match rental.status.as_str() {
        "waiting_code" => waiting(voice, rental, now),
        "code_received" => unpaid(voice, rental, now),
        _ => ended(voice, rental),
    }
}

fn waiting(voice: &Voice<'_>, rental: &Rental, now: DateTime<Utc>) -> Message {
    let (price, left) = (voice.amount(rental.price), voice.minutes(rental.expires_at - now));
    let sentence = voice.say("reserved", &[("number", &mark(0)), ("price", &price), ("left", &left)]);
    let mut message = voice.compose(&sentence, &[&rental.phone_number]);
    message.rows = vec![
        vec![copy(voice, "button-copy-number", &rental.phone_number)],
        vec![change(voice, rental), named(voice, "button-change-country", &Callback::ChangeCountry(rental.id))],
        vec![
            styled(named(voice, "button-cancel", &Callback::Cancel(rental.id)), Style::Danger),
            named(voice, "button-home", &Callback::Home(0)),
        ],
    ];
    message
}

/// 🔄, with what it costs if it costs something.
fn change(voice: &Voice<'_>, rental: &Rental) -> Button {
    let fee = voice.brand().policy.rules.fee_after(rental.changes.unsigned_abs());
    let label = match fee.is_zero() {
        true => voice.label("button-change-number", &[]),
        false => voice.label("button-change-number-fee", &[("fee", &voice.amount(fee))]),
    };
    button(label, &Callback::Change(rental.id, fee))
}

/// The code came and waits for a top-up.
pub fn unpaid(voice: &Voice<'_>, rental: &Rental, now: DateTime<Utc>) -> Message {
    let missing = voice.amount((rental.price - rental.free).max(rust_decimal::Decimal::ZERO));
    let (price, left) = (voice.amount(rental.price), voice.within_minutes(rental.expires_at - now));
    let args = [("number", mark(0)), ("price", price), ("missing", missing), ("left", left)];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut message = voice.compose(&voice.say("unpaid", &args), &[&rental.phone_number]);
    let free = named(voice, "button-free-credit", &Callback::FreeCredit);
    message.rows = vec![std::iter::once(free).chain(support(voice)).collect(), home_row(voice)];
    message
}

/// The rental has ended.
fn ended(voice: &Voice<'_>, rental: &Rental) -> Message {
    let sentence = voice.say(&format!("ended-{}", rental.status), &[("number", &mark(0))]);
    let mut message = voice.compose(&sentence, &[&rental.phone_number]);
    message.rows = vec![home_row(voice)];
    message
}

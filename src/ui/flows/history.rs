//! The user's rentals, past and open.

use crate::domain::message::mark;
use crate::service::{ServiceResult, history};
use crate::ui::view::{button, home_row, named, pager};
use crate::ui::{Callback, Ctx, Reply};

/// A page of all rentals, each with its state.
pub async fn show(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let rentals = history::page(ctx.tenant, ctx.user.id, page, ctx.brand.page_size).await?;
    let mut text = voice.say(if rentals.rows.is_empty() { "no-history" } else { "history" }, &[]);
    let mut codes: Vec<&str> = Vec::new();
    for rental in &rentals.rows {
        let state = voice.label(&format!("state-{}", rental.status), &[]);
        let date = voice.moment(rental.created_at);
        let service = format!("{} {}", rental.emoji, rental.service);
        let args = [("service", service.trim()), ("country", &rental.country), ("state", &state), ("date", &date)];
        text.push_str(&format!("\n\n{}\n{}", voice.say("history-row", &args), mark(codes.len() as u32)));
        codes.push(&rental.phone_number);
        // A bot that erases delivered codes does not show them again here.
        if let Some(code) = rental.code.as_ref().filter(|_| ctx.brand.policy.rules.erase_code_after.is_none()) {
            text.push_str(&format!("\n{}", mark(codes.len() as u32)));
            codes.push(code);
        }
    }
    let mut message = voice.compose(&text, &codes);
    message.rows = vec![pager(&voice, &rentals, Callback::History), home_row(&voice)];
    Ok(Reply::screen(message))
}

/// The open rentals: each can be shown or given back.
pub async fn open(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let rentals = history::open(ctx.tenant, ctx.user.id, ctx.brand.page_size).await?;
    let key = if rentals.is_empty() { "no-open-rentals" } else { "open-rentals" };
    let mut message = voice.compose(&voice.say(key, &[]), &[]);
    for rental in &rentals {
        let label = format!("{} {} {}", rental.emoji, rental.service, rental.phone_number);
        let show = button(label.trim().to_owned(), &Callback::Rental(rental.id));
        let cancel = named(&voice, "button-cancel", &Callback::Cancel(rental.id));
        let row = if rental.status == "waiting_code" { vec![show, cancel] } else { vec![show] };
        message.rows.push(row);
    }
    message.rows.push(home_row(&voice));
    Ok(Reply::screen(message))
}

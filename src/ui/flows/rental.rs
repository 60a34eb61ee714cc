//! A rental's screen and what can be done with it.

use crate::domain::message::{Message, Style, mark};
use crate::service::reserve::{self, Rental, Request};
use crate::service::{ServiceResult, history};
use crate::ui::view::{copy, named, styled};
use crate::ui::{Callback, Ctx, Reply, flows, letter};
use rust_decimal::Decimal;

/// Reserves a number at the price that the offer showed.
pub async fn reserve(ctx: Ctx<'_>, country: i64, price: Decimal, nonce: u32) -> ServiceResult<Reply> {
    let request =
        Request { user_id: ctx.user.id, country_id: country, price, request_key: format!("offer:{country}:{nonce:x}") };
    let rental = reserve::reserve(ctx.tenant, &ctx.brand.rules, &request, ctx.now()).await?;
    Ok(screen(ctx, &rental))
}

/// Another number of the same service and country.
pub async fn change(ctx: Ctx<'_>, rental_id: i64) -> ServiceResult<Reply> {
    let key = format!("change:{rental_id}");
    let rental = reserve::change(ctx.tenant, &ctx.brand.rules, ctx.user.id, rental_id, &key, ctx.now()).await?;
    Ok(screen(ctx, &rental))
}

/// Ends the rental and shows the service's countries.
pub async fn change_country(ctx: Ctx<'_>, rental_id: i64) -> ServiceResult<Reply> {
    let rental = reserve::cancel(ctx.tenant, &ctx.brand.rules, ctx.user.id, rental_id, ctx.now()).await?;
    flows::countries::show(ctx, rental.service_id, 0).await
}

/// Ends the rental.
pub async fn cancel(ctx: Ctx<'_>, rental_id: i64) -> ServiceResult<Reply> {
    reserve::cancel(ctx.tenant, &ctx.brand.rules, ctx.user.id, rental_id, ctx.now()).await?;
    let voice = ctx.voice();
    let home = flows::home::show(ctx, 0).await?;
    Ok(home.with_notice(voice.label("canceled", &[])))
}

/// The rental as it stands.
pub async fn show(ctx: Ctx<'_>, rental_id: i64) -> ServiceResult<Reply> {
    let rental = history::rental(ctx.tenant, ctx.user.id, rental_id).await?;
    Ok(screen(ctx, &rental))
}

/// The screen of a rental in any state.
pub fn screen(ctx: Ctx<'_>, rental: &Rental) -> Reply {
    let message = match rental.status.as_str() {
        "waiting_code" => waiting(ctx, rental),
        _ => letter::ended(&ctx.voice(), rental),
    };
    Reply::rental(message, (rental.id, rental.version))
}

fn waiting(ctx: Ctx<'_>, rental: &Rental) -> Message {
    let voice = ctx.voice();
    let (price, left) = (voice.amount(rental.price), voice.minutes(rental.expires_at - ctx.now()));
    let sentence = voice.say("reserved", &[("number", &mark(0)), ("price", &price), ("left", &left)]);
    let mut message = Message::compose(&sentence, &[&rental.phone_number]);
    message.rows = vec![
        vec![copy(&voice, "button-copy-number", &rental.phone_number)],
        vec![
            named(&voice, "button-change-number", &Callback::Change(rental.id)),
            named(&voice, "button-change-country", &Callback::ChangeCountry(rental.id)),
        ],
        vec![
            styled(named(&voice, "button-cancel", &Callback::Cancel(rental.id)), Style::Danger),
            named(&voice, "button-home", &Callback::Home(0)),
        ],
    ];
    message
}

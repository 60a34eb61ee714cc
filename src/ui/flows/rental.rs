//! A rental's screen and what can be done with it.

use crate::domain::stamp::Stamp;
use crate::service::reserve::{self, Rental, Request};
use crate::service::{ServiceResult, history};
use crate::ui::{Ctx, Reply, flows, rental_view};
use rust_decimal::Decimal;

/// Reserves a number at the price that the offer showed. The offer's stamp makes a second press of
/// the same button the same request.
pub async fn reserve(ctx: Ctx<'_>, country: i64, price: Decimal, offer: Stamp) -> ServiceResult<Reply> {
    let request_key = format!("offer:{country}:{offer}");
    let request = Request { user_id: ctx.user.id, country_id: country, price, request_key };
    let rental = reserve::reserve(ctx.tenant, &ctx.brand.policy, &request, ctx.now()).await?;
    Ok(Reply { began: true, ..screen(ctx, &rental) })
}

/// Another number of the same service and country, for the fee that the button showed.
pub async fn change(ctx: Ctx<'_>, rental_id: i64, fee: Decimal) -> ServiceResult<Reply> {
    let rental = reserve::change(ctx.tenant, &ctx.brand.policy, ctx.user.id, rental_id, fee, ctx.now()).await?;
    Ok(Reply { began: true, ..screen(ctx, &rental) })
}

/// Ends the rental and shows the service's countries.
pub async fn change_country(ctx: Ctx<'_>, rental_id: i64) -> ServiceResult<Reply> {
    let rental = reserve::cancel(ctx.tenant, &ctx.brand.policy, ctx.user.id, rental_id, ctx.now()).await?;
    flows::countries::show(ctx, rental.service_id, 0).await
}

/// Ends the rental.
pub async fn cancel(ctx: Ctx<'_>, rental_id: i64) -> ServiceResult<Reply> {
    reserve::cancel(ctx.tenant, &ctx.brand.policy, ctx.user.id, rental_id, ctx.now()).await?;
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
fn screen(ctx: Ctx<'_>, rental: &Rental) -> Reply {
    Reply::rental(rental_view::screen(&ctx.voice(), rental, ctx.now()), (rental.id, rental.version))
}

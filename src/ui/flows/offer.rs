//! The offer: what a number costs, before it is reserved.

use crate::domain::message::Style;
use crate::service::{ServiceResult, browse};
use crate::ui::view::{named, styled};
use crate::ui::{Callback, Ctx, Reply};

/// Price, stock, the user's money and the time limit.
pub async fn show(ctx: Ctx<'_>, country_id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (offer, funds) = browse::offer(ctx.tenant, ctx.user.id, country_id, ctx.now()).await?;
    let sentence = voice.say(
        "offer",
        &[
            ("service", format!("{} {}", offer.emoji, offer.service).trim()),
            ("country", format!("{} {}", offer.flag, offer.country).trim()),
            ("price", &voice.amount(offer.price())),
            ("free", &voice.free(offer.free)),
            ("balance", &voice.amount(funds.free())),
            ("limit", &voice.minutes(ctx.brand.policy.rules.time_limit)),
        ],
    );
    let mut message = voice.compose(&sentence, &[]);
    let reserve = Callback::Reserve { country: country_id, price: offer.price() };
    if offer.free > 0 {
        message.rows.push(vec![styled(named(&voice, "button-reserve", &reserve), Style::Primary)]);
    }
    message.rows.push(vec![
        named(&voice, "button-change-country", &Callback::Service(offer.service_id, 0)),
        named(&voice, "button-back", &Callback::Home(0)),
    ]);
    Ok(Reply::screen(message))
}

//! The terms of use, which an owner accepts once before the bot opens.

use crate::domain::message::Style;
use crate::service::{ServiceResult, settings};
use crate::ui::view::{named, styled};
use crate::ui::{Callback, Ctx, Reply, flows};

/// The terms, to be accepted.
pub fn show(ctx: Ctx<'_>) -> Reply {
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("terms", &[]), &[]);
    message.rows = vec![vec![styled(named(&voice, "button-accept", &Callback::AcceptTerms), Style::Primary)]];
    Reply::screen(message)
}

/// Notes that an owner accepted them, and opens the bot.
pub async fn accept(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    if !ctx.is_owner() {
        return flows::home::show(ctx, 0).await;
    }
    settings::accept_terms(ctx.tenant, ctx.user.telegram_id, ctx.now()).await?;
    let home = flows::home::show(ctx, 0).await?;
    Ok(Reply { settings_changed: true, ..home }.with_notice(ctx.voice().label("terms-accepted", &[])))
}

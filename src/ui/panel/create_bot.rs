//! A bot that the owner creates with this one, on Telegram's own dialog: no BotFather, no token.
//!
//! Telegram offers it where this bot may manage others, which its owner turns on at BotFather once. The
//! created bot arrives as a message; what is asked then is the password of its panel.

use super::form::{self, Form, Kind};
use super::{actor, bots, button};
use crate::domain::message::{Picker, Wanted};
use crate::service::{Refusal, ServiceResult, audit};
use crate::ui::outside::NoBot;
use crate::ui::{Ctx, Reply};
use serde_json::json;

/// Shows the keyboard on which a bot is created; or how that is turned on.
pub async fn begin(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let Some(may_create) = ctx.outside.may_create_bots().await else {
        return Ok(bots::list(ctx, 0).await?.with_notice(voice.label("busy", &[])));
    };
    let key = if may_create { "panel-create-bot" } else { "panel-no-creating" };
    let mut message = voice.compose(&voice.say(key, &[]), &[]);
    message.rows = vec![vec![button(&voice, "button-back", bots::to_list())]];
    let mut creating = voice.compose(&voice.say("panel-create-hint", &[]), &[]);
    creating.picker = Some(Picker { label: voice.label("panel-bot-create", &[]), wanted: Wanted::NewBot });
    Ok(Reply { also: may_create.then_some(creating), ..Reply::screen(message) })
}

/// Goes on with the bot that was created: asks for its panel's password.
pub async fn created(ctx: Ctx<'_>, bot: i64) -> ServiceResult<Reply> {
    form::begin(ctx, Kind::CreateBot, bot, None).await
}

/// Adds it. When Telegram cannot be asked now, the password is asked again: the bot is there all the same.
pub async fn save(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let password = form.answer(0).unwrap_or_default();
    match ctx.outside.add_created_bot(ctx.user.telegram_id, form.of, &password).await {
        Err(NoBot::Busy) => Err(Refusal::Busy.into()),
        result => bots::added(ctx, result).await,
    }
}

/// A bot that was created here may have another token: it goes on with that.
pub async fn renew(ctx: Ctx<'_>, bot: i64) -> Reply {
    let voice = ctx.voice();
    let renewed = match ctx.outside.renew_token(ctx.user.telegram_id, bot).await {
        Ok(Some(renewed)) => renewed,
        Ok(None) | Err(NoBot::NotManaged | NoBot::NotFound) => return Reply::default(),
        Err(_) => return Reply::notice(voice.label("bot-not-renewed", &[])),
    };
    let change = (&json!(null), &json!("another token"));
    let noted = audit::note_change(ctx.tenant, &actor(ctx), "bot.token", &renewed.slug, change, ctx.now()).await;
    if let Err(error) = noted {
        tracing::error!(%error, "a new token could not be noted");
    }
    Reply::notice(voice.label("bot-renewed", &[("name", &renewed.name)]))
}

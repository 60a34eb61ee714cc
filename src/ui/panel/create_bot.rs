//! A bot that the owner creates with this one, on Telegram's own dialog: no BotFather, no token.
//!
//! Telegram offers it where this bot may manage others, which its owner turns on at BotFather once. The
//! created bot arrives as a message, and stands in the list of bots from then on; what is still asked is the
//! password of its panel.

use super::form::{self, Form, Kind};
use super::{Area, Panel, Verb, actor, bots, button};
use crate::domain::message::{Picker, Style, Wanted};
use crate::service::created_bots::{self, CreatedBot};
use crate::service::{Refusal, ServiceResult, audit};
use crate::ui::outside::{NoBot, OwnBot};
use crate::ui::view::styled;
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

/// What a created bot is called.
pub fn name(bot: &CreatedBot) -> String {
    bot.username.as_ref().map_or_else(|| format!("🤖 {}", bot.id), |name| format!("🤖 @{name}"))
}

/// Remembers the bot that was created, and goes on with it, unless its owner is in the middle of something.
pub async fn created(ctx: Ctx<'_>, bot: &CreatedBot, is_busy: bool) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    created_bots::note(ctx.tenant, ctx.user.telegram_id, bot, ctx.now()).await?;
    if is_busy {
        Ok(Reply::notice(voice.label("bot-created", &[("name", &name(bot))])))
    } else {
        go_on(ctx, bot.id).await
    }
}

/// A created bot of the owner.
pub async fn find(ctx: Ctx<'_>, id: i64) -> ServiceResult<Option<CreatedBot>> {
    let created = created_bots::of(ctx.tenant, ctx.user.telegram_id).await?;
    Ok(created.into_iter().find(|bot| bot.id == id))
}

/// The created bots that are not on the farm.
pub async fn unfinished(ctx: Ctx<'_>, own: &[OwnBot]) -> ServiceResult<Vec<CreatedBot>> {
    let mut created = created_bots::of(ctx.tenant, ctx.user.telegram_id).await?;
    created.retain(|bot| !own.iter().any(|known| known.id == bot.id));
    Ok(created)
}

/// A created bot that is not on the farm: added, or forgotten.
pub async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let bot = find(ctx, id).await?.ok_or(Refusal::NotFound)?;
    let to = |verb| Panel::In(Area::Bots, verb);
    let mut message = voice.compose(&voice.say("panel-created-bot", &[("name", &name(&bot))]), &[]);
    message.rows = vec![
        vec![
            styled(button(&voice, "panel-bot-add", to(Verb::Edit(id, 0))), Style::Primary),
            button(&voice, "panel-bot-forget", to(Verb::Do(id, 0))),
        ],
        vec![button(&voice, "button-back", bots::to_list())],
    ];
    Ok(Reply::screen(message))
}

/// Asks for the password of its panel.
pub async fn go_on(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    find(ctx, id).await?.ok_or(Refusal::NotFound)?;
    form::begin(ctx, Kind::CreateBot, id, None).await
}

/// Takes it off the list; at Telegram it stays.
pub async fn forget(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    created_bots::forget(ctx.tenant, ctx.user.telegram_id, id).await?;
    bots::list(ctx, 0).await
}

/// Adds it. When Telegram cannot be asked now, the password is asked again: the bot is there all the same.
pub async fn save(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let password = form.answer(0).unwrap_or_default();
    match ctx.outside.add_created_bot(ctx.user.telegram_id, form.of, &password).await {
        Err(NoBot::Busy) => Err(Refusal::Busy.into()),
        result => bots::added(ctx, result).await,
    }
}

/// A bot that was created may have another token: it goes on with that.
pub async fn renew(ctx: Ctx<'_>, bot: &CreatedBot) -> Reply {
    let voice = ctx.voice();
    // Created by a link, it comes without a message: it stands in the list all the same.
    let noted = created_bots::note(ctx.tenant, ctx.user.telegram_id, bot, ctx.now()).await;
    let renewed = ctx.outside.renew_token(ctx.user.telegram_id, bot.id).await;
    let (reply, audited) = match renewed {
        Ok(None) => (Reply::default(), Ok(())),
        Err(_) => (Reply::notice(voice.label("bot-not-renewed", &[("name", &name(bot))])), Ok(())),
        Ok(Some(renewed)) => {
            let change = (&json!(null), &json!("another token"));
            let (actor, slug, now) = (actor(ctx), &renewed.slug, ctx.now());
            let audited = audit::note_change(ctx.tenant, &actor, "bot.token", slug, change, now).await;
            (Reply::notice(voice.label("bot-renewed", &[("name", &renewed.name)])), audited)
        }
    };
    if let Err(error) = noted.and(audited) {
        tracing::error!(%error, "a created bot could not be noted");
    }
    reply
}

//! The owner's bots on this farm: listed, added by token, deleted by typing the name.
//! `create_bot` adds those that do not exist yet.

use super::dialog::{self, Dialog};
use super::form::{self, Form, Kind};
use super::{Answer, Area, Panel, Verb, actor, button, create_bot, leave_row};
use crate::domain::message::Style;
use crate::domain::money::format_amount;
use crate::service::browse::Page;
use crate::service::created_bots::CreatedBot;
use crate::service::{Refusal, ServiceResult, audit};
use crate::ui::brand::Voice;
use crate::ui::outside::{AddedBot, NewBot, NoBot, OwnBot};
use crate::ui::view::{self, pager, styled};
use crate::ui::{Callback, Ctx, Reply};
use serde_json::json;

/// Adds a bot that does not exist yet.
const CREATED: i64 = 1;

fn to(verb: Verb) -> Panel {
    Panel::In(Area::Bots, verb)
}

/// The first page of the list.
pub fn to_list() -> Panel {
    to(Verb::List { of: 0, page: 0 })
}

/// A press in the area. Only the owner gets here.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { page, .. } => list(ctx, page).await,
        Verb::Show(id) | Verb::Set(id, ..) => show(ctx, id).await,
        Verb::Edit(id, _) => create_bot::go_on(ctx, id).await,
        Verb::Add(CREATED) => create_bot::begin(ctx).await,
        Verb::Add(_) => form::begin(ctx, Kind::AddBot, 0, None).await,
        Verb::Ask(id, _) => ask(ctx, id).await,
        Verb::Do(id, _) => create_bot::forget(ctx, id).await,
    }
}

fn mark(bot: &OwnBot) -> &'static str {
    match bot.state.as_str() {
        "running" => "🟢",
        "failed" => "🔴",
        _ => "⚪",
    }
}

async fn own(ctx: Ctx<'_>) -> Vec<OwnBot> {
    ctx.outside.own_bots(ctx.user.telegram_id).await
}

async fn find(ctx: Ctx<'_>, id: i64) -> ServiceResult<OwnBot> {
    Ok(own(ctx).await.into_iter().find(|bot| bot.id == id).ok_or(Refusal::NotFound)?)
}

/// The list, a page of it.
pub async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let own = own(ctx).await;
    let created = create_bot::unfinished(ctx, &own).await?;
    let page = Page::of(own, page, ctx.brand.page_size);
    let mut message = voice.compose(&voice.say("panel-bots-list", &[]), &[]);
    let row = |bot: &OwnBot| {
        let label = format!("{} {} · {}", mark(bot), bot.name, bot.slug);
        vec![view::button(label, &Callback::Panel(to(Verb::Show(bot.id))))]
    };
    message.rows = page.rows.iter().map(row).collect();
    let unfinished = |bot: &CreatedBot| {
        vec![view::button(format!("⏳ {}", create_bot::name(bot)), &Callback::Panel(to(Verb::Show(bot.id))))]
    };
    message.rows.extend(created.iter().filter(|_| page.number == 0).map(unfinished));
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(to(Verb::List { of: 0, page }))));
    let create = styled(button(&voice, "panel-bot-create", to(Verb::Add(CREATED))), Style::Primary);
    message.rows.push(vec![create, button(&voice, "panel-bot-add", to(Verb::Add(0)))]);
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let Some(bot) = own(ctx).await.into_iter().find(|bot| bot.id == id) else { return create_bot::show(ctx, id).await };
    let figure = |n: Option<i64>| n.map_or_else(|| "—".to_owned(), |n| format_amount(n.into()));
    let state = format!("{} {}", mark(&bot), voice.label(&format!("bot-{}", bot.state), &[]));
    let args = [
        ("name", bot.name.clone()),
        ("slug", bot.slug.clone()),
        ("state", bot.reason.as_ref().map_or(state.clone(), |why| format!("{state}: {why}"))),
        ("users", figure(bot.figures.map(|f| f.users))),
        ("stock", figure(bot.figures.map(|f| f.stock))),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut message = voice.compose(&voice.say("panel-bot", &args), &[]);
    if !bot.is_this {
        message.rows.push(vec![styled(button(&voice, "panel-remove", to(Verb::Ask(id, 0))), Style::Danger)]);
    }
    message.rows.push(vec![button(&voice, "button-back", to_list())]);
    Ok(Reply::screen(message))
}

/// Asks for the name of the bot that is to be deleted.
async fn ask(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let bot = find(ctx, id).await?;
    let text = voice.say("ask-delete-bot", &[("name", &bot.name), ("slug", &bot.slug)]);
    dialog::put(ctx, &Dialog::DeleteBot { slug: bot.slug }).await?;
    let mut message = voice.compose(&text, &[]);
    message.rows = vec![leave_row(&voice)];
    Ok(Reply::screen(message))
}

/// Deletes the bot whose name was typed.
pub async fn take(ctx: Ctx<'_>, slug: &str, answer: Answer<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    if answer.text().map(str::trim) != Some(slug) {
        return Ok(Reply::notice(voice.label("bad-bot-name", &[("slug", slug)])));
    }
    dialog::end(ctx).await?;
    if let Err(why) = ctx.outside.remove_bot(ctx.user.telegram_id, slug).await {
        return Ok(list(ctx, 0).await?.with_notice(sentence(&voice, &why)));
    }
    let change = (&json!({ "file": "in use" }), &json!({ "file": "put aside" }));
    audit::note_change(ctx.tenant, &actor(ctx), "bot.delete", slug, change, ctx.now()).await?;
    let mut message = voice.compose(&voice.say("bot-deleted", &[("slug", slug)]), &[]);
    message.rows = vec![vec![button(&voice, "button-back", Panel::Home)]];
    Ok(Reply::screen(message))
}

fn sentence(voice: &Voice<'_>, why: &NoBot) -> String {
    match why {
        NoBot::BadToken => voice.label("bot-bad-token", &[]),
        NoBot::OtherName(name) => voice.label("bot-other-name", &[("name", &format!("@{name}"))]),
        NoBot::Exists => voice.label("bot-exists", &[]),
        NoBot::ThisOne => voice.label("bot-this-one", &[]),
        NoBot::NotFound => voice.label("not-found", &[]),
        NoBot::NotManaged => voice.label("bot-not-managed", &[]),
        NoBot::Busy => voice.label("busy", &[]),
    }
}

/// Adds the bot that a form names.
pub async fn save(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let answer = |n| form.answer(n).unwrap_or_default();
    let new = NewBot { token: answer(0), username: answer(1), password: answer(2) };
    added(ctx, ctx.outside.add_bot(ctx.user.telegram_id, &new).await).await
}

/// Says what became of a bot that was to be added.
pub async fn added(ctx: Ctx<'_>, result: Result<AddedBot, NoBot>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let bot = match result {
        Ok(bot) => bot,
        Err(why) => return Ok(list(ctx, 0).await?.with_notice(sentence(&voice, &why))),
    };
    let change = (&json!(null), &json!({ "name": bot.name, "owner": ctx.user.telegram_id }));
    audit::note_change(ctx.tenant, &actor(ctx), "bot.add", &bot.slug, change, ctx.now()).await?;
    let mut message = voice.compose(&voice.say("bot-added", &[("name", &bot.name), ("slug", &bot.slug)]), &[]);
    message.rows = vec![vec![button(&voice, "panel-bots", to_list())]];
    Ok(Reply::screen(message))
}

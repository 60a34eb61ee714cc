//! Broadcasts: composed, previewed, sent, watched, paused, canceled.

use super::dialog::{self, Dialog};
use super::{Answer, Area, Panel, Verb, actor, button, leave_row};
use crate::domain::audience::Audience;
use crate::domain::message::{Message, Style, cut, utf16};
use crate::domain::money::format_amount;
use crate::service::ServiceResult;
use crate::service::broadcasts::{self, Broadcast, Languages, New, Tally};
use crate::ui::brand::Voice;
use crate::ui::view::{self, pager, styled};
use crate::ui::{Callback, Ctx, Reply, Work, letter};
use serde::{Deserialize, Serialize};

/// A text is at most so long, in UTF-16 units.
const LONGEST: usize = 4000;
/// A text in a list is at most so long, in UTF-16 units.
const LONGEST_SHOWN: usize = 30;
/// The states that buttons set.
const STATES: [&str; 3] = ["paused", "running", "canceled"];
const PAUSE: u32 = 0;
const RESUME: u32 = 1;
const CANCEL: u32 = 2;
/// Where a state's button stands: on a screen, or on the message that the bot keeps up to date.
const SCREEN: u8 = 0;
/// The message that the bot keeps up to date.
pub const BOARD: u8 = 1;
/// The choices of the screen before it is sent.
const DAYS: u8 = 0;
const BALANCE: u8 = 1;
const LANGUAGE: u8 = 2;
const PREVIEW: u8 = 3;

/// A broadcast that is being composed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    text: Option<String>,
    audience: Audience,
    nonce: u64,
}

fn to(verb: Verb) -> Panel {
    Panel::In(Area::Messages, verb)
}

/// A press in the area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { page, .. } => list(ctx, page).await,
        Verb::Show(id) | Verb::Edit(id, _) => show(ctx, id).await,
        Verb::Add(_) => next(ctx, Draft { nonce: rand::random(), ..Draft::default() }).await,
        // The bot draws its own message again.
        Verb::Set(id, BOARD, state) => Ok(Reply { screen: None, quiet: true, ..set(ctx, id, state).await? }),
        Verb::Set(id, _, state) => set(ctx, id, state).await,
        Verb::Ask(id, _) => ask_cancel(ctx, id).await,
        Verb::Do(id, _) => set(ctx, id, CANCEL).await,
    }
}

async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let page = broadcasts::page(ctx.tenant, page, ctx.brand.page_size).await?;
    let key = if page.rows.is_empty() { "panel-messages-empty" } else { "panel-messages-list" };
    let mut message = voice.compose(&voice.say(key, &[]), &[]);
    let row = |b: &Broadcast| {
        let text = b.body.replace('\n', " ");
        let label = format!("{} {} · {}", mark(&b.status), voice.moment(b.created_at), cut(&text, LONGEST_SHOWN));
        vec![view::button(label, &Callback::Panel(to(Verb::Show(b.id))))]
    };
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(to(Verb::List { of: 0, page }))));
    message.rows.push(vec![styled(button(&voice, "panel-broadcast-add", to(Verb::Add(0))), Style::Primary)]);
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

fn mark(status: &str) -> &'static str {
    match status {
        "running" => "▶️",
        "paused" => "⏸",
        "canceled" => "⏹",
        _ => "✅",
    }
}

/// How a broadcast goes on, or how it ended, on the message that the bot keeps up to date.
pub fn progress(voice: &Voice<'_>, broadcast: &Broadcast, tally: Tally) -> Message {
    state(voice, broadcast, tally, BOARD)
}

fn state(voice: &Voice<'_>, broadcast: &Broadcast, tally: Tally, place: u8) -> Message {
    let count = |n: i64| format_amount(n.into());
    let args = [
        (
            "state",
            format!("{} {}", mark(&broadcast.status), voice.label(&format!("broadcast-{}", broadcast.status), &[])),
        ),
        ("text", cut(&broadcast.body.replace('\n', " "), LONGEST_SHOWN * 3).to_owned()),
        ("sent", count(tally.sent)),
        ("blocked", count(tally.blocked)),
        ("failed", count(tally.failed)),
        ("pending", count(tally.pending)),
        ("all", count(tally.all())),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut message = voice.compose(&voice.say("broadcast-progress", &args), &[]);
    let id = broadcast.id;
    match broadcast.status.as_str() {
        // A question on the message that the bot keeps drawing would be gone at once.
        "running" if place == BOARD => {
            message.rows.push(vec![button(voice, "broadcast-pause", to(Verb::Set(id, place, PAUSE)))]);
        }
        "running" => message.rows.push(vec![
            button(voice, "broadcast-pause", to(Verb::Set(id, place, PAUSE))),
            styled(button(voice, "broadcast-cancel", to(Verb::Ask(id, 0))), Style::Danger),
        ]),
        "paused" => message.rows.push(vec![
            styled(button(voice, "broadcast-resume", to(Verb::Set(id, place, RESUME))), Style::Primary),
            styled(button(voice, "broadcast-cancel", to(Verb::Ask(id, 0))), Style::Danger),
        ]),
        _ => message.rows.push(vec![button(voice, "panel-messages", to(Verb::List { of: 0, page: 0 }))]),
    }
    message
}

async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (broadcast, tally) = broadcasts::find(ctx.tenant, id).await?;
    let mut message = state(&voice, &broadcast, tally, SCREEN);
    message.rows.push(vec![button(&voice, "button-back", to(Verb::List { of: 0, page: 0 }))]);
    Ok(Reply::screen(message))
}

async fn set(ctx: Ctx<'_>, id: i64, state: u32) -> ServiceResult<Reply> {
    let Some(state) = STATES.get(state as usize) else { return show(ctx, id).await };
    broadcasts::set_status(ctx.tenant, &actor(ctx), id, state, ctx.now()).await?;
    let notice = ctx.voice().label(&format!("broadcast-{state}"), &[]);
    let reply = Reply { work: Some(Work::Broadcast), ..show(ctx, id).await? };
    Ok(reply.with_notice(notice))
}

async fn ask_cancel(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("ask-broadcast-cancel", &[]), &[]);
    message.rows = vec![
        vec![styled(button(&voice, "broadcast-cancel-yes", to(Verb::Do(id, 0))), Style::Danger)],
        vec![button(&voice, "button-back", to(Verb::Show(id)))],
    ];
    Ok(Reply::screen(message))
}

/// Asks for the text, then for whom it is.
async fn next(ctx: Ctx<'_>, draft: Draft) -> ServiceResult<Reply> {
    let tag = dialog::put(ctx, &Dialog::Broadcast(draft.clone())).await?;
    let voice = ctx.voice();
    let mut message = match &draft.text {
        None => voice.compose(&voice.say("ask-broadcast", &[]), &[]),
        Some(text) => ready(ctx, &draft, text, tag).await?,
    };
    message.rows.push(leave_row(&voice));
    Ok(Reply::screen(message))
}

fn languages(ctx: Ctx<'_>) -> Languages {
    let known = ctx.brand.texts.languages().map(str::to_owned).collect();
    Languages { known, fallback: ctx.brand.texts.choose(None).to_owned() }
}

/// Whom it goes to, as buttons, and how many they are.
async fn ready(ctx: Ctx<'_>, draft: &Draft, text: &str, tag: u32) -> ServiceResult<Message> {
    let voice = ctx.voice();
    let Audience { days, with_balance, language } = &draft.audience;
    let count = broadcasts::count(ctx.tenant, &draft.audience, &languages(ctx), ctx.now()).await?;
    let count = format_amount(count.into());
    let shown = cut(text, LONGEST - 1000);
    let mut message = voice.compose(&voice.say("broadcast-ready", &[("text", shown), ("count", &count)]), &[]);
    let days = match days {
        0 => voice.label("audience-all", &[]),
        days => voice.label("audience-days", &[("days", &days.to_string())]),
    };
    let balance = voice.label(if *with_balance { "audience-balance" } else { "audience-any-balance" }, &[]);
    let language = match language {
        None => voice.label("audience-any-language", &[]),
        Some(language) => voice.label(&format!("language-{language}"), &[]),
    };
    let choice = |label: String, n| vec![view::button(label, &Callback::Panel(Panel::Choose(n, tag)))];
    let send = view::button(voice.label("broadcast-send", &[("count", &count)]), &Callback::Panel(Panel::Save(tag)));
    message.rows = vec![
        choice(format!("👥 {days}"), DAYS),
        choice(format!("💰 {balance}"), BALANCE),
        choice(format!("🌐 {language}"), LANGUAGE),
        choice(voice.label("broadcast-preview", &[]), PREVIEW),
        vec![styled(send, Style::Danger)],
    ];
    Ok(message)
}

/// Another choice of whom it goes to, or the message as users will see it.
pub async fn choose(ctx: Ctx<'_>, draft: Draft, choice: u8) -> ServiceResult<Reply> {
    let (audience, all) = (draft.audience.clone(), languages(ctx).known);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let audience = match choice {
        DAYS => audience.next_days(),
        BALANCE => Audience { with_balance: !audience.with_balance, ..audience },
        LANGUAGE => audience.next_language(&all),
        _ => audience,
    };
    let also = draft.text.as_ref().filter(|_| choice == PREVIEW).map(|text| letter::broadcast(&ctx.voice(), text));
    Ok(Reply { also, ..next(ctx, Draft { audience, ..draft }).await? })
}

/// Takes the text.
pub async fn take(ctx: Ctx<'_>, draft: Draft, answer: Answer<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let Some(text) = answer.text().map(str::trim) else { return Ok(Reply::notice(voice.label("bad-broadcast", &[]))) };
    // Only what cannot be seen is in it: Telegram would refuse it for every user.
    let is_blank = text.chars().all(|c| c.is_whitespace() || c.is_control() || ('\u{200b}'..='\u{200f}').contains(&c));
    if is_blank || utf16(text) > LONGEST {
        return Ok(Reply::notice(voice.label("bad-broadcast", &[])));
    }
    next(ctx, Draft { text: Some(text.to_owned()), ..draft }).await
}

/// Begins to send.
pub async fn save(ctx: Ctx<'_>, draft: Draft) -> ServiceResult<Reply> {
    let Some(text) = &draft.text else { return next(ctx, draft).await };
    let (actor, languages) = (actor(ctx), languages(ctx));
    let new = New {
        actor: &actor,
        telegram_id: ctx.user.telegram_id,
        body: text,
        audience: &draft.audience,
        languages: &languages,
        request_key: &format!("{:x}", draft.nonce),
    };
    broadcasts::begin(ctx.tenant, &new, ctx.now()).await?;
    dialog::end(ctx).await?;
    let reply = list(ctx, 0).await?.with_notice(ctx.voice().label("broadcast-begins", &[]));
    Ok(Reply { work: Some(Work::Broadcast), ..reply })
}

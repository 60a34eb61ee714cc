//! Messages of providers that matched nothing: listed with the reason, assigned by hand.

use super::dialog::{self, Dialog};
use super::{Answer, Area, Panel, Verb, actor, button, leave_row, providers as providers_area, search};
use crate::domain::message::{Style, cut};
use crate::domain::phone::ascii_digits;
use crate::service::ServiceResult;
use crate::service::providers::{self, Candidate, Unmatched};
use crate::ui::brand::Voice;
use crate::ui::view::{self, pager, styled};
use crate::ui::{Callback, Ctx, Reply};
use serde::{Deserialize, Serialize};

/// A code is at most so long, in characters.
const LONGEST_CODE: usize = 32;
/// A message's text in a list is at most so long, in UTF-16 units.
const LONGEST_SHOWN: usize = 24;

/// A message that is being assigned to a rental.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    message: i64,
    rental: i64,
    /// The code that was read out of the message.
    found: Option<String>,
}

fn to(verb: Verb) -> Panel {
    Panel::In(Area::Inbox, verb)
}

/// A press in the area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { of: 0, page } => list(ctx, page).await,
        Verb::List { of, page } => show(ctx, of, page).await,
        Verb::Show(id) => show(ctx, id, 0).await,
        Verb::Set(message, _, rental) => ask(ctx, message, rental.into()).await,
        _ => list(ctx, 0).await,
    }
}

fn label(voice: &Voice<'_>, message: &Unmatched) -> String {
    let number = message.phone_number.as_deref().or(message.line.as_deref()).unwrap_or("—");
    let text = message.body.as_deref().unwrap_or_default().replace('\n', " ");
    format!("{} · \u{200e}{number} · {}", voice.moment(message.received_at), cut(&text, LONGEST_SHOWN))
}

async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let wanted = search::wanted(ctx, Area::Inbox).await?;
    let named = wanted.as_deref().unwrap_or_default();
    let page = providers::unmatched(ctx.tenant, named, page, ctx.brand.page_size).await?;
    let is_empty = page.rows.is_empty();
    let key = if is_empty && wanted.is_none() { "panel-inbox-empty" } else { "panel-inbox-list" };
    let heading = search::heading(&voice, voice.say(key, &[]), wanted.as_deref(), is_empty);
    let mut message = voice.compose(&heading, &[]);
    let row = |m: &Unmatched| vec![view::button(label(&voice, m), &Callback::Panel(to(Verb::Show(m.id))))];
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(to(Verb::List { of: 0, page }))));
    message.rows.push(search::row(&voice, Area::Inbox, 0, wanted.as_deref()));
    let back = Panel::In(Area::Providers, Verb::List { of: 0, page: 0 });
    message.rows.push(vec![button(&voice, "button-back", back)]);
    Ok(Reply::screen(message))
}

/// A message, with this page of the rentals that it may be for.
async fn show(ctx: Ctx<'_>, id: i64, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (unmatched, candidates) = providers::message(ctx.tenant, id, page, ctx.brand.page_size).await?;
    let or_none = |text: Option<String>| text.filter(|t| !t.is_empty()).unwrap_or_else(|| "—".to_owned());
    let reason = unmatched.reason.map_or_else(|| "—".to_owned(), |word| providers_area::reason(&voice, &word));
    let args = [
        ("at", voice.moment(unmatched.received_at)),
        ("provider", unmatched.provider),
        ("number", or_none(unmatched.phone_number.or(unmatched.line.map(|line| format!("📱 {line}"))))),
        ("sender", or_none(unmatched.sender)),
        ("text", or_none(unmatched.body)),
        ("reason", reason),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let hint = if candidates.rows.is_empty() { "inbox-nobody" } else { "inbox-assign" };
    let text = format!("{}\n\n{}", voice.say("panel-inbox-message", &args), voice.say(hint, &[]));
    let mut message = voice.compose(&text, &[]);
    let row = |c: &Candidate| {
        let label = format!("🧾 {} · {} · \u{200e}{}", c.telegram_id, c.service, c.phone_number);
        let rental = u32::try_from(c.rental).ok()?;
        Some(vec![view::button(label, &Callback::Panel(to(Verb::Set(id, 0, rental))))])
    };
    message.rows = candidates.rows.iter().filter_map(row).collect();
    message.rows.push(pager(&voice, &candidates, |page| Callback::Panel(to(Verb::List { of: id, page }))));
    message.rows.push(vec![button(&voice, "button-back", to(Verb::List { of: 0, page: 0 }))]);
    Ok(Reply::screen(message))
}

/// Asks for the code; the one that was found is offered.
async fn ask(ctx: Ctx<'_>, message: i64, rental: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let found = providers::code_for(ctx.tenant, message, rental).await?;
    let tag = dialog::put(ctx, &Dialog::Assign(Assignment { message, rental, found: found.clone() })).await?;
    let mut screen = voice.compose(&voice.say("ask-assign", &[]), &[]);
    if let Some(code) = &found {
        let label = voice.label("assign-code", &[("code", code)]);
        screen.rows.push(vec![styled(view::button(label, &Callback::Panel(Panel::Choose(0, tag))), Style::Primary)]);
    }
    screen.rows.push(leave_row(&voice));
    Ok(Reply::screen(screen))
}

/// Takes the code that was found.
pub async fn choose(ctx: Ctx<'_>, assignment: Assignment) -> ServiceResult<Reply> {
    match assignment.found.clone() {
        Some(code) => assign(ctx, &assignment, &code).await,
        None => ask(ctx, assignment.message, assignment.rental).await,
    }
}

/// Takes a code that was typed.
pub async fn take(ctx: Ctx<'_>, assignment: Assignment, answer: Answer<'_>) -> ServiceResult<Reply> {
    let code = ascii_digits(answer.text().unwrap_or_default().trim());
    let is_code = !code.is_empty() && code.len() <= LONGEST_CODE && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_code { assign(ctx, &assignment, &code).await } else { Ok(Reply::notice(ctx.voice().label("bad-code", &[]))) }
}

async fn assign(ctx: Ctx<'_>, assignment: &Assignment, code: &str) -> ServiceResult<Reply> {
    let pair = (assignment.message, assignment.rental);
    dialog::end(ctx).await?;
    providers::assign(ctx.tenant, &ctx.brand.policy, &actor(ctx), pair, code, ctx.now()).await?;
    let reply = list(ctx, 0).await?.with_notice(ctx.voice().label("assigned", &[]));
    Ok(Reply { letters: true, money_came: true, ..reply })
}

//! The audit log: who did what, and when; and every movement of money.

use super::{Area, Panel, Verb, button, search};
use crate::domain::message::{Button, cut};
use crate::service::ServiceResult;
use crate::service::audit::{self, Line, Row};
use crate::ui::brand::Voice;
use crate::ui::view::{self, pager};
use crate::ui::{Callback, Ctx, Reply};

/// What can be listed alone: its text, and the first words of its acts.
const KINDS: [(&str, &[&str]); 6] = [
    ("audit-all", &[]),
    ("audit-money", &[]),
    ("audit-access", &["panel", "admin", "webhook_refused", "terms"]),
    ("audit-users", &["user", "credit"]),
    ("audit-stock", &["service", "country", "number", "stock", "provider", "message"]),
    ("audit-settings", &["setting", "channel", "broadcast", "export", "bot"]),
];
const MONEY: i64 = 1;
/// Before and after are each shown at most so long, in UTF-16 units: both fit into one message.
const LONGEST_FACTS: usize = 1700;

/// A press in the log. Nothing in it can be changed.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::Show(id) => show(ctx, id).await,
        Verb::Edit(id, _) => show_movement(ctx, id).await,
        Verb::List { of: MONEY, page } => money(ctx, page).await,
        Verb::List { of, page } => list(ctx, of, page).await,
        _ => list(ctx, 0, 0).await,
    }
}

fn to(verb: Verb) -> Callback {
    Callback::Panel(Panel::In(Area::Audit, verb))
}

/// Everything under the rows: pages, search, the other kinds, the way back.
fn foot(voice: &Voice<'_>, of: i64, wanted: Option<&str>, pages: Vec<Button>) -> Vec<Vec<Button>> {
    let kinds: Vec<Button> = (0..)
        .zip(KINDS)
        .filter(|(n, _)| *n != of)
        .map(|(n, (key, _))| view::named(voice, key, &to(Verb::List { of: n, page: 0 })))
        .collect();
    let mut rows = vec![pages, search::row(voice, Area::Audit, of, wanted)];
    rows.extend(kinds.chunks(3).map(<[Button]>::to_vec));
    rows.push(vec![button(voice, "button-back", Panel::Home)]);
    rows
}

fn heading(voice: &Voice<'_>, kind: &str, wanted: Option<&str>, is_empty: bool) -> String {
    let kind = voice.label(kind, &[]);
    search::heading(voice, voice.say("panel-audit-list", &[("kind", &kind)]), wanted, is_empty)
}

fn label(voice: &Voice<'_>, row: &Row) -> String {
    format!("{} · {} · {} {}", voice.moment(row.at), row.actor, row.action, row.subject).trim().to_owned()
}

async fn list(ctx: Ctx<'_>, of: i64, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let wanted = search::wanted(ctx, Area::Audit).await?;
    let (key, areas) = usize::try_from(of).ok().and_then(|n| KINDS.get(n)).unwrap_or(&KINDS[0]);
    let text = wanted.as_deref().unwrap_or_default();
    let page = audit::page(ctx.tenant, areas, text, page, ctx.brand.page_size).await?;
    let mut message = voice.compose(&heading(&voice, key, wanted.as_deref(), page.rows.is_empty()), &[]);
    message.rows =
        page.rows.iter().map(|row| vec![view::button(label(&voice, row), &to(Verb::Show(row.id)))]).collect();
    let pages = pager(&voice, &page, |page| to(Verb::List { of, page }));
    message.rows.extend(foot(&voice, of, wanted.as_deref(), pages));
    Ok(Reply::screen(message))
}

/// Every movement of money; what is looked for is a user's id.
async fn money(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let wanted = search::wanted(ctx, Area::Audit).await?;
    let user = wanted.as_ref().and_then(|text| text.parse().ok());
    let page = audit::money(ctx.tenant, user, page, ctx.brand.page_size).await?;
    let mut message = voice.compose(&heading(&voice, "audit-money", wanted.as_deref(), page.rows.is_empty()), &[]);
    let label = |line: &Line| {
        format!("{} · {} · {}", voice.moment(line.created_at), line.telegram_id, voice.amount(line.amount))
    };
    message.rows = page.rows.iter().map(|line| vec![view::button(label(line), &to(Verb::Edit(line.id, 0)))]).collect();
    let pages = pager(&voice, &page, |page| to(Verb::List { of: MONEY, page }));
    message.rows.extend(foot(&voice, MONEY, wanted.as_deref(), pages));
    Ok(Reply::screen(message))
}

async fn show_movement(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let line = audit::movement(ctx.tenant, id).await?;
    let args = [
        ("at", voice.moment(line.created_at)),
        ("user", line.telegram_id.to_string()),
        ("kind", voice.label(&format!("kind-{}", line.kind), &[])),
        ("amount", voice.amount(line.amount)),
        ("balance", voice.amount(line.balance_after)),
        ("reason", line.reason),
        ("actor", line.actor),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut message = voice.compose(&voice.say("panel-movement", &args), &[]);
    message.rows = vec![vec![view::named(&voice, "button-back", &to(Verb::List { of: MONEY, page: 0 }))]];
    Ok(Reply::screen(message))
}

async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let row = audit::row(ctx.tenant, id).await?;
    let json = |value: &Option<serde_json::Value>| {
        value.as_ref().map_or_else(|| "—".to_owned(), |v| cut(&format!("{v:#}"), LONGEST_FACTS).to_owned())
    };
    let (at, before, after) = (voice.moment(row.at), json(&row.before), json(&row.after));
    let args = [
        ("at", at.as_str()),
        ("actor", row.actor.as_str()),
        ("action", row.action.as_str()),
        ("subject", row.subject.as_str()),
        ("before", before.as_str()),
        ("after", after.as_str()),
    ];
    let mut message = voice.compose(&voice.say("panel-audit-row", &args), &[]);
    message.rows = vec![vec![view::named(&voice, "button-back", &to(Verb::List { of: 0, page: 0 }))]];
    Ok(Reply::screen(message))
}

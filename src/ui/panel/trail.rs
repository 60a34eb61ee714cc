//! The audit log: who did what, and when.

use super::{Area, Panel, Verb, button};
use crate::service::ServiceResult;
use crate::service::audit::{self, Row};
use crate::ui::brand::Voice;
use crate::ui::view::{self, pager};
use crate::ui::{Callback, Ctx, Reply};

/// A press in the log. Nothing in it can be changed.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::Show(id) => show(ctx, id).await,
        Verb::List { page, .. } => list(ctx, page).await,
        _ => list(ctx, 0).await,
    }
}

fn to(verb: Verb) -> Callback {
    Callback::Panel(Panel::In(Area::Audit, verb))
}

fn label(voice: &Voice<'_>, row: &Row) -> String {
    format!("{} · {} · {} {}", voice.moment(row.at), row.actor, row.action, row.subject).trim().to_owned()
}

async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let page = audit::page(ctx.tenant, page, ctx.brand.page_size).await?;
    let mut message = voice.compose(&voice.say("panel-audit-list", &[]), &[]);
    message.rows =
        page.rows.iter().map(|row| vec![view::button(label(&voice, row), &to(Verb::Show(row.id)))]).collect();
    message.rows.push(pager(&voice, &page, |page| to(Verb::List { of: 0, page })));
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let row = audit::row(ctx.tenant, id).await?;
    let json = |value: &Option<serde_json::Value>| value.as_ref().map_or_else(|| "—".to_owned(), |v| format!("{v:#}"));
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
    message.rows = vec![vec![button(&voice, "button-back", Panel::In(Area::Audit, Verb::List { of: 0, page: 0 }))]];
    Ok(Reply::screen(message))
}

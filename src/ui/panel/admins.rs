//! The owner's assistants. Only the owner gets here.

use super::form::{self, Form, Kind};
use super::{Area, Panel, Verb, actor, button};
use crate::domain::message::Style;
use crate::service::admins::{self, Admin};
use crate::service::{ServiceResult, customers};
use crate::ui::view::{self, pager, styled};
use crate::ui::{Callback, Ctx, Reply};

fn admin(verb: Verb) -> Panel {
    Panel::In(Area::Admins, verb)
}

/// A press in the area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { page, .. } => list(ctx, page).await,
        Verb::Show(id) | Verb::Edit(id, _) => show(ctx, id).await,
        Verb::Add(_) => form::begin(ctx, Kind::Appoint, 0, None).await,
        Verb::Set(id, area, open) => set_area(ctx, id, area, open == 1).await,
        Verb::Ask(id, _) => ask(ctx, id).await,
        Verb::Do(id, _) => {
            admins::dismiss(ctx.tenant, &actor(ctx), id, ctx.now()).await?;
            Ok(changed(ctx, list(ctx, 0).await?))
        }
    }
}

fn changed(ctx: Ctx<'_>, reply: Reply) -> Reply {
    Reply { users_changed: true, ..reply }.with_notice(ctx.voice().label("saved", &[]))
}

fn named(admin: &Admin) -> String {
    let name = admin.username.as_ref().map_or_else(|| admin.first_name.clone(), |name| format!("@{name}"));
    format!("{name} · {}", admin.telegram_id)
}

async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let page = crate::service::browse::Page::of(admins::all(ctx.tenant).await?, page, ctx.brand.page_size);
    let mut message = voice.compose(&voice.say("panel-admins-list", &[]), &[]);
    let row = |a: &Admin| vec![view::button(named(a), &Callback::Panel(admin(Verb::Show(a.id))))];
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(admin(Verb::List { of: 0, page }))));
    message.rows.push(vec![styled(button(&voice, "panel-admin-add", admin(Verb::Add(0))), Style::Primary)]);
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

/// A check box for each area.
async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (found, open) = admins::find(ctx.tenant, id).await?;
    let mut message = voice.compose(&voice.say("panel-admin", &[("name", &named(&found))]), &[]);
    for (n, (area, word)) in Area::ALL.into_iter().enumerate().filter(|(_, (area, _))| area.can_be_given()) {
        let is_open = open.iter().any(|a| a == word);
        let mark = if is_open { "✅" } else { "⬜" };
        let label = format!("{mark} {}", voice.label(area.title(), &[]));
        let set = Verb::Set(id, u8::try_from(n).unwrap_or(u8::MAX), u32::from(!is_open));
        message.rows.push(vec![view::button(label, &Callback::Panel(admin(set)))]);
    }
    message.rows.push(vec![styled(button(&voice, "panel-admin-dismiss", admin(Verb::Ask(id, 0))), Style::Danger)]);
    message.rows.push(vec![button(&voice, "button-back", admin(Verb::List { of: 0, page: 0 }))]);
    Ok(Reply::screen(message))
}

async fn set_area(ctx: Ctx<'_>, id: i64, area: u8, open: bool) -> ServiceResult<Reply> {
    if let Some((_, word)) = Area::ALL.get(usize::from(area)).filter(|(area, _)| area.can_be_given()) {
        admins::set_area(ctx.tenant, &actor(ctx), id, word, open, ctx.now()).await?;
    }
    show(ctx, id).await
}

async fn ask(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (found, _) = admins::find(ctx.tenant, id).await?;
    let mut message = voice.compose(&voice.say("panel-ask-dismiss", &[("name", &named(&found))]), &[]);
    message.rows = vec![
        vec![styled(button(&voice, "panel-admin-dismiss-yes", admin(Verb::Do(id, 0))), Style::Danger)],
        vec![button(&voice, "button-back", admin(Verb::Show(id)))],
    ];
    Ok(Reply::screen(message))
}

/// Appoints the user whom the answer names; they must have started the bot.
pub async fn appoint(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let id = customers::search(ctx.tenant, &form.answer(0).unwrap_or_default()).await?;
    admins::appoint(ctx.tenant, &actor(ctx), id, ctx.now()).await?;
    Ok(Reply { users_changed: true, ..show(ctx, id).await? })
}

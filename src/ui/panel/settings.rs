//! Settings: each with its value, where it comes from, and the way back to the file's.

use super::dialog::{self, Dialog};
use super::{Answer, Area, Panel, Verb, actor, button, leave_row};
use crate::domain::message::{Style, cut};
use crate::domain::rental::Payment;
use crate::domain::setting::{Setting, Shape};
use crate::password::PanelPassword;
use crate::service::browse::Page;
use crate::service::{Refusal, ServiceResult, settings};
use crate::ui::brand::Voice;
use crate::ui::view::{self, pager, styled};
use crate::ui::{Callback, Ctx, Reply};
use serde_json::Value;

/// A value in a list is at most so long, in UTF-16 units.
const LONGEST_SHOWN: usize = 40;

fn to(verb: Verb) -> Panel {
    Panel::In(Area::Settings, verb)
}

fn nth(id: i64) -> ServiceResult<Setting> {
    let found = usize::try_from(id).ok().and_then(|n| Setting::ALL.get(n));
    Ok(found.map(|(setting, _)| *setting).ok_or(Refusal::NotFound)?)
}

/// The password is the owner's alone: with another one an assistant could lock the owner out.
fn may_set(ctx: Ctx<'_>, setting: Setting) -> bool {
    ctx.is_owner() || !setting.is_secret()
}

/// A press in the settings' area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { page, .. } => Ok(list(ctx, page)),
        Verb::Show(id) | Verb::Edit(id, _) | Verb::Add(id) | Verb::Set(id, ..) | Verb::Ask(id, _) | Verb::Do(id, _)
            if !may_set(ctx, nth(id)?) =>
        {
            Err(Refusal::NotAllowed.into())
        }
        Verb::Show(id) => show(ctx, id, nth(id)?).await,
        Verb::Edit(id, _) | Verb::Add(id) => ask(ctx, id, nth(id)?).await,
        Verb::Set(id, _, on) if nth(id)?.shape() == Shape::Switch => set(ctx, id, Some(&Value::Bool(on == 1))).await,
        Verb::Set(id, ..) => show(ctx, id, nth(id)?).await,
        Verb::Ask(id, _) | Verb::Do(id, _) => set(ctx, id, None).await,
    }
}

/// The value in force, in words.
fn value(ctx: Ctx<'_>, setting: Setting) -> String {
    let (voice, brand) = (ctx.voice(), ctx.brand);
    let rules = &brand.policy.rules;
    let switch = |on| voice.label(if on { "yes" } else { "no" }, &[]);
    match setting {
        Setting::Maintenance => switch(brand.maintenance),
        Setting::CheckBalance => switch(rules.payment == Payment::Held),
        Setting::TimeLimit => voice.minutes(rules.time_limit),
        Setting::PageSize => brand.page_size.to_string(),
        Setting::Reward => voice.amount(brand.standard_reward),
        Setting::OpenRentals => rules.open_at_once.to_string(),
        Setting::ChangesPerHour => rules.changes_per_hour.to_string(),
        Setting::PressesPerMinute => brand.presses_per_minute.to_string(),
        Setting::LowStock => brand.policy.low_stock.to_string(),
        Setting::EraseCode => rules.erase_code_after.map_or_else(|| voice.label("never", &[]), |a| voice.minutes(a)),
        Setting::PollInterval => brand.poll_interval.to_string(),
        Setting::AdminPassword => "•••".to_owned(),
        Setting::Support => brand.support.clone().unwrap_or_else(|| "—".to_owned()),
    }
}

fn title(voice: &Voice<'_>, setting: Setting) -> String {
    voice.label(&format!("setting-{}", setting.word()), &[])
}

fn list(ctx: Ctx<'_>, page: u32) -> Reply {
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("panel-settings-list", &[]), &[]);
    let all = (0..).zip(Setting::ALL.map(|(setting, _)| setting)).filter(|(_, s)| may_set(ctx, *s)).collect();
    let page = Page::of(all, page, ctx.brand.page_size);
    message.rows = { page.rows.iter() }
        .map(|&(n, setting)| {
            let mark = if ctx.brand.set_here.contains(&setting) { "🖐 " } else { "📄 " };
            let label = format!("{mark}{}: {}", title(&voice, setting), cut(&value(ctx, setting), LONGEST_SHOWN));
            vec![view::button(label, &Callback::Panel(to(Verb::Show(n))))]
        })
        .collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(to(Verb::List { of: 0, page }))));
    message.rows.push(vec![button(&voice, "panel-texts", Panel::In(Area::Texts, Verb::List { of: 0, page: 0 }))]);
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Reply::screen(message)
}

async fn show(ctx: Ctx<'_>, id: i64, setting: Setting) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let is_set_here = ctx.brand.set_here.contains(&setting);
    let origin = voice.label(if is_set_here { "origin-panel" } else { "origin-file" }, &[]);
    let (title, now) = (title(&voice, setting), value(ctx, setting));
    let args = [("title", title.as_str()), ("value", now.as_str()), ("origin", origin.as_str())];
    let mut message = voice.compose(&voice.say("panel-setting", &args), &[]);
    message.rows = match setting.shape() {
        Shape::Switch => vec![vec![
            button(&voice, "switch-on", to(Verb::Set(id, 0, 1))),
            button(&voice, "switch-off", to(Verb::Set(id, 0, 0))),
        ]],
        _ => vec![vec![styled(button(&voice, "button-change", to(Verb::Edit(id, 0))), Style::Primary)]],
    };
    if is_set_here {
        message.rows.push(vec![button(&voice, "back-to-file", to(Verb::Do(id, 0)))]);
    }
    message.rows.push(vec![button(&voice, "button-back", to(Verb::List { of: 0, page: 0 }))]);
    Ok(Reply::screen(message))
}

async fn ask(ctx: Ctx<'_>, id: i64, setting: Setting) -> ServiceResult<Reply> {
    if setting.shape() == Shape::Switch {
        return show(ctx, id, setting).await;
    }
    let voice = ctx.voice();
    dialog::put(ctx, &Dialog::Setting(id)).await?;
    let text = format!("{}\n{}", title(&voice, setting), hint(&voice, setting));
    let mut message = voice.compose(&text, &[]);
    message.rows = vec![leave_row(&voice)];
    Ok(Reply::screen(message))
}

/// What to write.
fn hint(voice: &Voice<'_>, setting: Setting) -> String {
    match setting.shape() {
        Shape::Whole(least, most) => {
            let (least, most) = (least.to_string(), most.to_string());
            voice.label("ask-whole", &[("least", &least), ("most", &most)])
        }
        Shape::Contact => voice.label("ask-contact", &[]),
        Shape::Secret => voice.label("ask-password", &[]),
        Shape::Amount | Shape::Switch => voice.label("bad-amount", &[]),
    }
}

/// Takes the answer to that.
pub async fn take(ctx: Ctx<'_>, id: i64, answer: Answer<'_>) -> ServiceResult<Reply> {
    let setting = nth(id)?;
    if setting.is_secret() {
        return take_password(ctx, answer).await;
    }
    match answer.text().and_then(|text| setting.read(text)) {
        Some(value) => set(ctx, id, Some(&value)).await,
        None => Ok(Reply::notice(hint(&ctx.voice(), setting))),
    }
}

/// Takes another password for the panel; its hash is kept.
pub async fn take_password(ctx: Ctx<'_>, answer: Answer<'_>) -> ServiceResult<Reply> {
    match PanelPassword::hash(answer.text().unwrap_or_default().trim()).await {
        Some(hash) => confirm_password(ctx, hash).await,
        None => Ok(Reply::notice(ctx.voice().label("ask-password", &[]))),
    }
}

/// Asks before a password is saved: every session ends with it.
async fn confirm_password(ctx: Ctx<'_>, hash: String) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let tag = dialog::put(ctx, &Dialog::NewPassword(hash)).await?;
    let mut message = voice.compose(&voice.say("confirm-password", &[]), &[]);
    message.rows =
        vec![vec![styled(button(&voice, "button-save", Panel::Save(tag)), Style::Danger)], leave_row(&voice)];
    Ok(Reply::screen(message))
}

/// Saves another password.
pub async fn save_password(ctx: Ctx<'_>, hash: String) -> ServiceResult<Reply> {
    let id = (0..).zip(Setting::ALL).find(|(_, (setting, _))| setting.is_secret()).map_or(0, |(n, _)| n);
    set(ctx, id, Some(&Value::String(hash))).await
}

/// Whether the n-th setting is a secret.
pub fn is_secret(id: i64) -> bool {
    nth(id).is_ok_and(Setting::is_secret)
}

/// Sets a value, or takes it back; in force at once.
async fn set(ctx: Ctx<'_>, id: i64, value: Option<&Value>) -> ServiceResult<Reply> {
    settings::set(ctx.tenant, &actor(ctx), nth(id)?, value, ctx.now()).await?;
    dialog::end(ctx).await?;
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("setting-saved", &[]), &[]);
    message.rows = vec![
        vec![button(&voice, "panel-settings", to(Verb::List { of: 0, page: 0 }))],
        vec![button(&voice, "button-back", Panel::Home)],
    ];
    Ok(Reply { settings_changed: true, ..Reply::screen(message) })
}

//! Users: listed, found, credited, banned.

use super::form::{self, Form, Kind};
use super::{Area, Panel, Verb, actor, button, search};
use crate::domain::message::Style;
use crate::domain::money::parse_amount;
use crate::service::customers::{self, Customer};
use crate::service::{ServiceResult, users};
use crate::ui::brand::Voice;
use crate::ui::view::{self, pager, styled};
use crate::ui::{Callback, Ctx, Reply};
use rust_decimal::Decimal;

/// What of a user is changed by a form.
const CREDIT: u8 = 0;
const DEBIT: u8 = 1;
const LETTER: u8 = 2;
/// What is done to a user.
const BAN: u8 = 0;
const UNBAN: u8 = 1;

fn user(verb: Verb) -> Panel {
    Panel::In(Area::Users, verb)
}

/// A press in the users' area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { page, .. } => list(ctx, page).await,
        Verb::Show(id) => show(ctx, id).await,
        Verb::Edit(id, CREDIT) => form::begin(ctx, Kind::Credit, id, None).await,
        Verb::Edit(id, DEBIT) => form::begin(ctx, Kind::Debit, id, None).await,
        Verb::Edit(id, LETTER) => form::begin(ctx, Kind::Letter, id, None).await,
        Verb::Edit(id, _) | Verb::Add(id) => show(ctx, id).await,
        Verb::Ask(id, _) => ask_ban(ctx, id).await,
        Verb::Do(id, BAN) => set_banned(ctx, id, true).await,
        Verb::Do(id, _) | Verb::Set(id, ..) => set_banned(ctx, id, false).await,
    }
}

fn named(customer: &Customer) -> String {
    customer.username.as_ref().map_or_else(|| customer.first_name.clone(), |name| format!("@{name}"))
}

fn label(customer: &Customer) -> String {
    let banned = if customer.is_banned { "🚫 " } else { "" };
    format!("{banned}{} · {}", customer.telegram_id, named(customer))
}

fn line(voice: &Voice<'_>, customer: &Customer) -> String {
    let args = [
        ("user", label(customer)),
        ("balance", voice.amount(customer.funds.balance)),
        ("rentals", customer.rentals.to_string()),
        ("joined", voice.moment(customer.joined_at)),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    voice.say("panel-user-line", &args)
}

async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let wanted = search::wanted(ctx, Area::Users).await?;
    let page = customers::page(ctx.tenant, wanted.as_deref().unwrap_or_default(), page, ctx.brand.page_size).await?;
    let mut text = search::heading(&voice, voice.say("panel-users-list", &[]), wanted.as_deref(), page.rows.is_empty());
    page.rows.iter().for_each(|c| text.push_str(&format!("\n{}", line(&voice, c))));
    let mut message = voice.compose(&text, &[]);
    let row = |c: &Customer| vec![view::button(label(c), &Callback::Panel(user(Verb::Show(c.id))))];
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(user(Verb::List { of: 0, page }))));
    message.rows.push(search::row(&voice, Area::Users, 0, wanted.as_deref()));
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let customer = customers::find(ctx.tenant, id).await?;
    let args = [
        ("name", format!("{} {}", customer.first_name, named(&customer))),
        ("id", customer.telegram_id.to_string()),
        ("balance", voice.amount(customer.funds.balance)),
        ("held", voice.amount(customer.funds.held)),
        ("rentals", customer.rentals.to_string()),
        ("joined", voice.moment(customer.joined_at)),
        ("banned", voice.label(if customer.is_banned { "yes" } else { "no" }, &[])),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut message = voice.compose(&voice.say("panel-user", &args), &[]);
    let ban = if customer.is_banned {
        button(&voice, "panel-user-unban", user(Verb::Do(id, UNBAN)))
    } else {
        styled(button(&voice, "panel-user-ban", user(Verb::Ask(id, BAN))), Style::Danger)
    };
    message.rows = vec![
        vec![
            button(&voice, "panel-user-credit", user(Verb::Edit(id, CREDIT))),
            button(&voice, "panel-user-debit", user(Verb::Edit(id, DEBIT))),
        ],
        vec![button(&voice, "panel-user-write", user(Verb::Edit(id, LETTER))), ban],
        vec![button(&voice, "button-back", user(Verb::List { of: 0, page: 0 }))],
    ];
    Ok(Reply::screen(message))
}

async fn ask_ban(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let customer = customers::find(ctx.tenant, id).await?;
    let mut message = voice.compose(&voice.say("panel-ask-ban", &[("name", &named(&customer))]), &[]);
    message.rows = vec![
        vec![styled(button(&voice, "panel-user-ban-yes", user(Verb::Do(id, BAN))), Style::Danger)],
        vec![button(&voice, "button-back", user(Verb::Show(id)))],
    ];
    Ok(Reply::screen(message))
}

async fn set_banned(ctx: Ctx<'_>, id: i64, banned: bool) -> ServiceResult<Reply> {
    let customer = customers::find(ctx.tenant, id).await?;
    users::set_banned(ctx.tenant, customer.telegram_id, banned, &actor(ctx), ctx.now()).await?;
    let reply = show(ctx, id).await?;
    Ok(Reply { users_changed: true, ..reply }.with_notice(ctx.voice().label("saved", &[])))
}

/// Adds to a balance, or takes from it.
pub async fn save(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let amount = form.answer(0).and_then(|text| parse_amount(&text).ok()).unwrap_or(Decimal::ZERO);
    let amount = if form.kind == Kind::Debit { -amount } else { amount };
    let (reason, key) = (form.answer(1).unwrap_or_default(), format!("panel:{:x}", form.nonce));
    customers::grant(ctx.tenant, &actor(ctx), form.of, amount, &reason, &key, ctx.now()).await?;
    show(ctx, form.of).await
}

/// Writes to one user.
pub async fn write(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let text = form.answer(0).unwrap_or_default();
    customers::write(ctx.tenant, &actor(ctx), form.of, (&text, form.nonce), ctx.now()).await?;
    Ok(Reply { letters: true, ..show(ctx, form.of).await? })
}

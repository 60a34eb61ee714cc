//! The stock: a country's numbers by state, one number, adding by hand, searching, deleting.

use super::form::{self, Form, Kind};
use super::{Area, Panel, Verb, actor, button, search, upload};
use crate::domain::message::{Style, mark};
use crate::domain::money::parse_amount;
use crate::service::ServiceResult;
use crate::service::numbers::{self, Number};
use crate::service::shop;
use crate::ui::brand::Voice;
use crate::ui::view::{self, copy, pager, styled};
use crate::ui::{Callback, Ctx, Reply};

/// The states by their number in a filter; 0 is every one but the deleted.
const STATES: [&str; 5] = ["", "available", "reserved", "used", "deleted"];
/// A filter is a country and a state in one number.
const FILTER: i64 = 8;
/// What is deleted: one number, or all that match a filter.
const ONE: u8 = 0;
const ALL: u8 = 1;
/// Stops an import.
pub const STOP: u8 = 2;
/// What is begun: looking for a number, or sending a file.
const FIND: u8 = 0;
const UPLOAD: u8 = 1;

fn to(verb: Verb) -> Panel {
    Panel::In(Area::Numbers, verb)
}

fn state_of(filter: i64) -> Option<&'static str> {
    let n = usize::try_from(filter.rem_euclid(FILTER)).unwrap_or(0);
    STATES.get(n).copied().filter(|state| !state.is_empty())
}

/// The list of a country, whatever the state.
pub fn of_country(country: i64) -> Panel {
    to(Verb::List { of: country.saturating_mul(FILTER), page: 0 })
}

/// A press in the stock's area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { of: 0, page } => countries(ctx, page).await,
        Verb::List { of, page } => list(ctx, of, page).await,
        Verb::Show(id) => show(ctx, id).await,
        Verb::Add(country) => form::begin(ctx, Kind::Number, country, None).await,
        Verb::Edit(country, UPLOAD) => upload::begin(ctx, country).await,
        Verb::Edit(..) => form::begin(ctx, Kind::FindNumber, 0, None).await,
        Verb::Set(id, _, state) => set_state(ctx, id, state).await,
        Verb::Ask(id, ONE) => ask_one(ctx, id).await,
        Verb::Ask(filter, _) => ask(ctx, filter).await,
        Verb::Do(filter, ALL) => delete_all(ctx, filter).await,
        Verb::Do(import, STOP) => Ok(upload::stop(ctx, import)),
        Verb::Do(id, _) => set_state(ctx, id, 4).await,
    }
}

/// Every service's countries.
async fn countries(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let wanted = search::wanted(ctx, Area::Numbers).await?;
    let named = wanted.as_deref().unwrap_or_default();
    let page = shop::all_countries(ctx.tenant, named, page, ctx.brand.page_size).await?;
    let heading =
        search::heading(&voice, voice.say("panel-numbers-countries", &[]), wanted.as_deref(), page.rows.is_empty());
    let mut message = voice.compose(&heading, &[]);
    let label = |(country, service): &(shop::Country, String)| {
        format!("{service} · {} {} \u{200e}+{}", country.flag, country.country_name, country.country_code)
    };
    let row = |row: &(shop::Country, String)| vec![view::button(label(row), &Callback::Panel(of_country(row.0.id)))];
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(to(Verb::List { of: 0, page }))));
    message.rows.push(search::row(&voice, Area::Numbers, 0, wanted.as_deref()));
    message.rows.push(vec![
        styled(button(&voice, "panel-upload", to(Verb::Edit(0, UPLOAD))), Style::Primary),
        button(&voice, "panel-number-find", to(Verb::Edit(0, FIND))),
    ]);
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

fn state_name(voice: &Voice<'_>, state: &str) -> String {
    voice.label(&format!("number-{state}"), &[])
}

async fn list(ctx: Ctx<'_>, filter: i64, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let country = filter / FILTER;
    let listed = numbers::page(ctx.tenant, country, state_of(filter), page, ctx.brand.page_size).await?;
    let counts: Vec<String> =
        listed.counts.iter().map(|(state, count)| format!("{}: {count}", state_name(&voice, state))).collect();
    let counts = if counts.is_empty() { "—".to_owned() } else { counts.join(" · ") };
    let args = [("country", listed.country.as_str()), ("counts", counts.as_str())];
    let mut message = voice.compose(&voice.say("panel-numbers-list", &args), &[]);
    let label = |n: &Number| format!("\u{200e}{} · {}", n.phone_number, state_name(&voice, &n.status));
    let row = |n: &Number| vec![view::button(label(n), &Callback::Panel(to(Verb::Show(n.id))))];
    message.rows = listed.page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &listed.page, |page| Callback::Panel(to(Verb::List { of: filter, page }))));
    let by_state = (1..5).map(|n| {
        let panel = to(Verb::List { of: country * FILTER + n, page: 0 });
        view::button(state_name(&voice, STATES[n.unsigned_abs() as usize]), &Callback::Panel(panel))
    });
    message.rows.push(by_state.collect());
    message.rows.push(vec![
        styled(button(&voice, "panel-number-add", to(Verb::Add(country))), Style::Primary),
        button(&voice, "panel-upload", to(Verb::Edit(country, UPLOAD))),
        button(&voice, "panel-number-find", to(Verb::Edit(0, FIND))),
    ]);
    message.rows.push(vec![styled(button(&voice, "panel-numbers-delete", to(Verb::Ask(filter, ALL))), Style::Danger)]);
    message.rows.push(vec![button(&voice, "button-back", to(Verb::List { of: 0, page: 0 }))]);
    Ok(Reply::screen(message))
}

async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let number = numbers::find(ctx.tenant, id).await?;
    let price = number.price_override.map_or_else(|| "—".to_owned(), |price| voice.amount(price));
    let (state, place) = (state_name(&voice, &number.status), mark(0));
    let args = [
        ("number", place.as_str()),
        ("service", number.service.as_str()),
        ("country", number.country.as_str()),
        ("state", state.as_str()),
        ("price", price.as_str()),
    ];
    let mut message = voice.compose(&voice.say("panel-number", &args), &[&number.phone_number]);
    let set = |key, state| button(&voice, key, to(Verb::Set(id, 0, state)));
    message.rows = vec![
        vec![copy(&voice, "button-copy-number", &number.phone_number)],
        vec![set("number-set-available", 1), set("number-set-used", 3)],
        vec![styled(button(&voice, "panel-remove", to(Verb::Ask(id, ONE))), Style::Danger)],
        vec![button(&voice, "button-back", of_country(number.country_id))],
    ];
    Ok(Reply::screen(message))
}

async fn set_state(ctx: Ctx<'_>, id: i64, state: u32) -> ServiceResult<Reply> {
    let state = STATES.get(state as usize).filter(|s| matches!(**s, "available" | "used" | "deleted"));
    if let Some(state) = state {
        numbers::set_state(ctx.tenant, &ctx.brand.policy, &actor(ctx), id, state, ctx.now()).await?;
    }
    Ok(show(ctx, id).await?.with_notice(ctx.voice().label("saved", &[])))
}

async fn ask_one(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let number = numbers::find(ctx.tenant, id).await?;
    let mut message =
        voice.compose(&voice.say("panel-ask-delete-number", &[("number", &mark(0))]), &[&number.phone_number]);
    message.rows = vec![
        vec![styled(button(&voice, "panel-delete-yes", to(Verb::Do(id, ONE))), Style::Danger)],
        vec![button(&voice, "button-back", to(Verb::Show(id)))],
    ];
    Ok(Reply::screen(message))
}

async fn ask(ctx: Ctx<'_>, filter: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let listed = numbers::page(ctx.tenant, filter / FILTER, state_of(filter), 0, 1).await?;
    let state = state_of(filter).map_or_else(|| voice.label("number-all", &[]), |s| state_name(&voice, s));
    let args = [("country", listed.country.as_str()), ("state", state.as_str())];
    let mut message = voice.compose(&voice.say("panel-ask-delete-numbers", &args), &[]);
    message.rows = vec![
        vec![styled(button(&voice, "panel-delete-yes", to(Verb::Do(filter, ALL))), Style::Danger)],
        vec![button(&voice, "button-back", to(Verb::List { of: filter, page: 0 }))],
    ];
    Ok(Reply::screen(message))
}

async fn delete_all(ctx: Ctx<'_>, filter: i64) -> ServiceResult<Reply> {
    let count = numbers::delete_all(ctx.tenant, &actor(ctx), filter / FILTER, state_of(filter), ctx.now()).await?;
    let notice = ctx.voice().label("numbers-deleted", &[("count", &count.to_string())]);
    Ok(list(ctx, filter / FILTER * FILTER, 0).await?.with_notice(notice))
}

/// Adds a number by hand.
pub async fn save(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let price = form.answer(1).and_then(|text| parse_amount(&text).ok());
    let phone = form.answer(0).unwrap_or_default();
    let id = numbers::add(ctx.tenant, &actor(ctx), form.of, &phone, price, ctx.now()).await?;
    show(ctx, id).await
}

/// Finds the number that the answer names.
pub async fn search(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let id = numbers::search(ctx.tenant, &form.answer(0).unwrap_or_default()).await?;
    show(ctx, id).await
}

//! Services and their countries: listed, added, changed, linked to providers, deleted.

use super::form::{self, Form, Kind};
use super::{Area, Panel, Verb, actor, button, numbers, search};
use crate::domain::message::{Button, Style};
use crate::domain::money::parse_amount;
use crate::service::browse::Page;
use crate::service::shop::{self, Country, CountryChange, Link, Service, ServiceChange};
use crate::service::{Refusal, ServiceResult};
use crate::ui::brand::Voice;
use crate::ui::view::{self, pager, styled};
use crate::ui::{Callback, Ctx, Reply};
use rust_decimal::Decimal;

/// The values that are set by a button instead of a form.
const ACTIVE: u8 = 100;
const LINK: u8 = 101;
const UNLINK: u8 = 102;
/// By which words messages name it.
const WORDS: u8 = 103;

fn to(area: Area, verb: Verb) -> Callback {
    Callback::Panel(Panel::In(area, verb))
}

fn state(active: bool, origin: &str) -> &'static str {
    match (active, origin) {
        (true, "file") => "🟢 📄",
        (true, _) => "🟢",
        (false, "file") => "⏸ 📄",
        (false, _) => "⏸",
    }
}

/// A press in the services' area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { of: 0, page } => list(ctx, page).await,
        Verb::List { of, page } => show_page(ctx, of, page).await,
        Verb::Show(id) => show(ctx, id).await,
        Verb::Add(_) => form::begin(ctx, Kind::Service, 0, None).await,
        Verb::Edit(id, WORDS) => form::begin(ctx, Kind::ServiceWords, id, None).await,
        Verb::Edit(id, field) => form::begin(ctx, Kind::Service, id, Some(field)).await,
        Verb::Set(id, field, value) => set(ctx, id, field, value).await,
        Verb::Ask(id, _) => {
            let (service, ..) = shop::service(ctx.tenant, id, ctx.now()).await?;
            Ok(ask(ctx, Area::Services, id, &service.name))
        }
        Verb::Do(id, _) => {
            shop::delete_service(ctx.tenant, &actor(ctx), id, ctx.now()).await?;
            Ok(saved(ctx, list(ctx, 0).await?))
        }
    }
}

fn saved(ctx: Ctx<'_>, reply: Reply) -> Reply {
    Reply { settings_changed: true, ..reply }.with_notice(ctx.voice().label("saved", &[]))
}

/// Asks before something is deleted.
fn ask(ctx: Ctx<'_>, area: Area, id: i64, name: &str) -> Reply {
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("panel-ask-delete", &[("name", name)]), &[]);
    message.rows = vec![
        vec![styled(button(&voice, "panel-delete-yes", Panel::In(area, Verb::Do(id, 0))), Style::Danger)],
        vec![button(&voice, "button-back", Panel::In(area, Verb::Show(id)))],
    ];
    Reply::screen(message)
}

async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let wanted = search::wanted(ctx, Area::Services).await?;
    let named = wanted.as_deref().unwrap_or_default();
    let page = shop::services(ctx.tenant, named, page, ctx.brand.page_size, ctx.now()).await?;
    let heading =
        search::heading(&voice, voice.say("panel-services-list", &[]), wanted.as_deref(), page.rows.is_empty());
    let mut message = voice.compose(&heading, &[]);
    let label = |(service, free): &(Service, i64)| {
        let (mark, price) = (state(service.active, &service.origin), voice.amount(service.default_price));
        format!("{mark} {} {} · {price} · {free}", service.emoji, service.name)
    };
    let row = |row: &(Service, i64)| vec![view::button(label(row), &to(Area::Services, Verb::Show(row.0.id)))];
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| to(Area::Services, Verb::List { of: 0, page })));
    message.rows.push(search::row(&voice, Area::Services, 0, wanted.as_deref()));
    let add = button(&voice, "panel-service-add", Panel::In(Area::Services, Verb::Add(0)));
    message.rows.push(vec![styled(add, Style::Primary)]);
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    show_page(ctx, id, 0).await
}

/// A service, with this page of the providers that it may be linked to.
async fn show_page(ctx: Ctx<'_>, id: i64, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (service, free, links) = shop::service(ctx.tenant, id, ctx.now()).await?;
    let aliases: Vec<String> = service.aliases.iter().flatten().cloned().collect();
    let linked: Vec<&str> = links.iter().filter(|l| l.linked).map(|l| l.provider.as_str()).collect();
    let none = || "—".to_owned();
    let or_none = |text: String| if text.is_empty() { none() } else { text };
    let (price, free) = (voice.amount(service.default_price), free.to_string());
    let args = [
        ("state", state(service.active, &service.origin).to_owned()),
        ("name", format!("{} {}", service.emoji, service.name).trim().to_owned()),
        ("price", price),
        ("free", free),
        ("description", service.description.clone().unwrap_or_else(none)),
        ("aliases", or_none(aliases.join(voice.comma()))),
        ("pattern", service.code_regex.clone().unwrap_or_else(none)),
        ("providers", or_none(linked.join(voice.comma()))),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut text = voice.say("panel-service", &args);
    if linked.is_empty() {
        text.push_str(&format!("\n⚠️ {}", voice.say("no-provider-admin", &[])));
    }
    let mut message = voice.compose(&text, &[]);
    message.rows =
        vec![vec![button(&voice, "panel-countries", Panel::In(Area::Countries, Verb::List { of: id, page: 0 }))]];
    if service.origin == "panel" {
        let links = Page::of(links, page, ctx.brand.page_size);
        message.rows.extend(actions(&voice, &service, &links));
    } else {
        message.text.push_str(&format!("\n\n{}", voice.say("from-file", &[])));
    }
    message.rows.push(vec![button(&voice, "button-back", Panel::In(Area::Services, Verb::List { of: 0, page: 0 }))]);
    Ok(Reply::screen(message))
}

fn actions(voice: &Voice<'_>, service: &Service, links: &Page<Link>) -> Vec<Vec<Button>> {
    let id = service.id;
    let mut rows = form::fields(voice, Area::Services, id, Kind::Service);
    rows.push(vec![button(voice, "service-words", Panel::In(Area::Services, Verb::Edit(id, WORDS)))]);
    rows.extend(links.rows.iter().filter_map(|link| {
        let (mark, field) = if link.linked { ("✅", UNLINK) } else { ("⬜", LINK) };
        let provider = u32::try_from(link.provider_id).ok()?;
        let label = format!("{mark} 🔌 {}", link.provider);
        Some(vec![view::button(label, &to(Area::Services, Verb::Set(id, field, provider)))])
    }));
    rows.push(pager(voice, links, |page| to(Area::Services, Verb::List { of: id, page })));
    rows.push(end_row(voice, Area::Services, id, service.active));
    rows
}

/// Pause or resume, and delete.
fn end_row(voice: &Voice<'_>, area: Area, id: i64, active: bool) -> Vec<Button> {
    let key = if active { "panel-pause" } else { "panel-resume" };
    vec![
        button(voice, key, Panel::In(area, Verb::Set(id, ACTIVE, u32::from(!active)))),
        styled(button(voice, "panel-remove", Panel::In(area, Verb::Ask(id, 0))), Style::Danger),
    ]
}

async fn set(ctx: Ctx<'_>, id: i64, field: u8, value: u32) -> ServiceResult<Reply> {
    let actor = actor(ctx);
    match field {
        LINK | UNLINK => {
            shop::set_link(ctx.tenant, &actor, id, value.into(), field == LINK, ctx.now()).await?;
        }
        _ => {
            let change = ServiceChange { active: Some(value == 1), ..ServiceChange::default() };
            shop::change_service(ctx.tenant, &actor, id, &change, ctx.now()).await?;
        }
    }
    Ok(saved(ctx, show(ctx, id).await?))
}

fn price(text: Option<String>) -> Option<Decimal> {
    text.and_then(|text| parse_amount(&text).ok())
}

/// Other names of a service, as they were typed.
pub fn aliases(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    // One letter would be found in nearly every message.
    text.split([',', '،']).map(str::trim).filter(|a| a.chars().count() > 1).map(str::to_owned).collect()
}

/// The words by which messages name a service now, above the question for others.
pub async fn about_words(ctx: Ctx<'_>, id: i64) -> ServiceResult<String> {
    let voice = ctx.voice();
    let (service, ..) = shop::service(ctx.tenant, id, ctx.now()).await?;
    let words = service.known_words();
    let words: Vec<&str> = words.iter().map(|word| word.trim_start_matches('~')).collect();
    let words = if words.is_empty() { "—".to_owned() } else { words.join(voice.comma()) };
    Ok(voice.say("words-now", &[("service", &service.name), ("words", &words)]))
}

/// Saves the words by which messages name a service; none: the usual ones.
pub async fn save_words(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let words = form.answer(0).map(|text| aliases(Some(text)));
    let change = ServiceChange { words: Some(words), ..ServiceChange::default() };
    shop::change_service(ctx.tenant, &actor(ctx), form.of, &change, ctx.now()).await?;
    show(ctx, form.of).await
}

/// Whether the bot's file allows a service of this name.
pub fn is_allowed(ctx: Ctx<'_>, name: &str) -> bool {
    ctx.brand.allowed_services.as_ref().is_none_or(|allowed| allowed.iter().any(|a| a == name))
}

/// Saves a new service, or one field of one.
pub async fn save(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let actor = actor(ctx);
    let name = form.answer(0).filter(|_| matches!(form.only, None | Some(0)));
    if name.is_some_and(|name| !is_allowed(ctx, &name)) {
        return Err(Refusal::OutsideList.into());
    }
    let Some(only) = form.only else {
        let new = ServiceChange {
            name: form.answer(0),
            emoji: form.answer(1),
            default_price: price(form.answer(2)),
            description: Some(form.answer(3)),
            aliases: Some(aliases(form.answer(4))),
            code_regex: Some(form.answer(5)),
            ..ServiceChange::default()
        };
        let id = shop::add_service(ctx.tenant, &actor, &new, ctx.now()).await?;
        return show(ctx, id).await;
    };
    let (answer, none) = (form.answer(0), ServiceChange::default());
    let change = match only {
        0 => ServiceChange { name: answer, ..none },
        1 => ServiceChange { emoji: Some(answer.unwrap_or_default()), ..none },
        2 => ServiceChange { default_price: price(answer), ..none },
        3 => ServiceChange { description: Some(answer), ..none },
        4 => ServiceChange { aliases: Some(aliases(answer)), ..none },
        _ => ServiceChange { code_regex: Some(answer), ..none },
    };
    shop::change_service(ctx.tenant, &actor, form.of, &change, ctx.now()).await?;
    show(ctx, form.of).await
}

/// A press in the countries' area.
pub async fn press_country(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { of, page } => countries(ctx, of, page).await,
        Verb::Show(id) => show_country(ctx, id).await,
        Verb::Add(of) => form::begin(ctx, Kind::Country, of, None).await,
        Verb::Edit(id, field) => form::begin(ctx, Kind::Country, id, Some(field)).await,
        Verb::Set(id, _, value) => {
            let change = CountryChange { active: Some(value == 1), ..CountryChange::default() };
            shop::change_country(ctx.tenant, &actor(ctx), id, &change, ctx.now()).await?;
            Ok(saved(ctx, show_country(ctx, id).await?))
        }
        Verb::Ask(id, _) => {
            let (country, ..) = shop::country(ctx.tenant, id, ctx.now()).await?;
            Ok(ask(ctx, Area::Countries, id, &country.country_name))
        }
        Verb::Do(id, _) => {
            let (country, ..) = shop::country(ctx.tenant, id, ctx.now()).await?;
            shop::delete_country(ctx.tenant, &actor(ctx), id, ctx.now()).await?;
            Ok(saved(ctx, countries(ctx, country.service_id, 0).await?))
        }
    }
}

async fn countries(ctx: Ctx<'_>, of: i64, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (service, page) = shop::countries(ctx.tenant, of, page, ctx.brand.page_size, ctx.now()).await?;
    let mut message = voice.compose(&voice.say("panel-countries-list", &[("name", &service.name)]), &[]);
    let label = |(country, free): &(Country, i64)| {
        let price = voice.amount(country.price.unwrap_or(service.default_price));
        let mark = state(country.active, &country.origin);
        format!("{mark} {} {} \u{200e}+{} · {price} · {free}", country.flag, country.country_name, country.country_code)
    };
    let row = |row: &(Country, i64)| vec![view::button(label(row), &to(Area::Countries, Verb::Show(row.0.id)))];
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| to(Area::Countries, Verb::List { of, page })));
    if service.origin == "panel" {
        let add = button(&voice, "panel-country-add", Panel::In(Area::Countries, Verb::Add(of)));
        message.rows.push(vec![styled(add, Style::Primary)]);
    }
    message.rows.push(vec![button(&voice, "button-back", Panel::In(Area::Services, Verb::Show(of)))]);
    Ok(Reply::screen(message))
}

async fn show_country(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (country, service, free) = shop::country(ctx.tenant, id, ctx.now()).await?;
    let own = country.price.map_or_else(|| "—".to_owned(), |price| voice.amount(price));
    let args = [
        ("state", state(country.active, &country.origin).to_owned()),
        ("name", format!("{} {}", country.flag, country.country_name).trim().to_owned()),
        ("service", service.name),
        ("code", country.country_code.clone()),
        ("price", own),
        ("free", free.to_string()),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut message = voice.compose(&voice.say("panel-country", &args), &[]);
    if country.origin == "panel" {
        message.rows = form::fields(&voice, Area::Countries, id, Kind::Country);
        message.rows.push(end_row(&voice, Area::Countries, id, country.active));
    } else {
        message.text.push_str(&format!("\n\n{}", voice.say("from-file", &[])));
    }
    message.rows.insert(0, vec![button(&voice, "panel-numbers", numbers::of_country(id))]);
    let back = Verb::List { of: country.service_id, page: 0 };
    message.rows.push(vec![button(&voice, "button-back", Panel::In(Area::Countries, back))]);
    Ok(Reply::screen(message))
}

/// Saves a new country, or one field of one.
pub async fn save_country(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let actor = actor(ctx);
    let Some(only) = form.only else {
        let new = CountryChange {
            service_id: Some(form.of),
            country_name: form.answer(0),
            country_code: form.answer(1),
            flag: Some(form.answer(2).unwrap_or_default()),
            price: Some(price(form.answer(3))),
            ..CountryChange::default()
        };
        let id = shop::add_country(ctx.tenant, &actor, &new, ctx.now()).await?;
        return show_country(ctx, id).await;
    };
    let (answer, none) = (form.answer(0), CountryChange::default());
    let change = match only {
        0 => CountryChange { country_name: answer, ..none },
        1 => CountryChange { country_code: answer, ..none },
        2 => CountryChange { flag: Some(answer.unwrap_or_default()), ..none },
        _ => CountryChange { price: Some(price(answer)), ..none },
    };
    shop::change_country(ctx.tenant, &actor, form.of, &change, ctx.now()).await?;
    show_country(ctx, form.of).await
}

//! Providers: listed with their health, added, linked, tested, paused, deleted.

use super::form::{self, Form, Kind};
use super::{Area, Panel, Verb, actor, button, source};
use crate::domain::adapter::Adapter;
use crate::domain::address::shown_address;
use crate::domain::matching::find_service;
use crate::domain::message::{Message, Style};
use crate::domain::trial::{Tested, TestedMessage};
use crate::service::browse::Page;
use crate::service::providers::{self, Provider, ProviderChange, Served};
use crate::service::{Refusal, ServiceResult, shop};
use crate::ui::brand::Voice;
use crate::ui::view::{self, copy, pager, styled};
use crate::ui::{Callback, Ctx, Reply};
use url::Url;

/// The values that are set by a button instead of a form.
const ACTIVE: u8 = 100;
const LINK: u8 = 101;
const UNLINK: u8 = 102;
/// Of a link: how its codes look.
const PATTERN: u8 = 103;
/// What is done with a provider.
const DELETE: u8 = 0;
const TEST: u8 = 1;
const TRY: u8 = 2;
/// What kind is added.
const POSTING: i64 = 1;

fn to(verb: Verb) -> Panel {
    Panel::In(Area::Providers, verb)
}

/// A press in the area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { of: 0, page } => list(ctx, page).await,
        Verb::List { of, page } => show_page(ctx, of, page).await,
        Verb::Show(id) => show(ctx, id).await,
        Verb::Add(POSTING) => form::begin(ctx, Kind::PostingProvider, 0, None).await,
        Verb::Add(_) => form::begin(ctx, Kind::PolledProvider, 0, None).await,
        Verb::Edit(id, source::LINES) => form::begin(ctx, Kind::SourceLines, id, None).await,
        Verb::Edit(id, source::FIELDS) => form::begin(ctx, Kind::SourceFields, id, None).await,
        Verb::Edit(link, PATTERN) => form::begin(ctx, Kind::LinkPattern, link, None).await,
        Verb::Edit(id, field) => {
            let kind = kind(&providers::find(ctx.tenant, id).await?.0);
            form::begin(ctx, kind, id, Some(field)).await
        }
        Verb::Set(id, field, value) => set(ctx, id, field, value).await,
        Verb::Ask(id, source::NEW_KEY) => source::ask_new_key(ctx, id).await,
        Verb::Ask(id, _) => ask(ctx, id).await,
        Verb::Do(id, source::NEW_KEY) => source::new_key(ctx, id).await,
        Verb::Do(id, TEST) => test(ctx, id).await,
        Verb::Do(id, TRY) => form::begin(ctx, Kind::TryMessage, id, None).await,
        Verb::Do(id, _) => {
            providers::delete(ctx.tenant, &actor(ctx), id, ctx.now()).await?;
            Ok(saved(ctx, list(ctx, 0).await?))
        }
    }
}

/// A reply after a change.
pub fn saved(ctx: Ctx<'_>, reply: Reply) -> Reply {
    Reply { settings_changed: true, ..reply }.with_notice(ctx.voice().label("saved", &[]))
}

fn kind(provider: &Provider) -> Kind {
    if provider.mode == "webhook" { Kind::PostingProvider } else { Kind::PolledProvider }
}

fn is_down(provider: &Provider) -> bool {
    provider.failed_at > provider.answered_at
}

fn mark(provider: &Provider) -> &'static str {
    match provider {
        p if !p.active => "⏸",
        p if is_down(p) => "🔴",
        p if p.answered_at.is_some() => "🟢",
        _ => "⚪",
    }
}

async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let page = providers::page(ctx.tenant, page, ctx.brand.page_size).await?;
    let mut message = voice.compose(&voice.say("panel-providers-list", &[]), &[]);
    let row = |p: &Provider| {
        let origin = if p.origin == "file" { " 📄" } else { "" };
        vec![view::button(format!("{}{origin} {}", mark(p), p.name), &Callback::Panel(to(Verb::Show(p.id))))]
    };
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(to(Verb::List { of: 0, page }))));
    message.rows.push(vec![
        styled(button(&voice, "panel-provider-add-poll", to(Verb::Add(0))), Style::Primary),
        styled(button(&voice, "panel-provider-add-post", to(Verb::Add(POSTING))), Style::Primary),
    ]);
    message.rows.push(vec![button(&voice, "panel-inbox", Panel::In(Area::Inbox, Verb::List { of: 0, page: 0 }))]);
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

/// How a provider does: what was written down last, and whether it is asked right now; then its lines.
fn health(ctx: Ctx<'_>, provider: &Provider) -> String {
    let voice = &ctx.voice();
    let mut lines = vec![noted(voice, provider)];
    if let Some(circuit) = ctx.outside.circuit(provider.id).filter(|_| provider.active) {
        let key = if circuit.is_open { "circuit-open" } else { "circuit-failing" };
        let (count, at) = (circuit.failures.to_string(), voice.clock_time(circuit.next_try));
        lines.push(voice.say(key, &[("count", &count), ("at", &at)]));
    }
    lines.push(source::lines(voice, provider));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn noted(voice: &Voice<'_>, provider: &Provider) -> String {
    let answered = provider.answered_at.map(|at| voice.moment(at));
    match (is_down(provider), &provider.failure, provider.failed_at, answered) {
        (true, Some(why), Some(at), _) => voice.say("health-down", &[("at", &voice.moment(at)), ("reason", why)]),
        (_, _, _, Some(at)) => voice.say("health-up", &[("at", &at)]),
        _ => voice.say("health-unknown", &[]),
    }
}

/// A provider.
pub async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    show_page(ctx, id, 0).await
}

/// A provider, with this page of the services that it may be linked to.
async fn show_page(ctx: Ctx<'_>, id: i64, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (provider, served) = providers::find(ctx.tenant, id).await?;
    let served = Page::of(served, page, ctx.brand.page_size);
    let how = if provider.mode == "webhook" { "provider-posts" } else { "provider-polled" };
    let adapter = voice.label(&format!("adapter-{}", provider.adapter), &[]);
    let hook = ctx.outside.hook_address(&provider.name, provider.url_key.as_deref());
    let address = provider.base_url.as_deref().map_or_else(|| hook.clone(), shown_address);
    let args = [
        ("state", mark(&provider).to_owned()),
        ("name", provider.name.clone()),
        ("how", voice.say(how, &[("seconds", &provider.poll_interval_sec.to_string()), ("adapter", &adapter)])),
        ("address", address),
        ("health", health(ctx, &provider)),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut message = voice.compose(&voice.say("panel-provider", &args), &[]);
    if provider.mode == "webhook" {
        message.rows.push(vec![copy(&voice, "button-copy-address", &hook)]);
    }
    message.rows.push(vec![styled(button(&voice, "provider-test", to(Verb::Do(id, TEST))), Style::Primary)]);
    message.rows.push(vec![button(&voice, "provider-try", to(Verb::Do(id, TRY)))]);
    links(&mut message, id, &served.rows);
    message.rows.push(pager(&voice, &served, |page| Callback::Panel(to(Verb::List { of: id, page }))));
    if provider.origin == "panel" {
        message.rows.extend(form::fields(&voice, Area::Providers, id, kind(&provider)));
        message.rows.extend(source::buttons(&voice, &provider));
        let key = if provider.active { "panel-pause" } else { "panel-resume" };
        message.rows.push(vec![
            button(&voice, key, to(Verb::Set(id, ACTIVE, u32::from(!provider.active)))),
            styled(button(&voice, "panel-remove", to(Verb::Ask(id, DELETE))), Style::Danger),
        ]);
    } else {
        message.text.push_str(&format!("\n\n{}", voice.say("from-file", &[])));
    }
    message.rows.push(vec![button(&voice, "button-back", to(Verb::List { of: 0, page: 0 }))]);
    Ok(Reply::screen(message))
}

/// A row for each service: linked or not, and how its codes look here.
fn links(message: &mut Message, provider: i64, served: &[Served]) {
    for service in served {
        let Ok(id) = u32::try_from(service.service_id) else { continue };
        let (mark, verb) = if service.link.is_some() { ("✅", UNLINK) } else { ("⬜", LINK) };
        let file = if service.from_file { "📄 " } else { "" };
        let label = format!("{mark} {file}{}", service.service);
        let mut row = vec![view::button(label, &Callback::Panel(to(Verb::Set(provider, verb, id))))];
        if let Some(link) = service.link {
            let pattern = service.pattern.as_deref().map_or("🔡", |_| "🔡 ✔️");
            row.push(view::button(pattern.to_owned(), &Callback::Panel(to(Verb::Edit(link, PATTERN)))));
        }
        message.rows.push(row);
    }
}

async fn set(ctx: Ctx<'_>, id: i64, field: u8, value: u32) -> ServiceResult<Reply> {
    let actor = actor(ctx);
    match field {
        LINK | UNLINK => {
            shop::set_link(ctx.tenant, &actor, value.into(), id, field == LINK, ctx.now()).await?;
            let (_, served) = providers::find(ctx.tenant, id).await?;
            let at = served.iter().position(|s| s.service_id == i64::from(value)).unwrap_or(0);
            let page = u32::try_from(at).unwrap_or(0) / ctx.brand.page_size;
            return Ok(saved(ctx, show_page(ctx, id, page).await?));
        }
        _ => {
            let change = ProviderChange { active: Some(value == 1), ..ProviderChange::default() };
            providers::change(ctx.tenant, &actor, id, &change, ctx.now()).await?;
        }
    }
    Ok(saved(ctx, show(ctx, id).await?))
}

async fn ask(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (provider, _) = providers::find(ctx.tenant, id).await?;
    let mut message = voice.compose(&voice.say("panel-ask-delete", &[("name", &provider.name)]), &[]);
    message.rows = vec![
        vec![styled(button(&voice, "panel-delete-yes", to(Verb::Do(id, DELETE))), Style::Danger)],
        vec![button(&voice, "button-back", to(Verb::Show(id)))],
    ];
    Ok(Reply::screen(message))
}

/// Why a message has no code, or matched nothing.
pub fn reason(voice: &Voice<'_>, word: &str) -> String {
    voice.label(&format!("reason-{}", word.replace('_', "-")), &[])
}

async fn test(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let text = match ctx.outside.test_provider(id).await {
        Ok(tested) => tested_text(&voice, &tested),
        Err(why) => voice.say("test-failed", &[("reason", &why)]),
    };
    let mut message = voice.compose(&text, &[]);
    message.rows = vec![
        vec![button(&voice, "provider-test", to(Verb::Do(id, TEST)))],
        vec![button(&voice, "button-back", to(Verb::Show(id)))],
    ];
    Ok(Reply::screen(message))
}

fn tested_text(voice: &Voice<'_>, tested: &Tested) -> String {
    let key = if tested.is_asked { "test-done" } else { "test-posted" };
    let mut text = voice.say(key, &[("count", &tested.count.to_string())]);
    for message in &tested.messages {
        let TestedMessage { to, text: body, service, verdict, is_awaited } = message;
        let service = service.clone().unwrap_or_else(|| "—".to_owned());
        let verdict = match verdict {
            Ok(code) if *is_awaited => format!("✅ {code} · {}", voice.say("test-awaited", &[])),
            Ok(code) => format!("✅ {code} · {}", reason(voice, "no_open_rental")),
            Err(word) => format!("❌ {}", reason(voice, word)),
        };
        text.push_str(&format!("\n\n\u{200e}{to} · {service}\n«{body}»\n{verdict}"));
    }
    if !tested.raw.is_empty() {
        text.push_str(&format!("\n\n{}\n{}", voice.say("test-raw", &[]), tested.raw));
    }
    text
}

/// Shows what is read out of a pasted message, and why not.
pub async fn try_message(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let text = form.answer(0).unwrap_or_default();
    let rules: Vec<_> = { shop::rules(ctx.tenant).await? }
        .iter()
        .filter(|rule| rule.provider_id == form.of)
        .map(shop::Rule::service_rule)
        .collect();
    let mut lines = vec![voice.say("try-done", &[])];
    match find_service(&rules, None, None, &text) {
        Ok(found) => lines.push(try_line(&voice, &found.name, found.patterns.extract(&text), true)),
        Err(none) => {
            lines.push(format!("❌ {}", reason(&voice, none.as_str())));
            // What each pattern finds is worth knowing all the same.
            lines.extend(rules.iter().map(|r| try_line(&voice, &r.name, r.patterns.extract(&text), false)));
        }
    }
    let mut message = voice.compose(&lines.join("\n"), &[]);
    message.rows = vec![
        vec![button(&voice, "provider-try-again", to(Verb::Do(form.of, TRY)))],
        vec![button(&voice, "button-back", to(Verb::Show(form.of)))],
    ];
    Ok(Reply::screen(message))
}

fn try_line(voice: &Voice<'_>, service: &str, code: Option<String>, is_found: bool) -> String {
    let mark = if is_found && code.is_some() { "✅" } else { "•" };
    let code = code.unwrap_or_else(|| reason(voice, "no_code"));
    format!("{mark} {}", voice.say("try-line", &[("service", service), ("code", &code)]))
}

/// The kind of what is read at an address.
fn kind_at(address: &str) -> String {
    let url = Url::parse(address).ok();
    Adapter::at_host(url.as_ref().and_then(Url::host_str).unwrap_or_default()).name().to_owned()
}

/// A new provider that posts; its address gets a secret part where its requests prove too little.
fn posting(ctx: Ctx<'_>, form: &Form) -> ProviderChange {
    let adapter = form.answer(1).and_then(|name| Adapter::named(&name)).unwrap_or_default();
    ProviderChange {
        name: form.answer(0),
        adapter: Some(adapter.name().to_owned()),
        webhook_token: Some(form.answer(2)),
        url_key: Some(ctx.outside.new_url_key().filter(|_| adapter.wants_url_key())),
        mode: Some("webhook".to_owned()),
        ..ProviderChange::default()
    }
}

/// Saves a new provider, or one field of one.
pub async fn save(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let actor = actor(ctx);
    let is_posting = form.kind == Kind::PostingProvider;
    let standard = i32::try_from(ctx.brand.poll_interval).unwrap_or(5);
    let interval = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or(standard);
    let none = ProviderChange::default();
    let Some(only) = form.only else {
        let new = match is_posting {
            true => posting(ctx, form),
            false => ProviderChange {
                name: form.answer(0),
                base_url: form.answer(1),
                adapter: form.answer(1).as_deref().map(kind_at),
                api_key: Some(form.answer(2)),
                poll_interval_sec: Some(interval(form.answer(3))),
                mode: Some("poll".to_owned()),
                ..none
            },
        };
        let id = providers::add(ctx.tenant, &actor, &new, ctx.now()).await?;
        return show(ctx, id).await;
    };
    let answer = form.answer(0);
    let change = match (is_posting, only) {
        (_, 0) => ProviderChange { name: answer, ..none },
        (true, 1) => return show(ctx, form.of).await,
        (true, _) => ProviderChange { webhook_token: Some(answer), ..none },
        (false, 1) => ProviderChange { adapter: answer.as_deref().map(kind_at), base_url: answer, ..none },
        (false, 2) => ProviderChange { api_key: Some(answer), ..none },
        (false, _) => ProviderChange { poll_interval_sec: Some(interval(answer)), ..none },
    };
    if let Some(name) = &change.name
        && providers::is_named(ctx.tenant, name).await?
    {
        return Err(Refusal::Exists.into());
    }
    let had_key = providers::find(ctx.tenant, form.of).await?.0.api_key.is_some();
    providers::change(ctx.tenant, &actor, form.of, &change, ctx.now()).await?;
    let (provider, _) = providers::find(ctx.tenant, form.of).await?;
    let mut reply = show(ctx, form.of).await?;
    if had_key && provider.api_key.is_none() && change.base_url.is_some() {
        let told = ctx.voice().say("provider-key-gone", &[]);
        reply.screen.iter_mut().for_each(|screen| screen.text = format!("{told}\n\n{}", screen.text));
    }
    Ok(reply)
}

/// Saves how codes look in a provider's messages for a service.
pub async fn save_pattern(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let pattern = form.answer(0);
    let id = providers::set_pattern(ctx.tenant, &actor(ctx), form.of, pattern.as_deref(), ctx.now()).await?;
    show(ctx, id).await
}

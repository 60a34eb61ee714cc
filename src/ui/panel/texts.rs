//! The bot's own texts, set in the panel: listed, searched, changed, taken back.

use super::dialog::{self, Dialog};
use super::{Answer, Area, Panel, Verb, actor, button, leave_row, search};
use crate::domain::message::{Style, cut};
use crate::domain::text::{built_in, check_override, user_texts};
use crate::service::browse::Page;
use crate::service::{Refusal, ServiceResult, settings};
use crate::ui::view::{self, pager, styled};
use crate::ui::{Callback, Ctx, Reply};

/// A text in a list is at most so long, in UTF-16 units.
const LONGEST_SHOWN: usize = 40;
/// A text is a language and its place among that language's texts.
const PLACE: i64 = 10_000;

fn to(verb: Verb) -> Panel {
    Panel::In(Area::Texts, verb)
}

fn languages(ctx: Ctx<'_>) -> Vec<&'static str> {
    ctx.brand.texts.languages().collect()
}

/// The language and key that a button names.
fn nth(ctx: Ctx<'_>, id: i64) -> ServiceResult<(&'static str, &'static str)> {
    let at = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
    let language = *languages(ctx).get(at(id / PLACE)).ok_or(Refusal::NotFound)?;
    let key = user_texts().into_iter().nth(at(id % PLACE)).ok_or(Refusal::NotFound)?;
    Ok((language, key))
}

/// The text in force, and whether the panel has set it.
fn now(ctx: Ctx<'_>, language: &str, key: &str) -> (String, bool) {
    let own = ctx.brand.own_texts.iter().find(|t| t.language == language && t.key == key);
    match own {
        Some(own) => (own.text.clone(), own.set_here),
        None => (built_in(language, key).unwrap_or_default(), false),
    }
}

/// A press in the area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { of, page } => list(ctx, of, page).await,
        Verb::Show(id) => show(ctx, id),
        Verb::Edit(id, _) | Verb::Add(id) => ask(ctx, id).await,
        Verb::Do(id, _) => set(ctx, id, None).await,
        _ => list(ctx, 0, 0).await,
    }
}

/// The texts of a language, those that hold what is looked for.
pub async fn list(ctx: Ctx<'_>, of: i64, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let wanted = search::wanted(ctx, Area::Texts).await?;
    let languages = languages(ctx);
    let at = usize::try_from(of).unwrap_or(0).min(languages.len().saturating_sub(1));
    let Some(language) = languages.get(at) else { return Err(Refusal::NotFound.into()) };
    let is_wanted = |key: &str, text: &str| {
        wanted
            .as_ref()
            .is_none_or(|wanted| key.contains(wanted) || text.to_lowercase().contains(&wanted.to_lowercase()))
    };
    let rows: Vec<(i64, String, bool)> = (0..)
        .zip(user_texts())
        .filter_map(|(n, key)| {
            let (text, set_here) = now(ctx, language, key);
            is_wanted(key, &text).then_some((n, text, set_here))
        })
        .collect();
    let page = Page::of(rows, page, ctx.brand.page_size);
    let heading = search::heading(&voice, voice.say("panel-texts-list", &[]), wanted.as_deref(), page.rows.is_empty());
    let mut message = voice.compose(&heading, &[]);
    let place = i64::try_from(at).unwrap_or(0);
    message.rows = { page.rows.iter() }
        .map(|(n, text, set_here)| {
            let mark = if *set_here { "🖐 " } else { "" };
            let label = format!("{mark}{}", cut(&text.replace('\n', " "), LONGEST_SHOWN));
            vec![view::button(label, &Callback::Panel(to(Verb::Show(place * PLACE + n))))]
        })
        .collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(to(Verb::List { of: place, page }))));
    message.rows.push(search::row(&voice, Area::Texts, place, wanted.as_deref()));
    let others = (0..).zip(&languages).filter(|(n, _)| *n != place);
    message.rows.push(
        others.map(|(n, l)| button(&voice, &format!("language-{l}"), to(Verb::List { of: n, page: 0 }))).collect(),
    );
    message.rows.push(vec![button(&voice, "button-back", Panel::In(Area::Settings, Verb::List { of: 0, page: 0 }))]);
    Ok(Reply::screen(message))
}

fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (language, key) = nth(ctx, id)?;
    let (text, set_here) = now(ctx, language, key);
    let origin = voice.label(if set_here { "origin-panel" } else { "origin-file" }, &[]);
    let said = voice.say("panel-text", &[("key", key), ("text", &text), ("origin", &origin)]);
    let mut message = voice.compose(&said, &[]);
    message.rows.push(vec![styled(button(&voice, "button-change", to(Verb::Edit(id, 0))), Style::Primary)]);
    if set_here {
        message.rows.push(vec![button(&voice, "back-to-file", to(Verb::Do(id, 0)))]);
    }
    message.rows.push(vec![button(&voice, "button-back", to(Verb::List { of: id / PLACE, page: 0 }))]);
    Ok(Reply::screen(message))
}

async fn ask(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (language, key) = nth(ctx, id)?;
    dialog::put(ctx, &Dialog::Text(id)).await?;
    let mut message = voice.compose(&voice.say("ask-text", &[("text", &now(ctx, language, key).0)]), &[]);
    message.rows = vec![leave_row(&voice)];
    Ok(Reply::screen(message))
}

/// Takes a text; it must have the variables of the one that it replaces.
pub async fn take(ctx: Ctx<'_>, id: i64, answer: Answer<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (language, key) = nth(ctx, id)?;
    let text = answer.text().unwrap_or_default().trim();
    if let Err(why) = check_override(language, key, text) {
        tracing::debug!(bot = %ctx.tenant.slug(), key, why, "a text was refused");
        let variables = crate::domain::text::variables(language, key);
        let variables: Vec<String> = variables.into_iter().map(|name| format!("{{{name}}}")).collect();
        let variables = if variables.is_empty() { "—".to_owned() } else { variables.join(" ") };
        return Ok(Reply::notice(voice.label("bad-own-text", &[("variables", &variables)])));
    }
    set(ctx, id, Some(text)).await
}

async fn set(ctx: Ctx<'_>, id: i64, text: Option<&str>) -> ServiceResult<Reply> {
    let (language, key) = nth(ctx, id)?;
    settings::set_text(ctx.tenant, &actor(ctx), (language, key), text, ctx.now()).await?;
    dialog::end(ctx).await?;
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("setting-saved", &[]), &[]);
    message.rows = vec![
        vec![button(&voice, "panel-texts", to(Verb::List { of: id / PLACE, page: 0 }))],
        vec![button(&voice, "button-back", Panel::Home)],
    ];
    Ok(Reply { settings_changed: true, ..Reply::screen(message) })
}

//! What a provider is beyond its kind: its lines, the fields of its JSON, the secret part of its address.

use super::form::{Form, Kind};
use super::{Area, Panel, Verb, actor, button, providers as area};
use crate::domain::adapter::Adapter;
use crate::domain::message::{Button, Style};
use crate::domain::source::SourceOptions;
use crate::service::providers::{self, Provider, ProviderChange};
use crate::service::{DbError, ServiceResult};
use crate::ui::brand::Voice;
use crate::ui::view::styled;
use crate::ui::{Ctx, Reply};

/// The values of a provider that are edited here.
pub const LINES: u8 = 104;
pub const FIELDS: u8 = 105;
/// What is asked for before it is done: another secret part of the address.
pub const NEW_KEY: u8 = 3;
/// Rows of a table that are shown on a provider's screen.
const SHOWN: usize = 10;

fn to(verb: Verb) -> Panel {
    Panel::In(Area::Providers, verb)
}

/// A provider's options; what cannot be read counts as nothing.
fn options(provider: &Provider) -> SourceOptions {
    SourceOptions::parse(&provider.options).unwrap_or_default()
}

/// What a provider's screen says of its lines.
pub fn lines(voice: &Voice<'_>, provider: &Provider) -> String {
    let options = options(provider);
    let shown: Vec<String> =
        options.lines().take(SHOWN).map(|(line, number)| format!("📱 {line} → \u{200e}{number}")).collect();
    match options.lines().count().saturating_sub(SHOWN) {
        0 => shown.join("\n"),
        more => format!("{}\n{}", shown.join("\n"), voice.say("lines-more", &[("count", &more.to_string())])),
    }
}

/// The buttons by which a provider of the panel is changed beyond its form.
pub fn buttons(voice: &Voice<'_>, provider: &Provider) -> Vec<Vec<Button>> {
    let (id, adapter) = (provider.id, Adapter::named(&provider.adapter));
    let mut row = vec![button(voice, "source-lines", to(Verb::Edit(id, LINES)))];
    if matches!(adapter, Some(Adapter::Generic | Adapter::GenericHmac)) {
        row.push(button(voice, "source-fields", to(Verb::Edit(id, FIELDS))));
    }
    let mut rows = vec![row];
    if provider.mode == "webhook" {
        rows.push(vec![button(voice, "source-new-key", to(Verb::Ask(id, NEW_KEY)))]);
    }
    rows
}

/// What there is now, above the question for another table.
pub async fn about(ctx: Ctx<'_>, form: &Form) -> ServiceResult<String> {
    let voice = ctx.voice();
    let options = options(&providers::find(ctx.tenant, form.of).await?.0);
    let rows = if form.kind == Kind::SourceLines { options.line_rows() } else { options.field_rows() };
    let now = if rows.is_empty() { "—".to_owned() } else { rows };
    let mut text = voice.say("source-now", &[("rows", now.trim_end())]);
    if form.kind == Kind::SourceLines {
        let unknown = providers::unknown_lines(ctx.tenant, form.of, ctx.now()).await?;
        if !unknown.is_empty() {
            text.push_str(&format!("\n\n{}", voice.say("source-unknown", &[("lines", &unknown.join("\n"))])));
        }
    }
    Ok(text)
}

/// Saves the table of lines, or that of fields.
pub async fn save(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Reply> {
    let mut options = options(&providers::find(ctx.tenant, form.of).await?.0);
    let rows = form.answer(0).unwrap_or_default();
    let set = if form.kind == Kind::SourceLines { SourceOptions::set_lines } else { SourceOptions::set_fields };
    // Checked when it was typed.
    set(&mut options, &rows).map_err(|why| DbError::Other(why.to_string()))?;
    let change = ProviderChange { options: Some(options.to_string()), ..ProviderChange::default() };
    providers::change(ctx.tenant, &actor(ctx), form.of, &change, ctx.now()).await?;
    area::show(ctx, form.of).await
}

/// Asks before the address changes: what posts to the old one is refused from then on.
pub async fn ask_new_key(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (provider, _) = providers::find(ctx.tenant, id).await?;
    let mut message = voice.compose(&voice.say("source-ask-new-key", &[("name", &provider.name)]), &[]);
    message.rows = vec![
        vec![styled(button(&voice, "source-new-key-yes", to(Verb::Do(id, NEW_KEY))), Style::Danger)],
        vec![button(&voice, "button-back", to(Verb::Show(id)))],
    ];
    Ok(Reply::screen(message))
}

/// Gives a provider another secret part of its address.
pub async fn new_key(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let Some(key) = ctx.outside.new_url_key() else {
        return Ok(Reply::notice(ctx.voice().label("busy", &[])));
    };
    let change = ProviderChange { url_key: Some(Some(key)), ..ProviderChange::default() };
    providers::change(ctx.tenant, &actor(ctx), id, &change, ctx.now()).await?;
    Ok(area::saved(ctx, area::show(ctx, id).await?))
}

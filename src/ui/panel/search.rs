//! Long lists, searched by typing: what was typed stays in force until it is cleared or the panel's
//! first screen is shown.

use super::dialog::{self, Dialog};
use super::{Answer, Area, Panel, button, leave_row};
use crate::domain::message::{Button, cut};
use crate::service::ServiceResult;
use crate::ui::brand::Voice;
use crate::ui::view;
use crate::ui::{Callback, Ctx, Reply};

/// What is looked for is at most so long, in characters.
const LONGEST: usize = 64;
/// On the button that clears it, in UTF-16 units.
const LONGEST_SHOWN: usize = 24;

/// What is looked for in an area, if anything is.
pub async fn wanted(ctx: Ctx<'_>, area: Area) -> ServiceResult<Option<String>> {
    Ok(match dialog::load(ctx).await? {
        Some(Dialog::Search { area: word, text: Some(text), .. }) if word == area.word() => Some(text),
        _ => None,
    })
}

/// The button that begins a search, and the one that clears what is looked for.
pub fn row(voice: &Voice<'_>, area: Area, of: i64, wanted: Option<&str>) -> Vec<Button> {
    let begin = button(voice, "search", Panel::Search(area, of));
    let clear = wanted.map(|text| {
        let label = format!("✖️ {}", cut(text, LONGEST_SHOWN));
        view::button(label, &Callback::Panel(Panel::Clear(area, of)))
    });
    std::iter::once(begin).chain(clear).collect()
}

/// What stands over a list, and that nothing in it is what is looked for.
pub fn heading(voice: &Voice<'_>, heading: String, wanted: Option<&str>, is_empty: bool) -> String {
    if is_empty && wanted.is_some() { format!("{heading}\n{}", voice.say("search-nothing", &[])) } else { heading }
}

/// Asks what to look for.
pub async fn begin(ctx: Ctx<'_>, area: Area, of: i64) -> ServiceResult<Reply> {
    dialog::put(ctx, &Dialog::Search { area: area.word().to_owned(), of, text: None }).await?;
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("ask-search", &[]), &[]);
    message.rows = vec![leave_row(&voice)];
    Ok(Reply::screen(message))
}

/// Takes what is looked for; the caller shows the list.
pub async fn take(ctx: Ctx<'_>, area: Area, of: i64, answer: Answer<'_>) -> ServiceResult<bool> {
    let text = match answer {
        // A forwarded message names its writer, unless they hide.
        Answer::Person(Some(id)) => id.to_string(),
        _ => answer.text().unwrap_or_default().trim().trim_start_matches('@').to_owned(),
    };
    if text.is_empty() || text.chars().count() > LONGEST {
        return Ok(false);
    }
    let (area, text) = (area.word().to_owned(), Some(text));
    dialog::put(ctx, &Dialog::Search { area, of, text }).await?;
    Ok(true)
}

/// Nothing is looked for any more.
pub async fn clear(ctx: Ctx<'_>) -> ServiceResult<()> {
    if let Some(Dialog::Search { .. }) = dialog::load(ctx).await? {
        dialog::end(ctx).await?;
    }
    Ok(())
}

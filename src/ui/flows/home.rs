//! `/start`: welcome and the services.

use crate::service::{ServiceResult, browse};
use crate::ui::view::{button, named, pager};
use crate::ui::{Callback, Ctx, Reply};

/// Services in one row of buttons.
const PER_ROW: usize = 2;

/// The services, and the way to everything else.
pub async fn show(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (services, has_open) = browse::home(ctx.tenant, ctx.user.id, page, ctx.brand.page_size).await?;
    let key = if services.rows.is_empty() { "no-services" } else { "welcome" };
    let mut message = voice.compose(&voice.say(key, &[("brand", &ctx.brand.name)]), &[]);
    let labelled =
        |s: &browse::Service| button(format!("{} {}", s.emoji, s.name).trim().to_owned(), &Callback::Service(s.id, 0));
    message.rows = services.rows.chunks(PER_ROW).map(|row| row.iter().map(labelled).collect()).collect();
    message.rows.push(pager(&voice, &services, Callback::Home));
    if has_open {
        message.rows.push(vec![named(&voice, "button-open", &Callback::Open)]);
    }
    message.rows.push(vec![
        named(&voice, "button-free-credit", &Callback::FreeCredit),
        named(&voice, "button-balance", &Callback::Balance(0)),
    ]);
    message.rows.push(vec![
        named(&voice, "button-history", &Callback::History(0)),
        named(&voice, "button-language", &Callback::Language),
        named(&voice, "button-help", &Callback::Help),
    ]);
    Ok(Reply::screen(message))
}

//! The choice of the language.

use crate::service::users::Known;
use crate::service::{Refusal, ServiceResult, users};
use crate::ui::view::{button, home_row};
use crate::ui::{Callback, Ctx, Reply, flows};

/// A language's own name.
fn own_name(language: &str) -> &str {
    match language {
        "ar" => "العربية",
        "en" => "English",
        other => other,
    }
}

/// The languages to choose from.
pub fn show(ctx: Ctx<'_>) -> Reply {
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("choose-language", &[]), &[]);
    let languages = ctx.brand.texts.languages();
    message.rows = languages
        .map(|l| vec![button(own_name(l).to_owned(), &Callback::SetLanguage(l.to_owned()))])
        .chain([home_row(&voice)])
        .collect();
    Reply::screen(message)
}

/// Takes the language over and shows the services in it.
pub async fn set(ctx: Ctx<'_>, language: &str) -> ServiceResult<Reply> {
    let known = ctx.brand.texts.languages().find(|l| *l == language).ok_or(Refusal::NotFound)?;
    users::set_language(ctx.tenant, ctx.user.id, known).await?;
    let user = Known { language: Some(known.to_owned()), ..ctx.user.clone() };
    let home = flows::home::show(Ctx { user: &user, ..ctx }, 0).await?;
    Ok(Reply { user_changed: true, ..home })
}

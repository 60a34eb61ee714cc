//! The panel's password.

use super::dialog::{self, Dialog};
use super::{Answer, actor, home};
use crate::service::{Refusal, ServiceError, ServiceResult, panel, settings};
use crate::ui::{Ctx, Reply, flows, refusal};

/// Asks for the password; somebody who has to wait is told how long.
pub async fn ask(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    panel::may_try(ctx.tenant, ctx.user.id, ctx.now()).await?;
    dialog::put(ctx, &Dialog::Password).await?;
    let voice = ctx.voice();
    Ok(Reply::screen(voice.compose(&voice.say("panel-password", &[]), &[])))
}

/// Whatever fails, the answer may have been the password: its message goes.
pub fn failed(ctx: Ctx<'_>, error: ServiceError) -> Reply {
    let voice = ctx.voice();
    let notice = match error {
        ServiceError::Refused(refused) => refusal::sentence(&voice, &refused),
        ServiceError::Database(error) => {
            tracing::error!(bot = %ctx.tenant.slug(), %error, "a password could not be checked");
            voice.label("busy", &[])
        }
    };
    Reply { delete_input: true, ..Reply::notice(notice) }
}

/// Checks a password.
pub async fn check(ctx: Ctx<'_>, answer: Answer<'_>) -> ServiceResult<Reply> {
    panel::may_try(ctx.tenant, ctx.user.id, ctx.now()).await?;
    let Some(password) = &ctx.brand.panel_password else { return Err(Refusal::NotFound.into()) };
    let given = answer.text().unwrap_or_default().trim();
    if !password.accepts(given).await {
        panel::wrong_password(ctx.tenant, ctx.user.id, &actor(ctx), ctx.now()).await?;
        return Ok(Reply::notice(ctx.voice().label("panel-wrong-password", &[])));
    }
    if ctx.brand.is_unclaimed {
        settings::claim(ctx.tenant, ctx.user.telegram_id, ctx.now()).await?;
    }
    let session = panel::Session { until: ctx.now() + ctx.brand.panel_session, mark: password.mark().to_owned() };
    panel::sign_in(ctx.tenant, ctx.user.id, &actor(ctx), &session, ctx.now()).await?;
    if ctx.brand.is_unclaimed {
        let terms = Reply { settings_changed: true, ..flows::terms::show(ctx) };
        return Ok(terms.with_notice(ctx.voice().label("owner-claimed", &[])));
    }
    home(ctx).await
}

/// Ends the session.
pub async fn out(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    panel::sign_out(ctx.tenant, ctx.user.id, &actor(ctx), ctx.now()).await?;
    let home = flows::home::show(ctx, 0).await?;
    Ok(home.with_notice(ctx.voice().label("panel-signed-out", &[])))
}

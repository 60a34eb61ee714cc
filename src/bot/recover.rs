//! After a restart: what a process that has gone left half done.

use super::BotShared;
use super::chat::Place;
use crate::service::users::Known;
use crate::service::{ServiceResult, outbox, screens};
use crate::ui::{Ctx, flows};

/// Takes the outbox back and shows reserved numbers that no screen has shown.
pub async fn after_restart(shared: &BotShared) {
    if let Err(error) = outbox::reclaim(&shared.tenant, shared.app.clock.now()).await {
        tracing::error!(bot = %shared.tenant.slug(), %error, "the outbox could not be taken back");
    }
    if let Err(error) = show_unshown(shared).await {
        tracing::error!(bot = %shared.tenant.slug(), %error, "reserved numbers could not be shown again");
    }
}

async fn show_unshown(shared: &BotShared) -> ServiceResult<()> {
    let live = shared.live.load_full();
    for unshown in screens::unshown(&shared.tenant).await? {
        let user = Known { id: unshown.user_id, language: unshown.language.clone() };
        let ctx = Ctx { tenant: &shared.tenant, brand: &live.brand, clock: &shared.app.clock, user: &user };
        let reply = flows::rental::show(ctx, unshown.rental).await?;
        let place = Place { user: unshown.telegram_id, message_id: None, random_id: rand::random() };
        if let Err(error) = shared.chats.show(&shared.telegram, place, reply.screen, reply.rental, None).await {
            tracing::warn!(bot = %shared.tenant.slug(), %error, "a reserved number could not be shown again");
        }
    }
    Ok(())
}

//! Reserved numbers that no screen has shown: after a restart, and when a screen failed.

use super::BotShared;
use super::chat::{LONGEST_WAIT, Place};
use crate::service::screens::{self, ToShow};
use crate::service::{ServiceResult, history, imports, outbox};
use crate::ui::rental_view;
use chrono::TimeDelta;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A rental that is younger than this may have its screen on the way.
const ON_THE_WAY: TimeDelta = TimeDelta::seconds(20);
/// How often unshown rentals are looked for.
const EVERY: Duration = Duration::from_secs(60);
/// After a failure of the database.
const BACKOFF: Duration = Duration::from_secs(2);

/// Takes back what a process that has gone had claimed of the outbox, before anything is sent, and
/// ends the import that it had begun.
pub async fn what_was_begun(shared: &BotShared) -> ServiceResult<()> {
    let now = shared.app.clock.now();
    outbox::reclaim(&shared.tenant, now).await?;
    imports::interrupt(&shared.tenant, now).await
}

/// Shows what no screen has shown: everything at first, later only what is not on its way.
pub async fn run(shared: Arc<BotShared>, stop: CancellationToken) {
    if let Err(error) = imports::sweep(&shared.tenant).await {
        tracing::warn!(bot = %shared.tenant.slug(), %error, "the rows of old files could not be cleared");
    }
    let mut age = TimeDelta::zero();
    loop {
        let pause = match show(&shared, age).await {
            Ok(()) => {
                age = ON_THE_WAY;
                EVERY.mul_f64(rand::random_range(0.8..1.2))
            }
            Err(error) => {
                tracing::warn!(bot = %shared.tenant.slug(), %error, "reserved numbers could not be shown again");
                BACKOFF
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn show(shared: &BotShared, age: TimeDelta) -> ServiceResult<()> {
    for unshown in screens::unshown(&shared.tenant, shared.app.clock.now() - age).await? {
        show_one(shared, unshown).await?;
    }
    Ok(())
}

async fn show_one(shared: &BotShared, unshown: ToShow) -> ServiceResult<()> {
    let live = shared.live.load_full();
    let voice = live.brand.voice(unshown.language.as_deref());
    let rental = history::rental(&shared.tenant, unshown.user_id, unshown.rental).await?;
    let screen = rental_view::screen(&voice, &rental, shared.app.clock.now());
    let version = Some((rental.id, rental.version));
    // The same state of a rental is sent once, even when its answer is lost.
    let random_id = rental.id ^ 0x5265_6E74_616C ^ (i64::from(rental.version) << 48);
    let place = Place { user: unshown.telegram_id, message_id: None, random_id, patience: LONGEST_WAIT };
    if let Err(error) = shared.chats.show(&shared.telegram, place, Some(screen), version, None).await {
        tracing::warn!(bot = %shared.tenant.slug(), %error, "a reserved number could not be shown again");
    }
    Ok(())
}

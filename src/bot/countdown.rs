//! The time left on rentals' screens: drawn again at a few moments, not every second.

use super::BotShared;
use crate::service::screens::{self, ToShow};
use crate::service::{ServiceResult, history};
use crate::ui::rental_view;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The screens are drawn again when so many minutes are left.
const MOMENTS: [i64; 5] = [15, 10, 5, 2, 1];
/// While rentals wait, the moments are looked for this often.
const EVERY: Duration = Duration::from_secs(15);
/// And not more often than this, by business time, however many rentals begin.
const LEAST: TimeDelta = TimeDelta::seconds(14);

/// Draws the screens again while rentals wait, until it is stopped.
pub async fn run(shared: Arc<BotShared>, stop: CancellationToken) {
    let mut rentals = shared.door.wakes.rentals.subscribe();
    // At a start there may be rentals from before.
    let mut waiting = true;
    let mut last = shared.app.clock.now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            changed = rentals.changed() => if changed.is_err() { return } else { waiting = true },
            () = tokio::time::sleep(EVERY), if waiting => {}
        }
        let now = shared.app.clock.now();
        if now - last < LEAST {
            continue;
        }
        match draw(&shared, last, now).await {
            Ok(left) => (waiting, last) = (left, now),
            Err(error) => tracing::debug!(bot = %shared.tenant.slug(), %error, "the time left was not drawn"),
        }
    }
}

/// Draws the screens whose moment has come; tells whether any rental waits.
async fn draw(shared: &BotShared, last: DateTime<Utc>, now: DateTime<Utc>) -> ServiceResult<bool> {
    let moments = MOMENTS.map(TimeDelta::minutes);
    let found = screens::at_moments(&shared.tenant, &moments, last, now).await?;
    for rental in found.due {
        redraw(shared, rental, now).await?;
    }
    Ok(found.waiting)
}

async fn redraw(shared: &BotShared, to_show: ToShow, now: DateTime<Utc>) -> ServiceResult<()> {
    let live = shared.live.load_full();
    let voice = live.brand.voice(to_show.language.as_deref());
    let rental = history::rental(&shared.tenant, to_show.user_id, to_show.rental).await?;
    let Some(message_id) = rental.screen_message_id.filter(|_| rental.status == "waiting_code") else { return Ok(()) };
    let message = rental_view::screen(&voice, &rental, now);
    let version = (rental.id, rental.version);
    let drawn = shared.chats.redraw(&shared.telegram, to_show.telegram_id, version, message_id, message).await;
    if let Err(error) = drawn {
        tracing::debug!(bot = %shared.tenant.slug(), %error, "the time left was not drawn");
    }
    Ok(())
}

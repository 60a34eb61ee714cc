//! The outbox on its way: the bot's only asynchronous exit to Telegram.
//!
//! No transaction is open while a message is sent. A row's `random_id` is fixed, so a repetition
//! after a crash is recognised by Telegram and recorded as sent.

use super::BotShared;
use crate::service::outbox::{self, Kind, Letter, Verdict};
use crate::telegram::TelegramError;
use crate::ui::letter;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Messages on their way at once.
const AT_ONCE: usize = 8;
/// Without a nudge the outbox is looked at this often: a nudge can be lost with its process.
const FALLBACK: Duration = Duration::from_secs(60);
/// After a failure of the database.
const BACKOFF: Duration = Duration::from_secs(2);

/// Sends due rows until it is stopped.
pub async fn run(shared: Arc<BotShared>, stop: CancellationToken) {
    loop {
        let pause = match round(&shared).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(bot = %shared.tenant.slug(), %error, "the outbox cannot be read");
                BACKOFF
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.door.wakes.outbox.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Sends what is due; returns how long to wait for what is not.
async fn round(shared: &BotShared) -> crate::service::ServiceResult<Duration> {
    loop {
        let now = shared.app.clock.now();
        let letters = outbox::claim(&shared.tenant, now).await?;
        if letters.is_empty() {
            let next = outbox::next_due(&shared.tenant).await?;
            return Ok(pause(next, shared.app.clock.now()));
        }
        futures_util::stream::iter(letters).for_each_concurrent(AT_ONCE, |letter| deliver(shared, letter)).await;
    }
}

/// Until the next row is due, a jittered minute at most.
fn pause(next: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    let fallback = FALLBACK.mul_f64(rand::random_range(0.8..1.2));
    let due = next.and_then(|at| (at - now).max(TimeDelta::milliseconds(20)).to_std().ok());
    due.map_or(fallback, |due| due.min(fallback))
}

async fn deliver(shared: &BotShared, letter: Letter) {
    let live = shared.live.load_full();
    let voice = live.brand.voice(letter.language.as_deref());
    let verdict = match letter::compose(&voice, &letter) {
        Some(message) => {
            let sent = shared.telegram.send(letter.row.telegram_id, &message, letter.row.random_id).await;
            verdict(sent, letter.row.attempts, shared.app.clock.now())
        }
        None => Verdict::Failed("the rental is gone".to_owned()),
    };
    if let Verdict::Failed(reason) | Verdict::Later(_, reason) = &verdict {
        tracing::warn!(bot = %shared.tenant.slug(), row = letter.row.id, %reason, "a message was not delivered");
    }
    if let Err(error) = outbox::record(&shared.tenant, letter.row.id, &verdict, shared.app.clock.now()).await {
        // The lease ends, the row is sent again, and Telegram recognises its id.
        tracing::warn!(bot = %shared.tenant.slug(), row = letter.row.id, %error, "a delivery was not recorded");
    }
    if let (Some(rental), Kind::Code | Kind::Expired) = (&letter.rental, letter.row.kind) {
        let ended = letter::ended(&voice, rental);
        shared.chats.update(&shared.telegram, letter.row.telegram_id, (rental.id, rental.version), &ended).await;
    }
}

/// What an answer of Telegram means for the row.
fn verdict(sent: Result<Option<i32>, TelegramError>, attempts: i32, now: DateTime<Utc>) -> Verdict {
    let error = match sent {
        Ok(message_id) => return Verdict::Sent(message_id),
        Err(error) => error,
    };
    let reason = error.to_string();
    match error {
        TelegramError::AlreadySent => Verdict::Sent(None),
        TelegramError::FloodWait(wait) => {
            let wait = TimeDelta::from_std(wait).unwrap_or(TimeDelta::minutes(1));
            Verdict::Later(now + wait, reason)
        }
        TelegramError::Unreachable(_) | TelegramError::Refused(_) => Verdict::Failed(reason),
        _ => {
            let seconds = 1_i64 << attempts.clamp(0, 6);
            Verdict::Later(now + TimeDelta::seconds(seconds), reason)
        }
    }
}

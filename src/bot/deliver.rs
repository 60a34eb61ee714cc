//! The outbox on its way: the bot's only asynchronous exit to Telegram.
//!
//! No transaction is open while a message is sent. A row's `random_id` is fixed, so a repetition
//! after a crash is recognised by Telegram and recorded as sent.

use super::BotShared;
use crate::domain::message::Message;
use crate::domain::stamp::Stamp;
use crate::health::{Trouble, exceeded};
use crate::meter;
use crate::service::ServiceResult;
use crate::service::outbox::{self, Claimed, Kind, Letter, Verdict, Waiting};
use crate::telegram::TelegramError;
use crate::ui::brand::Voice;
use crate::ui::{letter, rental_view};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Messages on their way at once.
const AT_ONCE: usize = 8;
/// Without a nudge the outbox is looked at this often: a nudge can be lost with its process.
const FALLBACK: Duration = Duration::from_secs(60);
/// Tries after which an unknown refusal is final.
const GIVE_UP: i32 = 6;
/// While there is something to send, what waits is measured so often.
const LOOKED: Duration = Duration::from_secs(10);
/// A message that waits for longer is late.
const LATE: Duration = Duration::from_secs(30);
/// After a failure of the database.
const BACKOFF: Duration = Duration::from_secs(2);

/// Sends due rows until it is stopped. The screens of rentals that ended go to `ended`: a chat that
/// is slow must not hold other people's codes back.
pub async fn run(shared: Arc<BotShared>, ended: mpsc::Sender<EndedScreen>, stop: CancellationToken) {
    loop {
        let pause = match round(&shared, &ended).await {
            Ok(Pause::Until(pause)) => pause,
            Ok(Pause::FloodWait(wait)) => {
                // Telegram names a wait for all of the bot's messages: nudges do not shorten it.
                let end = Instant::now() + wait;
                while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                    // What waits meanwhile is seen.
                    let _ = look(&shared).await;
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(left.min(FALLBACK)) => {}
                    }
                }
                continue;
            }
            Err(error) => {
                tracing::warn!(bot = %shared.tenant.slug(), %error, "the outbox cannot be read");
                tokio::time::sleep(BACKOFF).await;
                // A claim whose answer was lost holds its rows.
                let _ = outbox::reclaim(&shared.tenant, shared.app.clock.now()).await;
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

enum Pause {
    Until(Duration),
    FloodWait(Duration),
}

/// Sends what is due; returns how long to wait for what is not.
async fn round(shared: &BotShared, ended: &mpsc::Sender<EndedScreen>) -> ServiceResult<Pause> {
    let mut looked: Option<Instant> = None;
    loop {
        let letters = outbox::claim(&shared.tenant, shared.app.clock.now()).await?;
        if letters.is_empty() {
            let next = look(shared).await?;
            return Ok(Pause::Until(pause(next, shared.app.clock.now())));
        }
        // A long outbox takes long, and is seen while it does.
        if looked.is_none_or(|at| at.elapsed() > LOOKED) {
            looked = Some(Instant::now());
            look(shared).await?;
        }
        // Broadcasts give way meanwhile.
        shared.codes.send_replace(letters.iter().filter(|l| l.row.kind.is_code()).count());
        let waits = futures_util::stream::iter(letters)
            .map(|letter| deliver(shared, ended, letter))
            .buffer_unordered(AT_ONCE)
            .fold(Duration::ZERO, async |longest, wait| longest.max(wait))
            .await;
        shared.codes.send_replace(0);
        if waits > Duration::ZERO {
            return Ok(Pause::FloodWait(waits));
        }
    }
}

/// Measures what waits; when the next of it is due.
async fn look(shared: &BotShared) -> ServiceResult<Option<DateTime<Utc>>> {
    let Waiting { count, oldest, next } = outbox::waiting(&shared.tenant).await?;
    let now = shared.app.clock.now();
    let oldest = oldest.map_or(Duration::ZERO, |at| (now - at).to_std().unwrap_or_default());
    meter::outbox(shared.tenant.slug().as_str(), count, oldest);
    if count > 0 && oldest >= LATE {
        let reason = format!("messages wait, the oldest for more than {}", exceeded(oldest));
        shared.health.note(Trouble::Outbox, reason, FALLBACK * 2);
    } else {
        shared.health.clear(Trouble::Outbox);
    }
    Ok(next)
}

/// The screen of a rental that has ended.
pub struct EndedScreen {
    user: i64,
    rental: (i64, i32),
    noted: Option<i32>,
    message: Message,
}

/// Shows the ends of rentals on the screens that still show them, until it is stopped.
pub async fn show_ended(shared: Arc<BotShared>, mut screens: mpsc::Receiver<EndedScreen>, stop: CancellationToken) {
    while let Some(Some(screen)) = stop.run_until_cancelled(screens.recv()).await {
        let EndedScreen { user, rental, noted, message } = screen;
        shared.chats.update(&shared.telegram, user, rental, noted, &message).await;
    }
}

/// Until the next row is due, a jittered minute at most.
fn pause(next: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    let fallback = FALLBACK.mul_f64(rand::random_range(0.8..1.2));
    let due = next.and_then(|at| (at - now).max(TimeDelta::milliseconds(20)).to_std().ok());
    due.map_or(fallback, |due| due.min(fallback))
}

/// Sends one letter and records it; returns the wait that Telegram asks for.
async fn deliver(shared: &BotShared, ended: &mpsc::Sender<EndedScreen>, letter: Letter) -> Duration {
    let live = shared.live.load_full();
    let voice = live.brand.voice(letter.language.as_deref());
    let (row, now) = (&letter.row, shared.app.clock.now());
    let sent = match row.kind {
        Kind::EraseCode => erase(shared, row).await,
        _ => send(shared, &voice, &letter, now).await,
    };
    // A wait that met a code is waited for by all; another row is only put off itself.
    let wait = match &sent {
        Err(TelegramError::FloodWait(wait)) if row.kind.is_code() => *wait,
        _ => Duration::ZERO,
    };
    let verdict = verdict(sent, row.attempts, now);
    if let Verdict::Failed(reason) | Verdict::Later(_, reason) = &verdict {
        tracing::warn!(bot = %shared.tenant.slug(), row = row.id, %reason, "a message was not delivered");
    }
    let erase_after = live.brand.policy.rules.erase_code_after;
    if let Err(error) = outbox::record(&shared.tenant, row, &verdict, erase_after, now).await {
        // The lease ends, the row is sent again, and Telegram recognises its id.
        tracing::warn!(bot = %shared.tenant.slug(), row = row.id, %error, "a delivery was not recorded");
    }
    if let Some(rental) = letter.rental.as_ref().filter(|_| row.kind.ends_screen()) {
        let message = rental_view::screen(&voice, rental, now);
        let (id, noted) = ((rental.id, rental.version), rental.screen_message_id);
        let screen = EndedScreen { user: row.telegram_id, rental: id, noted, message };
        // When too many wait, old screens stay as they are: their buttons say that they are old.
        let _ = ended.try_send(screen);
    }
    wait
}

/// Sends a letter; its buttons are as old as its row, so that a repetition is the same message.
async fn send(
    shared: &BotShared,
    voice: &Voice<'_>,
    letter: &Letter,
    now: DateTime<Utc>,
) -> Result<Option<i32>, TelegramError> {
    let row = &letter.row;
    let Some(mut message) = letter::compose(voice, letter, now) else {
        return Err(TelegramError::Unreachable("what it is about is gone".to_owned()));
    };
    let stamp = Stamp::at(row.created_at);
    stamp.mark(&mut message);
    let sent = shared.telegram.send(row.telegram_id, &message, row.random_id).await;
    if let Ok(Some(message_id)) = sent {
        let shows = letter.replacement.as_ref().map(|r| (r.id, r.version));
        shared.chats.note_letter(row.telegram_id, message_id, stamp, shows);
    }
    sent
}

/// Deletes the message of a delivered code. One whose id was never known stays; its stored code
/// goes all the same.
async fn erase(shared: &BotShared, row: &Claimed) -> Result<Option<i32>, TelegramError> {
    let id = row.details.as_ref().and_then(|d| d.get("message_id")).and_then(serde_json::Value::as_i64);
    let Some(id) = id.and_then(|id| i32::try_from(id).ok()) else { return Ok(None) };
    shared.telegram.delete(id).await.map(|()| Some(id))
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
        TelegramError::Unreachable(_) => Verdict::Failed(reason),
        // An error we do not know may pass: a paid code is not given up at once.
        TelegramError::Refused(_) if attempts >= GIVE_UP => Verdict::Failed(reason),
        _ => {
            let seconds = 1_i64 << attempts.clamp(0, 6);
            Verdict::Later(now + TimeDelta::seconds(seconds), reason)
        }
    }
}

//! Broadcasts on their way: a steady pace that obeys the waits Telegram names, gives way to codes,
//! and goes on after a crash without sending anybody twice.

use super::BotShared;
use super::board::Board;
use crate::domain::message::Message;
use crate::domain::stamp::Stamp;
use crate::service::ServiceResult;
use crate::service::broadcasts::{self, Broadcast, Fate, Recipient};
use crate::telegram::TelegramError;
use crate::ui::letter;
use crate::ui::panel::messages;
use futures_util::StreamExt;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use sha2::{Digest, Sha256};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Recipients that are taken and written down together.
const BATCH: i64 = 100;
/// Messages on their way at once.
const AT_ONCE: usize = 8;
/// Without a nudge broadcasts are looked for this often.
const FALLBACK: Duration = Duration::from_secs(60);
/// After a failure of the database, or when Telegram cannot be reached.
const BACKOFF: Duration = Duration::from_secs(2);
/// How often one message is tried before the next batch.
const TRIES: u32 = 4;
/// Tells a broadcast's board from other messages.
const SALT: i64 = 0x4272_6f61_6463;

/// Sends broadcasts, one after the other, until it is stopped.
pub async fn run(shared: Arc<BotShared>, stop: CancellationToken) {
    loop {
        let pause = match stop.run_until_cancelled(round(&shared)).await {
            None => return,
            Some(Ok(())) => FALLBACK.mul_f64(rand::random_range(0.8..1.2)),
            Some(Err(error)) => {
                tracing::warn!(bot = %shared.tenant.slug(), %error, "a broadcast cannot go on yet");
                BACKOFF
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.broadcasts.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn round(shared: &BotShared) -> ServiceResult<()> {
    while let Some((broadcast, language)) = broadcasts::next(&shared.tenant).await? {
        send(shared, &broadcast, language.as_deref()).await?;
    }
    Ok(())
}

/// Sends to everybody who waits, until nobody does or somebody stops it.
async fn send(shared: &BotShared, broadcast: &Broadcast, language: Option<&str>) -> ServiceResult<()> {
    let id = broadcast.id;
    let mut board = Board::new(broadcast.telegram_id, SALT ^ (id << 16), broadcast.screen_message_id);
    let pace = pace(shared);
    loop {
        let (now, tally) = broadcasts::find(&shared.tenant, id).await?;
        board.update(shared, || shown(shared, language, &now, tally)).await;
        if let Some(message_id) = board.message_id().filter(|id| broadcast.screen_message_id != Some(*id)) {
            broadcasts::note_screen(&shared.tenant, id, message_id).await?;
        }
        let recipients = broadcasts::pending(&shared.tenant, id, BATCH).await?;
        if recipients.is_empty() {
            break;
        }
        let fates: Vec<(i64, Fate)> = futures_util::stream::iter(recipients)
            .map(|recipient| send_one(shared, broadcast, recipient, &pace))
            .buffer_unordered(AT_ONCE)
            .filter_map(std::future::ready)
            .collect()
            .await;
        if fates.is_empty() {
            tokio::time::sleep(BACKOFF).await;
        }
        broadcasts::settle(&shared.tenant, id, &fates).await?;
    }
    broadcasts::finish(&shared.tenant, id, shared.app.clock.now()).await?;
    let (ended, tally) = broadcasts::find(&shared.tenant, id).await?;
    board.close(shared, shown(shared, language, &ended, tally)).await;
    Ok(())
}

fn shown(shared: &BotShared, language: Option<&str>, broadcast: &Broadcast, tally: broadcasts::Tally) -> Message {
    messages::progress(&shared.live.load_full().brand.voice(language), broadcast, tally)
}

fn pace(shared: &BotShared) -> DefaultDirectRateLimiter {
    let per_second = NonZeroU32::new(shared.live.load().limits.broadcast_per_second).unwrap_or(NonZeroU32::MIN);
    // Evenly: a burst would only be answered with a wait.
    RateLimiter::direct(Quota::per_second(per_second).allow_burst(NonZeroU32::MIN))
}

/// Sends to one user; `None` when it has to be tried with the next batch.
async fn send_one(
    shared: &BotShared,
    broadcast: &Broadcast,
    recipient: Recipient,
    pace: &DefaultDirectRateLimiter,
) -> Option<(i64, Fate)> {
    let live = shared.live.load_full();
    let Recipient { user_id: user, telegram_id, language } = recipient;
    let mut message = letter::broadcast(&live.brand.voice(language.as_deref()), &broadcast.body);
    Stamp::at(broadcast.created_at).mark(&mut message);
    let random_id = random_id(broadcast, telegram_id);
    for _ in 0..TRIES {
        pace.until_ready().await;
        give_way(shared).await;
        let error = match shared.telegram.send(telegram_id, &message, random_id).await {
            Ok(_) | Err(TelegramError::AlreadySent) => return Some((user, Fate::Sent)),
            Err(error) => error,
        };
        match error {
            TelegramError::Unreachable(_) => return Some((user, Fate::Blocked)),
            TelegramError::FloodWait(wait) => tokio::time::sleep(wait).await,
            TelegramError::Refused(why) => {
                tracing::warn!(bot = %shared.tenant.slug(), user = telegram_id, why, "a broadcast was refused");
                return Some((user, Fate::Failed));
            }
            _ => tokio::time::sleep(BACKOFF).await,
        }
    }
    None
}

/// Codes go first: while some are on their way, nothing else is sent.
async fn give_way(shared: &BotShared) {
    let mut codes = shared.codes.subscribe();
    let _ = codes.wait_for(|on_their_way| *on_their_way == 0).await;
}

/// The same broadcast to the same user has the same id, also after a crash.
fn random_id(broadcast: &Broadcast, telegram_id: i64) -> i64 {
    let mut digest = Sha256::new();
    digest.update(b"broadcast");
    digest.update(broadcast.id.to_le_bytes());
    digest.update(broadcast.created_at.timestamp_micros().to_le_bytes());
    digest.update(telegram_id.to_le_bytes());
    let bytes: [u8; 32] = digest.finalize().into();
    bytes.first_chunk::<8>().map_or(0, |b| i64::from_le_bytes(*b))
}

//! One task of a user: answered within a second, then shown.

use super::BotShared;
use super::chat::Place;
use super::updates::{Press, Task, profile};
use crate::service::ServiceResult;
use crate::service::users::{self, Known};
use crate::telegram::TelegramError;
use crate::telegram::incoming::Sender;
use crate::ui::{Ctx, Input, Reply, handle};
use futures_util::FutureExt;
use sha2::{Digest, Sha256};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// A press that has no result by now is answered empty; its outcome goes onto the screen.
const ANSWER_BY: Duration = Duration::from_millis(700);

/// Handles a task; a panic in a flow is a bug of that flow and must not end the user's lane.
pub async fn guarded(shared: &BotShared, task: Task) {
    let user = task.from.id;
    if AssertUnwindSafe(run(shared, task)).catch_unwind().await.is_err() {
        tracing::error!(bot = %shared.tenant.slug(), user, "a handler failed");
    }
}

async fn run(shared: &BotShared, task: Task) {
    let reply = reply(shared, &task).await;
    let Some(press) = task.press.as_ref().filter(|press| press.claim()) else {
        return show(shared, &task, reply, true).await;
    };
    let answering = answer(shared, press.query_id, reply.notice.as_deref());
    tokio::join!(answering, show(shared, &task, reply.clone(), false));
}

/// Answers a press empty when it has no result in time, however long its turn takes to come.
pub async fn answer_in_time(shared: Arc<BotShared>, press: Press) {
    tokio::time::sleep(ANSWER_BY).await;
    if press.claim() {
        answer(&shared, press.query_id, None).await;
    }
}

async fn reply(shared: &BotShared, task: &Task) -> Reply {
    let live = shared.live.load_full();
    let user = match meet(shared, &task.from).await {
        Ok(user) => user,
        Err(error) => {
            tracing::error!(bot = %shared.tenant.slug(), %error, "a user could not be met");
            let voice = live.brand.voice(task.from.language.as_deref());
            return Reply::notice(voice.label("busy", &[]));
        }
    };
    let ctx = Ctx { tenant: &shared.tenant, brand: &live.brand, clock: &shared.app.clock, user: &user };
    let reply = handle(ctx, &task.input).await;
    if reply.user_changed {
        shared.chats.forget_user(task.from.id);
    }
    if reply.rental.is_some() {
        shared.door.wakes.rental.notify_one();
        shared.door.wakes.poll.send_modify(|rentals| *rentals += 1);
    }
    reply
}

/// The user's row: from memory while the profile is the same.
async fn meet(shared: &BotShared, from: &Sender) -> ServiceResult<Known> {
    if let Some(known) = shared.chats.known_user(from) {
        return Ok(known);
    }
    let known = users::meet(&shared.tenant, &profile(from), shared.app.clock.now()).await?;
    shared.chats.remember_user(from.clone(), known.clone());
    Ok(known)
}

async fn answer(shared: &BotShared, query: i64, notice: Option<&str>) {
    match shared.telegram.answer(query, notice).await {
        Ok(()) | Err(TelegramError::PressExpired) => {}
        Err(error) => tracing::debug!(bot = %shared.tenant.slug(), %error, "a press was not answered"),
    }
}

/// Puts a reply on the screen; `notice_too` when the notice has not been said yet.
async fn show(shared: &BotShared, task: &Task, reply: Reply, notice_too: bool) {
    let pressed = matches!(task.input, Input::Press(_)).then_some(task.message_id);
    if reply.close {
        if let Some(id) = pressed {
            let _ = shared.telegram.delete(id).await;
        }
        return;
    }
    let notice = reply.notice.filter(|_| notice_too);
    let place = Place { user: task.from.id, message_id: pressed, random_id: random_id(task) };
    if let Err(error) = shared.chats.show(&shared.telegram, place, reply.screen, reply.rental, notice).await {
        tracing::warn!(bot = %shared.tenant.slug(), user = task.from.id, %error, "a screen could not be shown");
    }
}

/// The same update leads to the same id: when it comes again after a crash, its screen does not.
fn random_id(task: &Task) -> i64 {
    let mut digest = Sha256::new();
    digest.update(task.from.id.to_le_bytes());
    digest.update(task.message_id.to_le_bytes());
    digest.update(task.press.as_ref().map_or(0, |p| p.query_id).to_le_bytes());
    let bytes: [u8; 32] = digest.finalize().into();
    bytes.first_chunk::<8>().map_or(0, |b| i64::from_le_bytes(*b))
}

//! One task of a user: answered within a second, then shown.

use super::BotShared;
use super::chat::{LONGEST_WAIT, Place};
use super::pace::TooFast;
use super::updates::{Act, Press, Task, profile};
use crate::health::Trouble;
use crate::meter;
use crate::service::users::{self, Known};
use crate::service::{self, ServiceResult};
use crate::telegram::TelegramError;
use crate::telegram::incoming::Sender;
use crate::ui::{self, Ctx, Input, Reply, handle};
use futures_util::FutureExt;
use sha2::{Digest, Sha256};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// A press that has no result by now is answered empty; its outcome goes onto the screen.
const ANSWER_BY: Duration = Duration::from_millis(700);

/// A panic is told for so long.
const TOLD: Duration = Duration::from_secs(600);

/// How often the deletion of a secret is tried, and the longest pause between two tries.
const SECRET_TRIES: u32 = 5;
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Handles a task; a panic in a flow is a bug of that flow and must not end the user's lane.
pub async fn guarded(shared: &BotShared, task: Task) {
    let (user, start) = (task.from.id, Instant::now());
    // Of the highest level: whatever is logged inside names its bot and user.
    let span = tracing::error_span!("update", bot = %shared.tenant.slug(), user);
    if AssertUnwindSafe(run(shared, task).instrument(span)).catch_unwind().await.is_err() {
        tracing::error!(bot = %shared.tenant.slug(), user, "a handler failed");
        shared.health.note(Trouble::Handler, "a handler panicked: the log says where", TOLD);
    }
    meter::answer(shared.tenant.slug().as_str(), start.elapsed());
}

async fn run(shared: &BotShared, task: Task) {
    let Some(reply) = paced(shared, &task).await else { return };
    let Some(press) = task.press.as_ref().filter(|press| press.claim()) else {
        return show(shared, &task, reply, true).await;
    };
    let answering = answer(shared, press.query_id, reply.notice.as_deref());
    tokio::join!(answering, show(shared, &task, reply.clone(), false));
}

/// The reply to a task; somebody who is too fast is told to wait, and told once if they write.
async fn paced(shared: &BotShared, task: &Task) -> Option<Reply> {
    let live = shared.live.load_full();
    if live.brand.policy.owners.contains(&task.from.id) {
        return Some(reply(shared, task).await);
    }
    // Somebody who owns nothing here: they asked for no answer, and are not met by it.
    if matches!(task.act, Act::Managed(_)) {
        return None;
    }
    let checked = shared.pace.load().check(task.from.id);
    let Err(TooFast { wait, is_first }) = checked else { return Some(reply(shared, task).await) };
    let known = shared.users.find(&task.from).and_then(|known| known.language);
    let voice = live.brand.voice(known.as_deref().or(task.from.language.as_deref()));
    let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX).saturating_add(1);
    let told = (task.press.is_some() || is_first).then(|| voice.too_fast(seconds));
    let delete_input = task.press.is_none() && is_secret(shared, &task.from).await;
    (told.is_some() || delete_input).then(|| Reply { notice: told, delete_input, ..Reply::default() })
}

/// Whether what an assistant wrote may be a secret; it may, when nobody can tell.
async fn is_secret(shared: &BotShared, from: &Sender) -> bool {
    let Some(known) = shared.users.find(from).filter(|known| known.is_admin) else { return false };
    let dialog = service::panel::dialog(&shared.tenant, known.id).await;
    dialog.map_or(true, |state| state.is_some_and(ui::panel::asks_secret))
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
            // Nobody knows whether it was the panel's password.
            let delete_input = matches!(task.act, Act::Text(_)) && live.brand.policy.owners.contains(&task.from.id);
            return Reply { delete_input, ..Reply::notice(voice.label("busy", &[])) };
        }
    };
    let input = input(shared, task, live.limits.button_lifetime).await;
    let ctx =
        Ctx { tenant: &shared.tenant, brand: &live.brand, clock: &shared.app.clock, user: &user, outside: shared };
    let reply = handle(ctx, &input).await;
    let is_taken = follow(shared, task, user.language.as_deref(), &reply).await;
    if is_taken { reply } else { Reply { quiet: false, ..reply.with_notice(ctx.voice().label("busy", &[])) } }
}

/// What a task means: a press is compared with what its message shows now.
async fn input(shared: &BotShared, task: &Task, lifetime: chrono::TimeDelta) -> Input {
    let now = crate::domain::stamp::Stamp::at(shared.app.clock.now());
    let (data, stamp, screen) = match (&task.act, task.act.pressed()) {
        (Act::Text(text), _) => return Input::Text(text.clone()),
        (Act::Channel(id), _) => return Input::Channel(*id),
        (Act::Person(id), _) => return Input::Person(*id),
        (Act::Odd, _) => return Input::Odd,
        (Act::Created(bot), _) => return Input::Created(bot.clone()),
        (Act::Managed(bot), _) => return Input::Managed(bot.clone()),
        (Act::File(document, channel), _) => {
            let (name, size) = (document.name.clone(), document.size);
            return Input::File(ui::work::Offered { name, size, channel: *channel });
        }
        // Without a stamp it is none of our buttons.
        (Act::Press(_), None) => (String::new(), now, ui::router::Screen::Replaced),
        (Act::Press(_), Some((data, stamp))) => {
            let screen = shared.chats.screen_of(&shared.telegram, task.from.id, task.message_id, stamp, lifetime);
            (data.to_owned(), stamp, screen.await)
        }
    };
    Input::Press(ui::Press { data, stamp, screen })
}

/// Wakes what waits for what has happened. False when there is no room for the reply's work.
async fn follow(shared: &BotShared, task: &Task, language: Option<&str>, reply: &Reply) -> bool {
    let wakes = &shared.door.wakes;
    let mut is_taken = true;
    if let Some(work) = &reply.work {
        is_taken = shared.works.take(task, language.map(str::to_owned), work);
        if !is_taken {
            super::works::let_go(shared, work).await;
        }
    }
    if reply.user_changed {
        shared.users.forget(task.from.id);
    }
    if reply.users_changed {
        shared.users.forget_all();
    }
    if reply.settings_changed {
        shared.reload.ask().await;
    }
    if reply.letters {
        wakes.outbox.notify_one();
    }
    if reply.money_came {
        wakes.rental.notify_one();
    }
    if reply.began {
        wakes.rental.notify_one();
        wakes.rentals.send_modify(|rentals| *rentals += 1);
        // A reservation may have left an alert for the owner.
        wakes.outbox.notify_one();
    }
    is_taken
}

/// The user's row: from memory while the profile is the same.
async fn meet(shared: &BotShared, from: &Sender) -> ServiceResult<Known> {
    if let Some(known) = shared.users.find(from) {
        return Ok(known);
    }
    let known = users::meet(&shared.tenant, &profile(from), shared.app.clock.now()).await?;
    shared.users.remember(from.clone(), known.clone());
    let live = shared.live.load();
    if live.brand.panel_password.is_some() && (known.is_admin || live.brand.policy.owners.contains(&from.id)) {
        super::commands::set_for(shared, from.id).await;
    }
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
    let pressed = task.press.is_some().then_some(task.message_id);
    if reply.close {
        if let Some(id) = pressed {
            let _ = shared.telegram.delete(id).await;
        }
        return;
    }
    if reply.delete_input {
        delete_secret(shared, task.message_id).await;
    }
    // A notice that comes too late never takes the place of a screen: it may show a number.
    let is_notice_only = reply.screen.is_none() && reply.also.is_none();
    let notice = reply.notice.filter(|_| notice_too && !(is_notice_only && pressed.is_some() && reply.quiet));
    let beside = match pressed {
        Some(id) if reply.beside => shared.chats.shows_rental(task.from.id, id).await,
        _ => is_notice_only,
    };
    let place = Place {
        user: task.from.id,
        message_id: pressed.filter(|_| !beside),
        random_id: random_id(task),
        patience: LONGEST_WAIT,
    };
    if let Err(error) = shared.chats.show(&shared.telegram, place, reply.screen, reply.rental, notice).await {
        tracing::warn!(bot = %shared.tenant.slug(), user = task.from.id, %error, "a screen could not be shown");
    }
    if let Some(also) = reply.also {
        let place = Place { message_id: None, random_id: random_id(task).wrapping_add(1), ..place };
        let _ = shared.chats.show(&shared.telegram, place, Some(also), None, None).await;
    }
}

/// Deletes a message that holds a secret; tries again when Telegram asks to wait.
async fn delete_secret(shared: &BotShared, message_id: i32) {
    for _ in 0..SECRET_TRIES {
        let pause = match shared.telegram.delete(message_id).await {
            Ok(()) => return,
            Err(TelegramError::FloodWait(wait)) => wait,
            Err(_) => Duration::from_secs(1),
        };
        tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
    }
    tracing::error!(bot = %shared.tenant.slug(), message_id, "a message with a secret could not be deleted");
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

//! The panel: where an owner runs the bot, inside Telegram.
//!
//! Only the owner and appointed admins who gave the password get in; to everybody else it does not
//! exist. A dialog is a row in the database, so it survives a restart; every step checks its answer
//! at once.

mod add_channel;
mod admins;
mod bots;
pub mod callback;
mod channels;
mod create_bot;
mod dialog;
mod export;
mod form;
mod inbox;
pub mod messages;
mod numbers;
mod providers;
mod search;
mod services;
mod settings;
mod sign_in;
mod source;
mod statistics;
mod texts;
mod trail;
pub mod upload;
mod users;

pub use callback::{Area, Panel, Verb};
pub use dialog::Dialog;

use super::{Ctx, Reply, view};
use crate::domain::message::Button;
use crate::service::created_bots::CreatedBot;
use crate::service::{Refusal, ServiceResult, admins as admin_service, panel};
use crate::ui::brand::Voice;
use crate::ui::callback::Callback;
use crate::ui::work::Offered;
use serde_json::Value;

/// What somebody gives as an answer in a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// A text.
    Text(&'a str),
    /// A channel: picked on the keyboard, or one whose post was forwarded.
    Channel(i64),
    /// Somebody whose message was forwarded; `None` is somebody who hides.
    Person(Option<i64>),
    /// A file.
    File(&'a Offered),
    /// Neither text nor file: a photo, a voice.
    Odd,
}

impl<'a> Answer<'a> {
    /// The channel that it names.
    fn channel(self) -> Option<i64> {
        match self {
            Self::Channel(id) => Some(id),
            Self::File(file) => file.channel,
            Self::Text(_) | Self::Person(_) | Self::Odd => None,
        }
    }

    /// What was written.
    fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Whether the panel exists for this user.
pub fn exists_for(ctx: Ctx<'_>) -> bool {
    ctx.brand.panel_password.is_some() && (ctx.is_owner() || ctx.user.is_admin || ctx.brand.is_unclaimed)
}

/// Who acts, for the audit log.
fn actor(ctx: Ctx<'_>) -> String {
    format!("{}:{}", if ctx.is_owner() { "owner" } else { "admin" }, ctx.user.telegram_id)
}

async fn is_signed_in(ctx: Ctx<'_>) -> ServiceResult<bool> {
    let Some(password) = &ctx.brand.panel_password else { return Ok(false) };
    panel::is_signed_in(ctx.tenant, ctx.user.id, password.mark(), ctx.now()).await
}

/// `/admin`.
pub async fn enter(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    if !is_signed_in(ctx).await? {
        return sign_in::ask(ctx).await;
    }
    dialog::end(ctx).await?;
    home(ctx).await
}

/// The buttons of messages that the bot keeps up to date: pressing them leaves no dialog.
fn is_aside(pressed: Panel) -> bool {
    use Area::{Messages, Numbers};
    matches!(
        pressed,
        Panel::In(Messages, Verb::Set(_, messages::BOARD, _)) | Panel::In(Numbers, Verb::Do(_, numbers::STOP))
    )
}

/// A press on one of the panel's buttons.
pub async fn press(ctx: Ctx<'_>, pressed: Panel) -> ServiceResult<Reply> {
    if !is_signed_in(ctx).await? {
        return sign_in::ask(ctx).await;
    }
    if let Some(area) = pressed.area()
        && !may_use(ctx, area).await?
    {
        return Err(Refusal::NotAllowed.into());
    }
    if matches!(pressed, Panel::In(..)) && !is_aside(pressed) {
        dialog::leave(ctx).await?;
    }
    match pressed {
        Panel::Home => {
            dialog::end(ctx).await?;
            home(ctx).await
        }
        Panel::Search(area, of) => search::begin(ctx, area, of).await,
        Panel::Clear(area, of) => {
            search::clear(ctx).await?;
            in_area(ctx, area, Verb::List { of, page: 0 }).await
        }
        Panel::In(area, verb) => in_area(ctx, area, verb).await,
        Panel::SignOut => sign_in::out(ctx).await,
        Panel::Leave => leave(ctx).await,
        Panel::Choose(choice, tag) => choose(ctx, choice, tag).await,
        Panel::Save(tag) => save(ctx, tag).await,
    }
}

async fn in_area(ctx: Ctx<'_>, area: Area, verb: Verb) -> ServiceResult<Reply> {
    match area {
        Area::Services => services::press(ctx, verb).await,
        Area::Countries => services::press_country(ctx, verb).await,
        Area::Numbers => numbers::press(ctx, verb).await,
        Area::Users => users::press(ctx, verb).await,
        Area::Providers => providers::press(ctx, verb).await,
        Area::Inbox => inbox::press(ctx, verb).await,
        Area::Messages => messages::press(ctx, verb).await,
        Area::Statistics => statistics::press(ctx, verb).await,
        Area::Export => Ok(export::press(ctx, verb)),
        Area::Texts => texts::press(ctx, verb).await,
        Area::Audit => trail::press(ctx, verb).await,
        Area::Bots => bots::press(ctx, verb).await,
        Area::Admins => admins::press(ctx, verb).await,
        Area::Settings => settings::press(ctx, verb).await,
        Area::Channels => channels::press(ctx, verb).await,
    }
}

/// The dialog that the user is in, if its area is still open to them, and its step is the one whose
/// button was pressed.
async fn pressed_dialog(ctx: Ctx<'_>, tag: u32) -> ServiceResult<Option<Dialog>> {
    match dialog::load(ctx).await? {
        Some(dialog) if !may_use(ctx, dialog.area()).await? => Err(Refusal::NotAllowed.into()),
        other => Ok(other.filter(|dialog| dialog.tag() == tag)),
    }
}

/// A button of a step that is over.
fn over(ctx: Ctx<'_>) -> Reply {
    Reply { quiet: true, ..Reply::notice(ctx.voice().label("stale", &[])) }
}

/// A choice that is offered in a dialog.
async fn choose(ctx: Ctx<'_>, choice: u8, tag: u32) -> ServiceResult<Reply> {
    match pressed_dialog(ctx, tag).await? {
        Some(Dialog::AddChannel(draft)) => add_channel::choose(ctx, draft, choice).await,
        Some(Dialog::Form(form)) => form::choose(ctx, form, choice).await,
        Some(Dialog::Broadcast(draft)) => messages::choose(ctx, draft, choice).await,
        Some(Dialog::Assign(assignment)) => inbox::choose(ctx, assignment).await,
        Some(Dialog::Upload(upload)) => upload::choose(ctx, upload).await,
        _ => Ok(over(ctx)),
    }
}

/// Saves what a dialog collected.
async fn save(ctx: Ctx<'_>, tag: u32) -> ServiceResult<Reply> {
    match pressed_dialog(ctx, tag).await? {
        Some(Dialog::AddChannel(draft)) => add_channel::save(ctx, draft).await,
        Some(Dialog::Form(form)) => form::save(ctx, form).await,
        Some(Dialog::Broadcast(draft)) => messages::save(ctx, draft).await,
        Some(Dialog::NewPassword(hash)) => settings::save_password(ctx, hash).await,
        _ => Ok(over(ctx)),
    }
}

/// An answer in a dialog; `None` when the user is in none.
pub async fn answer(ctx: Ctx<'_>, answer: Answer<'_>) -> ServiceResult<Option<Reply>> {
    let dialog = match dialog::load(ctx).await {
        Ok(Some(dialog)) => dialog,
        Ok(None) => return Ok(None),
        // Nobody knows whether it was a password.
        Err(error) => return Ok(Some(sign_in::failed(ctx, error))),
    };
    let is_secret = dialog.asks_secret();
    let reply = answer_in(ctx, dialog, answer).await;
    if !is_secret {
        return reply.map(Some);
    }
    // Right or wrong, and whatever fails: the message with the secret goes.
    let reply = reply.unwrap_or_else(|error| sign_in::failed(ctx, error));
    Ok(Some(Reply { delete_input: true, ..reply }))
}

async fn answer_in(ctx: Ctx<'_>, dialog: Dialog, answer: Answer<'_>) -> ServiceResult<Reply> {
    if dialog == Dialog::Password {
        return sign_in::check(ctx, answer).await;
    }
    if !is_signed_in(ctx).await? {
        return sign_in::ask(ctx).await;
    }
    if !may_use(ctx, dialog.area()).await? {
        return Err(Refusal::NotAllowed.into());
    }
    Ok(match dialog {
        Dialog::Password => sign_in::ask(ctx).await?,
        // Typed once more: the newest counts.
        Dialog::NewPassword(_) => settings::take_password(ctx, answer).await?,
        Dialog::AddChannel(draft) => add_channel::take(ctx, draft, answer).await?,
        Dialog::Form(form) => form::take(ctx, form, answer).await?,
        Dialog::Assign(assignment) => inbox::take(ctx, assignment, answer).await?,
        Dialog::Broadcast(draft) => messages::take(ctx, draft, answer).await?,
        Dialog::StatisticsPeriod => statistics::take(ctx, answer).await?,
        Dialog::Search { area, of, .. } => {
            let area = Area::parse(&area).unwrap_or(Area::Services);
            if search::take(ctx, area, of, answer).await? {
                in_area(ctx, area, Verb::List { of, page: 0 }).await?
            } else {
                search::begin(ctx, area, of).await?
            }
        }
        Dialog::DeleteBot { slug } => bots::take(ctx, &slug, answer).await?,
        Dialog::Text(id) => texts::take(ctx, id, answer).await?,
        Dialog::Upload(upload) => upload::take(ctx, upload, answer).await?,
        Dialog::Setting(id) => settings::take(ctx, id, answer).await?,
        Dialog::ChannelFrequency(id) => channels::take_frequency(ctx, id, answer).await?,
        Dialog::ChannelReward(id) => channels::take_reward(ctx, id, answer).await?,
    })
}

/// A bot was created that this one manages. `None` for everybody but an owner.
pub async fn created(ctx: Ctx<'_>, bot: &CreatedBot) -> ServiceResult<Option<Reply>> {
    if !ctx.is_owner() {
        return Ok(None);
    }
    let is_busy = !is_signed_in(ctx).await? || dialog::is_open(ctx).await?;
    create_bot::created(ctx, bot, is_busy).await.map(Some)
}

/// A bot that this one manages was created or has another token; nobody is asked anything.
pub async fn managed(ctx: Ctx<'_>, bot: &CreatedBot) -> Reply {
    if ctx.is_owner() { create_bot::renew(ctx, bot).await } else { Reply::default() }
}

/// Somebody turned to another part of the bot: what they are asked is not waited for any more.
pub async fn walk_away(ctx: Ctx<'_>) -> ServiceResult<()> {
    dialog::leave(ctx).await
}

/// Whether what is written now may be a secret, in a dialog as it is stored.
pub fn asks_secret(state: Value) -> bool {
    serde_json::from_value(state).is_ok_and(|dialog: Dialog| dialog.asks_secret())
}

/// Leaves the dialog; `None` when the user is in none.
pub async fn cancel(ctx: Ctx<'_>) -> ServiceResult<Option<Reply>> {
    if !panel::end_dialog(ctx.tenant, ctx.user.id).await? {
        return Ok(None);
    }
    let left = ctx.voice().label("dialog-left", &[]);
    let reply = if is_signed_in(ctx).await? { home(ctx).await? } else { Reply::default() };
    Ok(Some(reply.with_notice(left)))
}

async fn leave(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    match cancel(ctx).await? {
        Some(reply) => Ok(reply),
        None => home(ctx).await,
    }
}

/// Whether the user may use an area: the owner every one, an assistant those that were given.
async fn may_use(ctx: Ctx<'_>, area: Area) -> ServiceResult<bool> {
    if ctx.is_owner() {
        return Ok(true);
    }
    let word = area.permission().word();
    Ok(!area.is_owners() && admin_service::areas(ctx.tenant, ctx.user.id).await?.iter().any(|a| a == word))
}

/// The areas that stand on the panel's first screen, two in a row.
const FIRST_SCREEN: [Area; 12] = [
    Area::Services,
    Area::Numbers,
    Area::Providers,
    Area::Users,
    Area::Messages,
    Area::Channels,
    Area::Statistics,
    Area::Export,
    Area::Audit,
    Area::Settings,
    Area::Bots,
    Area::Admins,
];

/// The areas of the panel that the user may use.
async fn home(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("panel", &[("brand", &ctx.brand.name)]), &[]);
    let mut buttons = Vec::new();
    for area in FIRST_SCREEN {
        if may_use(ctx, area).await? {
            buttons.push(button(&voice, area.title(), Panel::In(area, area.entrance())));
        }
    }
    message.rows = buttons.chunks(2).map(<[Button]>::to_vec).collect();
    message.rows.push(vec![
        button(&voice, "panel-sign-out", Panel::SignOut),
        view::named(&voice, "button-home", &Callback::Home(0)),
    ]);
    Ok(Reply::screen(message))
}

fn button(voice: &Voice<'_>, key: &str, panel: Panel) -> Button {
    view::named(voice, key, &Callback::Panel(panel))
}

/// The way out of a step of a dialog.
fn leave_row(voice: &Voice<'_>) -> Vec<Button> {
    vec![button(voice, "button-leave", Panel::Leave)]
}

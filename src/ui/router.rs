//! From an input to the flow that answers it, and from errors to sentences.

use super::brand::{Ctx, Voice};
use super::callback::Callback;
use super::work::Offered;
use super::{Reply, commands, flows, gate, panel, refusal};
use crate::domain::stamp::Stamp;
use crate::service::created_bots::CreatedBot;
use crate::service::{Refusal, ServiceError, ServiceResult};

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Wrote this.
    Text(String),
    /// Named this channel: picked it on a keyboard, or forwarded one of its posts.
    Channel(i64),
    /// Forwarded what this person wrote; `None` is somebody who hides.
    Person(Option<i64>),
    /// Sent a file.
    File(Offered),
    /// Sent what is neither text nor file: a photo, a voice.
    Odd,
    /// Created this bot, which the bot manages.
    Created(CreatedBot),
    /// Created this bot, or gave it another token.
    Managed(CreatedBot),
    /// Pressed a button.
    Press(Press),
}

/// A press, and the screen it was made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// The button's own data.
    pub data: String,
    /// The screen's stamp.
    pub stamp: Stamp,
    /// How the screen stands to what the message shows now.
    pub screen: Screen,
}

/// How the screen of a press stands to what its message shows now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// It is what the message shows.
    Current,
    /// The message shows another screen by now, or is not this user's.
    Replaced,
    /// It is older than its buttons are valid.
    TooOld,
}

/// Answers an input. Never fails: a refusal has its sentence, a fault a generic one.
pub async fn handle(ctx: Ctx<'_>, input: &Input) -> Reply {
    let voice = ctx.voice();
    let (callback, stamp) = match input {
        Input::Text(text) => (commands::parse(text), Stamp::at(ctx.now())),
        Input::Channel(_) | Input::Person(_) | Input::File(_) | Input::Odd | Input::Created(_) => {
            (Callback::Home(0), Stamp::at(ctx.now()))
        }
        Input::Managed(bot) => return panel::managed(ctx, bot).await,
        Input::Press(press) => match press.data.parse() {
            Ok(callback) => (callback, press.stamp),
            Err(foreign) => {
                tracing::info!(bot = %ctx.tenant.slug(), user = ctx.user.telegram_id, "a press was refused: {foreign}");
                return stale(&voice);
            }
        },
    };
    // A bot without an owner is closed, but for whoever is about to become that.
    if ctx.brand.is_unclaimed && matches!(input, Input::Text(_)) {
        match in_panel(ctx, input, &callback).await {
            Ok(Some(reply)) => return reply,
            Ok(None) => {}
            Err(error) => return refused(ctx, &callback, error).await,
        }
    }
    if let Some(stopped) = gate::check(ctx, &callback, matches!(input, Input::Press(_))).await {
        return stopped;
    }
    if let Input::Press(Press { screen: screen @ (Screen::Replaced | Screen::TooOld), .. }) = input {
        return outdated(ctx, &callback, *screen).await;
    }
    if panel::exists_for(ctx) {
        match in_panel(ctx, input, &callback).await {
            Ok(Some(reply)) => return reply,
            Ok(None) => {}
            Err(error) => return refused(ctx, &callback, error).await,
        }
    }
    match route(ctx, &callback, stamp).await {
        Ok(reply) => reply,
        Err(error) => refused(ctx, &callback, error).await,
    }
}

/// What the panel makes of an input; `None` leaves it to the rest of the bot.
async fn in_panel(ctx: Ctx<'_>, input: &Input, callback: &Callback) -> ServiceResult<Option<Reply>> {
    match input {
        Input::Press(_) => match callback {
            Callback::Panel(pressed) => panel::press(ctx, *pressed).await.map(Some),
            Callback::Home(_) => panel::walk_away(ctx).await.map(|()| None),
            _ => Ok(None),
        },
        Input::Channel(id) => panel::answer(ctx, panel::Answer::Channel(*id)).await,
        Input::Person(id) => panel::answer(ctx, panel::Answer::Person(*id)).await,
        Input::File(file) => panel::answer(ctx, panel::Answer::File(file)).await,
        Input::Odd => panel::answer(ctx, panel::Answer::Odd).await,
        Input::Created(bot) => panel::created(ctx, bot).await,
        // Was answered before: nobody waits at a screen for it.
        Input::Managed(_) => Ok(None),
        Input::Text(text) => match commands::word(text) {
            Some("admin") => panel::enter(ctx).await.map(Some),
            Some("cancel") => panel::cancel(ctx).await,
            Some(word) if commands::COMMANDS.contains(&word) => panel::walk_away(ctx).await.map(|()| None),
            // A password may begin with a slash.
            _ => panel::answer(ctx, panel::Answer::Text(text)).await,
        },
    }
}

fn stale(voice: &Voice<'_>) -> Reply {
    Reply { quiet: true, ..Reply::notice(voice.label("stale", &[])) }
}

/// A press on an outdated screen never acts. What has replaced the screen is on it already; one
/// that is too old is drawn anew.
async fn outdated(ctx: Ctx<'_>, callback: &Callback, screen: Screen) -> Reply {
    if screen == Screen::Replaced {
        return stale(&ctx.voice());
    }
    let fresh = match callback {
        Callback::Change(id, _) | Callback::ChangeCountry(id) | Callback::Cancel(id) | Callback::Rental(id) => {
            flows::rental::show(ctx, *id).await
        }
        Callback::Reserve { country, .. } => flows::offer::show(ctx, *country).await,
        _ => flows::home::show(ctx, 0).await,
    };
    fresh.unwrap_or_default().with_notice(ctx.voice().label("stale", &[]))
}

async fn refused(ctx: Ctx<'_>, callback: &Callback, error: ServiceError) -> Reply {
    let voice = ctx.voice();
    match error {
        ServiceError::Refused(refused) => {
            // Those who run the bot are told what to do about it.
            let sentence = match refused {
                Refusal::NotAvailable if ctx.is_owner() || ctx.user.is_admin => voice.label("no-provider-admin", &[]),
                _ => refusal::sentence(&voice, &refused),
            };
            refreshed(ctx, callback, &refused).await.unwrap_or_default().with_notice(sentence)
        }
        ServiceError::Database(error) => {
            tracing::error!(bot = %ctx.tenant.slug(), %error, "an input could not be handled");
            Reply::notice(voice.label("busy", &[]))
        }
    }
}

async fn route(ctx: Ctx<'_>, callback: &Callback, stamp: Stamp) -> ServiceResult<Reply> {
    match callback {
        Callback::Home(page) => flows::home::show(ctx, *page).await,
        Callback::Enter => flows::home::show(ctx, 0).await,
        Callback::Service(id, page) => flows::countries::show(ctx, *id, *page).await,
        Callback::Country(id) => flows::offer::show(ctx, *id).await,
        Callback::Reserve { country, price } => flows::rental::reserve(ctx, *country, *price, stamp).await,
        Callback::Change(id, fee) => flows::rental::change(ctx, *id, *fee).await,
        Callback::ChangeCountry(id) => flows::rental::change_country(ctx, *id).await,
        Callback::Cancel(id) => flows::rental::cancel(ctx, *id).await,
        Callback::Rental(id) => flows::rental::show(ctx, *id).await,
        Callback::Open => flows::history::open(ctx).await,
        Callback::Balance(page) => flows::balance::show(ctx, *page).await,
        Callback::History(page) => flows::history::show(ctx, *page).await,
        Callback::Help => Ok(flows::help::show(ctx)),
        Callback::Language => Ok(flows::language::show(ctx)),
        Callback::SetLanguage(language) => flows::language::set(ctx, language).await,
        Callback::FreeCredit => flows::channels::show(ctx).await,
        Callback::Verify => flows::channels::verify(ctx).await,
        Callback::AcceptTerms => flows::terms::accept(ctx).await,
        Callback::Close => Ok(Reply { close: true, ..Reply::default() }),
        // The panel does not exist for this user.
        Callback::Panel(_) => Ok(stale(&ctx.voice())),
    }
}

/// The screen to show under a refusal: what the pressed one should have said.
async fn refreshed(ctx: Ctx<'_>, callback: &Callback, refused: &Refusal) -> Option<Reply> {
    match (callback, refused) {
        (Callback::Reserve { country, .. }, Refusal::NoStock | Refusal::PriceChanged) => {
            flows::offer::show(ctx, *country).await.ok()
        }
        (Callback::Change(id, _), Refusal::Ended | Refusal::PriceChanged)
        | (Callback::ChangeCountry(id) | Callback::Cancel(id), Refusal::Ended) => {
            flows::rental::show(ctx, *id).await.ok()
        }
        (_, Refusal::NotAvailable | Refusal::NotFound) => flows::home::show(ctx, 0).await.ok(),
        _ => None,
    }
}

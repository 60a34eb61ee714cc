//! From an input to the flow that answers it, and from errors to sentences.

use super::brand::Ctx;
use super::callback::Callback;
use super::{Reply, commands, flows, refusal};
use crate::service::{Refusal, ServiceError, ServiceResult};

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Wrote this.
    Text(String),
    /// Pressed a button with this data.
    Press(String),
}

/// Answers an input. Never fails: a refusal has its sentence, a fault a generic one.
pub async fn handle(ctx: Ctx<'_>, input: &Input) -> Reply {
    let voice = ctx.voice();
    let callback = match input {
        Input::Text(text) => commands::parse(text),
        Input::Press(data) => match data.parse() {
            Ok(callback) => callback,
            Err(_) => return Reply::notice(voice.label("stale", &[])),
        },
    };
    match route(ctx, &callback).await {
        Ok(reply) => reply,
        Err(ServiceError::Refused(refused)) => {
            let sentence = refusal::sentence(&voice, &refused);
            refreshed(ctx, &callback, &refused).await.unwrap_or_default().with_notice(sentence)
        }
        Err(ServiceError::Database(error)) => {
            tracing::error!(%error, "an input could not be handled");
            Reply::notice(voice.label("busy", &[]))
        }
    }
}

async fn route(ctx: Ctx<'_>, callback: &Callback) -> ServiceResult<Reply> {
    match callback {
        Callback::Home(page) => flows::home::show(ctx, *page).await,
        Callback::Service(id, page) => flows::countries::show(ctx, *id, *page).await,
        Callback::Country(id) => flows::offer::show(ctx, *id).await,
        Callback::Reserve { country, price, nonce } => flows::rental::reserve(ctx, *country, *price, *nonce).await,
        Callback::Change(id) => flows::rental::change(ctx, *id).await,
        Callback::ChangeCountry(id) => flows::rental::change_country(ctx, *id).await,
        Callback::Cancel(id) => flows::rental::cancel(ctx, *id).await,
        Callback::Rental(id) => flows::rental::show(ctx, *id).await,
        Callback::Open => flows::history::open(ctx).await,
        Callback::Balance(page) => flows::balance::show(ctx, *page).await,
        Callback::History(page) => flows::history::show(ctx, *page).await,
        Callback::Help => Ok(flows::help::show(ctx)),
        Callback::Language => Ok(flows::language::show(ctx)),
        Callback::SetLanguage(language) => flows::language::set(ctx, language).await,
        Callback::FreeCredit => Ok(flows::help::no_rewards(ctx)),
        Callback::Close => Ok(Reply { close: true, ..Reply::default() }),
    }
}

/// The screen to show under a refusal: what the pressed one should have said.
async fn refreshed(ctx: Ctx<'_>, callback: &Callback, refused: &Refusal) -> Option<Reply> {
    match (callback, refused) {
        (Callback::Reserve { country, .. }, Refusal::NoStock | Refusal::PriceChanged) => {
            flows::offer::show(ctx, *country).await.ok()
        }
        (Callback::Change(id) | Callback::ChangeCountry(id) | Callback::Cancel(id), Refusal::Ended) => {
            flows::rental::show(ctx, *id).await.ok()
        }
        (_, Refusal::NotAvailable | Refusal::NotFound) => flows::home::show(ctx, 0).await.ok(),
        _ => None,
    }
}

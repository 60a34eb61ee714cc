//! What is checked before anything else: ban, terms, maintenance, forced channels.
//!
//! A rental that is open already still gets its code: nothing here touches rentals.

use super::brand::Ctx;
use super::callback::Callback;
use super::flows::{channels, terms};
use super::{Reply, view};

/// The reply for somebody who may not go on, or `None`. Owner and admins pass.
pub async fn check(ctx: Ctx<'_>, asked: &Callback, pressed: bool) -> Option<Reply> {
    let voice = ctx.voice();
    if ctx.is_owner() {
        let is_accepting = *asked == Callback::AcceptTerms;
        return (!ctx.brand.terms_accepted && !is_accepting).then(|| terms::show(ctx));
    }
    if ctx.user.is_admin {
        return None;
    }
    if ctx.user.is_banned {
        return Some(Reply::notice(voice.label("banned", &[])));
    }
    if ctx.brand.maintenance {
        return Some(closed(ctx, "maintenance", pressed));
    }
    if !ctx.brand.terms_accepted {
        return Some(closed(ctx, "not-open-yet", pressed));
    }
    channels::forced(ctx, *asked == Callback::Enter).await
}

/// Says why the bot cannot be used; the support stays reachable. A press leaves its screen as it
/// is: it may show a number.
fn closed(ctx: Ctx<'_>, key: &str, pressed: bool) -> Reply {
    let voice = ctx.voice();
    if pressed {
        return Reply::notice(voice.label(key, &[]));
    }
    let mut message = voice.compose(&voice.say(key, &[]), &[]);
    message.rows = vec![view::support(&voice).into_iter().collect()];
    Reply::screen(message)
}

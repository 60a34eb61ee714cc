//! What is checked before anything else: ban, terms, maintenance, forced channels.
//!
//! A rental that is open already still gets its code: nothing here touches rentals.

use super::brand::Ctx;
use super::callback::Callback;
use super::flows::{channels, terms};
use super::{Reply, view};
use crate::domain::message::Message;

/// The reply for somebody who may not go on, or `None`. Owner and admins pass.
pub async fn check(ctx: Ctx<'_>, asked: Option<&Callback>) -> Option<Reply> {
    let voice = ctx.voice();
    if ctx.is_owner() {
        let is_accepting = asked == Some(&Callback::AcceptTerms);
        return (!ctx.brand.terms_accepted && !is_accepting).then(|| terms::show(ctx));
    }
    if ctx.user.is_admin {
        return None;
    }
    if ctx.user.is_banned {
        return Some(Reply::notice(voice.label("banned", &[])));
    }
    if ctx.brand.maintenance {
        return Some(closed(ctx, "maintenance"));
    }
    if !ctx.brand.terms_accepted {
        return Some(closed(ctx, "not-open-yet"));
    }
    channels::forced(ctx, asked == Some(&Callback::Enter)).await
}

/// A screen that only says why the bot cannot be used; the support stays reachable.
fn closed(ctx: Ctx<'_>, key: &str) -> Reply {
    let voice = ctx.voice();
    let mut message = Message::compose(&voice.say(key, &[]), &[]);
    message.rows = vec![view::support(&voice).into_iter().collect()];
    Reply::screen(message).with_notice(voice.label(key, &[]))
}

//! Help, and what has nothing to show yet.

use crate::domain::message::Message;
use crate::ui::view::{home_row, support};
use crate::ui::{Ctx, Reply};

/// How the bot works.
pub fn show(ctx: Ctx<'_>) -> Reply {
    let voice = ctx.voice();
    let mut message = Message::compose(&voice.say("help", &[]), &[]);
    message.rows = vec![support(&voice).into_iter().collect(), home_row(&voice)];
    Reply::screen(message)
}

/// No channel gives free credit.
pub fn no_rewards(ctx: Ctx<'_>) -> Reply {
    let voice = ctx.voice();
    let mut message = Message::compose(&voice.say("no-rewards", &[]), &[]);
    message.rows = vec![home_row(&voice)];
    Reply::screen(message)
}

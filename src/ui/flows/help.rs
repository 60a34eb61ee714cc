//! Help.

use crate::ui::view::{home_row, support};
use crate::ui::{Ctx, Reply};

/// How the bot works.
pub fn show(ctx: Ctx<'_>) -> Reply {
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("help", &[]), &[]);
    message.rows = vec![support(&voice).into_iter().collect(), home_row(&voice)];
    Reply::screen(message)
}

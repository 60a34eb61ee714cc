//! What only bots do: answers to presses, command lists.

use super::{Answered, Caller, Refusal, limits};
use crate::model::{Answer, Happening, World};
use grammers_tl_types as tl;
use std::time::{Duration, Instant};

/// After this time a press can no longer be answered.
const PRESS_LIFETIME: Duration = Duration::from_secs(30);

pub fn answer_press(
    world: &mut World,
    caller: Caller,
    request: tl::functions::messages::SetBotCallbackAnswer,
) -> Answered<bool> {
    let bot = world.signed_in(caller)?;
    let press = world
        .presses
        .get_mut(&request.query_id)
        .filter(|p| p.bot == bot && p.answer.is_none() && p.at.elapsed() < PRESS_LIFETIME)
        .ok_or_else(|| Refusal::new(400, "QUERY_ID_INVALID"))?;
    if request.message.as_deref().is_some_and(|m| limits::utf16(m) > limits::NOTICE) {
        return Err(Refusal::new(400, "MESSAGE_TOO_LONG"));
    }
    let (person, notice) = (press.person, request.message.clone());
    press.answer = Some((Instant::now(), Answer { text: request.message, alert: request.alert }));
    if let Some(notice) = notice {
        world.tell(bot, person, Happening::Notice(notice));
    }
    Ok(true)
}

pub fn set_commands(world: &mut World, caller: Caller, request: tl::functions::bots::SetBotCommands) -> Answered<bool> {
    let bot = world.signed_in(caller)?;
    let scope = match request.scope {
        tl::enums::BotCommandScope::Default => "default".to_owned(),
        tl::enums::BotCommandScope::Peer(scope) => format!("peer:{}", world.addressed(bot, &scope.peer)?),
        _ => return Err(Refusal::new(400, "BOT_COMMAND_SCOPE_INVALID")),
    };
    let commands =
        request.commands.into_iter().map(|tl::enums::BotCommand::Command(c)| (c.command, c.description)).collect();
    if let Some(bot) = world.bots.get_mut(&bot) {
        bot.commands.insert((scope, request.lang_code), commands);
    }
    Ok(true)
}

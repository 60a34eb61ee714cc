//! `updates.getState` and `updates.getDifference`.

use super::{Answered, Caller, Refusal};
use crate::model::{Bot, Logged, World};
use crate::tl_build;
use grammers_tl_types as tl;

/// The most updates in one slice of a difference.
const SLICE: usize = 100;

fn state_at(pts: i32) -> tl::types::updates::State {
    tl::types::updates::State { pts, qts: 0, date: tl_build::unix_now(), seq: 1, unread_count: 0 }
}

fn account(world: &World, caller: Caller) -> Answered<&Bot> {
    let bot = world.signed_in(caller)?;
    world.bots.get(&bot).ok_or_else(|| Refusal::new(401, "AUTH_KEY_UNREGISTERED"))
}

pub fn state(
    world: &mut World,
    caller: Caller,
    _: tl::functions::updates::GetState,
) -> Answered<tl::enums::updates::State> {
    Ok(state_at(account(world, caller)?.pts).into())
}

pub fn difference(
    world: &mut World,
    caller: Caller,
    request: tl::functions::updates::GetDifference,
) -> Answered<tl::enums::updates::Difference> {
    let bot = account(world, caller)?;
    let missed: Vec<&Logged> = bot.log.iter().filter(|l| l.pts > request.pts).collect();
    if bot.log.first().is_some_and(|oldest| oldest.pts > request.pts + 1) {
        return Ok(tl::types::updates::DifferenceTooLong { pts: bot.pts }.into());
    }
    let Some(last) = missed.iter().take(SLICE).next_back() else {
        return Ok(nothing_missed(bot, request.pts));
    };
    let state = state_at(if missed.len() > SLICE { last.pts } else { bot.pts });
    let whole = part(world, bot, &missed[..missed.len().min(SLICE)], state);
    if missed.len() <= SLICE {
        return Ok(whole.into());
    }
    Ok(tl::types::updates::DifferenceSlice {
        new_messages: whole.new_messages,
        new_encrypted_messages: Vec::new(),
        other_updates: whole.other_updates,
        chats: Vec::new(),
        users: whole.users,
        intermediate_state: whole.state,
    }
    .into())
}

fn nothing_missed(bot: &Bot, pts: i32) -> tl::enums::updates::Difference {
    if pts < bot.pts {
        return tl::types::updates::DifferenceTooLong { pts: bot.pts }.into();
    }
    tl::types::updates::DifferenceEmpty { date: tl_build::unix_now(), seq: 1 }.into()
}

fn part(
    world: &World,
    bot: &Bot,
    missed: &[&Logged],
    state: tl::types::updates::State,
) -> tl::types::updates::Difference {
    let (mut new_messages, mut other_updates) = (Vec::new(), Vec::new());
    for logged in missed {
        match &logged.update {
            tl::enums::Update::NewMessage(new) => new_messages.push(new.message.clone()),
            other => other_updates.push(other.clone()),
        }
    }
    let mut people: Vec<i64> = missed.iter().map(|l| l.person).collect();
    people.sort_unstable();
    people.dedup();
    let users = people.iter().flat_map(|p| world.people_seen(bot.id, *p)).collect();
    tl::types::updates::Difference {
        new_messages,
        new_encrypted_messages: Vec::new(),
        other_updates,
        chats: Vec::new(),
        users,
        state: state.into(),
    }
}

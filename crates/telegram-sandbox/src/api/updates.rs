//! `updates.getState` and `updates.getDifference`.

use super::{Answered, Caller, Refusal};
use crate::model::{Bot, Logged, World};
use crate::tl_build;
use grammers_tl_types as tl;

/// The most updates in one slice of a difference.
const SLICE: usize = 100;

fn state_at(pts: i32, qts: i32) -> tl::types::updates::State {
    tl::types::updates::State { pts, qts, date: tl_build::unix_now(), seq: 1, unread_count: 0 }
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
    let bot = account(world, caller)?;
    Ok(state_at(bot.pts, bot.qts).into())
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
    let managed = bot.managed.iter().filter(|(qts, _)| *qts > request.qts).map(|(_, update)| update.clone());
    let managed: Vec<_> = managed.collect();
    if missed.is_empty() && managed.is_empty() {
        return Ok(nothing_missed(bot, request.pts));
    }
    if missed.len() <= SLICE {
        let mut whole = part(world, bot, &missed, state_at(bot.pts, bot.qts));
        whole.other_updates.extend(managed);
        return Ok(whole.into());
    }
    let slice = &missed[..SLICE];
    let whole = part(world, bot, slice, state_at(slice[SLICE - 1].pts, request.qts));
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
    let users = people.iter().flat_map(|p| world.people_seen(bot.id, *p)).chain(world.managed_by(bot.id)).collect();
    tl::types::updates::Difference {
        new_messages,
        new_encrypted_messages: Vec::new(),
        other_updates,
        chats: Vec::new(),
        users,
        state: state.into(),
    }
}

//! `messages.deleteMessages`.

use super::{Answered, Caller, Refusal};
use crate::model::World;
use grammers_tl_types as tl;

pub fn delete(
    world: &mut World,
    caller: Caller,
    request: tl::functions::messages::DeleteMessages,
) -> Answered<tl::enums::messages::AffectedMessages> {
    let bot = world.signed_in(caller)?;
    let account = world.bots.get_mut(&bot).ok_or_else(|| Refusal::new(400, "PEER_ID_INVALID"))?;
    let mut gone = 0;
    for chat in account.chats.values_mut() {
        let before = chat.messages.len();
        chat.messages.retain(|m| !request.id.contains(&m.id));
        gone += (before - chat.messages.len()) as i32;
    }
    account.pts += gone;
    Ok(tl::types::messages::AffectedMessages { pts: account.pts, pts_count: gone }.into())
}

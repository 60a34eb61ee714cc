//! `users.getUsers` and `messages.getMessages`.

use super::{Answered, Caller, Refusal};
use crate::model::World;
use crate::tl_build;
use grammers_tl_types as tl;

pub fn get(
    world: &mut World,
    caller: Caller,
    request: tl::functions::users::GetUsers,
) -> Answered<Vec<tl::enums::User>> {
    let bot = world.signed_in(caller)?;
    Ok(request.id.iter().filter_map(|id| world.user(bot, id)).collect())
}

pub fn messages(
    world: &mut World,
    caller: Caller,
    request: tl::functions::messages::GetMessages,
) -> Answered<tl::enums::messages::Messages> {
    let bot = world.signed_in(caller)?;
    let account = world.bots.get(&bot).ok_or_else(|| Refusal::new(400, "PEER_ID_INVALID"))?;
    let wanted: Vec<i32> = request
        .id
        .iter()
        .filter_map(|id| match id {
            tl::enums::InputMessage::Id(id) => Some(id.id),
            _ => None,
        })
        .collect();
    let (mut messages, mut users) = (Vec::new(), Vec::new());
    for (person, chat) in &account.chats {
        let found = chat.messages.iter().filter(|m| wanted.contains(&m.id));
        messages.extend(found.map(|m| tl_build::message(*person, m)));
        users.extend(world.people_seen(bot, *person));
    }
    Ok(tl::types::messages::Messages { messages, topics: Vec::new(), chats: Vec::new(), users }.into())
}

impl World {
    fn user(&self, bot: i64, id: &tl::enums::InputUser) -> Option<tl::enums::User> {
        match id {
            tl::enums::InputUser::UserSelf => self.bots.get(&bot).map(tl_build::myself),
            tl::enums::InputUser::User(user) if self.manages(bot, user) => {
                self.bots.get(&user.user_id).map(|managed| tl_build::managed(bot, managed))
            }
            tl::enums::InputUser::User(user) if self.met.contains(&(bot, user.user_id)) => {
                self.people.get(&user.user_id).map(|p| tl_build::person(bot, p))
            }
            _ => None,
        }
    }
}

//! `messages.sendMessage`.

use super::{Answered, Caller, Refusal, limits};
use crate::model::{Attached, Happening, Message, World};
use crate::tl_build;
use grammers_tl_types as tl;

/// How many random ids an account remembers; older ones would be taken for new.
const REMEMBERED_IDS: usize = 10_000;

pub fn send(
    world: &mut World,
    caller: Caller,
    request: tl::functions::messages::SendMessage,
) -> Answered<tl::enums::Updates> {
    let bot = world.signed_in(caller)?;
    let person = world.addressed(bot, &request.peer)?;
    let entities = request.entities.unwrap_or_default();
    limits::check_text(&request.message, &entities)?;
    limits::check_markup(request.reply_markup.as_ref())?;
    world.remember_random_id(bot, request.random_id)?;
    let message = Message {
        id: 0,
        from_bot: true,
        text: request.message,
        entities,
        markup: request.reply_markup,
        date: tl_build::unix_now(),
        earlier: Vec::new(),
        attached: Attached::Nothing,
    };
    let (id, update) = world.append(bot, person, message)?;
    let named = tl::types::UpdateMessageId { id, random_id: request.random_id }.into();
    Ok(tl_build::updates(vec![named, update], world.people_seen(bot, person)))
}

impl World {
    /// The person that a bot may write to: met, named with the right hash, and not blocking it.
    pub(super) fn addressed(&self, bot: i64, peer: &tl::enums::InputPeer) -> Answered<i64> {
        let tl::enums::InputPeer::User(user) = peer else {
            return Err(Refusal::new(400, "PEER_ID_INVALID"));
        };
        let known = user.access_hash == tl_build::access_hash(bot, user.user_id)
            || (user.access_hash == 0 && self.met.contains(&(bot, user.user_id)));
        let chat = self.bots.get(&bot).and_then(|b| b.chats.get(&user.user_id));
        match chat {
            Some(chat) if known && chat.blocked => Err(Refusal::new(400, "USER_IS_BLOCKED")),
            Some(_) if known => Ok(user.user_id),
            _ => Err(Refusal::new(400, "PEER_ID_INVALID")),
        }
    }

    pub(super) fn remember_random_id(&mut self, bot: i64, random_id: i64) -> Answered<()> {
        let Some(bot) = self.bots.get_mut(&bot) else { return Ok(()) };
        if !bot.known_random_ids.insert(random_id) {
            return Err(Refusal::new(500, "RANDOM_ID_DUPLICATE"));
        }
        bot.random_ids.push_back(random_id);
        if bot.random_ids.len() > REMEMBERED_IDS
            && let Some(forgotten) = bot.random_ids.pop_front()
        {
            bot.known_random_ids.remove(&forgotten);
        }
        Ok(())
    }

    /// Adds a message to a chat; its update takes the next pts. Returns its id and the update.
    pub(crate) fn append(&mut self, bot: i64, person: i64, mut message: Message) -> Answered<(i32, tl::enums::Update)> {
        let account = self.bots.get_mut(&bot).ok_or_else(|| Refusal::new(400, "PEER_ID_INVALID"))?;
        account.last_message_id += 1;
        message.id = account.last_message_id;
        let update = account.log_update(person, |pts| {
            let message = tl_build::message(person, &message);
            tl::types::UpdateNewMessage { message, pts, pts_count: 1 }.into()
        });
        let id = account.last_message_id;
        let happening = match message.from_bot {
            true => Happening::Sent(message.clone()),
            false => Happening::Wrote(message.text.clone()),
        };
        account.chats.entry(person).or_default().keep(message);
        self.tell(bot, person, happening);
        Ok((id, update))
    }

    /// The users that an update about a chat has to bring along.
    pub(crate) fn people_seen(&self, bot: i64, person: i64) -> Vec<tl::enums::User> {
        let someone = self.people.get(&person).map(|p| tl_build::person(bot, p));
        let myself = self.bots.get(&bot).map(tl_build::myself);
        someone.into_iter().chain(myself).collect()
    }
}

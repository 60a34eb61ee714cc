//! `messages.editMessage`.

use super::{Answered, Caller, Refusal, limits};
use crate::model::{Bot, Happening, Logged, World};
use crate::tl_build;
use grammers_tl_types as tl;

pub fn edit(
    world: &mut World,
    caller: Caller,
    request: tl::functions::messages::EditMessage,
) -> Answered<tl::enums::Updates> {
    let bot = world.signed_in(caller)?;
    let person = world.addressed(bot, &request.peer)?;
    limits::check_markup(request.reply_markup.as_ref())?;
    let account = world.bots.get_mut(&bot).ok_or_else(|| Refusal::new(400, "PEER_ID_INVALID"))?;
    let message = account.own_message(person, request.id)?;
    let text = request.message.unwrap_or_else(|| message.text.clone());
    let entities = request.entities.unwrap_or_default();
    limits::check_text(&text, &entities)?;
    if message.text == text && message.markup == request.reply_markup && message.entities == entities {
        return Err(Refusal::new(400, "MESSAGE_NOT_MODIFIED"));
    }
    message.earlier.push(std::mem::replace(&mut message.text, text));
    message.entities = entities;
    message.markup = request.reply_markup;
    let message = message.clone();
    let update = account.log_update(person, |pts| {
        let message = tl_build::message(person, &message);
        tl::types::UpdateEditMessage { message, pts, pts_count: 1 }.into()
    });
    world.tell(bot, person, Happening::Edited(message));
    Ok(tl_build::updates(vec![update], world.people_seen(bot, person)))
}

/// Updates that an account remembers; a client that missed more is told so.
const LOGGED: usize = 20_000;

impl Bot {
    fn own_message(&mut self, person: i64, id: i32) -> Answered<&mut crate::model::Message> {
        let messages = self.chats.get_mut(&person).map(|c| c.messages.iter_mut()).into_iter().flatten();
        match messages.into_iter().find(|m| m.id == id) {
            Some(message) if message.from_bot => Ok(message),
            Some(_) => Err(Refusal::new(403, "MESSAGE_AUTHOR_REQUIRED")),
            None => Err(Refusal::new(400, "MESSAGE_ID_INVALID")),
        }
    }

    /// Gives an update the next pts and keeps it for `updates.getDifference`.
    pub(crate) fn log_update(&mut self, person: i64, make: impl FnOnce(i32) -> tl::enums::Update) -> tl::enums::Update {
        self.pts += 1;
        let update = make(self.pts);
        if self.log.len() >= LOGGED {
            self.log.drain(..LOGGED / 2);
        }
        self.log.push(Logged { pts: self.pts, update: update.clone(), person });
        update
    }
}

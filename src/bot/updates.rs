//! From Telegram's updates to tasks for a user's lane.

use crate::domain::stamp::Stamp;
use crate::service::created_bots::CreatedBot;
use crate::service::users::Profile;
use crate::telegram::Update;
use crate::telegram::files::Document;
use crate::telegram::incoming::Sender;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Something that a user did, to be answered in order.
#[derive(Clone, Debug)]
pub struct Task {
    /// Who.
    pub from: Sender,
    /// What.
    pub act: Act,
    /// The message written, or the one under which was pressed; below 0 where there is none.
    pub message_id: i32,
    /// The press that waits for an answer.
    pub press: Option<Press>,
}

/// What a user did.
#[derive(Clone, Debug)]
pub enum Act {
    /// Wrote this.
    Text(String),
    /// Named this channel.
    Channel(i64),
    /// Forwarded what this person wrote; `None` is somebody who hides.
    Person(Option<i64>),
    /// Sent a file, forwarded from this channel if it was.
    File(Document, Option<i64>),
    /// Created this bot, which the bot manages.
    Created(CreatedBot),
    /// Created this bot, or gave it another token.
    Managed(CreatedBot),
    /// Sent what is neither text nor file.
    Odd,
    /// Pressed the button with this data.
    Press(String),
}

impl Act {
    /// A button's own data and its screen's stamp, if the data has the form of our buttons.
    pub fn pressed(&self) -> Option<(&str, Stamp)> {
        match self {
            Self::Press(data) => Stamp::split(data),
            _ => None,
        }
    }
}

/// A press; answered once, by whoever comes first: its result, or the clock.
#[derive(Clone, Debug)]
pub struct Press {
    /// Telegram's id of it.
    pub query_id: i64,
    answered: Arc<AtomicBool>,
}

impl Press {
    /// True for the first who asks: they answer.
    pub fn claim(&self) -> bool {
        !self.answered.swap(true, Ordering::Relaxed)
    }
}

/// The task of an update, if it is one.
pub fn task(update: Update) -> Option<Task> {
    match update {
        Update::Text { from, message_id, text } => Some(Task { from, act: Act::Text(text), message_id, press: None }),
        Update::Channel { from, message_id, channel } => {
            Some(Task { from, act: Act::Channel(channel), message_id, press: None })
        }
        Update::Person { from, message_id, person } => {
            Some(Task { from, act: Act::Person(person), message_id, press: None })
        }
        Update::File { from, message_id, document, channel } => {
            Some(Task { from, act: Act::File(document, channel), message_id, press: None })
        }
        Update::Created { from, message_id, bot } => {
            Some(Task { from, act: Act::Created(created(bot)), message_id, press: None })
        }
        Update::Managed { from, bot, qts } => {
            Some(Task { from, act: Act::Managed(created(bot)), message_id: qts.wrapping_neg(), press: None })
        }
        Update::Odd { from, message_id } => Some(Task { from, act: Act::Odd, message_id, press: None }),
        Update::Press { from, message_id, query_id, data } => {
            let press = Some(Press { query_id, answered: Arc::default() });
            Some(Task { from, act: Act::Press(data), message_id, press })
        }
        Update::Joined { .. } | Update::Other => None,
    }
}

fn created(bot: Sender) -> CreatedBot {
    CreatedBot { id: bot.id, username: bot.username }
}

/// The profile to keep of a sender.
pub fn profile(sender: &Sender) -> Profile {
    Profile {
        telegram_id: sender.id,
        username: sender.username.clone(),
        first_name: sender.first_name.clone(),
        last_name: sender.last_name.clone(),
        language: sender.language.clone(),
    }
}

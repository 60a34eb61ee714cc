//! From Telegram's updates to tasks for a user's lane.

use crate::service::users::Profile;
use crate::telegram::Update;
use crate::telegram::incoming::Sender;
use crate::ui::Input;

/// Something that a user did, to be answered in order.
#[derive(Clone, Debug)]
pub struct Task {
    /// Who.
    pub from: Sender,
    /// What.
    pub input: Input,
    /// The message written, or the one under which was pressed.
    pub message_id: i32,
    /// The press that waits for an answer.
    pub query_id: Option<i64>,
}

/// The task of an update, if it is one.
pub fn task(update: Update) -> Option<Task> {
    match update {
        Update::Text { from, message_id, text } => {
            Some(Task { from, input: Input::Text(text), message_id, query_id: None })
        }
        Update::Press { from, message_id, query_id, data } => {
            Some(Task { from, input: Input::Press(data), message_id, query_id: Some(query_id) })
        }
        Update::Other => None,
    }
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

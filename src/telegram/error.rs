//! Telegram's errors by what they mean to us.

use grammers_client::InvocationError;
use std::time::Duration;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum TelegramError {
    /// Telegram names a wait.
    #[error("flood wait of {} s", .0.as_secs())]
    FloodWait(Duration),
    /// The same `random_id` was sent before: the message is there.
    #[error("the message was sent before")]
    AlreadySent,
    /// The message looks like this already.
    #[error("the message is not modified")]
    NotModified,
    /// The message to edit or delete is gone.
    #[error("the message is gone")]
    MessageGone,
    /// This user can never be reached: blocked the bot, deleted, unknown.
    #[error("the user cannot be reached: {0}")]
    Unreachable(String),
    /// The press can no longer be answered.
    #[error("the press is too old")]
    PressExpired,
    /// The key is not signed in, or no more.
    #[error("not signed in: {0}")]
    Unauthorized(String),
    /// The key was used from two places and is dead.
    #[error("the key was used from two addresses at once")]
    KeyDuplicated,
    /// The token is wrong or revoked.
    #[error("Telegram refuses the token: {0}")]
    BadToken(String),
    /// The request can never succeed.
    #[error("Telegram refuses the request: {0}")]
    Refused(String),
    /// Network, time-out, server trouble: may pass.
    #[error("Telegram cannot be reached: {0}")]
    Unavailable(String),
}

const UNREACHABLE: [&str; 8] = [
    "USER_IS_BLOCKED",
    "INPUT_USER_DEACTIVATED",
    "USER_DEACTIVATED",
    "USER_DEACTIVATED_BAN",
    "PEER_ID_INVALID",
    "USER_ID_INVALID",
    "CHAT_WRITE_FORBIDDEN",
    "USER_IS_BOT",
];

impl From<InvocationError> for TelegramError {
    fn from(error: InvocationError) -> Self {
        let rpc = match &error {
            InvocationError::Rpc(rpc) => rpc,
            InvocationError::Session(cause) => return Self::Unavailable(cause.to_string()),
            other => return Self::Unavailable(other.to_string()),
        };
        let name = rpc.name.clone();
        match (rpc.code, name.as_str()) {
            (420, _) => Self::FloodWait(Duration::from_secs(rpc.value.unwrap_or(1).into())),
            // Matched by name: its code is one of the server's own errors.
            (_, "RANDOM_ID_DUPLICATE") => Self::AlreadySent,
            (_, "MESSAGE_NOT_MODIFIED") => Self::NotModified,
            (_, "MESSAGE_ID_INVALID" | "MESSAGE_EDIT_TIME_EXPIRED" | "MESSAGE_AUTHOR_REQUIRED") => Self::MessageGone,
            (_, "QUERY_ID_INVALID") => Self::PressExpired,
            (_, "AUTH_KEY_DUPLICATED") => Self::KeyDuplicated,
            (401, _) => Self::Unauthorized(name),
            (_, token) if token.starts_with("ACCESS_TOKEN_") => Self::BadToken(name),
            (_, known) if UNREACHABLE.contains(&known) => Self::Unreachable(name),
            (500.. | ..0, _) => Self::Unavailable(name),
            _ => Self::Refused(name),
        }
    }
}

//! Database errors, and which of them are worth another try.

use diesel::result::{ConnectionError, DatabaseErrorKind, Error as DieselError};
use std::time::Duration;

/// What went wrong with the database. The text is for logs, never for users.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A statement failed.
    #[error("database: {0}")]
    Query(DieselError),
    /// The transaction may not write.
    #[error("database: read-only: another host runs this bot by now, or the server is a standby")]
    ReadOnly,
    /// No connection could be had.
    #[error("database: {0}")]
    Connection(#[from] ConnectionError),
    /// Every connection is busy or the server is away.
    #[error("database: no connection became free in time")]
    Busy,
    /// Anything else, with its context.
    #[error("database: {0}")]
    Other(String),
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => Self::ReadOnly,
            error => Self::Query(error),
        }
    }
}

impl DbError {
    pub(super) fn from_pool(error: bb8::RunError<ConnectionError>) -> Self {
        match error {
            bb8::RunError::User(error) => Self::Connection(error),
            bb8::RunError::TimedOut => Self::Busy,
        }
    }

    /// The connection is gone: what it was doing may have happened or not.
    pub(super) fn is_closed(&self) -> bool {
        match self {
            Self::Query(DieselError::DatabaseError(kind, info)) => {
                matches!(kind, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand)
                    || info.message().contains("terminating connection")
            }
            Self::Query(error) => error.to_string().contains("closed"),
            _ => false,
        }
    }

    /// The schema, the table or the role is not there.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Query(DieselError::DatabaseError(_, info)) if info.message().contains("does not exist"))
    }

    /// The server refused to act as a role. A backend may keep a list of memberships from before
    /// the grant, when roles are made while it looks (seen with a hundred bots starting).
    pub(super) fn is_stale_membership(&self) -> bool {
        matches!(self, Self::Query(DieselError::DatabaseError(_, info))
            if info.message().contains("permission denied to set role"))
    }

    /// The transaction met another one or lost its connection; the whole of it may be tried again.
    fn is_transient(&self) -> bool {
        self.is_closed()
            || match self {
                Self::Query(DieselError::DatabaseError(kind, info)) => {
                    matches!(kind, DatabaseErrorKind::SerializationFailure)
                        || info.message().contains("deadlock detected")
                }
                Self::Query(DieselError::BrokenTransactionManager) => true,
                _ => false,
            }
    }
}

/// An error that may carry a database error.
pub trait MaybeTransient {
    /// Trying the whole transaction again may help.
    fn is_transient(&self) -> bool;
}

impl MaybeTransient for DbError {
    fn is_transient(&self) -> bool {
        DbError::is_transient(self)
    }
}

/// How often a transaction is tried.
const TRIES: u32 = 4;

/// Runs a whole transaction again when it met another one. What it does is idempotent by key,
/// because a commit whose answer was lost may have happened.
pub async fn retry<T, E, F>(mut transaction: impl FnMut() -> F) -> Result<T, E>
where
    E: MaybeTransient,
    F: Future<Output = Result<T, E>>,
{
    let mut tried = 1;
    loop {
        match transaction().await {
            Err(error) if tried < TRIES && error.is_transient() => {
                let pause = Duration::from_millis(u64::from(rand::random_range(5..25u32) * tried));
                tokio::time::sleep(pause).await;
                tried += 1;
            }
            result => return result,
        }
    }
}

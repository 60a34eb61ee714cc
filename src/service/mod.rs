//! What can be done: one file per use case. Every transaction of the farm is opened here.
//!
//! Callers get values or a [`ServiceError`]: a refusal is a sentence for the user, the rest is for
//! the log. Every operation that moves money or stock is idempotent by a key, because the answer
//! to a commit can be lost.

/// Runs a use case in one transaction of a bot: committed when it succeeds, rolled back when it is
/// refused or fails, and tried again as a whole when it met another one or its connection was lost.
/// So what it does is idempotent. (A function that takes an async closure would lose `Send`.)
macro_rules! transact {
    ($tenant:expr, |$tx:ident| $work:expr) => {
        $crate::db::retry(async || {
            let mut opened = $tenant.begin().await?;
            let work = async {
                let $tx = &mut opened;
                $work
            };
            let done: $crate::service::ServiceResult<_> = work.await;
            opened.finish(done).await
        })
        .await
        .inspect_err(|error| $crate::service::note_failure(&$tenant, error))
    };
}

pub mod accounts;
pub mod admins;
pub mod alerts;
pub mod audit;
pub mod broadcasts;
pub mod browse;
pub mod catalog;
pub mod channels;
mod charge;
pub mod complete;
pub mod created_bots;
pub mod credit;
pub mod customers;
pub mod definitions;
pub mod expire;
pub mod export;
pub mod farm;
pub mod history;
pub mod hosts;
pub mod imports;
pub mod inbox;
pub mod ledger;
pub mod numbers;
pub mod outbox;
pub mod panel;
pub mod parts;
pub mod providers;
pub mod rekey;
pub mod reserve;
pub mod screens;
pub mod session;
pub mod settings;
pub mod shelf;
pub mod shop;
pub mod statistics;
pub mod stock;
pub mod users;
pub mod withheld;

pub use crate::db::{Database, DbError, Tenant};

use crate::db::retry::MaybeTransient;
use crate::domain::rental::RentalRules;
use rust_decimal::Decimal;

/// What one bot's use cases go by.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The rules of rentals.
    pub rules: RentalRules,
    /// The owners' Telegram ids, who are alerted.
    pub owners: Vec<i64>,
    /// No rental begins by itself: maintenance, or the terms of use were not accepted.
    pub closed: bool,
    /// Fewer free numbers of a country than this are an alert; 0 is never.
    pub low_stock: i64,
}

/// A refusal with its own sentence; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No number of this country and service is free.
    #[error("no number is free")]
    NoStock,
    /// No other number is free, so the present one stays.
    #[error("no other number is free")]
    NoOtherNumber,
    /// The service or country is not on offer, or no provider shows its codes.
    #[error("the service is not available")]
    NotAvailable,
    /// The free money does not cover the price.
    #[error("{missing} is missing")]
    Short {
        /// How much is missing, in the bot's currency.
        missing: Decimal,
    },
    /// More is taken than could be.
    #[error("{free} could be taken")]
    TooMuch {
        /// What could be taken, in the bot's currency.
        free: Decimal,
    },
    /// The price is no longer the one that was shown.
    #[error("the price has changed")]
    PriceChanged,
    /// The user has as many open rentals as they may have.
    #[error("{limit} rentals are open")]
    TooManyOpen {
        /// As many as they may have.
        limit: u32,
    },
    /// There are as many of them as there may be.
    #[error("there are {limit} already")]
    TooMany {
        /// As many as there may be.
        limit: u32,
    },
    /// Too many of the same in too short a time.
    #[error("too fast, wait {seconds} s")]
    TooFast {
        /// Until the next one is taken.
        seconds: i64,
    },
    /// The rental has ended already.
    #[error("the rental has ended")]
    Ended,
    /// The same is there already.
    #[error("it exists already")]
    Exists,
    /// The text is no number of this country.
    #[error("not a number of this country")]
    BadNumber,
    /// The bot's file allows other services only.
    #[error("the file allows other services only")]
    OutsideList,
    /// Another file is being imported.
    #[error("another import is running")]
    ImportRuns,
    /// What has to be asked outside the database cannot be asked now.
    #[error("it cannot be asked now")]
    Busy,
    /// Nobody matches the audience.
    #[error("nobody would get it")]
    Nobody,
    /// The broadcast is at its end, or so already.
    #[error("the broadcast has ended")]
    BroadcastEnded,
    /// Several have this name.
    #[error("several have this name")]
    Ambiguous,
    /// The owner has not allowed it.
    #[error("the owner has not allowed it")]
    NotAllowed,
    /// Rentals of it are open.
    #[error("rentals are open")]
    OpenRentals,
    /// The bot's file declares it, so it is changed there.
    #[error("it is declared in the file")]
    FromFile,
    /// The key names another request, which was carried out.
    #[error("this key was used for another request")]
    KeyInUse,
    /// No such user, rental or row.
    #[error("not found")]
    NotFound,
}

impl Refusal {
    /// Whether another answer to the same question may do.
    pub fn may_be_answered_otherwise(&self) -> bool {
        use Refusal as R;
        matches!(
            self,
            R::Exists | R::NotFound | R::BadNumber | R::OutsideList | R::Ambiguous | R::Busy | R::TooMuch { .. }
        )
    }
}

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// For the user.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// For the log; trying again may help.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl MaybeTransient for ServiceError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Database(error) if error.is_transient())
    }
}

/// What the database refused is the bot's trouble; what a user was refused is none.
fn note_failure(tenant: &Tenant, error: &ServiceError) {
    if let ServiceError::Database(error) = error {
        tenant.note_failure(error);
    }
}

/// The result of a use case.
pub type ServiceResult<T> = Result<T, ServiceError>;

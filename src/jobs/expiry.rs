//! The end of rentals whose code did not come in time.

use crate::clock::Clock;
use crate::domain::rental::RentalRules;
use crate::service::{Tenant, expire};
use std::time::Duration;

/// After a failure of the database.
const BACKOFF: Duration = Duration::from_secs(2);

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Rentals that ended, or may have.
    pub ended: usize,
    /// Until the next one is due.
    pub next: Option<Duration>,
}

/// Ends what is due. Running it twice ends nothing twice.
pub async fn run(tenant: &Tenant, rules: &RentalRules, clock: &Clock) -> Status {
    match expire::run(tenant, rules, clock.now()).await {
        Ok(expired) => {
            let until = expired.next.map(|at| (at - clock.now()).to_std().unwrap_or_default());
            Status { ended: expired.ended, next: until.map(|d| d.max(Duration::from_millis(20))) }
        }
        Err(error) => {
            tracing::warn!(bot = %tenant.slug(), %error, "rentals could not be ended");
            // Some may have ended before the failure.
            Status { ended: 1, next: Some(BACKOFF) }
        }
    }
}

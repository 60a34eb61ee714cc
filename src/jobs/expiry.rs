//! Rentals whose time is up, and codes that wait for a top-up.

use crate::clock::Clock;
use crate::domain::rental::Payment;
use crate::service::{Policy, ServiceResult, Tenant, expire, withheld};
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
    /// Codes wait for a top-up.
    pub waiting: bool,
}

/// While a code waits for a top-up, the balances are looked at this often: money may come from
/// another process.
const TOP_UPS: Duration = Duration::from_secs(5);

/// Delivers the codes that can be paid by now, and ends what is due. Running it twice ends nothing
/// twice. `may_wait`: codes may wait for a top-up, as far as is known from the run before.
pub async fn run(tenant: &Tenant, policy: &Policy, clock: &Clock, may_wait: bool) -> Status {
    let paid = match pay(tenant, policy, clock, may_wait).await {
        Ok(paid) => paid,
        Err(error) => {
            tracing::warn!(bot = %tenant.slug(), %error, "withheld codes could not be paid");
            withheld::Paid { delivered: 1, waiting: true }
        }
    };
    let status = end(tenant, policy, clock).await;
    let next = if paid.waiting { Some(status.next.map_or(TOP_UPS, |next| next.min(TOP_UPS))) } else { status.next };
    Status { ended: status.ended + paid.delivered, next, waiting: paid.waiting }
}

/// Where every price is held and no code waits, none begins to.
async fn pay(tenant: &Tenant, policy: &Policy, clock: &Clock, may_wait: bool) -> ServiceResult<withheld::Paid> {
    if may_wait || policy.rules.payment != Payment::Held {
        return withheld::run(tenant, clock.now()).await;
    }
    Ok(withheld::Paid::default())
}

async fn end(tenant: &Tenant, policy: &Policy, clock: &Clock) -> Status {
    match expire::run(tenant, policy, clock.now()).await {
        Ok(expired) => {
            let until = expired.next.map(|at| (at - clock.now()).to_std().unwrap_or_default());
            Status { ended: expired.ended, next: until.map(|d| d.max(Duration::from_millis(20))), waiting: false }
        }
        Err(error) => {
            tracing::warn!(bot = %tenant.slug(), %error, "rentals could not be ended");
            // Some may have ended before the failure.
            Status { ended: 1, next: Some(BACKOFF), waiting: false }
        }
    }
}

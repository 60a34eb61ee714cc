//! Ends rentals when their time is up: the next end is kept in memory, with a slow fallback.

use super::BotShared;
use crate::jobs::expiry;
use crate::service::parts;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Without a nudge the rentals are looked at this often.
const FALLBACK: Duration = Duration::from_secs(60);

/// Runs the job whenever a rental is due, until it is stopped.
pub async fn run(shared: Arc<BotShared>, stop: CancellationToken) {
    // At a start codes may wait from before.
    let mut may_wait = true;
    let mut swept = Instant::now();
    loop {
        if swept.elapsed() > FALLBACK {
            swept = Instant::now();
            if let Err(error) = parts::sweep(&shared.tenant, shared.app.clock.now()).await {
                tracing::warn!(bot = %shared.tenant.slug(), %error, "incomplete messages could not be kept");
            }
        }
        let live = shared.live.load_full();
        let status = expiry::run(&shared.tenant, &live.brand.policy, &shared.app.clock, may_wait).await;
        may_wait = status.waiting;
        if status.ended > 0 {
            shared.door.wakes.outbox.notify_one();
        }
        let pause = status.next.unwrap_or(FALLBACK).min(FALLBACK.mul_f64(rand::random_range(0.8..1.2)));
        tokio::select! {
            () = stop.cancelled() => return,
            () = shared.door.wakes.rental.notified() => {}
            // A rental from before a change of the rules may have been left waiting.
            () = tokio::time::sleep(pause) => may_wait = true,
        }
    }
}

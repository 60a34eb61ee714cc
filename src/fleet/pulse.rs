//! A host's pulse: its life is renewed every few seconds on a connection of its own, on which it also
//! hears what others call out.

use crate::app::Standing;
use crate::clock::Clock;
use crate::lease::{Lease, Moment};
use crate::service::hosts::{self, Bell, Living, Registration};
use crate::service::{Database, DbError};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// No answer of the database within this time is a failure.
const PATIENCE: Duration = Duration::from_secs(3);
/// After a failure.
const BACKOFF: Duration = Duration::from_millis(500);
/// Another host's end is looked at a moment after it is due.
const A_MOMENT: f64 = 0.05;

/// What a pulse tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Beat {
    /// Others are alive than before.
    Changed,
    /// Somebody called.
    Called(String),
    /// The connection was away: calls may have been missed.
    Missed,
    /// This host was declared dead.
    Lost,
}

/// A host's pulse.
pub struct Pulse {
    /// The database.
    pub database: Database,
    /// Who this is.
    pub who: Registration,
    /// How long a renewal lasts.
    pub lasts: Duration,
    /// What it renews.
    pub lease: Lease,
    /// Corrected by the database's.
    pub clock: Clock,
    /// Where the difference is told.
    pub standing: Arc<Standing>,
    /// Who listens.
    pub out: mpsc::Sender<Beat>,
}

impl Pulse {
    /// Beats until this host was declared dead, or nobody listens.
    pub async fn run(self) {
        let mut is_first = true;
        loop {
            let ended = match within(hosts::bell(&self.database)).await {
                Ok(mut bell) => {
                    if !is_first && self.out.send(Beat::Missed).await.is_err() {
                        return;
                    }
                    is_first = false;
                    self.beat(&mut bell).await
                }
                Err(error) => Err(error),
            };
            match ended {
                Ok(()) => return,
                Err(error) => tracing::warn!(%error, "this host's lease cannot be renewed"),
            }
            tokio::time::sleep(BACKOFF).await;
        }
    }

    /// Beats while the connection holds.
    async fn beat(&self, bell: &mut Bell) -> Result<(), DbError> {
        let mut known: Vec<Living> = Vec::new();
        loop {
            let start = Moment::now();
            let before = self.clock.uncorrected();
            let Some(theirs) = within(bell.renew(&self.who, self.lasts.as_secs_f64())).await? else {
                let _ = self.out.send(Beat::Lost).await;
                return Ok(());
            };
            let middle = before + (self.clock.uncorrected() - before) / 2;
            let offset = (theirs - middle).num_milliseconds();
            self.clock.correct(offset);
            self.standing.offset_ms.store(offset, Ordering::Relaxed);
            // Its own end comes before the others see it: they wait for the whole time.
            self.lease.extend(start, self.lasts.mul_f64(0.8));
            let living = within(bell.living()).await?;
            let pause = self.pause(&living);
            let now: Vec<Living> = living.into_iter().map(|h| Living { left: 0.0, ..h }).collect();
            if now != known {
                match self.out.try_send(Beat::Changed) {
                    Ok(()) => known = now,
                    // Told at the next beat: renewing the lease waits for nobody.
                    Err(TrySendError::Full(_)) => {}
                    Err(TrySendError::Closed(_)) => return Ok(()),
                }
            }
            match tokio::time::timeout(pause, self.listen(bell)).await {
                Ok(Err(error)) => return Err(error),
                Ok(Ok(())) => return Ok(()),
                Err(_) => {}
            }
        }
    }

    /// Passes calls on; ends when nobody listens. One that finds no room is left: there is a look at
    /// everything now and then.
    async fn listen(&self, bell: &mut Bell) -> Result<(), DbError> {
        loop {
            let call = bell.heard().await?;
            if let Err(TrySendError::Closed(_)) = self.out.try_send(Beat::Called(call)) {
                return Ok(());
            }
        }
    }

    /// Until the next beat: sooner when another host's time is about to end.
    fn pause(&self, living: &[Living]) -> Duration {
        let beat = self.lasts.mul_f64(rand::random_range(0.18..0.22));
        let others = living.iter().filter(|h| h.host != self.who.host);
        let next = others.map(|h| Duration::from_secs_f64((h.left + A_MOMENT).max(A_MOMENT))).min();
        next.map_or(beat, |next| next.min(beat))
    }
}

async fn within<T>(asked: impl Future<Output = Result<T, DbError>>) -> Result<T, DbError> {
    tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(DbError::Busy))
}

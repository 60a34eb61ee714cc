//! Starting and stopping: a soft token ("finish what you have"), a hard one ("now"), and a drain
//! that says who still runs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a host may take to hand its bots over; a single bot's drain is cut off sooner.
const HAND_OVER: Duration = Duration::from_secs(80);
/// How long the drain of one bot may take.
pub const DRAIN: Duration = Duration::from_secs(20);
/// What was cut off ends at once, or never.
pub const CUT: Duration = Duration::from_secs(5);

/// The two tokens, and who is running.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// Finish what you have.
    pub soft: CancellationToken,
    /// Stop now.
    pub hard: CancellationToken,
    running: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// Stands for a running part; dropping it says that the part has ended.
#[derive(Debug)]
pub struct Running {
    name: String,
    of: Lifecycle,
}

impl Lifecycle {
    /// Notes that a part runs.
    pub fn enter(&self, name: impl Into<String>) -> Running {
        let name = name.into();
        *self.running.lock().unwrap_or_else(PoisonError::into_inner).entry(name.clone()).or_default() += 1;
        Running { name, of: self.clone() }
    }

    /// Who runs.
    pub fn running(&self) -> Vec<String> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Waits for SIGTERM or SIGINT, then stops softly, and hard when the drain takes too long or a
    /// second signal comes.
    pub async fn on_signals(self) {
        wait_for_signal().await;
        tracing::info!("stopping: no new work is taken");
        self.soft.cancel();
        tokio::select! {
            () = tokio::time::sleep(HAND_OVER) => {}
            () = wait_for_signal() => {}
            () = self.hard.cancelled() => return,
        }
        tracing::warn!(still_running = ?self.running(), "the drain took too long: stopping now");
        self.hard.cancel();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut running = self.of.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.name);
            }
        }
    }
}

/// Waits for SIGTERM or SIGINT.
pub async fn wait_for_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}

//! A definition that changes while its bot runs: in force at once, without a new connection.

use super::{BotShared, commands, live, pace};
use crate::config::BotConfig;
use crate::health::Trouble;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// After a failure to apply a definition.
const RETRY: Duration = Duration::from_secs(2);
/// A failure is told for so long, unless it is met again.
const TOLD: Duration = Duration::from_secs(60);
/// A press waits at most so long for what it has changed.
const PATIENCE: Duration = Duration::from_secs(2);

/// The panel has changed something: how often, and how many of these changes are in force.
pub struct Reload {
    wanted: watch::Sender<u64>,
    done: watch::Sender<u64>,
}

impl Default for Reload {
    fn default() -> Self {
        Self { wanted: watch::Sender::new(0), done: watch::Sender::new(0) }
    }
}

impl Reload {
    /// Asks for the definition to be applied again. Returns when it is in force, so that the next
    /// press of the one who changed it meets the change; or after a while.
    pub async fn ask(&self) {
        let mut done = self.done.subscribe();
        self.wanted.send_modify(|n| *n += 1);
        let wanted = *self.wanted.borrow();
        let _ = tokio::time::timeout(PATIENCE, done.wait_for(|done| *done >= wanted)).await;
    }
}

/// Applies each change of the definition; what cannot be applied now is tried again.
/// What is in force is told.
pub async fn run(
    shared: Arc<BotShared>,
    (mut config, in_force): (watch::Receiver<Arc<BotConfig>>, watch::Sender<Arc<BotConfig>>),
    ending: CancellationToken,
) {
    let mut wanted = shared.reload.wanted.subscribe();
    loop {
        tokio::select! {
            () = ending.cancelled() => return,
            () = shared.door.wakes.users.notified() => {
                shared.users.forget_all();
                continue;
            }
            asked = wanted.changed() => if asked.is_err() { return },
            changed = config.changed() => if changed.is_err() { return },
        }
        let asked = *wanted.borrow_and_update();
        let next = config.borrow_and_update().clone();
        match live::apply(&shared.tenant, &shared.door, &next, &shared.app.key, shared.app.clock.now()).await {
            Ok(live) => {
                let listed = commands::for_all(&shared.live.load());
                put_in_force(&shared, live);
                shared.reload.done.send_replace(asked);
                in_force.send_replace(Arc::clone(&next));
                shared.health.clear(Trouble::Definition);
                if commands::for_all(&shared.live.load()) != listed {
                    shared.commands.notify_one();
                }
                tracing::info!(bot = %next.slug, "the new definition is in force");
            }
            Err(error) => {
                let reason = format!("the new definition cannot be applied yet: {error}");
                shared.health.note(Trouble::Definition, reason, TOLD);
                tokio::time::sleep(RETRY).await;
                config.mark_changed();
            }
        }
    }
}

fn put_in_force(shared: &BotShared, live: live::Live) {
    if !shared.pace.load().keeps(live.limits) {
        shared.pace.store(Arc::new(pace::Pace::new(live.limits)));
    }
    shared.sources.send_if_modified(|sources| {
        let is_other = *sources != live.sources;
        sources.clone_from(&live.sources);
        is_other
    });
    shared.live.store(Arc::new(live));
}

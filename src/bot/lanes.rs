//! Updates handled concurrently across users, and in order for each user.

use super::BotShared;
use super::handle;
use super::progress::{Progress, Ticket};
use super::updates::{self, Task};
use crate::meter;
use crate::telegram::{Incoming, Update};
use crate::watchdog::watched;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What one user may have waiting; more is not taken.
const WAITING: usize = 16;
/// Updates of one bot handled at once.
const AT_ONCE: usize = 64;
/// A user's lane ends when nothing came for so long.
const IDLE: Duration = Duration::from_secs(20);

type Lane = mpsc::Sender<(Task, Ticket)>;

/// The lanes of one bot.
pub struct Lanes {
    shared: Arc<BotShared>,
    lanes: Arc<Mutex<HashMap<i64, Lane>>>,
    progress: Arc<Mutex<Progress>>,
    slots: Arc<Semaphore>,
    running: TaskTracker,
    cut: CancellationToken,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lanes {
    /// No lanes yet.
    pub fn new(shared: Arc<BotShared>) -> Self {
        Self {
            shared,
            lanes: Arc::default(),
            progress: Arc::default(),
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            running: TaskTracker::new(),
            cut: CancellationToken::new(),
        }
    }

    /// Takes what arrived; never waits.
    pub fn take(&self, incoming: Incoming) {
        let (update, position) = match incoming {
            Incoming::Update(update, position) => (update, position),
            Incoming::BatchEnd => {
                let mut progress = lock(&self.progress);
                return save(&self.shared, progress.batch_end());
            }
        };
        let ticket = lock(&self.progress).arrived(position);
        if let Update::Joined { channel, user, membership } = *update {
            self.shared.memberships.heard(channel, user, membership);
        }
        match updates::task(*update) {
            Some(task) => self.dispatch(task, ticket),
            None => done(&self.shared, &self.progress, ticket),
        }
    }

    /// Waits until what was taken is handled.
    pub async fn drain(&self) {
        lock(&self.lanes).clear();
        self.running.close();
        self.running.wait().await;
    }

    /// Ends every handler now.
    pub async fn cut(&self) {
        self.cut.cancel();
        self.drain().await;
    }

    fn dispatch(&self, task: Task, ticket: Ticket) {
        meter::update(self.shared.tenant.slug().as_str());
        let user = task.from.id;
        if let Some(press) = task.press.clone() {
            let timer = handle::answer_in_time(Arc::clone(&self.shared), press);
            self.running.spawn(self.cut.clone().run_until_cancelled_owned(timer));
        }
        let mut lanes = lock(&self.lanes);
        let sent = match lanes.get(&user) {
            Some(lane) => lane.try_send((task, ticket)),
            None => Err(TrySendError::Closed((task, ticket))),
        };
        match sent {
            Ok(()) => {}
            Err(TrySendError::Closed(job)) => {
                let (lane, jobs) = mpsc::channel(WAITING);
                let _ = lane.try_send(job);
                lanes.insert(user, lane);
                let lane = watched(&self.shared.health, "a handler", self.run(user, jobs));
                self.running.spawn(self.cut.clone().run_until_cancelled_owned(lane));
            }
            Err(TrySendError::Full((_, ticket))) => {
                drop(lanes);
                done(&self.shared, &self.progress, ticket);
            }
        }
    }

    fn run(&self, user: i64, mut jobs: mpsc::Receiver<(Task, Ticket)>) -> impl Future<Output = ()> + use<> {
        let (shared, progress) = (Arc::clone(&self.shared), Arc::clone(&self.progress));
        let (lanes, slots) = (Arc::clone(&self.lanes), Arc::clone(&self.slots));
        async move {
            loop {
                match tokio::time::timeout(IDLE, jobs.recv()).await {
                    Ok(Some((task, ticket))) => {
                        let _slot = slots.acquire().await;
                        shared.health.not_stalled().await;
                        handle::guarded(&shared, task).await;
                        done(&shared, &progress, ticket);
                    }
                    Ok(None) => return,
                    Err(_) => {
                        let mut lanes = lock(&lanes);
                        if jobs.is_empty() {
                            lanes.remove(&user);
                            return;
                        }
                    }
                }
            }
        }
    }
}

/// Under the lock, so that positions are saved in their order.
fn done(shared: &BotShared, progress: &Mutex<Progress>, ticket: Ticket) {
    let mut progress = lock(progress);
    save(shared, progress.done(ticket));
}

fn save(shared: &BotShared, position: crate::telegram::Position) {
    if let Some(position) = position {
        shared.telegram.handled(position);
    }
}

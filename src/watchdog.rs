//! Finds what uses a processor without a pause: a task that never waits cannot be interrupted, but it is
//! named, its bot takes no more work meanwhile, and the other threads go on with the other bots.

use crate::health::{Health, Trouble, exceeded};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll};
use std::thread;
use std::time::{Duration, Instant};

/// A step of a task that takes longer is reported.
const LONGEST_STEP: Duration = Duration::from_secs(1);
/// So often the threads are looked at.
const BETWEEN: Duration = Duration::from_millis(250);
/// So long it is told afterwards.
const TOLD: Duration = Duration::from_secs(600);

/// Times are counted from here.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);
static THREADS: Mutex<Vec<Weak<Thread>>> = Mutex::new(Vec::new());
static DOG: OnceLock<()> = OnceLock::new();

thread_local! {
    static THREAD: Arc<Thread> = {
        let thread = Arc::<Thread>::default();
        lock(&THREADS).push(Arc::downgrade(&thread));
        thread
    };
}

/// What a thread does right now.
#[derive(Default)]
struct Thread {
    /// Since when, in milliseconds; 0 is nothing.
    since: AtomicU64,
    whose: Mutex<Option<(Health, &'static str)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> u64 {
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
}

/// A task of a bot, each step of which is watched.
pub struct Watched<F> {
    task: Pin<Box<F>>,
    health: Health,
    what: &'static str,
}

/// Watches a task; `what` says in words what it is.
pub fn watched<F: Future>(health: &Health, what: &'static str, task: F) -> Watched<F> {
    Watched { task: Box::pin(task), health: health.clone(), what }
}

impl<F: Future> Future for Watched<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _step = Step::begin(&self.health, self.what);
        self.task.as_mut().poll(cx)
    }
}

/// A step; ends with this value, also when it panics.
struct Step {
    thread: Arc<Thread>,
    outer: (u64, Option<(Health, &'static str)>),
}

impl Step {
    fn begin(health: &Health, what: &'static str) -> Self {
        let thread = THREAD.with(Arc::clone);
        let whose = lock(&thread.whose).replace((health.clone(), what));
        let since = thread.since.swap(now(), Ordering::Relaxed);
        Self { thread, outer: (since, whose) }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        let since = self.thread.since.swap(self.outer.0, Ordering::Relaxed);
        let whose = std::mem::replace(&mut *lock(&self.thread.whose), self.outer.1.take());
        let took = Duration::from_millis(now().saturating_sub(since));
        if took > LONGEST_STEP
            && let Some((health, what)) = whose
        {
            health.note(Trouble::Processor, format!("{what} used a processor for {:.1} s", took.as_secs_f64()), TOLD);
            health.stall(false);
        }
    }
}

/// Starts looking, once for this process; on a thread of its own, which no task can hold up.
#[expect(clippy::disallowed_methods, reason = "a thread of its own: no bot runs on it")]
pub fn start() {
    DOG.get_or_init(|| {
        let looking = thread::Builder::new().name("watchdog".to_owned()).spawn(|| {
            loop {
                thread::sleep(BETWEEN);
                look();
            }
        });
        if let Err(error) = looking {
            tracing::error!(%error, "no watchdog: what uses a processor without a pause is not found");
        }
    });
}

fn look() {
    lock(&THREADS).retain(|thread| thread.strong_count() > 0);
    let threads: Vec<_> = lock(&THREADS).iter().filter_map(Weak::upgrade).collect();
    for thread in threads {
        let since = thread.since.load(Ordering::Relaxed);
        let took = Duration::from_millis(now().saturating_sub(since));
        if since == 0 || took <= LONGEST_STEP {
            continue;
        }
        let whose = lock(&thread.whose).clone();
        // It may have ended in between: its end says so.
        if let Some((health, what)) = whose.filter(|_| thread.since.load(Ordering::Relaxed) == since) {
            health.stall(true);
            let reason = format!("{what} uses a processor for more than {} without a pause", exceeded(took));
            health.note(Trouble::Processor, reason, TOLD);
            if thread.since.load(Ordering::Relaxed) != since {
                health.stall(false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: F3
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_step_without_end_is_named_and_holds_its_bot_back_until_it_ends() {
        start();
        let health = Health::default();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let looping = tokio::spawn(watched(&health, "a test", async move { ended.recv() }));
        while !health.summary().is_some_and(|reason| reason.starts_with("a test uses a processor for")) {
            tokio::task::yield_now().await;
        }
        assert!(tokio::time::timeout(Duration::from_millis(1), health.not_stalled()).await.is_err());
        end.send(()).unwrap();
        looping.await.unwrap().unwrap();
        health.not_stalled().await;
        assert!(health.summary().unwrap().starts_with("a test used a processor for"));
    }
}

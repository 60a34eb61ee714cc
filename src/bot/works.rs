//! Works that go on after the reply to an input: files read, files written, pictures drawn. A few
//! at once; none outlives its bot.

use super::updates::{Act, Task};
use super::{BotShared, export, import, picture};
use crate::service::stock::ImportError;
use crate::telegram::files::Document;
use crate::ui::Work;
use crate::watchdog::watched;
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Works that may wait; more are not taken.
const WAITING: usize = 16;
/// Works of one bot at once.
const AT_ONCE: usize = 2;

/// A work, and for whom it is.
pub struct Job {
    /// The user's Telegram id.
    pub user: i64,
    /// The user's language, as their client says.
    pub language: Option<String>,
    /// The file that came with it.
    pub document: Option<Document>,
    /// What is to be done.
    pub work: Work,
}

/// Where works are handed in.
pub struct Works {
    jobs: mpsc::Sender<Job>,
    import: Mutex<Option<(i64, CancellationToken)>>,
}

impl Works {
    /// The way in, and what comes out at its other end.
    pub fn new() -> (Self, mpsc::Receiver<Job>) {
        let (jobs, waiting) = mpsc::channel(WAITING);
        (Self { jobs, import: Mutex::default() }, waiting)
    }

    /// Takes a work that an input has begun. False when too many wait already.
    pub fn take(&self, task: &Task, language: Option<String>, work: &Work) -> bool {
        if let Work::StopImport(id) = work {
            self.stop_import(*id);
            return true;
        }
        let document = match &task.act {
            Act::File(document, _) => Some(document.clone()),
            _ => None,
        };
        let job = Job { user: task.from.id, language, document, work: work.clone() };
        self.jobs.try_send(job).is_ok()
    }

    fn stop_import(&self, id: i64) {
        let running = self.import.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, stop)) = running.as_ref().filter(|(running, _)| *running == id) {
            stop.cancel();
        }
    }

    /// Notes the import that runs; it stops when the token says so.
    pub fn running_import(&self, id: i64) -> CancellationToken {
        let stop = CancellationToken::new();
        *self.import.lock().unwrap_or_else(PoisonError::into_inner) = Some((id, stop.clone()));
        stop
    }
}

/// Does what is handed in, until it is stopped; what is not finished then ends with it.
pub async fn run(shared: Arc<BotShared>, mut jobs: mpsc::Receiver<Job>, stop: CancellationToken) {
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(_) = running.join_next() => {}
            Some(job) = jobs.recv(), if running.len() < AT_ONCE => {
                running.spawn(watched(&shared.health, "a work", guarded(Arc::clone(&shared), job)));
            }
        }
    }
}

/// A panic in a work is a bug of that work and must not end the bot.
async fn guarded(shared: Arc<BotShared>, job: Job) {
    let (user, work) = (job.user, job.work.clone());
    if AssertUnwindSafe(run_one(&shared, job)).catch_unwind().await.is_err() {
        tracing::error!(bot = %shared.tenant.slug(), user, "a work failed");
        let_go(&shared, &work).await;
    }
}

/// A work that is not done: an import that stayed "running" would keep every later one out.
pub async fn let_go(shared: &BotShared, work: &Work) {
    if let Work::Import { id, .. } = work {
        import::end(shared, "farm", *id, &Err(ImportError::Stopped)).await;
    }
}

async fn run_one(shared: &BotShared, job: Job) {
    match (&job.work, &job.document) {
        (Work::Import { id, order }, Some(document)) => {
            import::run(shared, &job, *id, order.clone(), document).await;
        }
        (Work::Export { table, actor }, _) => export::run(shared, &job, *table, actor).await,
        (Work::Picture { chart, caption }, _) => picture::run(shared, &job, chart.clone(), caption).await,
        (Work::Broadcast, _) => shared.broadcasts.notify_one(),
        (Work::Import { .. } | Work::StopImport(_), _) => {}
    }
}

//! A file that was sent becomes numbers of the stock: read from Telegram piece by piece, never
//! whole in memory or on disk.

use super::board::Board;
use super::works::Job;
use super::{BotShared, export};
use crate::domain::message::Message;
use crate::service::imports;
use crate::service::stock::{self, BadFile, ImportError, Imported, Order, Rejected};
use crate::telegram::files::Document;
use crate::ui::brand::Voice;
use crate::ui::panel::upload;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Pieces of half a megabyte that may wait between Telegram and the reader: bounds the memory.
const PIECES: usize = 2;
/// Between two tries to note the end.
const RETRY: Duration = Duration::from_secs(2);
/// How often the progress is looked at.
const TICK: Duration = Duration::from_millis(250);
/// Tells this import's messages from others.
const SALT: i64 = 0x496d_706f_7274;

/// Reads a file into the stock and tells how it goes.
pub async fn run(shared: &BotShared, job: &Job, id: i64, order: Order, document: &Document) {
    let stop = shared.works.running_import(id);
    let live = shared.live.load_full();
    let voice = live.brand.voice(job.language.as_deref());
    let mut board = Board::new(job.user, SALT ^ (id << 16), None);
    let lines = AtomicU64::new(0);
    let mut report = Report::default();
    let importing = import(shared, id, order, document, &mut report, &voice, &lines, &stop);
    let showing = async {
        loop {
            let progress = || upload::progress(&voice, id, &document.name, lines.load(Ordering::Relaxed));
            board.update(shared, progress).await;
            tokio::time::sleep(TICK).await;
        }
    };
    let result = tokio::select! {
        result = importing => result,
        () = showing => return,
    };
    if let Err(error @ ImportError::Service(_)) = &result {
        tracing::warn!(bot = %shared.tenant.slug(), %error, "a file could not be imported");
    }
    let actor =
        format!("{}:{}", if live.brand.policy.owners.contains(&job.user) { "owner" } else { "admin" }, job.user);
    end(shared, &actor, id, &result).await;
    if let Err(error) = imports::sweep(&shared.tenant).await {
        tracing::warn!(bot = %shared.tenant.slug(), %error, "the rows of a file could not be cleared");
    }
    board.close(shared, upload::finished(&voice, &document.name, &result)).await;
    report.send(shared, job.user, &voice, id).await;
    shared.door.wakes.outbox.notify_one();
}

/// Notes the end, however often that fails: while an import counts as running no other begins.
pub async fn end(shared: &BotShared, actor: &str, id: i64, result: &Result<Imported, ImportError>) {
    while let Err(error) = imports::end(&shared.tenant, actor, id, result, shared.app.clock.now()).await {
        tracing::warn!(bot = %shared.tenant.slug(), %error, "the end of an import could not be noted yet");
        tokio::time::sleep(RETRY).await;
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one import, used once")]
async fn import(
    shared: &BotShared,
    id: i64,
    order: Order,
    document: &Document,
    report: &mut Report,
    voice: &Voice<'_>,
    lines: &AtomicU64,
    stop: &CancellationToken,
) -> Result<Imported, ImportError> {
    let (pieces_in, pieces) = mpsc::channel(PIECES);
    let file = Pieces { pieces, current: std::io::Cursor::default() };
    let downloading = download(shared, document, pieces_in, stop);
    let progress = |line| {
        lines.store(line, Ordering::Relaxed);
        if stop.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let reject = |line: &Rejected| report.add(voice, line);
    let importing = stock::import(&shared.tenant, id, order, file, reject, progress);
    let (result, ()) = tokio::join!(importing, downloading);
    if stop.is_cancelled() && matches!(result, Err(ImportError::File(BadFile::Unreadable(_)))) {
        return Err(ImportError::Stopped);
    }
    result
}

type Piece = Result<Vec<u8>, String>;

/// Hands the file's pieces over; ends when nobody takes them.
async fn download(shared: &BotShared, document: &Document, out: mpsc::Sender<Piece>, stop: &CancellationToken) {
    let mut download = shared.telegram.download(document);
    loop {
        let piece = tokio::select! {
            piece = download.next() => piece,
            () = stop.cancelled() => return drop(out.send(Err("stopped".to_owned())).await),
        };
        let piece = match piece {
            Ok(Some(piece)) => Ok(piece),
            Ok(None) => return,
            Err(error) => Err(error.to_string()),
        };
        let is_last = piece.is_err();
        if out.send(piece).await.is_err() || is_last {
            return;
        }
    }
}

/// The pieces as a file for a thread that may wait.
struct Pieces {
    pieces: mpsc::Receiver<Piece>,
    current: std::io::Cursor<Vec<u8>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.current.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.pieces.blocking_recv() {
                Some(Ok(piece)) => self.current = std::io::Cursor::new(piece),
                Some(Err(why)) => return Err(std::io::Error::other(why)),
                None => return Ok(0),
            }
        }
    }
}

/// The lines that were not taken, written to a file that has no name: it is gone with the process.
#[derive(Default)]
struct Report {
    lines: Option<csv::Writer<std::fs::File>>,
}

impl Report {
    fn add(&mut self, voice: &Voice<'_>, line: &Rejected) {
        if self.lines.is_none() {
            self.lines = begin(voice).inspect_err(|error| tracing::warn!(%error, "no report can be written")).ok();
        }
        if let Some(lines) = &mut self.lines {
            let _ = lines.write_record([&line.line.to_string(), &upload::reason(voice, &line.reason), &line.text]);
        }
    }

    async fn send(self, shared: &BotShared, user: i64, voice: &Voice<'_>, id: i64) {
        let Some(Ok(file)) = self.lines.map(csv::Writer::into_inner) else { return };
        let caption = Message::compose(&voice.say("import-report", &[]), &[]);
        export::send(shared, user, file, "rejected.csv", &caption, SALT ^ (id << 16) ^ 1).await;
    }
}

fn begin(voice: &Voice<'_>) -> std::io::Result<csv::Writer<std::fs::File>> {
    use std::io::Write as _;
    let mut file = tempfile::tempfile()?;
    // Spreadsheets know UTF-8 by it.
    file.write_all(b"\xef\xbb\xbf")?;
    let mut lines = csv::Writer::from_writer(file);
    let heads = ["report-line", "report-reason", "report-text"].map(|key| voice.label(key, &[]));
    lines.write_record(heads)?;
    Ok(lines)
}

//! Watches the directory of bots. It only nudges: what changed is found out by loading.

use notify::{RecursiveMode, Watcher};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;

/// Editors write in several steps: a nudge waits until the directory was quiet for so long.
const DEBOUNCE: Duration = Duration::from_millis(150);
/// Watch events can be lost: the directory's fingerprint is compared this often.
const POLL: Duration = Duration::from_secs(3);

/// Nudges at once, and whenever the directory may have changed, until the receiver is dropped.
pub async fn watch(directory: PathBuf, nudge: mpsc::Sender<()>) {
    let (events_in, mut events) = mpsc::channel(1);
    let _watcher = watcher(&directory, events_in);
    let mut seen = None;
    // The fingerprint is taken before the nudge, so a file that is written while the directory is
    // being loaded is found at the next look.
    while !nudge.is_closed() {
        let now = Some(fingerprint(&directory));
        if now != seen {
            seen = now;
            if nudge.send(()).await.is_err() {
                return;
            }
        }
        match tokio::time::timeout(POLL, events.recv()).await {
            Ok(Some(())) => settle(&mut events).await,
            Ok(None) => tokio::time::sleep(POLL).await,
            Err(_) => {}
        }
    }
}

async fn settle(events: &mut mpsc::Receiver<()>) {
    while let Ok(Some(())) = tokio::time::timeout(DEBOUNCE, events.recv()).await {}
}

/// `None` when the system cannot watch; the fingerprint alone works then.
fn watcher(directory: &Path, events: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    let on_event = move |_| {
        let _ = events.try_send(());
    };
    let mut watcher = notify::recommended_watcher(on_event).ok()?;
    watcher.watch(directory, RecursiveMode::NonRecursive).ok()?;
    Some(watcher)
}

type Fingerprint = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

fn fingerprint(directory: &Path) -> Fingerprint {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .map(|entry| {
            let path = entry.path();
            // Through links: what a link points to is what counts.
            let meta = std::fs::metadata(&path).ok();
            let state = meta.map_or((None, 0), |m| (m.modified().ok(), m.len()));
            (path, state)
        })
        .collect()
}

//! Watches the directory of bots. It only nudges: what changed is found out by loading.

use notify::{RecursiveMode, Watcher};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;

/// Editors write in several steps: a nudge waits until the directory was quiet for so long, or for
/// [`POLL`] where it never is.
const DEBOUNCE: Duration = Duration::from_millis(150);
/// Watch events can be lost: the directory's fingerprint is compared this often.
const POLL: Duration = Duration::from_secs(3);

/// Nudges at once, and whenever the directory may have changed, until the receiver is dropped.
pub async fn watch(directory: PathBuf, nudge: mpsc::Sender<()>) {
    let (events_in, mut events) = mpsc::channel(1);
    let mut watched = None;
    let mut seen = None;
    // The fingerprint is taken before the nudge, so a file that is written while the directory is
    // being loaded is found at the next look.
    while !nudge.is_closed() {
        let now = fingerprint(directory.clone()).await;
        // A directory that was made again, or that a link leads to now, is another one to watch.
        if watched.as_ref().is_none_or(|(place, _)| *place != now.place) {
            watched = Some((now.place, watcher(&directory, events_in.clone())));
        }
        if seen.as_ref() != Some(&now) {
            seen = Some(now);
            if nudge.send(()).await.is_err() {
                return;
            }
        }
        if let Ok(Some(())) = tokio::time::timeout(POLL, events.recv()).await {
            let _ = tokio::time::timeout(POLL, settle(&mut events)).await;
        }
    }
}

async fn settle(events: &mut mpsc::Receiver<()>) {
    while let Ok(Some(())) = tokio::time::timeout(DEBOUNCE, events.recv()).await {}
}

/// `None` when the system cannot watch; the fingerprint alone works then.
fn watcher(directory: &Path, events: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    let on_event = move |event: notify::Result<notify::Event>| {
        // Looking opens the directory: that alone must not bring the next look about.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            let _ = events.try_send(());
        }
    };
    let mut watcher = notify::recommended_watcher(on_event).ok()?;
    watcher.watch(directory, RecursiveMode::NonRecursive).ok()?;
    Some(watcher)
}

/// Device and inode; nothing where nothing is.
type Place = Option<(u64, u64)>;

/// What can be seen of a directory without reading its files.
#[derive(Debug, PartialEq, Eq)]
struct Fingerprint {
    place: Place,
    entries: BTreeMap<PathBuf, (Place, Option<SystemTime>, u64)>,
}

async fn fingerprint(directory: PathBuf) -> Fingerprint {
    let looking = tokio::task::spawn_blocking(move || look(&directory)).await;
    looking.unwrap_or(Fingerprint { place: None, entries: BTreeMap::new() })
}

/// Through links: what a link leads to is what counts.
fn look(directory: &Path) -> Fingerprint {
    let place = |meta: &std::fs::Metadata| (meta.dev(), meta.ino());
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| {
        let path = entry.path();
        let meta = std::fs::metadata(&path).ok();
        let state = meta.map_or((None, None, 0), |m| (Some(place(&m)), m.modified().ok(), m.len()));
        (path, state)
    });
    let entries = entries.collect();
    Fingerprint { place: std::fs::metadata(directory).ok().as_ref().map(place), entries }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    async fn nudged(nudges: &mut mpsc::Receiver<()>, what: &str) {
        let heard = tokio::time::timeout(POLL * 3, nudges.recv()).await;
        assert_eq!(heard, Ok(Some(())), "{what}");
    }

    // SPEC: F1
    #[tokio::test]
    async fn what_no_event_tells_is_found_within_seconds() {
        let root = tempfile::tempdir().unwrap();
        let (one, two, link) = (root.path().join("one"), root.path().join("two"), root.path().join("bots.d"));
        fs::create_dir(&one).unwrap();
        fs::create_dir(&two).unwrap();
        symlink(&one, &link).unwrap();
        let (nudge, mut nudges) = mpsc::channel(1);
        let watching = tokio::spawn(watch(link.clone(), nudge));
        nudged(&mut nudges, "at the start").await;
        // Nobody watches the directory in which the link lies.
        fs::remove_file(&link).unwrap();
        nudged(&mut nudges, "it is gone").await;
        symlink(&two, &link).unwrap();
        nudged(&mut nudges, "the link leads elsewhere").await;
        fs::write(two.join("a.toml"), "a").unwrap();
        nudged(&mut nudges, "the new directory is watched").await;
        // The same name, length and time: another file all the same.
        let time = fs::metadata(two.join("a.toml")).unwrap().modified().unwrap();
        let other = fs::File::create(root.path().join("aside")).unwrap();
        std::io::Write::write_all(&mut &other, b"b").unwrap();
        other.set_modified(time).unwrap();
        fs::rename(root.path().join("aside"), two.join("a.toml")).unwrap();
        nudged(&mut nudges, "it was replaced").await;
        watching.abort();
    }

    #[tokio::test]
    async fn looking_at_the_directory_is_no_event() {
        let here = tempfile::tempdir().unwrap();
        let (events_in, mut events) = mpsc::channel(1);
        let _watcher = watcher(here.path(), events_in).unwrap();
        look(here.path());
        fs::write(here.path().join("a.toml"), "a").unwrap();
        assert_eq!(events.recv().await, Some(()));
        settle(&mut events).await;
        look(here.path());
        fs::read(here.path().join("a.toml")).unwrap();
        let heard = tokio::time::timeout(DEBOUNCE, events.recv()).await;
        assert!(heard.is_err(), "a look brings the next one about");
    }
}

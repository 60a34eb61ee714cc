//! Stands between the farm and PostgreSQL: cuts, or holds every byte back.

use std::path::Path;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Open,
    Held,
    Cut,
}

type Said = Arc<Mutex<Vec<u8>>>;

/// A proxy on a socket of its own.
pub struct DbProxy {
    mode: Arc<watch::Sender<Mode>>,
    said: Said,
    _directory: TempDir,
    /// The database through the proxy.
    pub url: String,
}

impl DbProxy {
    /// A proxy in front of `url` (a `host=DIRECTORY …` string).
    pub async fn in_front_of(url: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join(".s.PGSQL.5432")).unwrap();
        let host = url.split_whitespace().find_map(|w| w.strip_prefix("host=")).unwrap();
        let target = Path::new(host).join(".s.PGSQL.5432");
        let mode = Arc::new(watch::Sender::new(Mode::Open));
        let through = url.replace(host, directory.path().to_str().unwrap());
        let (modes, said) = (Arc::clone(&mode), Said::default());
        let heard = Arc::clone(&said);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *modes.borrow() != Mode::Cut {
                    let server = UnixStream::connect(&target).await.unwrap();
                    tokio::spawn(relay(client, server, modes.subscribe(), Arc::clone(&heard)));
                }
            }
        });
        Self { mode, said, _directory: directory, url: through }
    }

    /// The database goes away: connections end, new ones are refused.
    pub fn cut(&self) {
        self.mode.send_replace(Mode::Cut);
    }

    /// Nothing gets through, and nothing ends.
    pub fn hold(&self) {
        self.mode.send_replace(Mode::Held);
    }

    /// Everything that the server was told.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.said.lock().unwrap()).into_owned()
    }

    /// All is well again.
    pub fn open(&self) {
        self.mode.send_replace(Mode::Open);
    }
}

async fn relay(client: UnixStream, server: UnixStream, mode: watch::Receiver<Mode>, said: Said) {
    let ((client_read, client_write), (server_read, server_write)) = (client.into_split(), server.into_split());
    let mut cut = mode.clone();
    tokio::select! {
        () = pipe(client_read, server_write, mode.clone(), Some(said)) => {}
        () = pipe(server_read, client_write, mode, None) => {}
        _ = cut.wait_for(|m| *m == Mode::Cut) => {}
    }
}

async fn pipe(
    mut from: tokio::net::unix::OwnedReadHalf,
    mut to: tokio::net::unix::OwnedWriteHalf,
    mut mode: watch::Receiver<Mode>,
    said: Option<Said>,
) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if let Some(said) = &said {
            said.lock().unwrap().extend(&buffer[..length]);
        }
        if mode.wait_for(|m| *m != Mode::Held).await.is_err() || to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

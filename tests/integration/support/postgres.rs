//! One PostgreSQL server for all tests of this process, one database for each test.
//!
//! The farm's role is no superuser; it may create roles and databases.

use botfarm::embedded_pg::EmbeddedPg;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tokio::sync::OnceCell;
use tokio_postgres::NoTls;

struct Server {
    url: String,
    _server: EmbeddedPg,
}

static SERVER: OnceCell<Server> = OnceCell::const_new();

async fn server() -> &'static Server {
    SERVER
        .get_or_init(|| async {
            let directory = std::env::temp_dir().join(format!("botfarm-test-{}", std::process::id()));
            let server = EmbeddedPg::start(&directory).await.expect("PostgreSQL starts");
            stop_with_this_process(&directory);
            Server { url: server.url(), _server: server }
        })
        .await
}

/// A static is never dropped: a shell waits for the end of this process and clears up.
fn stop_with_this_process(directory: &PathBuf) {
    let script = "while kill -0 $1 2>/dev/null; do sleep 0.3; done; \
                  kill -INT $(head -1 $2/pgdata/postmaster.pid); sleep 1; rm -rf $2";
    let reaper = Command::new("sh")
        .args(["-c", script, "reaper", &std::process::id().to_string()])
        .arg(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    // It outlives this process, so nobody waits for it.
    std::mem::forget(reaper.expect("a shell"));
}

/// The URL of a database that nothing else uses.
pub async fn fresh_database() -> String {
    let base = &server().await.url;
    let name = format!("t_{:016x}", rand::random::<u64>());
    let client = connect(base).await;
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
    base.replace("dbname=botfarm", &format!("dbname={name}"))
}

/// A connection as the farm, past every scope: for looking, and for what a stranger might do.
pub async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}

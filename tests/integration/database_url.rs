//! An existing server instead of our own: loopback TCP, an owner that is no superuser.

use crate::rental::reserve;
use crate::support::{BotFile, TestFarm};
use botfarm::embedded_pg::EmbeddedPg;
use std::process::Command;
use telegram_sandbox::Sandbox;

/// A second server, made to listen on TCP only for this test.
struct TcpServer {
    directory: tempfile::TempDir,
    _server: EmbeddedPg,
    url: String,
}

impl TcpServer {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // Others must get through to the data, when the tests run as root.
        std::fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
        let first = EmbeddedPg::start(&directory.path().join("pg")).await.unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let admin = first.url().replace("user=botfarm dbname=botfarm", "user=postgres dbname=postgres");
        let client = crate::support::postgres::connect(&admin).await;
        for sql in [
            "ALTER SYSTEM SET listen_addresses = '127.0.0.1'".to_owned(),
            format!("ALTER SYSTEM SET port = {port}"),
            "CREATE ROLE tenant_owner LOGIN CREATEROLE PASSWORD 'pw'".to_owned(),
            "CREATE DATABASE farm_db OWNER tenant_owner".to_owned(),
        ] {
            client.batch_execute(&sql).await.unwrap();
        }
        first.restart_with("").unwrap();
        let url = format!("postgres://tenant_owner:pw@127.0.0.1:{port}/farm_db");
        Self { directory, _server: first, url }
    }
}

impl Drop for TcpServer {
    fn drop(&mut self) {
        let pid = std::fs::read_to_string(self.directory.path().join("pg/pgdata/postmaster.pid")).unwrap_or_default();
        if let Some(pid) = pid.lines().next() {
            let _ = Command::new("kill").args(["-INT", pid]).status();
        }
    }
}

// SPEC: F4, F7
#[tokio::test(flavor = "multi_thread")]
async fn a_farm_runs_on_an_existing_server_over_tcp() {
    let server = TcpServer::start().await;
    let farm = TestFarm::on(Sandbox::start().await.unwrap(), server.url.clone()).await;
    let bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    farm.add(&bot).await;
    farm.stock(&bot, 1).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ahmed).await;
    farm.sms(&bot, &number, "123456").await;
    ahmed.sees("🔐").await.unwrap();
    farm.finish(&[&bot]).await;
}

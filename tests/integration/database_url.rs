//! An existing server instead of our own: loopback TCP, an owner that is no superuser.

use crate::rental::reserve;
use crate::support::{BotFile, FarmProcess, TestFarm};
use botfarm::embedded_pg::EmbeddedPg;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::process::Command;
use telegram_sandbox::Sandbox;

/// A second server, made to listen on TCP only for this test.
struct TcpServer {
    directory: tempfile::TempDir,
    server: EmbeddedPg,
    port: u16,
    url: String,
}

impl TcpServer {
    async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        // Others must get through to the data, when the tests run as root.
        std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o711)).unwrap();
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
        Self { directory, server: first, port, url }
    }

    /// From now on it takes nothing over TCP that is not encrypted; gives the certificate to know it by.
    fn encrypt(&self) -> PathBuf {
        let data = self.directory.path().join("pg/pgdata");
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let owner = std::fs::metadata(&data).unwrap();
        for (name, text) in [
            ("server.crt", made.cert.pem()),
            ("server.key", made.signing_key.serialize_pem()),
            ("pg_hba.conf", "local all all trust\nhostssl all all all scram-sha-256\n".to_owned()),
            ("postgresql.auto.conf", format!("listen_addresses = '127.0.0.1'\nport = {}\nssl = on\n", self.port)),
        ] {
            std::fs::write(data.join(name), text).unwrap();
            std::fs::set_permissions(data.join(name), PermissionsExt::from_mode(0o600)).unwrap();
            std::os::unix::fs::chown(data.join(name), Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        self.server.restart_with("").unwrap();
        let known = self.directory.path().join("root.pem");
        std::fs::write(&known, made.cert.pem()).unwrap();
        known
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

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn a_farm_knows_its_database_by_its_certificate_and_says_nothing_in_the_clear() {
    let server = TcpServer::start().await;
    let root = server.encrypt();
    let url = server.url.replace("127.0.0.1", "localhost");
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let known = [("PGSSLROOTCERT", root.to_str().unwrap())];
    let mut farm = FarmProcess::prepare(&format!("{url}?sslmode=require"), &known);
    bot.write(&farm.path(""), &sandbox);
    farm.start_again();
    farm.wait_running("elweshaq").await;
    // What is loaded and dumped goes over connections of its own, and by PostgreSQL's own programs.
    let numbers = farm.directory.path().join("numbers.csv");
    std::fs::write(&numbers, "service,country_code,phone_number\nWhatsApp,20,+201000000001\n").unwrap();
    let backup = farm.directory.path().join("elweshaq.backup");
    for verb in [
        vec!["import", "--bot", "elweshaq", numbers.to_str().unwrap()],
        vec!["export", "--bot", "elweshaq", "users"],
        vec!["backup", "--bot", "elweshaq", backup.to_str().unwrap()],
        vec!["status"],
    ] {
        let (said, code) = farm.verb_with(&known, &verb).await;
        assert_eq!(code, 0, "{verb:?}: {said}");
    }
    farm.terminate().await;
    // Another's certificate, a file without one, and no encryption at all.
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap().cert.pem();
    let strange = farm.directory.path().join("strange.pem");
    for (text, said) in [(other.as_str(), "certificate"), ("", "no certificate stands in it")] {
        std::fs::write(&strange, text).unwrap();
        let (told, code) = farm.verb_with(&[("PGSSLROOTCERT", strange.to_str().unwrap())], &["status"]).await;
        assert!(code == 1 && told.contains(said) && !told.contains("pw@"), "{code}: {told}");
    }
    let (told, code) = farm.verb_with(&[("DATABASE_URL", &url)], &["status"]).await;
    assert!(code == 1 && told.contains("no encryption"), "{code}: {told}");
}

//! The command line: what it finds, what it says, and the numbers with which it ends.

use crate::support::process::FarmProcess;
use crate::support::{BotFile, eventually, postgres};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::time::Duration;
use telegram_sandbox::Sandbox;
use tokio::io::AsyncReadExt;

fn chmod(path: impl AsRef<std::path::Path>, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

/// What the doctor finds of something.
fn found<'a>(said: &'a serde_json::Value, check: &str) -> Vec<(&'a str, &'a str)> {
    let rows = said.as_array().unwrap().iter().filter(|row| row["check"] == check);
    rows.map(|row| (row["result"].as_str().unwrap(), row["text"].as_str().unwrap())).collect()
}

async fn doctor(farm: &FarmProcess) -> (serde_json::Value, i32) {
    let (said, code) = farm.verb(&["doctor", "--json"]).await;
    (serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}")), code)
}

// SPEC: F2
#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_what_is_wrong() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let farm = FarmProcess::start(&sandbox, &bot).await;
    let data = farm.directory.path().join("data");
    chmod(&data, 0o700);
    for entry in std::fs::read_dir(farm.path("")).unwrap().flatten() {
        chmod(entry.path(), 0o600);
    }
    let (said, code) = doctor(&farm).await;
    assert_eq!(code, 0, "{said}");
    for check in ["the farm's key", "permissions", "bots' files", "database", "clock", "schemas", "Telegram"] {
        assert!(found(&said, check).iter().all(|(result, _)| *result == "good"), "{check}: {said}");
        assert!(!found(&said, check).is_empty(), "{check}: {said}");
    }
    assert!(!found(&said, "disk").is_empty());
    // A secret that others may read, a schema of another version, a proxy that is not there.
    chmod(farm.path("hook.secret"), 0o644);
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("UPDATE farm.bots SET schema_version = 'old'").await.unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    std::fs::write(farm.path("proxy.secret"), format!("socks5://someone:password@{closed}")).unwrap();
    let proxied = BotFile {
        telegram: "proxy = { file = \"proxy.secret\" }".to_owned(),
        ..BotFile::new(&sandbox, "proxied", 100_002)
    };
    proxied.write(&farm.path(""), &sandbox);
    let (said, code) = doctor(&farm).await;
    assert_eq!(code, 1, "{said}");
    assert!(found(&said, "permissions")[0].1.contains("hook.secret"), "{said}");
    assert!(found(&said, "schemas")[0].1.contains("botfarm migrate"), "{said}");
    let proxy = found(&said, "proxy");
    assert!(proxy[0].0 == "bad" && proxy[0].1.contains(&closed.to_string()), "{said}");
    assert!(!said.to_string().contains("someone") && !said.to_string().contains("password@"), "{said}");
    chmod(&data, 0o755);
    assert_eq!(found(&doctor(&farm).await.0, "permissions")[0].0, "bad");
    farm.finish(&bot).await;
}

// SPEC: F2
#[tokio::test(flavor = "multi_thread")]
async fn the_number_at_the_end_says_what_became_of_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let farm = FarmProcess::start(&sandbox, &bot).await;
    let ends = async |args: &[&str]| farm.verb(args).await.1;
    assert_eq!(ends(&["check"]).await, 0);
    assert_eq!(ends(&["chekc"]).await, 2);
    assert_eq!(ends(&["credit", "--bot", "nobody", "--user", "1", "1"]).await, 1);
    std::fs::write(farm.path("broken.toml"), "name = 7\n").unwrap();
    let (said, code) = farm.verb(&["check"]).await;
    assert!(code == 3 && said.contains("broken.toml:1:") && said.contains("    name = …\n    "), "{code}: {said}");
    let (said, code) = farm.verb(&["check", "--format", "json"]).await;
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let fault = &said["faults"][0];
    assert!(code == 3 && fault["excerpt"] == "name = …" && fault["line"] == 1, "{said}");
    // What a table shows is drawn anew until somebody has seen enough.
    let mut watching = tokio::process::Command::new(env!("CARGO_BIN_EXE_botfarm"));
    let watching = watching.envs(farm.environment()).args(["status", "--watch"]).stdout(std::process::Stdio::piped());
    let mut watching = watching.spawn().unwrap();
    let (mut output, mut said) = (watching.stdout.take().unwrap(), String::new());
    while said.matches("\u{1b}[H\u{1b}[J").count() < 2 {
        let mut bytes = [0; 4096];
        let length = output.read(&mut bytes).await.unwrap();
        assert!(length > 0, "{said}");
        said.push_str(&String::from_utf8_lossy(&bytes[..length]));
    }
    let id = nix::unistd::Pid::from_raw(watching.id().unwrap().cast_signed());
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGINT).unwrap();
    // It may be drawing just now: it hears of it all the same.
    let ended = tokio::time::timeout(Duration::from_secs(20), watching.wait()).await.expect("it ends");
    assert!(ended.unwrap().success() && said.contains("elweshaq"), "{said}");
    farm.finish(&bot).await;
}

// SPEC: F6, F9
#[tokio::test(flavor = "multi_thread")]
async fn a_host_without_the_farms_key_does_not_start_and_one_with_a_credential_does() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let first = FarmProcess::start(&sandbox, &bot).await;
    let second = FarmProcess::prepare(&first.url, &[]);
    let key = second.directory.path().join("data/farm.key");
    let text = std::fs::read_to_string(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let (said, code) = second.verb(&["run"]).await;
    assert!(code == 1 && said.contains("no key") && said.contains("copy farm.key"), "{said}");
    // Looking makes none either.
    for verb in ["check", "doctor"] {
        second.verb(&[verb]).await;
        assert!(!key.exists(), "{verb}");
    }
    let (said, code) = second.verb_with(&[("BOTFARM_KEY", "/nowhere/farm.key")], &["run"]).await;
    assert!(code == 1 && said.contains("/nowhere/farm.key"), "{said}");
    // As systemd hands it over: another user's file, that this one may read.
    let credentials = tempfile::tempdir().unwrap();
    std::fs::write(credentials.path().join("farm.key"), text).unwrap();
    chmod(credentials.path().join("farm.key"), 0o440);
    std::os::unix::fs::chown(credentials.path().join("farm.key"), Some(12_345), None).unwrap();
    let directory = credentials.path().display().to_string();
    let mut second = FarmProcess::prepare(&first.url, &[("CREDENTIALS_DIRECTORY", &directory)]);
    std::fs::remove_file(second.directory.path().join("data/farm.key")).unwrap();
    second.start_again();
    eventually("it is a host of the farm", || async { (second.status().await["loaded"] == true).then_some(()) }).await;
    assert!(!second.directory.path().join("data/farm.key").exists());
    second.kill().await;
    first.finish(&bot).await;
}

// SPEC: F8
#[tokio::test(flavor = "multi_thread")]
async fn systemd_is_told_that_it_is_ready_that_it_lives_and_that_it_stops() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("notify");
    let heard = UnixDatagram::bind(&socket).unwrap();
    heard.set_nonblocking(true).unwrap();
    let settings = [("NOTIFY_SOCKET", socket.to_str().unwrap()), ("WATCHDOG_USEC", "400000")];
    let mut farm = FarmProcess::launch(&sandbox, &bot, &settings).await;
    let mut said = String::new();
    let mut hear = || {
        let mut bytes = [0; 256];
        while let Ok(length) = heard.recv(&mut bytes) {
            said.push_str(&String::from_utf8_lossy(&bytes[..length]));
            said.push('\n');
        }
        said.clone()
    };
    let all = std::sync::Mutex::new(&mut hear);
    eventually("it lives", || async { (all.lock().unwrap()().matches("WATCHDOG=1").count() >= 3).then_some(()) }).await;
    assert!(farm.terminate().await);
    let said = all.lock().unwrap()();
    assert!(said.starts_with("READY=1") && said.contains("STOPPING=1"), "{said}");
}

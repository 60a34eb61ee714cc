//! `docs/OPERATOR.md`, command by command, on a running farm.

use crate::support::process::FarmProcess;
use crate::support::{BotFile, eventually};
use std::os::unix::fs::PermissionsExt;
use telegram_sandbox::Sandbox;
use tokio::process::Command;

/// The lines of the document's shell blocks.
fn commands() -> Vec<String> {
    let text = include_str!("../../docs/OPERATOR.md");
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    blocks.flat_map(str::lines).map(|line| line.split(" #").next().unwrap().trim().to_owned()).collect()
}

// SPEC: F2, F5, F10
#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_operators_guide_does_what_it_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let mut farm = FarmProcess::start(&sandbox, &bot).await;
    // It was taken several times: what is backed up knows the leases of its past.
    for _ in 0..2 {
        farm.terminate().await;
        farm.restart(&bot).await;
    }
    let here = farm.directory.path();
    let sara = sandbox.visitor(bot.id(), 502, "Sara", "ar");
    sara.send("/help");
    sara.sees("ℹ️").await.unwrap();
    let rows: String = (1..=5).map(|n| format!("WhatsApp,20,+20100000000{n},\n")).collect();
    let csv = format!("service,country_code,phone_number,price_override\n{rows}");
    std::fs::write(here.join("numbers.csv"), csv).unwrap();
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_botfarm")).parent().unwrap().to_owned();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let commands = commands();
    assert!(commands.len() > 20, "{commands:?}");
    let mut said = std::collections::HashMap::new();
    for command in &commands {
        if command.starts_with("botfarm drop-bot") {
            eventually("the bot has stopped", || async { farm.running().await.is_empty().then_some(()) }).await;
        }
        let mut shell = Command::new("bash");
        shell.args(["-ec", command]).current_dir(here).envs(farm.environment()).env("PATH", &path);
        let output = shell.output().await.unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{command}: {text}");
        said.insert(command.as_str(), text);
    }
    for (command, part) in [
        ("botfarm check || true", "HARBOR_TOKEN is not set"),
        ("botfarm check --values || true", "elweshaq"),
        ("botfarm check --format json || true", "\"excerpt\":\"token = …\""),
        ("botfarm status", "🟢 running"),
        ("botfarm status --json", "\"stock\":"),
        ("botfarm status --bot elweshaq", "time-limit"),
        ("botfarm doctor || true", "clock"),
        ("botfarm credit --bot elweshaq --user 501 50.00 --reason \"top-up\"", "has 50 now"),
        ("botfarm restore dropped/elweshaq.dump", "restored"),
        ("botfarm migrate", "schemas are up to date, 0 are not"),
    ] {
        assert!(said[command].contains(part), "{command}: {}", said[command]);
    }
    eventually("the fault of a file is in the status", || async {
        farm.verb(&["status"]).await.0.contains("HARBOR_TOKEN is not set").then_some(())
    })
    .await;
    for file in
        ["schema.json", "stock.csv", "users.csv", "backups/elweshaq.dump", "backups/elweshaq.toml", "manual/botfarm.1"]
    {
        assert!(here.join(file).exists(), "{file}");
    }
    assert!(std::fs::read_to_string(here.join("botfarm.bash")).unwrap().contains("forget-host"));
    let mode = std::fs::metadata(here.join("backups/elweshaq.dump")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "users and codes are in it");
    let users = std::fs::read_to_string(here.join("users.csv")).unwrap();
    assert!(users.contains("telegram_id"), "{users}");
    assert!(!std::fs::read_to_string(here.join("backups/elweshaq.toml")).unwrap().contains("secret-of"));
    // Restored, it runs again: its users, its stock, its books.
    farm.wait_running("elweshaq").await;
    assert_eq!(farm.count(&bot, "numbers").await, 5);
    farm.finish(&bot).await;
}

// SPEC: F5
#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_has_to_be_gone_and_named() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let farm = FarmProcess::start(&sandbox, &bot).await;
    let (said, code) = farm.verb(&["drop-bot", "elweshaq", "--yes", "elweshaq"]).await;
    assert!(code == 1 && said.contains("elweshaq runs"), "{said}");
    std::fs::remove_file(farm.path("elweshaq.toml")).unwrap();
    eventually("the bot has stopped", || async { farm.running().await.is_empty().then_some(()) }).await;
    let (said, code) = farm.verb(&["drop-bot", "elweshaq", "--yes", "elwesha"]).await;
    assert!(code == 1 && said.contains("nothing was dropped"), "{said}");
    let (said, code) = farm.verb(&["drop-bot", "nobody", "--yes", "nobody"]).await;
    assert!(code == 1 && said.contains("no bot \"nobody\""), "{said}");
    assert_eq!(farm.count(&bot, "services").await, 1);
    // Its name is asked for.
    let (said, code) = farm.verb_fed("elwesha\n", &["drop-bot", "elweshaq"]).await;
    assert!(code == 1 && said.contains("Type its name"), "{said}");
    // No dump is lost: not to one that fails, nor to that of another bot of the same name.
    let backups = farm.directory.path().join("data/backups");
    let backup = ["backup", "--bot", "elweshaq", backups.to_str().unwrap()];
    let (said, code) = farm.verb(&backup).await;
    assert_eq!(code, 0, "{said}");
    let dump = || std::fs::read(backups.join("elweshaq.dump")).unwrap();
    let (good, broken) = (dump(), tempfile::tempdir().unwrap());
    for program in ["initdb", "pg_ctl", "pg_dump"] {
        let path = broken.path().join(program);
        std::fs::write(&path, "#!/bin/sh\nexit 1\n").unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let (said, code) = farm.verb_with(&[("PATH", broken.path().to_str().unwrap())], &backup).await;
    assert!(code == 1 && said.contains("pg_dump failed") && dump() == good, "{said}");
    assert_eq!(std::fs::read_dir(&backups).unwrap().count(), 2);
    let (said, code) = farm.verb(&["drop-bot", "elweshaq", "--yes", "elweshaq"]).await;
    assert!(code == 1 && said.contains("dump of an earlier bot elweshaq") && dump() == good, "{said}");
    std::fs::rename(&backups, farm.directory.path().join("earlier")).unwrap();
    let (said, code) = farm.verb_fed("elweshaq\n", &["drop-bot", "elweshaq"]).await;
    assert!(code == 0 && farm.directory.path().join("data/backups/elweshaq.dump").exists(), "{said}");
    let (said, code) = farm.verb_with(&[("DATABASE_URL", "host=127.0.0.1 port=1 user=x")], &["status"]).await;
    assert!(code == 1 && said.contains("hint: "), "{said}");
}

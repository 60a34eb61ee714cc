//! The protocol checked by a client library that is not the one the farm uses.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests")]

use std::process::Stdio;
use telegram_sandbox::Sandbox;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// `make test` names the Python with Telethon; without it this check cannot be made, and that is a
/// failure, not a skip.
#[tokio::test(flavor = "multi_thread")]
async fn telethon_signs_in_writes_a_keyboard_and_reads_it_back() {
    let python = std::env::var("TELETHON_PYTHON").expect("TELETHON_PYTHON is set: run `make test`");
    let sandbox = Sandbox::start().await.unwrap();
    let token = "4242:telethon-secret";
    let bot = sandbox.add_bot(token, "telethon_bot");
    let key = sandbox.issue_key();
    let person = sandbox.visitor(bot, 77, "Nadia", "en");
    person.send("/start");
    let address = sandbox.address();
    let mut child = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/telethon_client.py"))
        .args([&address.ip().to_string(), &address.port().to_string(), &key, token, "77"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("ready"));
    let message = person.sees("Edited").await.unwrap();
    assert_eq!(message.rows()[0].len(), 2);
    let (answer, _) = person.press("Press me").await.unwrap();
    assert_eq!(answer.text.as_deref(), Some("pressed data-1"));
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("done"));
    assert!(child.wait().await.unwrap().success());
}

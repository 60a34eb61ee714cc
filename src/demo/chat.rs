//! After the script: the farm stays up, and whoever sits there can be a visitor.

use super::farm::DemoFarm;
use super::provider::Provider;
use super::report;
use anyhow::Result;
use std::time::Duration;
use telegram_sandbox::{Sandbox, Visitor};
use tokio::io::{AsyncBufReadExt, BufReader};

/// The person at the terminal.
const YOU: i64 = 700;
/// How long a bot's answer is waited for before the chat is shown.
const ANSWER: Duration = Duration::from_millis(600);

/// Reads lines until the caller ends it: texts, `[button]` presses, and `sms NUMBER TEXT`.
pub async fn until_ctrl_c(sandbox: &Sandbox, provider: &Provider, farm: &DemoFarm) -> Result<()> {
    println!(
        "\nThe farm stays up until Ctrl-C. Try:\n\
         \x20 /start                     write to الوشاق (you have 100 جنيه)\n\
         \x20 [WhatsApp]                 press the button that contains this\n\
         \x20 sms +2010… code 123456     let an SMS arrive at the provider\n\
         \x20 edit {0}/bots.d/elweshaq.toml, change a price, save, and look again\n\
         \x20 the farm's log: {0}/farm.log · its state: http://{1}/status\n",
        farm.directory.display(),
        farm.http
    );
    let you = sandbox.visitor(900_001, YOU, "You", "ar");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        match lines.next_line().await? {
            Some(line) => act(&you, provider, line.trim()).await,
            // No terminal: stay up until the signal that ends the demonstration.
            None => std::future::pending().await,
        }
    }
}

async fn act(you: &Visitor, provider: &Provider, line: &str) {
    if let Some(sms) = line.strip_prefix("sms ") {
        let (to, text) = sms.split_once(' ').unwrap_or((sms, ""));
        provider.arrive(to, "WhatsApp", text);
        tokio::time::sleep(Duration::from_secs(2)).await;
    } else if let Some(label) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
        if let Err(error) = you.press(label).await {
            println!("{error}");
        }
    } else if !line.is_empty() {
        you.send(line);
    }
    tokio::time::sleep(ANSWER).await;
    report::chat("الوشاق", "you", you);
}

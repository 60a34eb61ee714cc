//! What the demonstration prints: chats, books, expectations.

use super::farm::DemoFarm;
use super::script::Expectation;
use crate::service::{audit, ledger, stock};
use anyhow::Result;
use comfy_table::{Table, presets};
use telegram_sandbox::{Happening, Message, Visitor};

/// Prints a chat as it happened.
pub fn chat(bot: &str, who: &str, visitor: &Visitor) {
    println!("── {who} and {bot} {}", "─".repeat(40));
    for happening in visitor.story() {
        match happening {
            Happening::Wrote(text) => println!("{:>60}", format!("{text} ◂ {who}")),
            Happening::Pressed(label) => println!("{:>60}", format!("[{label}] ◂ {who}")),
            Happening::Sent(message) => bubble("▸", &message),
            Happening::Edited(message) => bubble("▸ (same message)", &message),
            Happening::Notice(text) => println!("  ⓘ {text}"),
        }
    }
    println!();
}

fn bubble(mark: &str, message: &Message) {
    println!("  {mark}");
    message.text.lines().for_each(|line| println!("  │ {line}"));
    for row in message.rows() {
        let labels: Vec<String> = row.iter().map(|b| format!("[{}]", b.label)).collect();
        println!("  │ {}", labels.join(" "));
    }
}

/// Prints each bot's ledger and stock.
pub async fn books(farm: &DemoFarm) -> Result<()> {
    for slug in ["elweshaq", "harbor"] {
        let tenant = farm.tenant(slug)?;
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["user", "type", "amount", "balance", "reason"]);
        for entry in ledger::latest(&tenant).await? {
            table.add_row([
                entry.telegram_id.to_string(),
                entry.kind,
                entry.amount.to_string(),
                entry.balance_after.to_string(),
                entry.reason,
            ]);
        }
        println!("{slug}: ledger\n{table}");
        let stock: Vec<String> = stock::count(&tenant).await?.iter().map(|(s, n)| format!("{n} {s}")).collect();
        println!("{slug}: stock: {}", stock.join(", "));
        let found = audit::check(&tenant).await?;
        println!("{slug}: {}\n", if found.is_empty() { "the books agree".to_owned() } else { found.join("; ") });
    }
    Ok(())
}

/// Prints what was expected; true when all of it was met.
pub fn expectations(expectations: &[Expectation]) -> bool {
    for expectation in expectations {
        println!("{} {}", if expectation.met { "✔" } else { "✘" }, expectation.what);
    }
    expectations.iter().all(|e| e.met)
}

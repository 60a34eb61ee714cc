//! A farm to look at: PostgreSQL, a Telegram sandbox, an SMS provider and the two bots of
//! `bots.d/`, all on this machine. The farm is a process of its own, as in real life.

mod chat;
mod farm;
mod provider;
mod report;
mod script;

use crate::host::HostArgs;
use crate::lifecycle;
use anyhow::Result;
use farm::DemoFarm;
use provider::Provider;
use std::process::ExitCode;
use telegram_sandbox::Sandbox;

/// Runs the demonstration; `once` ends it after the scripted visits.
pub async fn run(host: &HostArgs, once: bool) -> Result<ExitCode> {
    println!("A farm with two bots, on this machine only.\n");
    step("a Telegram sandbox");
    let sandbox = Sandbox::start().await?;
    step("an SMS provider");
    let provider = Provider::start().await?;
    step("PostgreSQL, the farm and its bots");
    let farm = DemoFarm::start(host, &sandbox, &provider).await?;
    // Whatever happens, nothing is left running.
    let shown = tokio::select! {
        shown = show(&sandbox, &provider, &farm, once) => shown,
        () = lifecycle::wait_for_signal() => Ok(!once),
    };
    farm.stop().await?;
    Ok(if shown? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Plays the script; true when everything came out as expected.
async fn show(sandbox: &Sandbox, provider: &Provider, farm: &DemoFarm, once: bool) -> Result<bool> {
    step("the stock, and money for the visitors");
    farm.fill().await?;
    println!();
    let expectations = script::play(sandbox, provider, farm).await;
    report::books(farm).await?;
    let all_met = report::expectations(&expectations);
    if !once {
        chat::until_ctrl_c(sandbox, provider, farm).await?;
    }
    Ok(all_met)
}

fn step(what: &str) {
    println!("  starting {what} …");
}

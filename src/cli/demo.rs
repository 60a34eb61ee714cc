//! `botfarm demo` (see below).

use super::HostArgs;
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;

/// How to run the demonstration.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// End after the scripted visits.
    #[arg(long)]
    once: bool,
}

/// Runs it.
pub async fn run(_: &HostArgs, _: &DemoArgs) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}

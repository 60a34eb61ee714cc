//! `botfarm demo`.

use crate::demo;
use crate::host::HostArgs;
use anyhow::Result;
use clap::Args;
use std::process::ExitCode;

/// How to run the demonstration.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// End after the scripted visits; status 0 only if everything came out as expected.
    #[arg(long)]
    once: bool,
}

/// Runs it.
pub async fn run(host: &HostArgs, args: &DemoArgs) -> Result<ExitCode> {
    demo::run(host, args.once).await
}

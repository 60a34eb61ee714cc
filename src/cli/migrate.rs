//! `botfarm migrate`.

use crate::domain::slug::Slug;
use crate::host::HostArgs;
use crate::open;
use crate::service::farm;
use anyhow::Result;
use indicatif::ProgressBar;
use std::process::ExitCode;

/// Brings every bot's schema up to date, one bot after the other; exit code 1 if one could not be. A bot
/// whose schema is behind runs on: hosts bring it up to date when they take it.
pub async fn run(host: &HostArgs) -> Result<ExitCode> {
    let opened = open::database(host).await?;
    let known = farm::known_bots(&opened.database).await?;
    let bar = ProgressBar::new(known.len() as u64);
    let mut failed = 0;
    for name in &known {
        let slug: Slug = name.parse()?;
        if let Err(error) = farm::provision(&opened.database, &slug).await {
            failed += 1;
            bar.suspend(|| println!("{name}: {error}"));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    println!("{} schemas are up to date, {failed} are not", known.len() - failed);
    opened.close()?;
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

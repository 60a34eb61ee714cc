//! `botfarm migrate`.

use crate::domain::slug::Slug;
use crate::host::HostArgs;
use crate::open;
use crate::service::farm;
use anyhow::Result;
use indicatif::ProgressBar;
use std::process::ExitCode;

/// So often a bot is tried whose tables are in use.
const TRIES: usize = 3;

/// Brings every bot's schema up to date, one bot after the other; exit code 1 if one could not be. A bot
/// whose schema is behind runs on: hosts bring it up to date when they take it.
pub async fn run(host: &HostArgs) -> Result<ExitCode> {
    let opened = open::database(host).await?;
    let known = farm::known_bots(&opened.database).await?;
    let bar = ProgressBar::new(known.len() as u64);
    let mut left: Vec<(String, String)> = known.iter().map(|name| (name.clone(), String::new())).collect();
    for _ in 0..TRIES {
        let mut failed = Vec::new();
        for (name, _) in left {
            let slug: Slug = name.parse()?;
            match farm::provision(&opened.database, &slug).await {
                Ok(_) => bar.inc(1),
                // Somebody holds a table: the others first, then it is tried again.
                Err(error) => failed.push((name, error.to_string())),
            }
        }
        left = failed;
    }
    bar.finish_and_clear();
    left.iter().for_each(|(name, why)| println!("{name}: {why}"));
    println!("{} schemas are up to date, {} are not", known.len() - left.len(), left.len());
    opened.close()?;
    Ok(if left.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

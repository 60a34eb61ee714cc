//! `botfarm check`.

use crate::config::{LoadedBot, load_dir};
use crate::host::HostArgs;
use crate::open;
use anyhow::Result;
use std::process::ExitCode;

/// Prints every fault of every file; exit code 3 if there is one.
pub fn run(host: &HostArgs) -> Result<ExitCode> {
    let key = open::key(host)?;
    let loaded = match load_dir(&host.bots_dir, &key, &[]) {
        Ok(loaded) => loaded,
        Err(fault) => {
            print!("{fault}");
            return Ok(ExitCode::from(3));
        }
    };
    for LoadedBot { path, config, .. } in &loaded.bots {
        println!("{}: {} ({}) is good", path.display(), config.name, config.slug);
    }
    for faults in &loaded.faults {
        print!("{faults}");
    }
    let count: usize = loaded.faults.iter().map(|f| f.faults.len()).sum();
    if count > 0 {
        println!("{count} faults in {} files", loaded.faults.len());
        return Ok(ExitCode::from(3));
    }
    Ok(ExitCode::SUCCESS)
}

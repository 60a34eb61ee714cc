//! `botfarm check`.

use crate::config::{FileFaults, LoadedBot, load_dir};
use crate::definition::effective;
use crate::host::HostArgs;
use crate::open;
use crate::service::settings::Settings;
use anyhow::Result;
use clap::{Args, ValueEnum};
use comfy_table::{Table, presets};
use serde_json::{Value, json};
use std::process::ExitCode;

/// What to show.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// For people, or for programs.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also show what each bot goes by, and where each value comes from.
    #[arg(long)]
    values: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Prints every fault of every file; exit code 3 if there is one.
pub fn run(host: &HostArgs, args: &CheckArgs) -> Result<ExitCode> {
    let key = open::known_key(host)?;
    let (bots, faults) = match load_dir(&host.bots_dir, &key, &[]) {
        Ok(loaded) => (loaded.bots, loaded.faults),
        Err(fault) => (Vec::new(), vec![fault]),
    };
    match args.format {
        Format::Json => println!("{}", as_json(&bots, &faults)),
        Format::Text => print(&bots, &faults, args.values),
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn print(bots: &[LoadedBot], faults: &[FileFaults], values: bool) {
    for LoadedBot { path, config, .. } in bots {
        println!("{}: {} ({}) is good", path.display(), config.name, config.slug);
        if values {
            let mut table = Table::new();
            table.load_style(presets::UTF8_FULL_CONDENSED).set_header(["setting", "value", "from"]);
            for value in effective(config, &Settings::default()) {
                table.add_row([value.setting, &value.value, value.from]);
            }
            println!("{table}");
        }
    }
    faults.iter().for_each(|faults| print!("{faults}"));
    let count: usize = faults.iter().map(|f| f.faults.len()).sum();
    if count > 0 {
        println!("{count} faults in {} files", faults.len());
    }
}

fn as_json(bots: &[LoadedBot], faults: &[FileFaults]) -> Value {
    let fault = |file: &FileFaults, fault: &crate::config::Fault| {
        let ((line, column), (end_line, end_column)) = (file.position(fault.span.start), file.position(fault.span.end));
        json!({
            "file": file.path, "line": line, "column": column, "end_line": end_line, "end_column": end_column,
            "message": fault.message, "excerpt": file.excerpt(line),
        })
    };
    let faults: Vec<Value> = faults.iter().flat_map(|file| file.faults.iter().map(move |f| fault(file, f))).collect();
    let bot = |bot: &LoadedBot| {
        let values = effective(&bot.config, &Settings::default());
        json!({ "file": bot.path, "slug": bot.config.slug.as_str(), "name": bot.config.name, "values": values })
    };
    json!({ "bots": bots.iter().map(bot).collect::<Vec<_>>(), "faults": faults })
}

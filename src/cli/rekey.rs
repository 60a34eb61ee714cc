//! `botfarm rekey`: the farm's key is replaced while the farm runs.
//!
//! A key is added, and copied to every host; when all of them have it, it seals; everything is sealed
//! anew; when nothing is left of the old one, that is put aside. Each step is taken only when the one
//! before is true on every host that is alive, so no host ever meets a value that it cannot open.

use crate::config::{publish, write};
use crate::domain::slug::Slug;
use crate::host::HostArgs;
use crate::open::{self, Opened};
use crate::seal::{KeyFile, KeyRing};
use crate::service::farm;
use crate::service::hosts::{self, HostRow};
use crate::service::rekey::{self, Counts, Resealed, Resealer};
use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use std::fs;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Hosts say within this time that they have read their keys again.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at what they say.
const BETWEEN: Duration = Duration::from_millis(100);

/// Whether a new key is made.
#[derive(Debug, Args)]
pub struct RekeyArgs {
    /// Begin: make a new key. Without it what was begun goes on.
    #[arg(long)]
    new: bool,
}

/// Goes on as far as the hosts allow; exit code 1 when the operator has to do something before the rest.
pub async fn run(host: &HostArgs, args: &RekeyArgs) -> Result<ExitCode> {
    let path = open::key_path(host)?;
    if !path.exists() {
        bail!("there is no key yet: {} is made by the farm", path.display());
    }
    let mut file = KeyFile::read_or_create(&path)?;
    match (args.new, file.keys()?.len()) {
        (true, 2..) => bail!("a rekey is under way already: `botfarm rekey` goes on with it"),
        (false, 1) => bail!("no rekey is under way: `botfarm rekey --new` begins one"),
        (true, _) => file = file.add()?,
        (false, _) => {}
    }
    let opened = open::database(host).await?;
    let ring = KeyRing::load_or_create(&path)?;
    let done = Rekey { host, opened: &opened, ring }.go_on(file).await;
    opened.close()?;
    Ok(if done? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

struct Rekey<'a> {
    host: &'a HostArgs,
    opened: &'a Opened,
    ring: KeyRing,
}

impl Rekey<'_> {
    /// False when something is left to be done elsewhere.
    async fn go_on(&self, mut file: KeyFile) -> Result<bool> {
        if let Some(next) = file.next_key()? {
            let without = self.hosts(|host| host.keys.iter().any(|key| key == next.id())).await?;
            if !without.is_empty() {
                println!("key {} was added; copy farm.key to: {}", next.id(), without.join(", "));
                println!("then run `botfarm rekey` here again");
                return Ok(false);
            }
            file = file.promote()?;
            self.ring.reload()?;
            println!("key {} seals from now on", next.id());
        }
        let key = self.ring.ids().swap_remove(0);
        let without = self.hosts(|host| host.keys.first() == Some(&key)).await?;
        self.reseal().await?;
        if !without.is_empty() {
            println!("the old key still seals on: {}; copy farm.key there", without.join(", "));
            println!("and run `botfarm rekey` there, which seals the bots' files of that host anew, then here again");
            return Ok(false);
        }
        let left = self.reseal().await?;
        if left.resealed > 0 {
            println!("something was sealed to the old key in the meantime: run `botfarm rekey` again");
            return Ok(false);
        }
        for path in file.retire()? {
            println!("the old key was put aside: {}; backups from before open with it alone", path.display());
        }
        hosts::call_keys(&self.opened.database).await?;
        println!("only key {key} is left on this host");
        Ok(true)
    }

    /// The hosts that are alive and of which this is not true, once they have read their keys again.
    async fn hosts(&self, is_so: impl Fn(&HostRow) -> bool) -> Result<Vec<String>> {
        hosts::call_keys(&self.opened.database).await?;
        let until = Instant::now() + PATIENCE;
        loop {
            let (living, _) = hosts::overview(&self.opened.database).await?;
            let others: Vec<String> = living.into_iter().filter(|host| !is_so(host)).map(|host| host.host).collect();
            if others.is_empty() || Instant::now() > until {
                return Ok(others);
            }
            sleep(BETWEEN).await;
        }
    }

    /// Seals everything anew: the definitions, each bot's schema, the files of this host.
    async fn reseal(&self) -> Result<Counts> {
        let database = &self.opened.database;
        let mut counts = rekey::definitions(database, &|slug, text| self.text(slug, text)).await?;
        let known = farm::known_bots(database).await?;
        let bar = ProgressBar::new(known.len() as u64);
        for name in &known {
            let slug: Slug = name.parse()?;
            let bot = rekey::bot(&database.tenant(&slug), self).await;
            counts += bot.with_context(|| format!("sealing the secrets of {slug} anew"))?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        counts += self.files()?;
        println!("{} values were sealed anew; {} are opened by no key", counts.resealed, counts.unreadable);
        Ok(counts)
    }

    fn files(&self) -> Result<Counts> {
        let mut counts = Counts::default();
        let directory = &self.host.bots_dir;
        let files = write::every(directory).with_context(|| format!("reading {}", directory.display()))?;
        for (path, name) in files {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            let (new, found) = self.text(&publish::slug(&text).unwrap_or(name), &text);
            counts += found;
            if let Some(new) = new {
                write::replace(&path, &new).with_context(|| format!("writing {}", path.display()))?;
            }
        }
        Ok(counts)
    }

    /// A file's text with its secrets sealed anew, if that changes it. A broken file is left to its editor.
    fn text(&self, slug: &str, text: &str) -> (Option<String>, Counts) {
        let mut counts = Counts::default();
        let new = publish::resealed(text, &mut |key, sealed| match self.anew(&format!("{slug}/{key}"), sealed) {
            Resealed::Current => None,
            Resealed::Anew(new) => {
                counts.resealed += 1;
                Some(new)
            }
            Resealed::Unreadable => {
                counts.unreadable += 1;
                None
            }
        });
        (new.ok().filter(|_| counts.resealed > 0), counts)
    }
}

impl Resealer for Rekey<'_> {
    fn anew(&self, place: &str, sealed: &str) -> Resealed {
        match self.ring.reseal(place, sealed) {
            Ok(None) => Resealed::Current,
            Ok(Some(new)) => Resealed::Anew(new),
            Err(_) => Resealed::Unreadable,
        }
    }
}

//! `botfarm provider test`.

use crate::clock::Clock;
use crate::config::{BotConfig, load_dir};
use crate::domain::trial::Tested;
use crate::host::HostArgs;
use crate::open;
use crate::provider::fetch::Fetcher;
use crate::service::providers;
use crate::service::shop;
use crate::sources::{self, Source, provider_gate};
use crate::trial::Trial;
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// What is done with providers.
#[derive(Debug, Subcommand)]
pub enum ProviderVerb {
    /// Show what a provider answers, what is read out of it, what that matches and why not.
    Test(TestArgs),
}

/// Which provider is tried.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// The bot's short name.
    #[arg(long)]
    bot: String,
    /// The provider's name.
    #[arg(long)]
    provider: String,
    /// A file that is read as if the provider had posted it; nothing is asked then.
    #[arg(long)]
    body: Option<PathBuf>,
    /// The type of that body.
    #[arg(long, default_value = "application/json")]
    content_type: String,
}

/// Tries a provider; exit code 1 when it does not answer as it should.
pub async fn test(host: &HostArgs, args: &TestArgs) -> Result<ExitCode> {
    let key = open::known_key(host)?;
    let opened = open::database(host).await?;
    let tenant = opened.bot(&args.bot).await?;
    let Some(provider) = providers::by_name(&tenant, &args.provider).await? else {
        bail!("{} has no provider {:?}", args.bot, args.provider);
    };
    let source = if provider.origin == "panel" {
        let opened = sources::of_panel(vec![provider], &key, &args.bot).pop();
        opened.context("the provider's secrets cannot be opened: the log says why")?
    } else {
        let loaded = load_dir(&host.bots_dir, &key, &[]).map_err(|fault| anyhow::anyhow!("{fault}"))?;
        let config = loaded.bots.iter().map(|bot| &bot.config).find(|config| config.slug.as_str() == args.bot);
        declared(args, config, provider.id)?
    };
    let rules = shop::rules(&tenant).await?;
    let gate = provider_gate(&source, &rules);
    let trial = Trial { tenant: &tenant, source: &source, gate: &gate };
    let now = Clock::default().now();
    let tested = match &args.body {
        Some(path) => {
            let body = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
            trial.of_body(&body, &args.content_type, now).await
        }
        None => trial.run(&Fetcher::new(host.private_providers)?, now).await,
    };
    let code = match tested {
        Ok(tested) => {
            print(args, &tested);
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{}/{}: {why}", args.bot, args.provider);
            ExitCode::FAILURE
        }
    };
    opened.close()?;
    Ok(code)
}

/// A provider that the bot's file declares.
fn declared(args: &TestArgs, config: Option<&BotConfig>, id: i64) -> Result<Source> {
    let config = config.with_context(|| format!("{} has no good file", args.bot))?;
    let named = config.providers.iter().find(|p| p.name == args.provider);
    let config = named.with_context(|| format!("the file of {} has no provider {:?}", args.bot, args.provider))?;
    Ok(sources::declared(id, config))
}

fn print(args: &TestArgs, tested: &Tested) {
    let what = if tested.is_asked { "answers" } else { "posted lately" };
    println!("{}/{} {what}: {} messages", args.bot, args.provider, tested.count);
    for message in &tested.messages {
        let service = message.service.as_deref().unwrap_or("no service");
        let verdict = match &message.verdict {
            Ok(code) if message.is_awaited => format!("code {code}, a rental waits for it"),
            Ok(code) => format!("code {code}, but no rental of this number and service is open"),
            Err(why) => format!("matches nothing: {why}"),
        };
        println!("  {} · {service} · {verdict}\n    {}", message.to, message.text.replace('\n', "\n    "));
    }
    if !tested.raw.is_empty() {
        println!("as it came:\n{}", tested.raw);
    }
}

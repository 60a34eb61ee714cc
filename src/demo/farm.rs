//! The farm of the demonstration: a child process on its own data.

use super::provider::{KEY, Provider, TOKEN};
use crate::clock::Clock;
use crate::domain::slug::Slug;
use crate::host::HostArgs;
use crate::open;
use crate::service::{Tenant, credit, stock};
use anyhow::{Context, Result, bail};
use rust_decimal::Decimal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use telegram_sandbox::Sandbox;
use tokio::process::{Child, Command};

/// The bots' files, as in `bots.d/`.
const FILES: [(&str, &str); 2] =
    [("elweshaq", include_str!("../../bots.d/elweshaq.toml")), ("harbor", include_str!("../../bots.d/harbor.toml"))];
/// How long the farm may take until both bots answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The stock: file rows, as an owner would upload them.
const STOCK: [(&str, &str); 2] = [
    (
        "elweshaq",
        "service,country_code,phone_number,price_override\n\
         WhatsApp,20,+201001234561,\nWhatsApp,20,01001234562,\nWhatsApp,20,+20 100 123 4563,\n\
         WhatsApp,966,+966501234567,\nTelegram,20,+201001234561,9.00\n",
    ),
    (
        "harbor",
        "service,country_code,phone_number,price_override\n\
         Google,44,+447400123456,\nWhatsApp,44,+447400123457,\nWhatsApp,44,+447400123458,\n\
         WhatsApp,33,+33612345678,\n",
    ),
];

/// A visitor's money: bot, Telegram id, amount.
const MONEY: [(&str, i64, &str); 5] = [
    ("elweshaq", 501, "50.00"),
    ("elweshaq", 502, "4.00"),
    ("elweshaq", 700, "100.00"),
    ("harbor", 601, "5.00"),
    ("harbor", 602, "3.00"),
];

/// The running farm.
pub struct DemoFarm {
    /// Its data, bots' files and log.
    pub directory: PathBuf,
    /// Where it takes webhooks.
    pub http: SocketAddr,
    opened: open::Opened,
    child: Child,
}

impl DemoFarm {
    /// Starts the database and the farm, and waits until both bots answer.
    pub async fn start(host: &HostArgs, sandbox: &Sandbox, provider: &Provider) -> Result<Self> {
        let directory = std::env::temp_dir().join(format!("botfarm-demo-{}", std::process::id()));
        let bots = directory.join("bots.d");
        std::fs::create_dir_all(&bots)?;
        for (name, text) in FILES {
            std::fs::write(bots.join(format!("{name}.toml")), text)?;
        }
        // Never the operator's database: the demonstration fills its bots' stock and ledgers.
        let data = HostArgs { data_dir: directory.join("data"), database_url: None, ..host.clone() };
        let opened = open::database(&data).await?;
        let http = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg("run")
            .env("DATABASE_URL", &opened.url)
            .env("BOTFARM_DATA", directory.join("farm"))
            .env("BOTFARM_BOTS", &bots)
            .env("BOTFARM_LISTEN", http.to_string())
            .env("SANDBOX_ADDRESS", sandbox.address().to_string())
            .env("SIMBANK_URL", &provider.url)
            .env("SIMBANK_KEY", KEY)
            .env("GATEWAY_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(directory.join("farm.log"))?)
            .kill_on_drop(true);
        for (number, (name, _)) in FILES.iter().enumerate() {
            let token = format!("{}:{}", 900_001 + number, hex::encode(rand::random::<[u8; 16]>()));
            sandbox.add_bot(&token, &format!("{name}_bot"));
            let name = name.to_uppercase();
            command.env(format!("{name}_TOKEN"), token).env(format!("{name}_AUTH_KEY"), sandbox.issue_key());
        }
        let child = command.spawn().context("starting the farm")?;
        let mut farm = Self { directory, http, opened, child };
        farm.wait_until_up().await?;
        Ok(farm)
    }

    async fn wait_until_up(&mut self) -> Result<()> {
        let fetcher = crate::provider::fetch::Fetcher::new(true)?;
        let url = format!("http://{}/status", self.http);
        let up = async {
            loop {
                if let Some(status) = self.child.try_wait()? {
                    bail!("the farm ended with {status}; its log is {}", self.directory.join("farm.log").display());
                }
                let body = fetcher.body(&url, crate::provider::fetch::Reach::Anywhere).await.unwrap_or_default();
                let status: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
                let running = status["bots"].as_array().into_iter().flatten();
                if running.filter(|b| b["state"] == "running").count() == FILES.len() {
                    return Ok(());
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        match tokio::time::timeout(PATIENCE, up).await {
            Ok(result) => result,
            Err(_) => bail!("the bots did not come up; see {}", self.directory.join("farm.log").display()),
        }
    }

    /// The scope of one of the bots.
    pub fn tenant(&self, slug: &str) -> Result<Tenant> {
        Ok(self.opened.database.tenant(&slug.parse::<Slug>()?))
    }

    /// Fills the stock and gives the visitors money.
    pub async fn fill(&self) -> Result<()> {
        for (slug, csv) in STOCK {
            let tenant = self.tenant(slug)?;
            let reject = |line: &stock::Rejected| println!("  line {}: {}", line.line, line.reason);
            let (id, file) = (stock::fresh_id(), std::io::Cursor::new(csv));
            let go_on = |_| std::ops::ControlFlow::Continue(());
            let imported = stock::import(&tenant, id, stock::Order::KNOWN, file, reject, go_on).await?;
            println!("  {slug}: {} numbers", imported.added);
        }
        for (slug, user, amount) in MONEY {
            let amount: Decimal = amount.parse()?;
            let now = Clock::default().now();
            credit::add(&self.tenant(slug)?, user, amount, "demo", &format!("demo:{user}"), now).await?;
        }
        Ok(())
    }

    /// Stops the farm as an operator would, with SIGTERM, then the database.
    pub async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.child.id() {
            let id = nix::unistd::Pid::from_raw(id.cast_signed());
            let _ = nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM);
        }
        let _ = self.child.wait().await;
        self.opened.close()?;
        remove(&self.directory);
        Ok(())
    }
}

fn remove(directory: &Path) {
    if let Err(error) = std::fs::remove_dir_all(directory) {
        tracing::debug!(%error, "the demonstration's folder stays");
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

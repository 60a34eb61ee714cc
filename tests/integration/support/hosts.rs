//! Several hosts on one database: processes of their own, each with its own keys and its own address.

use super::socks::socks5;
use super::{BotFile, FarmProcess, books_agree, eventually, fill, http, postgres, tenant_roles};
use botfarm::clock::Clock;
use botfarm::service::{Database, Tenant, credit, farm};
use rust_decimal::Decimal;
use serde_json::json;
use std::time::Duration;
use telegram_sandbox::{Sandbox, Visitor};

/// Short, so that tests need not wait long.
const LEASE: (&str, &str) = ("BOTFARM_LEASE", "3");

/// A farm of several hosts.
pub struct Hosts {
    pub sandbox: Sandbox,
    pub url: String,
    pub database: Database,
    pub bots: Vec<BotFile>,
    pub hosts: Vec<FarmProcess>,
    pub keys: Vec<Vec<String>>,
}

impl Hosts {
    pub async fn new(bots: i64) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let proxied = |n| BotFile {
            telegram: "proxy = { file = \"proxy.secret\" }".to_owned(),
            ..BotFile::new(&sandbox, &format!("bot{n}"), 100_001 + n)
        };
        let bots = (0..bots).map(proxied).collect();
        let url = postgres::fresh_database().await;
        let database = farm::open(&url, 4, tenant_roles()).await.unwrap();
        Self { sandbox, url, database, bots, hosts: Vec::new(), keys: Vec::new() }
    }

    /// Adds a host with these bots' files, with keys of its own and an address of its own.
    pub async fn add_with(&mut self, bots: &[BotFile]) -> usize {
        self.add_in(&[], bots).await
    }

    /// The same, in an environment of its own.
    pub async fn add_in(&mut self, settings: &[(&str, &str)], bots: &[BotFile]) -> usize {
        let number = self.hosts.len();
        let own = |bot: &BotFile| BotFile { auth_key: self.sandbox.issue_key(), ..bot.clone() };
        let own: Vec<BotFile> = bots.iter().map(own).collect();
        let (proxy, _) = socks5([127, 0, 0, 2 + u8::try_from(number).unwrap()]).await;
        let host = FarmProcess::prepare(&self.url, &[&[LEASE], settings].concat());
        std::fs::write(host.path("proxy.secret"), format!("socks5://{proxy}")).unwrap();
        own.iter().for_each(|bot| bot.write(&host.path(""), &self.sandbox));
        self.hosts.push(host);
        self.keys.push(own.into_iter().map(|bot| bot.auth_key).collect());
        self.hosts[number].start_again();
        number
    }

    pub async fn add(&mut self) -> usize {
        self.add_with(&self.bots.clone()).await
    }

    pub fn tenant(&self, bot: &BotFile) -> Tenant {
        self.database.tenant(&bot.slug.parse().unwrap())
    }

    /// Stocks a bot and gives a user money.
    pub async fn prepare(&self, bot: &BotFile, numbers: u32, user: i64) -> Visitor {
        let rows = (1..=numbers).map(|n| format!("WhatsApp,20,+20100000{n:04},\n"));
        let csv = format!("service,country_code,phone_number,price_override\n{}", rows.collect::<String>());
        fill(&self.tenant(bot), csv).await;
        let now = Clock::default().now();
        credit::add(&self.tenant(bot), user, Decimal::from(5000), "test", "test", now).await.unwrap();
        self.sandbox.visitor(bot.id(), user, "Ahmed", "ar")
    }

    /// How many bots answer on each host.
    pub async fn shares(&self) -> Vec<usize> {
        let mut shares = Vec::new();
        for host in &self.hosts {
            shares.push(host.running().await.len());
        }
        shares
    }

    pub async fn settle(&self, expected: &[usize]) {
        eventually(&format!("shares of {expected:?}"), || async {
            let mut shares = self.shares().await;
            shares.sort_unstable();
            (shares == expected).then_some(())
        })
        .await;
    }

    /// A provider posts a code until some host takes it, as providers do.
    pub async fn sms(&self, bot: &BotFile, number: &str, code: &str) {
        let body = json!({ "messages": [{ "to": number, "service": "WhatsApp", "text": format!("code {code}") }] });
        eventually("a host takes the message", || async {
            for host in &self.hosts {
                let url = format!("http://{}/hooks/{}/sms1", host.http, bot.slug);
                let request = http().post(url).bearer_auth("hook-token").timeout(Duration::from_secs(2));
                let answer = request.body(body.to_string()).send().await;
                if answer.is_ok_and(|answer| answer.status() == 200) {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    pub async fn finish(mut self) {
        for host in &mut self.hosts {
            host.kill().await;
        }
        for bot in &self.bots {
            books_agree(&self.tenant(bot)).await;
        }
    }
}

/// Waits until a host tells a fault.
pub async fn faulted(host: &FarmProcess, part: &str) {
    eventually(part, || async { host.status().await["faults"].to_string().contains(part).then_some(()) }).await;
}

//! Sets the stage: PostgreSQL, a sandbox process, a farm process with bots and stock.

use super::process;
use botfarm::domain::slug::Slug;
use botfarm::embedded_pg::EmbeddedPg;
use botfarm::provider::fetch::{Fetcher, Reach};
use botfarm::service::{Database, credit, farm, stock};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use telegram_sandbox::Sandbox;

/// Everything that runs besides this program.
pub struct Stage {
    pub directory: tempfile::TempDir,
    pub http: SocketAddr,
    pub control: SocketAddr,
    pub url: String,
    pub database: Database,
    server: EmbeddedPg,
    sandbox: Child,
    farm: Child,
    postmaster: u32,
    /// From the farm's start until every bot answered.
    pub up: Duration,
    second: Option<(Child, SocketAddr)>,
    telegram: String,
}

/// The sandbox's process: this program with `--sandbox`.
pub fn run_sandbox(_: &[String]) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let sandbox = std::sync::Arc::new(Sandbox::start().await.unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{} {}", sandbox.address(), listener.local_addr().unwrap());
        telegram_sandbox::control::serve(sandbox, listener).await.unwrap();
    });
}

/// One request to the sandbox's controls.
fn ask(control: &mut BufReader<std::net::TcpStream>, request: &Value) -> Value {
    control.get_mut().write_all(format!("{request}\n").as_bytes()).unwrap();
    let mut line = String::new();
    control.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap()
}

/// The owner of each bot, among its users.
pub const OWNER: u32 = 99_999;

/// The id of a bot, from 1.
pub fn bot_id(bot: u32) -> i64 {
    1_000_000 + i64::from(bot)
}

/// The id of a user of a bot, both from 1.
pub fn user_id(bot: u32, user: u32) -> i64 {
    5_000_000_000 + 100_000 * i64::from(bot) + i64::from(user)
}

fn bot_file(bot: u32, telegram: &str) -> String {
    format!(
        "name = \"Bench {bot}\"\nowners = [{owner}]\nadmin_password = {{ file = \"hook\" }}\nlanguage = \"en\"\nterms_accepted = true\ntoken = {{ file = \"b{bot}.token\" }}\n\
         [telegram]\nserver = \"custom\"\naddress = \"{telegram}\"\nauth_key = {{ file = \"b{bot}.key\" }}\n\
         [limits]\npresses_per_minute = 1000000\nbot_presses_per_second = 1000000\nchanges_per_hour = 1000000\n\
         [[providers]]\nname = \"p1\"\nmode = \"webhook\"\nwebhook_token = {{ file = \"hook\" }}\n\
         [[services]]\nname = \"WhatsApp\"\nprice = \"1.00\"\nproviders = [\"p1\"]\n\
         countries = [{{ name = \"Egypt\", dial_code = \"20\" }}]\n",
        owner = user_id(bot, OWNER),
    )
}

fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A host; its data and the bots' files lie in the directory.
fn start_farm(directory: &Path, url: &str, http: SocketAddr) -> Child {
    let mut farm = Command::new(std::env::current_exe().unwrap());
    farm.arg("run")
        .env(super::bugs::WANTED, "1")
        .env("DATABASE_URL", url)
        .env("BOTFARM_DATA", directory.join("data"))
        .env("BOTFARM_BOTS", directory.join("bots.d"))
        .env("BOTFARM_LISTEN", http.to_string())
        .env("BOTFARM_PRIVATE_PROVIDERS", "true")
        .env("BOTFARM_LOG", "warn");
    farm.spawn().unwrap()
}

impl Stage {
    /// A farm with so many bots; each has so many users with money, and so many numbers.
    pub async fn set(bots: u32, users: u32, numbers: u32) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
        let server = EmbeddedPg::start(&directory.path().join("pg")).await.unwrap();
        let url = server.url();
        let pid = std::fs::read_to_string(directory.path().join("pg/pgdata/postmaster.pid")).unwrap();
        let postmaster = pid.lines().next().unwrap().parse().unwrap();
        let mut sandbox =
            Command::new(std::env::current_exe().unwrap()).args(["--sandbox"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(sandbox.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (telegram, control) = line.trim().split_once(' ').unwrap();
        let control: SocketAddr = control.parse().unwrap();
        let files = directory.path().join("bots.d");
        std::fs::create_dir(&files).unwrap();
        std::fs::write(files.join("hook"), "hook-token").unwrap();
        let mut ctl = BufReader::new(std::net::TcpStream::connect(control).unwrap());
        for bot in 1..=bots {
            let token = format!("{}:benchmark", bot_id(bot));
            ask(&mut ctl, &json!({"add_bot": {"token": token, "username": format!("bench{bot}")}}));
            let key = ask(&mut ctl, &json!({"issue_key": {}}));
            std::fs::write(files.join(format!("b{bot}.token")), token).unwrap();
            std::fs::write(files.join(format!("b{bot}.key")), key["key"].as_str().unwrap()).unwrap();
            std::fs::write(files.join(format!("b{bot}.toml")), bot_file(bot, telegram)).unwrap();
        }
        let http = free_address();
        let (began, farm) = (Instant::now(), start_farm(directory.path(), &url, http));
        let database = farm::open(&url, 4, true).await.unwrap();
        let (up, telegram) = (Duration::ZERO, telegram.to_owned());
        let mut stage = Self {
            directory,
            http,
            control,
            url,
            database,
            server,
            sandbox,
            farm,
            postmaster,
            up,
            second: None,
            telegram,
        };
        stage.wait_until_up(bots).await;
        stage.up = began.elapsed();
        stage.fill(bots, users, numbers).await;
        stage
    }

    /// What a host tells of its bots.
    async fn bots_of(&self, http: SocketAddr) -> Vec<Value> {
        let fetcher = Fetcher::new(true).unwrap();
        let body = fetcher.body(&format!("http://{http}/status"), Reach::Anywhere).await.unwrap_or_default();
        let status: Value = serde_json::from_slice(&body).unwrap_or_default();
        status["bots"].as_array().cloned().unwrap_or_default()
    }

    async fn running_on(&self, http: SocketAddr) -> usize {
        self.bots_of(http).await.iter().filter(|bot| bot["state"] == "running").count()
    }

    /// What a bot says it has.
    pub async fn reason(&self, bot: u32) -> Value {
        let bots = self.bots_of(self.http).await;
        bots.into_iter().find(|b| b["slug"] == format!("b{bot}")).map_or(Value::Null, |b| b["reason"].clone())
    }

    /// Gives a bot another name, as an editor does.
    pub fn rename(&self, bot: u32, name: &str) {
        let text = bot_file(bot, &self.telegram).replace(&format!("Bench {bot}"), name);
        self.write(bot, &text);
    }

    /// Gives a bot a provider that is read.
    pub fn poll(&self, bot: u32, url: &str) {
        let lines = format!("mode = \"both\"\nurl = \"{url}\"\ninterval_sec = 1\n");
        self.write(bot, &bot_file(bot, &self.telegram).replace("mode = \"webhook\"\n", &lines));
    }

    fn write(&self, bot: u32, text: &str) {
        let files = self.directory.path().join("bots.d");
        std::fs::write(files.join(".new"), text).unwrap();
        std::fs::rename(files.join(".new"), files.join(format!("b{bot}.toml"))).unwrap();
    }

    /// Kills the farm and starts it again; gives the time until every bot answers.
    pub async fn restart(&mut self, bots: u32) -> Duration {
        self.farm.kill().unwrap();
        self.farm.wait().unwrap();
        let began = Instant::now();
        self.farm = start_farm(self.directory.path(), &self.url, self.http);
        self.wait_until_up(bots).await;
        began.elapsed()
    }

    /// Starts a second host, with the same files and keys to Telegram of its own.
    pub async fn second_host(&mut self) {
        let directory = self.directory.path().join("second");
        std::fs::create_dir_all(directory.join("data")).unwrap();
        std::fs::create_dir_all(directory.join("bots.d")).unwrap();
        std::fs::copy(self.directory.path().join("data/farm.key"), directory.join("data/farm.key")).unwrap();
        for entry in std::fs::read_dir(self.directory.path().join("bots.d")).unwrap().flatten() {
            let copy = directory.join("bots.d").join(entry.file_name());
            match entry.path().extension().is_some_and(|e| e == "key") {
                true => std::fs::write(copy, self.ask_sandbox(&json!({"issue_key": {}}))["key"].as_str().unwrap()),
                false => std::fs::copy(entry.path(), copy).map(drop),
            }
            .unwrap();
        }
        let http = free_address();
        self.second = Some((start_farm(&directory, &self.url, http), http));
    }

    /// Waits until two hosts share the bots evenly.
    pub async fn wait_shared(&self, bots: u32) -> [usize; 2] {
        loop {
            let shares = [self.running_on(self.http).await, self.running_on_second().await];
            if shares.iter().sum::<usize>() == bots as usize && shares[0].abs_diff(shares[1]) <= 1 {
                return shares;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    pub async fn running_on_second(&self) -> usize {
        match &self.second {
            Some((_, http)) => self.running_on(*http).await,
            None => 0,
        }
    }

    /// SIGKILL.
    pub fn kill_first(&mut self) {
        self.farm.kill().unwrap();
        let _ = self.farm.wait();
    }

    async fn wait_until_up(&mut self, bots: u32) {
        let began = Instant::now();
        loop {
            let running = self.running_on(self.http).await;
            if running == bots as usize {
                return;
            }
            assert!(self.farm.try_wait().unwrap().is_none(), "the farm ended");
            assert!(began.elapsed() < Duration::from_secs(900), "{running} of {bots} bots came up");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn fill(&self, bots: u32, users: u32, numbers: u32) {
        let now = botfarm::clock::Clock::default().now();
        for bot in 1..=bots {
            let tenant = self.database.tenant(&format!("b{bot}").parse::<Slug>().unwrap());
            let mut csv = String::from("service,country_code,phone_number\n");
            for number in 0..numbers {
                writeln!(csv, "WhatsApp,20,+2010{number:08}").unwrap();
            }
            let (id, file) = (stock::fresh_id(), std::io::Cursor::new(csv));
            let go_on = |_| std::ops::ControlFlow::Continue(());
            stock::import(&tenant, id, stock::Order::KNOWN, file, |r| panic!("{r:?}"), go_on).await.unwrap();
            for user in 1..=users {
                let id = user_id(bot, user);
                credit::add(&tenant, id, Decimal::from(1_000_000), "bench", &format!("b{id}"), now).await.unwrap();
            }
        }
    }

    /// One request to the sandbox's controls.
    pub fn ask_sandbox(&self, request: &Value) -> Value {
        ask(&mut BufReader::new(std::net::TcpStream::connect(self.control).unwrap()), request)
    }

    /// The most memory that the farm has had.
    pub fn farm_peak_mib(&self) -> f64 {
        process::memory_mib(self.farm.id(), "VmHWM")
    }

    /// CPU seconds so far: farm, sandbox, PostgreSQL, this program.
    pub fn cpu(&self) -> [f64; 4] {
        [
            process::cpu(self.farm.id()),
            process::cpu(self.sandbox.id()),
            process::cpu_of_tree(self.postmaster),
            process::cpu(std::process::id()),
        ]
    }

    pub fn farm_memory_mib(&self) -> f64 {
        process::memory_mib(self.farm.id(), "VmRSS")
    }

    /// Stops everything; the books must agree.
    pub async fn strike(mut self, bots: u32) {
        self.farm.kill().unwrap();
        let _ = self.farm.wait();
        for bot in 1..=bots.min(10) {
            let tenant = self.database.tenant(&format!("b{bot}").parse::<Slug>().unwrap());
            let found = botfarm::service::audit::check(&tenant).await.unwrap();
            assert!(found.is_empty(), "the books of b{bot} disagree: {found:?}");
        }
    }
}

/// Nothing is left running, also after a panic.
impl Drop for Stage {
    fn drop(&mut self) {
        let second = self.second.as_mut().map(|(child, _)| child);
        for child in [&mut self.farm, &mut self.sandbox].into_iter().chain(second) {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = self.server.stop();
    }
}

/// Cores used between two readings.
pub fn cores(before: [f64; 4], after: [f64; 4], seconds: f64) -> Value {
    let used = |i: usize| ((after[i] - before[i]) / seconds * 1000.0).round() / 1000.0;
    json!({ "farm": used(0), "sandbox": used(1), "postgresql": used(2), "load": used(3) })
}

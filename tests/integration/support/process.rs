//! The farm as a child process, to be killed.

use super::{BotFile, eventually, http, postgres};
use nix::sys::signal::Signal;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use telegram_sandbox::Sandbox;
use tempfile::TempDir;
use tokio::process::{Child, Command};

type Settings = Vec<(String, String)>;

/// A farm in a process of its own.
pub struct FarmProcess {
    pub url: String,
    pub http: SocketAddr,
    pub directory: Arc<TempDir>,
    settings: Settings,
    child: Option<Child>,
    log: Option<PathBuf>,
}

impl FarmProcess {
    /// Starts a farm with one bot and waits until the bot answers.
    pub async fn start(sandbox: &Sandbox, bot: &BotFile) -> Self {
        let farm = Self::launch(sandbox, bot, &[]).await;
        farm.wait_running(&bot.slug).await;
        farm
    }

    /// Starts a farm with one bot and more settings.
    pub async fn launch(sandbox: &Sandbox, bot: &BotFile, settings: &[(&str, &str)]) -> Self {
        let mut farm = Self::prepare(&postgres::fresh_database().await, settings);
        bot.write(&farm.path(""), sandbox);
        farm.start_again();
        farm
    }

    /// A host of a farm that may have others; not started yet.
    pub fn prepare(url: &str, settings: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("bots.d")).unwrap();
        share_key(directory.path());
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self {
            url: url.to_owned(),
            http: free_address(),
            directory: Arc::new(directory),
            settings,
            child: None,
            log: None,
        }
    }

    /// The same host, to ask it while something else restarts it.
    pub fn mirror(&self) -> Self {
        let (url, settings) = (self.url.clone(), self.settings.clone());
        Self { url, http: self.http, directory: Arc::clone(&self.directory), settings, child: None, log: None }
    }

    /// What the next starts print goes into a file.
    pub fn log_to(&mut self, name: &str) {
        self.log = Some(self.directory.path().join(name));
    }

    /// What was printed there.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log.as_ref().unwrap()).unwrap()).into_owned()
    }

    /// kill -9.
    pub async fn kill(&mut self) {
        self.child.as_mut().unwrap().kill().await.unwrap();
    }

    /// A start on the same directory and database.
    pub async fn restart(&mut self, bot: &BotFile) {
        self.start_again();
        self.wait_running(&bot.slug).await;
    }

    /// The same, without waiting for a bot.
    pub fn start_again(&mut self) {
        let mut command = command(&self.directory, &self.url, self.http);
        if let Some(path) = &self.log {
            let log = std::fs::File::options().create(true).append(true).open(path).unwrap();
            command.stdout(log.try_clone().unwrap()).stderr(log);
        }
        let command = command.envs(self.settings.iter().cloned()).arg("run").stdin(Stdio::null());
        self.child = Some(command.spawn().unwrap());
    }

    /// The settings by which verbs find this farm.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.url.clone()),
            ("BOTFARM_DATA", self.directory.path().join("data").display().to_string()),
            ("BOTFARM_BOTS", self.directory.path().join("bots.d").display().to_string()),
            ("BOTFARM_LISTEN", self.http.to_string()),
        ]
    }

    /// A path in the directory of the bots' files.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join("bots.d").join(name)
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let id = nix::unistd::Pid::from_raw(self.child.as_ref().unwrap().id().unwrap().cast_signed());
        nix::sys::signal::kill(id, signal).unwrap();
    }

    /// SIGTERM; returns whether the farm ended with status 0.
    pub async fn terminate(&mut self) -> bool {
        self.signal(Signal::SIGTERM);
        self.child.as_mut().unwrap().wait().await.unwrap().success()
    }

    /// Runs a verb on this farm's data; returns its output and exit code.
    pub async fn verb(&self, args: &[&str]) -> (String, i32) {
        self.verb_with(&[], args).await
    }

    /// The same, with more settings.
    pub async fn verb_with(&self, settings: &[(&str, &str)], args: &[&str]) -> (String, i32) {
        let mut command = command(&self.directory, &self.url, self.http);
        let output = command.envs(settings.iter().copied()).args(args).output().await.unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (text, output.status.code().unwrap())
    }

    /// The same, with something on its standard input.
    pub async fn verb_fed(&self, input: &str, args: &[&str]) -> (String, i32) {
        use tokio::io::AsyncWriteExt;
        let mut command = command(&self.directory, &self.url, self.http);
        let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
        let output = child.wait_with_output().await.unwrap();
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code().unwrap())
    }

    /// Waits until a bot answers on this host.
    pub async fn wait_running(&self, slug: &str) {
        eventually(&format!("{slug} runs"), || async { self.running().await.contains(&slug.to_owned()).then_some(()) })
            .await;
    }

    /// The bots that answer on this host.
    pub async fn running(&self) -> Vec<String> {
        let status = self.status().await;
        let bots = status["bots"].as_array().into_iter().flatten();
        let running = bots.filter(|bot| bot["state"] == "running");
        running.map(|bot| bot["slug"].as_str().unwrap().to_owned()).collect()
    }

    /// What this host tells; nothing while it does not answer.
    pub async fn status(&self) -> serde_json::Value {
        let asked = http().get(format!("http://{}/status", self.http)).timeout(Duration::from_secs(1)).send().await;
        match asked {
            Ok(answer) => serde_json::from_str(&answer.text().await.unwrap_or_default()).unwrap_or_default(),
            Err(_) => serde_json::Value::Null,
        }
    }

    /// A count past every scope.
    pub async fn count(&self, bot: &BotFile, sql: &str) -> i64 {
        let client = postgres::connect(&self.url).await;
        client.batch_execute(&format!("SET search_path TO bot_{}", bot.slug)).await.unwrap();
        client.query_one(&format!("SELECT count(*) FROM {sql}"), &[]).await.unwrap().get(0)
    }

    /// Stops the farm and checks the books.
    pub async fn finish(mut self, bot: &BotFile) {
        self.child.as_mut().unwrap().kill().await.unwrap();
        let (output, code) = self.verb(&["audit", "--bot", &bot.slug]).await;
        assert_eq!(code, 0, "{output}");
    }
}

/// All hosts of a farm have one key.
fn share_key(directory: &Path) {
    let data = directory.join("data");
    std::fs::create_dir(&data).unwrap();
    let mut file = std::fs::OpenOptions::new();
    let mut file = file.write(true).create_new(true).mode(0o600).open(data.join("farm.key")).unwrap();
    file.write_all("5a".repeat(32).as_bytes()).unwrap();
}

fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn command(directory: &TempDir, url: &str, http: SocketAddr) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_botfarm"));
    command
        .env("DATABASE_URL", url)
        .env("BOTFARM_DATA", directory.path().join("data"))
        .env("BOTFARM_BOTS", directory.path().join("bots.d"))
        .env("BOTFARM_LISTEN", http.to_string())
        .env("BOTFARM_LOG", std::env::var("TEST_LOG").unwrap_or_else(|_| "warn".to_owned()))
        .kill_on_drop(true);
    command
}

//! The farm as a child process, to be killed.

use super::{BotFile, eventually, http, postgres};
use std::net::SocketAddr;
use std::process::Stdio;
use telegram_sandbox::Sandbox;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A farm in a process of its own.
pub struct FarmProcess {
    pub url: String,
    pub http: SocketAddr,
    pub directory: TempDir,
    child: Child,
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
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("bots.d")).unwrap();
        bot.write(&directory.path().join("bots.d"), sandbox);
        let url = postgres::fresh_database().await;
        let http = free_address();
        let child =
            command(&directory, &url, http).envs(settings.iter().copied()).arg("run").stdin(Stdio::null()).spawn();
        Self { url, http, directory, child: child.unwrap() }
    }

    /// kill -9.
    pub async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }

    /// A start on the same directory and database.
    pub async fn restart(&mut self, bot: &BotFile) {
        self.child = spawn(&self.directory, &self.url, self.http);
        self.wait_running(&bot.slug).await;
    }

    /// SIGTERM; returns whether the farm ended with status 0.
    pub async fn terminate(&mut self) -> bool {
        let id = nix::unistd::Pid::from_raw(self.child.id().unwrap().cast_signed());
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
        self.child.wait().await.unwrap().success()
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

    async fn wait_running(&self, slug: &str) {
        let url = format!("http://{}/status", self.http);
        eventually(&format!("{slug} runs"), || async {
            let status: serde_json::Value =
                serde_json::from_str(&http().get(&url).send().await.ok()?.text().await.ok()?).ok()?;
            let bots = status["bots"].as_array()?.clone();
            bots.into_iter().find(|b| b["slug"] == slug && b["state"] == "running")
        })
        .await;
    }

    /// A count past every scope.
    pub async fn count(&self, bot: &BotFile, sql: &str) -> i64 {
        let client = postgres::connect(&self.url).await;
        client.batch_execute(&format!("SET search_path TO bot_{}", bot.slug)).await.unwrap();
        client.query_one(&format!("SELECT count(*) FROM {sql}"), &[]).await.unwrap().get(0)
    }

    /// Stops the farm and checks the books.
    pub async fn finish(mut self, bot: &BotFile) {
        self.child.kill().await.unwrap();
        let (output, code) = self.verb(&["audit", "--bot", &bot.slug]).await;
        assert_eq!(code, 0, "{output}");
    }
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

fn spawn(directory: &TempDir, url: &str, http: SocketAddr) -> Child {
    command(directory, url, http).arg("run").stdin(Stdio::null()).spawn().unwrap()
}

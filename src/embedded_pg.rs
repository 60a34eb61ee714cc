//! The farm's own PostgreSQL, when no `DATABASE_URL` is given.
//!
//! It lives in the data directory, listens on a unix socket only, syncs to disk, and is shut down
//! with the farm. It runs under a user of its own when the farm is root, because PostgreSQL
//! refuses to run as root.

use crate::postgres;
use anyhow::{Context, Result, bail};
use nix::unistd::{Uid, User, chown};
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The oldest major version that the farm knows to work.
const OLDEST: u32 = 15;
/// A unix socket's path may be this long, in bytes.
const SOCKET_PATH_LIMIT: usize = 107;
/// What is appended to the socket's folder: `/.s.PGSQL.5432`.
const SOCKET_NAME: usize = 14;
/// How long a server may take to answer after its start.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// A running server; the lock keeps a second farm out of the same directory.
#[derive(Debug)]
pub struct EmbeddedPg {
    programs: PathBuf,
    data: PathBuf,
    socket: PathBuf,
    owner: Option<User>,
    _lock: File,
}

impl EmbeddedPg {
    /// Starts the server in `directory`, making the cluster at the first time.
    pub async fn start(directory: &Path) -> Result<Self> {
        let programs = find_programs()?;
        check_version(&programs)?;
        make_private(directory)?;
        // The server's programs are started in another directory: a relative path would mean another.
        let directory = &directory.canonicalize().context("finding the data directory")?;
        let lock = lock(directory)?;
        let owner = unprivileged_user()?;
        let data = directory.join("pgdata");
        let socket = socket_folder(directory)?;
        if let Some(owner) = &owner {
            open_to(owner, directory, &socket)?;
        }
        let server = Self { programs, data, socket, owner, _lock: lock };
        if !server.data.join("PG_VERSION").exists() {
            server.init()?;
        }
        server.check_cluster_version()?;
        server.bring_up().await?;
        server.make_roles().await?;
        Ok(server)
    }

    /// Where a farm that is running on `directory` has its server; `None` when none answers.
    pub async fn running(directory: &Path) -> Result<Option<String>> {
        if !directory.join("pgdata").exists() {
            return Ok(None);
        }
        let directory = &directory.canonicalize().context("finding the data directory")?;
        let socket = socket_folder(directory)?;
        let url = format!("host={} user=botfarm dbname=botfarm", socket.display());
        Ok(connects(&url).await.then_some(url))
    }

    /// Where the farm connects: as a role that is no superuser but may create roles.
    pub fn url(&self) -> String {
        self.connection("botfarm", "botfarm")
    }

    fn connection(&self, user: &str, database: &str) -> String {
        format!("host={} user={user} dbname={database}", self.socket.display())
    }

    /// Stops the server: it belongs to whoever holds the directory's lock.
    pub fn stop(&self) -> Result<()> {
        let mut stop = self.command("pg_ctl");
        stop.arg("stop").arg("-D").arg(&self.data).args(["-m", "fast", "-w", "-t", "30"]);
        run(stop, "stopping PostgreSQL")
    }

    /// Stops the server and starts it with the settings of its own files only: whoever operates it
    /// has changed where it listens.
    pub fn restart_with(&self, options: &str) -> Result<()> {
        self.stop()?;
        let mut start = self.command("pg_ctl");
        start.arg("start").arg("-D").arg(&self.data).args(["-w", "-s", "-o", options]);
        start.arg("-l").arg(self.data.join("server.log"));
        run(start, "starting PostgreSQL")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(&self.socket).stdin(Stdio::null());
        if let Some(owner) = &self.owner {
            command.uid(owner.uid.as_raw()).gid(owner.gid.as_raw());
        }
        command
    }

    fn init(&self) -> Result<()> {
        let mut init = self.command("initdb");
        init.arg("-D").arg(&self.data).args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]);
        run(init, "making the PostgreSQL cluster")
    }

    fn check_cluster_version(&self) -> Result<()> {
        let cluster = fs::read_to_string(self.data.join("PG_VERSION")).context("reading PG_VERSION")?;
        let program = major_version(&self.programs)?;
        if cluster.trim() != program.to_string() {
            bail!(
                "the data in {} was made by PostgreSQL {}, and the programs found are version {program}: \
                 install version {0} or move the data with pg_upgrade",
                self.data.display(),
                cluster.trim()
            );
        }
        Ok(())
    }

    fn launch(&self) -> Result<()> {
        let options = format!(
            "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=100 \
             -c shared_buffers=64MB -c max_locks_per_transaction=256",
            self.socket.display()
        );
        let mut start = self.command("pg_ctl");
        start.arg("start").arg("-D").arg(&self.data).args(["-W", "-s", "-o", &options]);
        start.arg("-l").arg(self.data.join("server.log"));
        run(start, "starting PostgreSQL")
    }

    /// Asks for a real connection: a process id in a file proves nothing after a crash.
    async fn answers(&self) -> bool {
        connects(&self.connection("postgres", "postgres")).await
    }

    /// Starts the server unless it runs: after kill -9 of a farm it may still do, and is taken
    /// over. After kill -9 of the server it is started again as soon as its last process is gone.
    async fn bring_up(&self) -> Result<()> {
        let up = async {
            while !self.answers().await {
                if self.is_dead() {
                    let _ = fs::remove_file(self.pid_file());
                    self.launch()?;
                }
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
            Ok(())
        };
        match tokio::time::timeout(START_PATIENCE, up).await {
            Ok(result) => result,
            Err(_) => {
                let log = fs::read_to_string(self.data.join("server.log")).unwrap_or_default();
                let last: Vec<_> = log.lines().rev().take(3).collect();
                bail!("PostgreSQL did not start; its log ends with: {}", last.join(" | "))
            }
        }
    }

    fn pid_file(&self) -> PathBuf {
        self.data.join("postmaster.pid")
    }

    /// No server has the directory: its pid file is missing, or names a process that has ended.
    /// PostgreSQL itself takes a zombie for a living server and would refuse to start.
    fn is_dead(&self) -> bool {
        let Ok(file) = fs::read_to_string(self.pid_file()) else { return true };
        let pid = file.lines().next().unwrap_or_default();
        match fs::read_to_string(format!("/proc/{pid}/status")) {
            Ok(status) => status.lines().any(|line| line.starts_with("State:") && line.contains('Z')),
            Err(_) => Path::new("/proc/self").exists(),
        }
    }

    async fn make_roles(&self) -> Result<()> {
        let url = self.connection("postgres", "postgres");
        let (client, connection) = postgres::connect(&url).await?;
        let driver = tokio::spawn(connection);
        if client.query_opt("SELECT 1 FROM pg_roles WHERE rolname = 'botfarm'", &[]).await?.is_none() {
            client.batch_execute("CREATE ROLE botfarm LOGIN CREATEROLE CREATEDB").await?;
        }
        if client.query_opt("SELECT 1 FROM pg_database WHERE datname = 'botfarm'", &[]).await?.is_none() {
            client.batch_execute("CREATE DATABASE botfarm OWNER botfarm").await?;
        }
        drop(client);
        let _ = driver.await;
        Ok(())
    }
}

async fn connects(url: &str) -> bool {
    let connecting = postgres::connect(url);
    matches!(tokio::time::timeout(Duration::from_secs(3), connecting).await, Ok(Ok(_)))
}

fn run(mut command: Command, what: &str) -> Result<()> {
    let output = command.output().with_context(|| what.to_owned())?;
    if !output.status.success() {
        bail!("{what} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// The folder with `initdb` and `postgres`: on the PATH, or where packages put them.
/// Where the programs of a PostgreSQL server are.
pub fn find_programs() -> Result<PathBuf> {
    let on_path = std::env::var_os("PATH").map(|p| std::env::split_paths(&p).collect::<Vec<_>>());
    let has_server = |dir: &PathBuf| dir.join("initdb").exists() && dir.join("pg_ctl").exists();
    let packaged = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr"];
    let mut versions: Vec<PathBuf> = packaged
        .iter()
        .filter_map(|dir| fs::read_dir(dir).ok())
        .flat_map(|entries| entries.flatten().map(|e| e.path().join("bin")))
        .collect();
    versions.sort();
    versions.reverse();
    let found = on_path.into_iter().flatten().chain(versions).find(has_server);
    found.context("no PostgreSQL server programs were found: install the package `postgresql`, or set DATABASE_URL")
}

fn major_version(programs: &Path) -> Result<u32> {
    let output = Command::new(programs.join("postgres")).arg("--version").output();
    let output = output.context("asking PostgreSQL for its version")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let number = text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok());
    number.with_context(|| format!("PostgreSQL named no version: {text}"))
}

fn check_version(programs: &Path) -> Result<()> {
    let found = major_version(programs)?;
    if found < OLDEST {
        bail!("PostgreSQL {found} is too old: version {OLDEST} or newer is needed");
    }
    Ok(())
}

fn make_private(directory: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    Ok(())
}

fn lock(directory: &Path) -> Result<File> {
    let file = File::create(directory.join("lock"))?;
    if file.try_lock().is_err() {
        bail!("another farm runs on {}", directory.display());
    }
    Ok(file)
}

/// Whom to run the server as: `None` for ourselves, a system user when we are root.
fn unprivileged_user() -> Result<Option<User>> {
    if !Uid::effective().is_root() {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let Some(user) = User::from_name(name)? {
            return Ok(Some(user));
        }
    }
    bail!("PostgreSQL refuses to run as root and there is no user `postgres` or `nobody` to run it as")
}

/// The socket lies beside the data, or in a short temporary folder when the path is too long.
fn socket_folder(directory: &Path) -> Result<PathBuf> {
    let directory = fs::canonicalize(directory)?;
    let beside = directory.join("socket");
    if beside.as_os_str().len() + SOCKET_NAME <= SOCKET_PATH_LIMIT {
        make_private(&beside)?;
        return Ok(beside);
    }
    let digest = <sha2::Sha256 as sha2::Digest>::digest(directory.as_os_str().as_encoded_bytes());
    let short = std::env::temp_dir().join(format!("botfarm-{}", hex::encode(&digest[..6])));
    make_private(&short)?;
    Ok(short)
}

/// Lets the server's user through the directory, and gives it what it writes to.
fn open_to(owner: &User, directory: &Path, socket: &Path) -> Result<()> {
    fs::set_permissions(directory, fs::Permissions::from_mode(0o711))?;
    let data = directory.join("pgdata");
    make_private(&data)?;
    for path in [data.as_path(), socket] {
        chown(path, Some(owner.uid), Some(owner.gid))?;
    }
    Ok(())
}

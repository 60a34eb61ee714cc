//! What verbs need opened: the farm's key and its database.

use crate::app::{App, HostConfig, TlsFiles};
use crate::clock::Clock;
use crate::domain::slug::Slug;
use crate::embedded_pg::EmbeddedPg;
use crate::host::HostArgs;
use crate::identity::Identity;
use crate::provider::fetch::Fetcher;
use crate::seal::KeyRing;
use crate::service::{Database, Tenant, farm};
use anyhow::{Context, Result, bail};
use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The farm's database, and the server if it is our own.
pub struct Opened {
    /// The pool.
    pub database: Database,
    /// Where it is.
    pub url: String,
    /// Our own server, which is stopped at the end, whichever end it is.
    server: Option<EmbeddedPg>,
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Err(error) = self.stop_server() {
            tracing::warn!(%error, "the farm's own PostgreSQL runs on");
        }
    }
}

/// The farm's key, made at the first time where it is ours to make.
pub fn key(host: &HostArgs) -> Result<KeyRing> {
    Ok(KeyRing::load_or_create(&key_path(host)?)?)
}

/// The farm's key, for verbs that only look: where there is none, one that opens nothing.
pub fn known_key(host: &HostArgs) -> Result<KeyRing> {
    let path = key_path(host)?;
    if path.exists() { Ok(KeyRing::load_or_create(&path)?) } else { Ok(KeyRing::new(&rand::random())) }
}

/// Where the farm's key is: where the operator says, in a credential that systemd hands over, or in the data
/// directory.
pub fn key_path(host: &HostArgs) -> Result<PathBuf> {
    if let Some(path) = &host.farm_key {
        // Mounted, or copied: a file that is missing is never made up.
        fs::metadata(path).with_context(|| format!("the farm's key {}", path.display()))?;
        return Ok(path.clone());
    }
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(|directory| Path::new(&directory).join("farm.key"));
    if let Some(path) = credentials.filter(|path| path.exists()) {
        return Ok(path);
    }
    DirBuilder::new().recursive(true).mode(0o700).create(&host.data_dir)?;
    Ok(host.data_dir.join("farm.key"))
}

/// Opens the database for a verb: the given one, that of a running farm, or our own.
pub async fn database(host: &HostArgs) -> Result<Opened> {
    if host.database_url.is_none()
        && let Some(url) = EmbeddedPg::running(&host.data_dir).await?
    {
        return connect(host, url, None).await;
    }
    own_database(host).await
}

/// Opens the database of a farm that is there: for looking, which starts no server.
pub async fn running_database(host: &HostArgs) -> Result<Opened> {
    if let Some(url) = &host.database_url {
        return connect(host, url.clone(), None).await;
    }
    match EmbeddedPg::running(&host.data_dir).await? {
        Some(url) => connect(host, url, None).await,
        None => bail!("no farm runs on {}: start it with `botfarm run`", host.data_dir.display()),
    }
}

/// Opens the database for the farm: the given one, or our own server, which is ours to stop.
pub async fn own_database(host: &HostArgs) -> Result<Opened> {
    if let Some(url) = &host.database_url {
        return connect(host, url.clone(), None).await;
    }
    let server = EmbeddedPg::start(&host.data_dir).await?;
    connect(host, server.url(), Some(server)).await
}

async fn connect(host: &HostArgs, url: String, server: Option<EmbeddedPg>) -> Result<Opened> {
    match farm::open(&url, host.pool, host.tenant_roles).await {
        Ok(database) => Ok(Opened { database, url, server }),
        Err(error) => {
            server.map_or(Ok(()), |server| server.stop())?;
            Err(error).context("opening the database")
        }
    }
}

impl Opened {
    /// Stops our own server.
    pub fn close(mut self) -> Result<()> {
        self.stop_server()
    }

    fn stop_server(&mut self) -> Result<()> {
        self.server.take().map_or(Ok(()), |server| server.stop())
    }

    /// The scope of a bot that has run here; its schema is brought up to date. A name that was
    /// mistyped makes no schema.
    pub async fn bot(&self, slug: &str) -> Result<Tenant> {
        let known = farm::known_bots(&self.database).await?;
        if !known.iter().any(|bot| bot == slug) {
            bail!("no bot {slug:?} has run on this database; known are: {}", known.join(", "));
        }
        let slug: Slug = slug.parse()?;
        let tenant = farm::visit(&self.database, &slug).await;
        tenant.with_context(|| format!("opening the schema of {slug}"))
    }
}

/// The files of the certificate, if webhooks are served over TLS.
pub fn tls(host: &HostArgs) -> Option<TlsFiles> {
    host.tls_cert.clone().zip(host.tls_key.clone()).map(|(cert, key)| TlsFiles { cert, key })
}

/// Assembles the farm.
pub fn app(host: &HostArgs, opened: &Opened, key: KeyRing, identity: &Identity) -> Result<App> {
    let private_providers = host.private_providers;
    let host = HostConfig {
        host: identity.name.clone(),
        instance: identity.instance,
        predecessor: identity.predecessor,
        lease: Duration::from_secs(host.lease.into()),
        bots_dir: host.bots_dir.clone(),
        api_id: host.api_id,
        api_hash: host.api_hash.clone(),
        public_url: host.public_url.trim_end_matches('/').to_owned(),
        tls: tls(host),
    };
    Ok(App {
        database: opened.database.clone(),
        clock: Clock::default(),
        key,
        host: Arc::new(host),
        fetcher: Fetcher::new(private_providers)?,
        standing: Arc::default(),
        doors: Arc::default(),
        roster: Arc::default(),
        unreadable: Arc::default(),
    })
}

//! Connections to PostgreSQL, over TLS where the URL says `sslmode=require`.
//!
//! Then the server's certificate and name are always verified: by the roots in the file that
//! `PGSSLROOTCERT` names (`pg_dump` goes by it too), else by those of this machine. Without it nothing is
//! encrypted: a server with a certificate of its own making would be refused, where libpq believes it.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What drives a client; it ends when the client is dropped.
pub type Connection = tokio_postgres::Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The certificates to verify the server by cannot be read.
    #[error("the certificates of PGSSLROOTCERT or of this machine: {0}")]
    Roots(String),
    /// The URL or the server.
    #[error("{0}")]
    Server(String),
}

impl From<tokio_postgres::Error> for ConnectError {
    /// With what caused it, and without the URL.
    fn from(error: tokio_postgres::Error) -> Self {
        let source = std::error::Error::source(&error);
        Self::Server(source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}")))
    }
}

/// Connects to a PostgreSQL URL or key-value connection string.
pub async fn connect(url: &str) -> Result<(Client, Connection), ConnectError> {
    let mut config: Config = url.parse()?;
    let is_encrypted = config.get_ssl_mode() == SslMode::Require;
    if !is_encrypted {
        config.ssl_mode(SslMode::Disable);
    }
    let roots = if is_encrypted { roots().map_err(ConnectError::Roots)? } else { RootCertStore::empty() };
    Ok(config.connect(connector(roots)).await?)
}

fn connector(roots: RootCertStore) -> MakeRustlsConnect {
    // The first to install one wins, and it is the same everywhere.
    let _ = rustls::crypto::ring::default_provider().install_default();
    MakeRustlsConnect::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

fn roots() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let Some(file) = std::env::var_os("PGSSLROOTCERT").filter(|file| file != "system") else {
        let found = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(found.certs);
        return if roots.is_empty() { Err(format!("none found: {:?}", found.errors)) } else { Ok(roots) };
    };
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    for certificate in CertificateDer::pem_file_iter(&file).map_err(|e| failed(&e))? {
        roots.add(certificate.map_err(|e| failed(&e))?).map_err(|e| failed(&e))?;
    }
    if roots.is_empty() { Err(failed(&"no certificate stands in it")) } else { Ok(roots) }
}

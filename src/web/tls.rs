//! TLS without a proxy in front: the certificate is read again when its file changes, so that a renewed
//! one is served without a restart.

use crate::app::TlsFiles;
use axum_server::tls_rustls::RustlsConfig;
use std::io;
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);

/// Reads certificate and key.
pub async fn load(files: &TlsFiles) -> io::Result<RustlsConfig> {
    // The first to install one wins, and it is the same everywhere.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let failed = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", files.cert.display()));
    RustlsConfig::from_pem_file(&files.cert, &files.key).await.map_err(failed)
}

/// Serves what the files say, for ever. A pair that cannot be read leaves the last one in force.
pub async fn keep(files: &TlsFiles, config: RustlsConfig) {
    let mut known = changed(files);
    loop {
        tokio::time::sleep(LOOK).await;
        let now = changed(files);
        if now == known {
            continue;
        }
        match config.reload_from_pem_file(&files.cert, &files.key).await {
            Ok(()) => {
                known = now;
                tracing::info!(cert = %files.cert.display(), "the new certificate is served");
            }
            Err(error) => tracing::error!(cert = %files.cert.display(), %error, "the new certificate cannot be read"),
        }
    }
}

fn changed(files: &TlsFiles) -> [Option<SystemTime>; 2] {
    [&files.cert, &files.key].map(|file| file.metadata().and_then(|about| about.modified()).ok())
}

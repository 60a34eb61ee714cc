//! The sandbox as a program: a Telegram on one address, its controls on another.

use clap::Parser;
use std::net::SocketAddr;
use std::sync::Arc;
use telegram_sandbox::{Sandbox, control};
use tokio::net::TcpListener;

/// A Telegram for one machine.
#[derive(Debug, Parser)]
#[command(name = "telegram-sandbox", version, about)]
struct Args {
    /// Where clients connect (MTProto, full TCP transport).
    #[arg(long, default_value = "127.0.0.1:4430")]
    listen: SocketAddr,
    /// Where it is controlled (JSON lines).
    #[arg(long, default_value = "127.0.0.1:4431")]
    control: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let sandbox = Arc::new(Sandbox::listen(args.listen).await?);
    let listener = TcpListener::bind(args.control).await?;
    println!("telegram {} control {}", sandbox.address(), listener.local_addr()?);
    tokio::select! {
        ended = control::serve(sandbox, listener) => ended?,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}

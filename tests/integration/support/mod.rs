//! A farm of its own for each test: database, sandbox, provider, bots.

pub mod bots;
pub mod chaos;
pub mod db_proxy;
pub mod farm;
pub mod hosts;
pub mod postgres;
pub mod process;
pub mod provider;
pub mod screen;
pub mod socks;
pub mod svg;

pub use bots::BotFile;
pub use farm::TestFarm;
pub use process::FarmProcess;

/// An HTTP client.
pub fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

/// Whether the bots of this run have roles of their own: the suite passes either way.
pub fn tenant_roles() -> bool {
    std::env::var("BOTFARM_TENANT_ROLES").as_deref() != Ok("false")
}

/// Fills a bot's stock; every line must be taken. Returns how many numbers are new.
pub async fn fill(tenant: &botfarm::service::Tenant, csv: impl Into<String>) -> u64 {
    use botfarm::service::stock::{self, Order};
    let (id, file) = (stock::fresh_id(), std::io::Cursor::new(csv.into()));
    let go_on = |_| std::ops::ControlFlow::Continue(());
    stock::import(tenant, id, Order::KNOWN, file, |r| panic!("{r:?}"), go_on).await.unwrap().added
}

/// Waits until an account at Telegram answers with a bot's brand.
pub async fn speaks_for(sandbox: &telegram_sandbox::Sandbox, account: i64, brand: &str) {
    let user = sandbox.visitor(account, 501, "Ahmed", "ar");
    eventually("the account speaks for the bot", || async {
        user.send("/start");
        tokio::time::timeout(std::time::Duration::from_secs(1), user.sees(brand)).await.ok()?.ok()
    })
    .await;
}

/// Waits until Telegram has no connection of an account: it hears of a closed one a moment later.
pub async fn disconnected(sandbox: &telegram_sandbox::Sandbox, account: i64) {
    eventually("the account is disconnected", || async { (sandbox.connections(account) == 0).then_some(()) }).await;
}

/// The invariants of a bot's books.
pub async fn books_agree(tenant: &botfarm::service::Tenant) {
    let found = botfarm::service::audit::check(tenant).await.unwrap();
    assert!(found.is_empty(), "the books of {} disagree: {found:?}", tenant.slug());
}

/// Fails with `what` when `look` is false at any moment of a while.
pub async fn all_along<F: Future<Output = bool>>(what: &str, a_while: std::time::Duration, look: impl Fn() -> F) {
    let end = std::time::Instant::now() + a_while;
    while std::time::Instant::now() < end {
        assert!(look().await, "not all along: {what}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// Waits until `look` gives something; fails with `what` after a while.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let watching = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    match tokio::time::timeout(std::time::Duration::from_secs(60), watching).await {
        Ok(found) => found,
        Err(_) => panic!("did not happen: {what}"),
    }
}

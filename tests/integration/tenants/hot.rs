//! Counting Parse messages on the wire, and the hot paths: reserve, complete, lease.

use crate::support::postgres;
use botfarm::service::catalog::{self, Country, Declared, DeclaredService, Provider, Service};
use botfarm::service::complete::{self, Message, Outcome, Reading};
use botfarm::service::reserve::{self, Request};
use botfarm::service::{Policy, Tenant, credit, outbox, users};
use rust_decimal::Decimal;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// A proxy that reads the frontend's messages and counts `Parse`.
pub struct ParseCounter {
    parses: Arc<AtomicUsize>,
    _directory: TempDir,
    pub url: String,
}

impl ParseCounter {
    pub async fn start() -> Self {
        let url = postgres::fresh_database().await;
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join(".s.PGSQL.5432")).unwrap();
        let host = url.split_whitespace().find_map(|w| w.strip_prefix("host=")).unwrap().to_owned();
        let parses = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&parses);
        let through = url.replace(&host, directory.path().to_str().unwrap());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(Path::new(&host).join(".s.PGSQL.5432")).await.unwrap();
                let (client_read, client_write) = client.into_split();
                let (server_read, server_write) = server.into_split();
                tokio::spawn(count(client_read, server_write, Arc::clone(&counted)));
                tokio::spawn(async move {
                    let (mut from, mut to) = (server_read, client_write);
                    let _ = tokio::io::copy(&mut from, &mut to).await;
                });
            }
        });
        Self { parses, _directory: directory, url: through }
    }

    pub fn count(&self) -> usize {
        self.parses.load(Ordering::SeqCst)
    }
}

/// Frontend messages: a type byte and a length; the first has no type.
async fn count(
    mut from: tokio::net::unix::OwnedReadHalf,
    mut to: tokio::net::unix::OwnedWriteHalf,
    parses: Arc<AtomicUsize>,
) -> Option<()> {
    let mut kind = None;
    loop {
        let length = from.read_u32().await.ok()?;
        let mut body = vec![0; length as usize - 4];
        from.read_exact(&mut body).await.ok()?;
        if kind == Some(b'P') {
            parses.fetch_add(1, Ordering::SeqCst);
        }
        if let Some(kind) = kind {
            to.write_u8(kind).await.ok()?;
        }
        to.write_u32(length).await.ok()?;
        to.write_all(&body).await.ok()?;
        kind = Some(from.read_u8().await.ok()?);
    }
}

async fn declare(tenant: &Tenant) -> catalog::Rows {
    let service = Service {
        name: "WhatsApp".into(),
        emoji: String::new(),
        description: None,
        default_price: Decimal::ONE,
        code_regex: None,
        words: None,
        aliases: vec![],
        active: true,
        origin: "file",
    };
    let country = Country {
        service_id: 0,
        country_name: "Egypt".into(),
        country_code: "20".into(),
        flag: String::new(),
        price: None,
        active: true,
        origin: "file",
    };
    let provider = Provider {
        name: "sms1".into(),
        base_url: None,
        mode: "webhook",
        poll_interval_sec: 5,
        active: true,
        adapter: "generic",
        options: String::new(),
        origin: "file",
    };
    let services = vec![DeclaredService { service, countries: vec![country], providers: vec![("sms1".into(), None)] }];
    catalog::apply(tenant, &Declared { providers: vec![provider], services }).await.unwrap()
}

/// One user meets the bot, reserves, gets the code; the outbox is leased and recorded.
pub async fn hot_path(tenant: &Tenant, key: &str) {
    static ROWS: tokio::sync::OnceCell<catalog::Rows> = tokio::sync::OnceCell::const_new();
    let now = botfarm::clock::Clock::default().now();
    let rows = ROWS
        .get_or_init(|| async {
            let rows = declare(tenant).await;
            let csv = "service,country_code,phone_number\nWhatsApp,20,+201000000001\nWhatsApp,20,+201000000002\n";
            crate::support::fill(tenant, csv).await;
            credit::add(tenant, 1, Decimal::TEN, "test", "k", now).await.unwrap();
            rows
        })
        .await;
    let profile =
        users::Profile { telegram_id: 1, username: None, first_name: "A".into(), last_name: None, language: None };
    let user = users::meet(tenant, &profile, now).await.unwrap();
    let policy = Policy::default();
    let request = Request { user_id: user.id, country_id: 1, price: Decimal::ONE, request_key: key.into() };
    let rental = reserve::reserve(tenant, &policy, &request, now).await.unwrap();
    let message = Message {
        provider_id: rows.providers["sms1"],
        identity: key.into(),
        phone_number: None,
        text: String::new(),
        sender: None,
        raw: serde_json::json!({}),
        sent_at: None,
        line: None,
        parts: Vec::new(),
        reading: Ok(Reading {
            phone_number: rental.phone_number.clone(),
            service_id: rental.service_id,
            code: "1".into(),
        }),
    };
    assert_eq!(complete::take(tenant, &policy, &message, now).await.unwrap(), Outcome::Completed(rental.id));
    for letter in outbox::claim(tenant, now).await.unwrap() {
        outbox::record(tenant, &letter.row, &outbox::Verdict::Sent(Some(1)), None, now).await.unwrap();
    }
}

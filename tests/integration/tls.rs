//! Webhooks over TLS without a proxy in front.

use crate::support::postgres;
use crate::support::process::FarmProcess;
use crate::support::{BotFile, eventually};
use serde_json::json;
use std::path::Path;
use telegram_sandbox::Sandbox;

/// A certificate of its own for this machine, in files.
fn certificate(directory: &Path) -> reqwest::Certificate {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(directory.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(directory.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap()
}

// SPEC: M6
#[tokio::test(flavor = "multi_thread")]
async fn a_source_posts_over_tls_to_the_farm_itself() {
    let directory = tempfile::tempdir().unwrap();
    let root = certificate(directory.path());
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let files = ["cert.pem", "key.pem"].map(|name| directory.path().join(name).display().to_string());
    let tls = [("BOTFARM_TLS_CERT", files[0].as_str()), ("BOTFARM_TLS_KEY", files[1].as_str())];
    let farm = FarmProcess::launch(&sandbox, &bot, &tls).await;
    let client = reqwest::Client::builder().tls_certs_only([root]).resolve("localhost", farm.http).build().unwrap();
    let url = format!("https://localhost:{}/hooks/elweshaq/sms1", farm.http.port());
    let body =
        json!({ "messages": [{ "to": "+201000000001", "service": "WhatsApp", "text": "code 314159" }] }).to_string();
    eventually("the farm takes it", || async {
        let posted = client.post(&url).bearer_auth("hook-token").body(body.clone()).send().await.ok()?;
        (posted.status() == 200).then_some(())
    })
    .await;
    // The operator's own look at it works all the same.
    let looked = farm.verb_with(&tls, &["status"]).await;
    assert!(looked.1 == 0 && looked.0.contains("elweshaq"), "{looked:?}");
    // In the clear it hears nothing.
    let clear = reqwest::Client::new().post(url.replace("https", "http")).bearer_auth("hook-token").send().await;
    assert!(clear.is_err() || clear.is_ok_and(|answer| answer.status() != 200));
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("SET search_path TO bot_elweshaq").await.unwrap();
    let stored: i64 = client.query_one("SELECT count(*) FROM provider_messages", &[]).await.unwrap().get(0);
    assert_eq!(stored, 1);
    farm.finish(&bot).await;
}

// SPEC: M6
#[tokio::test(flavor = "multi_thread")]
async fn a_farm_whose_certificate_cannot_be_read_says_so_and_does_not_start() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let farm = FarmProcess::start(&sandbox, &bot).await;
    let args = ["run", "--listen", "127.0.0.1:0", "--tls-cert", "/nowhere/cert.pem", "--tls-key", "/nowhere/key.pem"];
    let (said, code) = farm.verb(&args).await;
    assert!(code == 1 && said.contains("/nowhere/cert.pem"), "{code}: {said}");
    let (said, code) = farm.verb(&["run", "--tls-cert", "/nowhere/cert.pem"]).await;
    assert!(code == 2 && said.contains("--tls-key"), "{code}: {said}");
    farm.finish(&bot).await;
}

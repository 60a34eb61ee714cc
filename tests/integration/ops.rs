//! What watches over the farm: health, readiness, metrics; and a bot from the environment alone.

use crate::rental::reserve;
use crate::support::db_proxy::DbProxy;
use crate::support::process::FarmProcess;
use crate::support::provider::{Mood, Provider};
use crate::support::{BotFile, TestFarm, eventually, http, postgres};
use std::sync::{Arc, Mutex};
use telegram_sandbox::{Fault, Misbehave, Sandbox};

async fn get(farm: &TestFarm, path: &str, header: Option<(&str, &str)>) -> (u16, String) {
    let mut request = http().get(format!("http://{}{path}", farm.http));
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

// SPEC: F3, F6, F9
#[tokio::test(flavor = "multi_thread")]
async fn what_is_measured_is_told_to_this_machine_and_names_no_secret() {
    let measured = |bot: &mut BotFile| {
        bot.slug = "measured".to_owned();
        bot.token = "100345:secret-of-measured".to_owned();
    };
    let farm = TestFarm::new().await;
    let mut bot = BotFile::new(&farm.sandbox, "measured", 100_345);
    measured(&mut bot);
    farm.add(&bot).await;
    farm.stock(&bot, 2).await;
    let ahmed = farm.visitor(&bot, 501, 20).await;
    let number = reserve(&ahmed).await;
    farm.sms(&bot, &number, "123456").await;
    ahmed.sees("123456").await.unwrap();
    let wanted = [
        "botfarm_updates_total{bot=\"measured\"} 4",
        "botfarm_rentals_total{bot=\"measured\",outcome=\"reserved\"} 1",
        "botfarm_rentals_total{bot=\"measured\",outcome=\"completed\"} 1",
        "botfarm_answer_seconds_bucket{bot=\"measured\",le=\"0.25\"} 4",
        "botfarm_outbox_messages{bot=\"measured\"} 0",
        "botfarm_bot_up{bot=\"measured\"} 1",
        "botfarm_host_lease_held 1",
    ];
    let text = eventually("everything is measured", || async {
        let (status, text) = get(&farm, "/metrics", None).await;
        (status == 200 && wanted.iter().all(|line| text.contains(line))).then_some(text)
    })
    .await;
    for secret in ["secret-of", "hook-token", "123456", &number, "501", &bot.auth_key[..32]] {
        let holds = text.lines().any(|line| line.contains("measured") && line.contains(secret));
        assert!(!holds, "{secret}: {text}");
    }
    // What a proxy passes on is not from this machine.
    for path in ["/metrics", "/status"] {
        assert_eq!(get(&farm, path, Some(("x-forwarded-for", "203.0.113.7"))).await.0, 404, "{path}");
    }
    assert_eq!(get(&farm, "/readyz", None).await, (200, "ready\n".to_owned()));
    assert_eq!(get(&farm, "/healthz", None).await.0, 200);
    farm.finish(&[&bot]).await;
}

/// A farm whose only bot is the environment's.
async fn of_the_environment(sandbox: &Sandbox, settings: &[(&str, &str)]) -> FarmProcess {
    let mut farm = FarmProcess::prepare(&postgres::fresh_database().await, settings);
    std::fs::write(farm.path("main.key.secret"), sandbox.issue_key()).unwrap();
    let server = format!("[telegram]\nserver = \"custom\"\naddress = \"{}\"\n", sandbox.address());
    std::fs::write(farm.path(".new-bot.toml"), server + "auth_key = { file = \"{slug}.key.secret\" }\n").unwrap();
    farm.start_again();
    farm.wait_running("main").await;
    farm
}

// SPEC: F7, F10
#[tokio::test(flavor = "multi_thread")]
async fn the_environment_alone_is_a_bot_whose_owner_is_who_has_the_password_first() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = "100400:secret-of-main";
    sandbox.add_bot(token, "main_bot");
    let settings = [
        ("BOT_TOKEN", token),
        ("ADMIN_PASSWORD", "open sesame"),
        ("RESERVATION_TIMEOUT_MIN", "7"),
        ("DEFAULT_REWARD_AMOUNT", "3.25"),
        ("POLL_INTERVAL_SEC", "9"),
        ("PROVIDER_SIMBANK_URL", "http://127.0.0.1:9/messages"),
        ("PROVIDER_SIMBANK_API_KEY", "key-of-the-simbank"),
    ];
    let mut farm = of_the_environment(&sandbox, &settings).await;
    let (said, code) = farm.verb_with(&settings, &["check", "--values"]).await;
    assert!(code == 0 && said.contains("the environment: main (main) is good"), "{said}");
    let from = |setting: &str| said.lines().find(|line| line.contains(setting)).unwrap().to_owned();
    assert!(from("time-limit").contains("420 s") && from("time-limit").contains("environment"), "{said}");
    assert!(from("reward").contains("3.25") && from("reward").contains("environment"), "{said}");
    assert!(from("erase-code").contains("default") && from("admin-password").contains("file"), "{said}");
    assert!(from("poll-interval").contains("simbank 9 s") && !said.contains("key-of-the-simbank"), "{said}");
    // Closed to everybody, until somebody has the password.
    let (ahmed, sara) = (sandbox.visitor(100_400, 501, "Ahmed", "ar"), sandbox.visitor(100_400, 502, "Sara", "ar"));
    sara.send("/admin");
    sara.sees("أرسل كلمة مرور اللوحة").await.unwrap();
    sara.send("wrong password");
    sara.sees("كلمة المرور غير صحيحة").await.unwrap();
    ahmed.send("/admin");
    ahmed.sees("أرسل كلمة مرور اللوحة").await.unwrap();
    ahmed.send("open sesame");
    ahmed.sees("شروط الاستخدام").await.unwrap();
    // Once: the next one with the password is nobody.
    sara.send("open sesame");
    eventually("the owner is known", || async {
        let bot = BotFile { slug: "main".to_owned(), ..BotFile::new(&Sandbox::start().await.unwrap(), "x", 1) };
        let claimed = farm.count(&bot, "audit_log WHERE action = 'owner.claim'").await;
        (claimed == 1).then_some(())
    })
    .await;
    ahmed.press("✅").await.unwrap();
    ahmed.send("/admin");
    ahmed.sees("ماذا تريد أن تفعل؟").await.unwrap();
    // The bot is among theirs.
    crate::panel::go(&ahmed, "🤖", "بوتاتك على هذه المزرعة").await;
    assert!(ahmed.messages().into_iter().rfind(|m| m.from_bot).unwrap().button("main").is_some());
    sara.send("/admin");
    sara.send("/help");
    sara.sees("ℹ️").await.unwrap();
    assert!(sara.messages().iter().all(|m| !m.text.contains("ماذا تريد أن تفعل؟")), "{}", sara.transcript());
    farm.kill().await;
}

// SPEC: F7
#[tokio::test(flavor = "multi_thread")]
async fn the_environment_names_its_owner_and_what_watches_has_an_address_of_its_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = "100401:secret-of-main";
    sandbox.add_bot(token, "main_bot");
    let ops = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let settings = [
        ("BOT_TOKEN", token),
        ("ADMIN_PASSWORD", "open sesame"),
        ("OWNER_ID", "501"),
        ("BOTFARM_OPS_LISTEN", ops.as_str()),
    ];
    let mut farm = of_the_environment(&sandbox, &settings).await;
    let (ahmed, sara) = (sandbox.visitor(100_401, 501, "Ahmed", "ar"), sandbox.visitor(100_401, 502, "Sara", "ar"));
    ahmed.send("/start");
    ahmed.press("✅").await.unwrap();
    ahmed.send("/admin");
    ahmed.sees("أرسل كلمة مرور اللوحة").await.unwrap();
    sara.send("/admin");
    sara.sees("أهلًا بك").await.unwrap();
    let client = postgres::connect(&farm.url).await;
    let origin = client.query_one("SELECT origin FROM farm.definitions WHERE slug = 'main'", &[]).await.unwrap();
    assert_eq!(origin.get::<_, &str>(0), "environment");
    // Whoever reaches that address is answered, also for a proxy.
    for path in ["metrics", "status", "healthz", "readyz"] {
        let asked = http().get(format!("http://{ops}/{path}")).header("x-forwarded-for", "203.0.113.7").send();
        assert_eq!(asked.await.unwrap().status().as_u16(), 200, "{path}");
    }
    assert_eq!(http().get(format!("http://{ops}/hooks/main/x")).send().await.unwrap().status().as_u16(), 404);
    farm.kill().await;
}

// SPEC: F8, F9
#[tokio::test(flavor = "multi_thread")]
async fn a_host_says_why_it_is_not_ready() {
    let url = postgres::fresh_database().await;
    let proxy = DbProxy::in_front_of(&url).await;
    let farm = TestFarm::on(Sandbox::start().await.unwrap(), proxy.url.clone()).await;
    let bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    farm.add(&bot).await;
    assert_eq!(get(&farm, "/readyz", None).await.0, 200);
    proxy.cut();
    eventually("the lease ends", || async {
        let (status, why) = get(&farm, "/readyz", None).await;
        (status == 503 && why.contains("holds no lease")).then_some(())
    })
    .await;
    assert_eq!(get(&farm, "/healthz", None).await.0, 200, "it is alive all the same");
    proxy.open();
    eventually("it is ready again", || async { (get(&farm, "/readyz", None).await.0 == 200).then_some(()) }).await;
    farm.finish(&[&bot]).await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread")]
async fn polls_flood_waits_and_messages_that_wait_are_measured() {
    let (farm, provider) = (TestFarm::new().await, Provider::start().await);
    let mut bot = BotFile::new(&farm.sandbox, "polled", 100_346);
    bot.provider = provider.lines();
    farm.add(&bot).await;
    farm.stock(&bot, 2).await;
    let ahmed = farm.visitor(&bot, 501, 20).await;
    let value = |text: &str, name: &str| -> f64 {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_default()
    };
    let measured = async |name: &str| {
        eventually(name, || async {
            let (_, text) = get(&farm, "/metrics", None).await;
            (value(&text, name) > 0.0).then_some(())
        })
        .await;
    };
    let number = reserve(&ahmed).await;
    measured("botfarm_provider_polls_total{bot=\"polled\",provider=\"sms1\",result=\"ok\"}").await;
    provider.set(Mood::Body(b"no JSON".to_vec()));
    measured("botfarm_provider_polls_total{bot=\"polled\",provider=\"sms1\",result=\"error\"}").await;
    measured("botfarm_pool_connections").await;
    let flood = Misbehave::Refuse(420, "FLOOD_WAIT_600".into());
    farm.sandbox.fault(Fault::always("messages.sendMessage", flood).with_text("🔐"));
    provider.set(Mood::Honest);
    provider.arrive(serde_json::json!({ "id": 1, "to": number, "service": "WhatsApp", "text": "code 123456" }));
    measured("botfarm_flood_waits_total{bot=\"polled\"}").await;
    // Also while nothing is sent.
    measured("botfarm_outbox_messages{bot=\"polled\"}").await;
    measured("botfarm_outbox_oldest_seconds{bot=\"polled\"}").await;
    farm.finish(&[&bot]).await;
}

// SPEC: F3
#[test]
fn the_dashboard_and_the_meter_name_the_same_metrics() {
    let names = |text: &str| -> std::collections::BTreeSet<String> {
        let is_word = |c: &char| c.is_ascii_lowercase() || *c == '_';
        let after = text.split("botfarm_").skip(1);
        let name = |rest: &str| rest.chars().take_while(is_word).collect::<String>();
        after.map(name).map(|name| name.trim_end_matches("_bucket").to_owned()).filter(|n| !n.is_empty()).collect()
    };
    let dashboard = include_str!("../../deploy/grafana.json");
    let parsed: serde_json::Value = serde_json::from_str(dashboard).unwrap();
    assert!(parsed["panels"].as_array().unwrap().len() >= 10);
    assert_eq!(names(dashboard), names(include_str!("../../src/meter.rs")));
}

/// The files of a directory, at any depth.
fn files_below(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

// SPEC: F3
#[test]
fn a_build_in_a_container_is_given_every_file_that_it_reads() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let ignored = std::fs::read_to_string(root.join(".dockerignore")).unwrap();
    let given: Vec<_> = ignored.lines().filter_map(|line| Some(root.join(line.strip_prefix('!')?))).collect();
    let mut read = Vec::new();
    for path in files_below(&root.join("src")).into_iter().chain(files_below(&root.join("crates"))) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for (called, from) in [
            ("include_str!(\"", path.parent()),
            ("include_bytes!(\"", path.parent()),
            ("embed_migrations!(\"", Some(root)),
        ] {
            let named = text.split(called).skip(1).filter_map(|rest| rest.split('"').next());
            read.extend(named.map(|name| from.unwrap().join(name).canonicalize().unwrap()));
        }
    }
    assert!(read.len() >= 8, "{read:?}");
    let forgotten: Vec<_> = read.iter().filter(|path| !given.iter().any(|given| path.starts_with(given))).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}

/// Takes what is exported.
async fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let taken = Arc::<Mutex<Vec<u8>>>::default();
    let kept = Arc::clone(&taken);
    let take = move |body: axum::body::Bytes| async move { kept.lock().unwrap().extend(&body) };
    let routes = axum::Router::new().route("/v1/traces", axum::routing::post(take));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, taken)
}

// SPEC: F6
#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_for_a_user_is_exported_as_spans_and_logged_with_bot_and_user() {
    let (sandbox, (url, taken)) = (Sandbox::start().await.unwrap(), collector().await);
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()), ("BOTFARM_LOG_JSON", "true")];
    let mut farm = FarmProcess::prepare(&postgres::fresh_database().await, &settings);
    bot.write(&farm.path(""), &sandbox);
    farm.log_to("farm.log");
    farm.start_again();
    farm.wait_running("elweshaq").await;
    let client = postgres::connect(&farm.url).await;
    let ahmed = sandbox.visitor(bot.id(), 50_123, "Ahmed", "ar");
    ahmed.send("/start");
    ahmed.sees("أهلًا بك").await.unwrap();
    client.batch_execute("ALTER TABLE bot_elweshaq.reservations RENAME TO away").await.unwrap();
    ahmed.send("/history");
    eventually("the failure is logged with its bot and user", || async {
        let log = farm.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let of_him = |line: &serde_json::Value| {
            let span = &line["span"];
            span["name"] == "update" && span["bot"] == "elweshaq" && span["user"] == 50_123
        };
        lines.into_iter().any(|line| of_him(&line)).then_some(())
    })
    .await;
    assert!(farm.terminate().await);
    let exported = String::from_utf8_lossy(&taken.lock().unwrap()).into_owned();
    assert!(["botfarm", "update", "elweshaq"].iter().all(|part| exported.contains(part)), "{exported}");
    for secret in ["secret-of", "hook-token", "/history"] {
        assert!(!exported.contains(secret), "{secret}: {exported}");
    }
}

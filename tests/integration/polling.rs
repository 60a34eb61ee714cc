//! Sources that are read: page by page, from where they were left, and left alone when they ask for it.

use crate::panel::{enter, step};
use crate::rental::reserve;
use crate::support::{BotFile, TestFarm, all_along, eventually, postgres};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::{Arc, Mutex};

/// A source that answers by a function of how often it was asked and of the request.
#[derive(Clone)]
struct Source {
    answer: fn(usize, &Request) -> Response,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Asked {
    path: String,
    authorization: Option<String>,
    if_none_match: Option<String>,
}

impl Source {
    async fn start(answer: fn(usize, &Request) -> Response) -> (Self, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let source = Self { answer, asked: Arc::default() };
        let routes = Router::new().fallback(take).with_state(source.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (source, url)
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn take(State(source): State<Source>, request: Request) -> Response {
    let header =
        |name| request.headers().get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned());
    let path = request.uri().path_and_query().unwrap().to_string();
    let asked = Asked { path, authorization: header("authorization"), if_none_match: header("if-none-match") };
    let before = {
        let mut all = source.asked.lock().unwrap();
        all.push(asked);
        all.len() - 1
    };
    (source.answer)(before, &request)
}

async fn farm_reading(provider: String, numbers: u32) -> (TestFarm, BotFile) {
    let farm = TestFarm::new().await;
    std::fs::write(farm.path("key.secret"), "the-key").unwrap();
    let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.provider = format!("mode = \"poll\"\ninterval_sec = 1\n{provider}");
    bot.extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into();
    farm.add(&bot).await;
    farm.stock(&bot, numbers).await;
    (farm, bot)
}

fn message(sid: &str, direction: &str, text: &str) -> serde_json::Value {
    let sent = botfarm::clock::Clock::default().now().to_rfc2822();
    json!({ "sid": sid, "direction": direction, "to": "+201000000001", "from": "WhatsApp", "body": text, "date_sent": sent })
}

// SPEC: M1, M5
#[tokio::test(flavor = "multi_thread")]
async fn an_account_at_twilio_is_read_page_by_page() {
    let (source, url) = Source::start(|asked, request| {
        // Not in the first reading, which is before the rental.
        let is_second = asked > 1 && request.uri().query().is_some_and(|query| query.contains("Page=1"));
        let text = if is_second { "Your WhatsApp code is 314-159" } else { "Hello" };
        let direction = if is_second { "inbound" } else { "outbound-api" };
        let next = if is_second { serde_json::Value::Null } else { json!("/Accounts/AC1/Messages.json?Page=1") };
        let sid = if is_second { "SM2" } else { "SM1" };
        axum::Json(json!({ "messages": [message(sid, direction, text)], "next_page_uri": next })).into_response()
    })
    .await;
    let provider = format!(
        "adapter = \"twilio\"\nurl = \"{url}/Accounts/AC1/Messages.json\"\napi_key = {{ file = \"key.secret\" }}"
    );
    let (farm, bot) = farm_reading(provider, 1).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    reserve(&ali).await;
    ali.sees("314159").await.unwrap();
    let asked = source.asked();
    assert!(asked[0].path.starts_with("/Accounts/AC1/Messages.json?PageSize=100&DateSent%3E="), "{asked:?}");
    // AC1 and the key, for the user's name and the password.
    assert!(asked.iter().all(|a| a.authorization.as_deref() == Some("Basic QUMxOnRoZS1rZXk=")), "{asked:?}");
    // What the account sent itself is no message of ours.
    assert_eq!(farm.count(&bot, "provider_messages").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: M1, M3
#[tokio::test(flavor = "multi_thread")]
async fn a_source_goes_on_from_its_cursor_after_a_restart_too() {
    let (source, url) = Source::start(|asked, _| {
        let messages = if asked == 0 {
            json!([{ "nr": 7, "msisdn": "201000000001", "sms": { "content": "Your WhatsApp code is 314159" } }])
        } else {
            json!([])
        };
        axum::Json(json!({ "data": { "items": messages, "last": 7 + asked } })).into_response()
    })
    .await;
    let fields = "fields = { list = \"data.items\", to = \"msisdn\", text = \"sms.content\", id = \"nr\", cursor = \"data.last\" }";
    let (mut farm, bot) = farm_reading(format!("url = \"{url}/sms?after={{cursor}}\"\n{fields}"), 1).await;
    eventually("its cursor is kept", || async {
        (farm.count(&bot, "providers WHERE cursor = '8'").await == 1).then_some(())
    })
    .await;
    farm.stop().await;
    let before = source.asked();
    assert_eq!((before[0].path.as_str(), before[1].path.as_str()), ("/sms?after=", "/sms?after=7"));
    // A code that came before the rental is nobody's.
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'no_open_rental'").await, 1);
    farm.restart().await;
    eventually("it was read again", || async { (source.asked().len() > before.len()).then_some(()) }).await;
    let after = source.asked()[before.len()].path.replace("/sms?after=", "");
    assert!(after.parse::<u32>().unwrap() >= 8, "{after}");
    farm.finish(&[&bot]).await;
}

// SPEC: M1
#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_answer_is_not_sent_again() {
    let (source, url) = Source::start(|asked, request| {
        if request.headers().contains_key("if-none-match") {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        assert_eq!(asked, 0, "the mark was forgotten");
        let body = json!({ "messages": [{ "to": "+201000000009", "text": "Hello", "id": "1" }] });
        ([("etag", "\"v1\"")], axum::Json(body)).into_response()
    })
    .await;
    let (farm, bot) = farm_reading(format!("url = \"{url}/sms\""), 1).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    reserve(&ali).await;
    eventually("it was asked three times", || async { (source.asked().len() >= 3).then_some(()) }).await;
    assert_eq!(source.asked()[2].if_none_match.as_deref(), Some("\"v1\""));
    assert_eq!(farm.count(&bot, "provider_messages").await, 1);
    assert_eq!(farm.count(&bot, "providers WHERE failure IS NOT NULL").await, 0);
    farm.finish(&[&bot]).await;
}

// SPEC: M7
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_has_no_time_is_left_alone_and_the_panel_says_until_when() {
    let (source, url) =
        Source::start(|_, _| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "120")]).into_response()).await;
    let (farm, bot) = farm_reading(format!("url = \"{url}/sms\""), 2).await;
    eventually("it was asked", || async { (!source.asked().is_empty()).then_some(()) }).await;
    // Whoever rents does not make it asked again.
    let (ali, owner) = (farm.visitor(&bot, 501, 20).await, farm.visitor(&bot, 700, 0).await);
    let asked = source.asked().len();
    reserve(&ali).await;
    enter(&owner).await;
    step(&owner, "🔌", "🟢 يعمل · 🔴 متوقف").await;
    step(&owner, "sms1", "HTTP 429").await;
    let shown = owner.sees("HTTP 429").await.unwrap().text;
    assert!(shown.contains("والمحاولة التالية"), "{shown}");
    let is_left_alone = || async { source.asked().len() == asked };
    all_along("it is not asked again", std::time::Duration::from_secs(3), is_left_alone).await;
    farm.finish(&[&bot]).await;
}

// SPEC: M5
#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_of_a_modem_is_read_from_its_table() {
    let url = postgres::fresh_database().await;
    let client = postgres::connect(&url).await;
    // The columns of gammu-smsd's table that matter here.
    let inbox = r#"CREATE TABLE inbox ("UpdatedInDB" timestamp NOT NULL DEFAULT LOCALTIMESTAMP(0),
        "ReceivingDateTime" timestamp NOT NULL DEFAULT LOCALTIMESTAMP(0), "SenderNumber" varchar(20) NOT NULL,
        "TextDecoded" text NOT NULL, "ID" serial PRIMARY KEY, "RecipientID" text NOT NULL, "UDH" text NOT NULL DEFAULT '')"#;
    client.batch_execute(inbox).await.unwrap();
    let put = async |text: &str, udh: &str| {
        let row = r#"INSERT INTO inbox ("SenderNumber", "TextDecoded", "RecipientID", "UDH") VALUES ('WhatsApp', $1, 'modem1', $2)"#;
        client.execute(row, &[&text, &udh]).await.unwrap();
    };
    put("Your code is 111111", "").await;
    // host=… user=… dbname=…, as an address.
    let part = |name: &str| url.split(' ').find_map(|part| part.strip_prefix(name)).unwrap().to_owned();
    let url = format!("postgres:///{}?host={}&user={}", part("dbname="), part("host="), part("user="));
    let provider = format!("adapter = \"gammu-smsd\"\nurl = \"{url}\"\nlines = {{ modem1 = \"+201000000001\" }}");
    let (farm, bot) = farm_reading(provider, 1).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    eventually("the inbox is known", || async {
        (farm.count(&bot, "providers WHERE cursor = '1/1'").await == 1).then_some(())
    })
    .await;
    reserve(&ali).await;
    put("Your code is 314", "050003070201").await;
    put("-159", "050003070202").await;
    ali.sees("314159").await.unwrap();
    // What was there before the farm is not its own.
    assert_eq!(farm.count(&bot, "provider_messages").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: M5
#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_of_a_modem_is_read_from_its_files() {
    let inbox = tempfile::tempdir().unwrap();
    let device = inbox.path().file_name().unwrap().to_str().unwrap().to_owned();
    let url = format!("file://{}", inbox.path().display());
    let provider = format!("adapter = \"gammu-smsd\"\nurl = \"{url}\"\nlines = {{ \"{device}\" = \"+201000000001\" }}");
    let (farm, bot) = farm_reading(provider, 1).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    reserve(&ali).await;
    std::fs::write(inbox.path().join("IN20261125_100000_00_WhatsApp_00.txt"), "Your code is 314159").unwrap();
    ali.sees("314159").await.unwrap();
    farm.finish(&[&bot]).await;
}

/// Fifteen pages of one message each, the oldest first; the code stands on the last.
fn page(request: &Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let page: usize = query.split("page=").nth(1).and_then(|page| page.parse().ok()).unwrap_or(1);
    let text = if page == 15 { "Your WhatsApp code is 314159" } else { "Hello" };
    let next = (page < 15).then(|| format!("/sms?page={}", page + 1));
    let message = json!({ "to": "+201000000001", "from": "WhatsApp", "text": text, "id": format!("p{page}") });
    let body = json!({ "messages": [message], "next": next });
    ([("etag", "\"same\"")], axum::Json(body)).into_response()
}

// SPEC: M1
#[tokio::test(flavor = "multi_thread")]
async fn what_is_behind_ten_pages_is_read_the_next_time() {
    let (source, url) = Source::start(|_, request| {
        // A first page that says that it has not changed would hide the others.
        if request.headers().contains_key("if-none-match") {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        page(request)
    })
    .await;
    let (farm, bot) = farm_reading(format!("url = \"{url}/sms\"\nfields = {{ next = \"next\" }}"), 1).await;
    eventually("all pages are read", || async { (farm.count(&bot, "provider_messages").await == 15).then_some(()) })
        .await;
    let asked: Vec<String> = source.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!((asked[0].as_str(), asked[10].as_str()), ("/sms", "/sms?page=11"), "{asked:?}");
    farm.finish(&[&bot]).await;
}

// SPEC: A4
#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_not_go_to_another_machine_and_a_moved_source_is_read_anew() {
    use botfarm::service::providers::{self, ProviderChange};
    let (farm, bot) = TestFarm::with_bot(1).await;
    let (tenant, now) = (farm.tenant(&bot), farm.app.clock.now());
    let new = ProviderChange {
        name: Some("mine".into()),
        base_url: Some("https://a.example/sms".into()),
        api_key: Some(Some("v1.sealed".into())),
        mode: Some("poll".into()),
        poll_interval_sec: Some(5),
        ..ProviderChange::default()
    };
    let id = providers::add(&tenant, "test", &new, now).await.unwrap();
    providers::set_position(&tenant, id, Some("77"), Some(now)).await.unwrap();
    let move_to = async |url: &str| {
        let change = ProviderChange { base_url: Some(url.into()), ..ProviderChange::default() };
        providers::change(&tenant, "test", id, &change, now).await.unwrap();
        let key = providers::find(&tenant, id).await.unwrap().0.api_key;
        (key.is_some(), providers::position(&tenant, id).await.unwrap())
    };
    assert_eq!(move_to("https://a.example/sms").await, (true, (Some("77".into()), Some(now))));
    assert_eq!(move_to("https://a.example/v2/sms").await, (true, (None, None)));
    assert!(!move_to("https://b.example/v2/sms").await.0);
    farm.finish(&[&bot]).await;
}

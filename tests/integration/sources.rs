//! Sources that post: phones that know no number, long messages in parts, repetitions, and what each
//! source hears.

use crate::rental::reserve;
use crate::support::{BotFile, TestFarm, eventually, http};
use axum::http::StatusCode;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const KEY: &str = "0123456789abcdefghij";

async fn farm_with(provider: &str, numbers: u32) -> (TestFarm, BotFile) {
    let farm = TestFarm::new().await;
    std::fs::write(farm.path("source.secret"), "source-token").unwrap();
    std::fs::write(farm.path("url.secret"), KEY).unwrap();
    let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.provider = format!("mode = \"webhook\"\n{provider}");
    farm.add(&bot).await;
    farm.stock(&bot, numbers).await;
    (farm, bot)
}

const TOKEN: &str = "webhook_token = { file = \"source.secret\" }";
const URL_KEY: &str = "url_key = { file = \"url.secret\" }";

fn signed(body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(b"source-token").unwrap();
    mac.update(body.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

async fn post(farm: &TestFarm, path: &str, headers: &[(&str, &str)], body: String) -> (StatusCode, String) {
    let mut request = http().post(format!("http://{}/hooks/elweshaq/sms1{path}", farm.http)).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

// SPEC: M2, M5
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_does_not_know_its_number_is_told_by_device_and_slot() {
    let lines = "lines = { \"pixel/1\" = \"+20 100 000 0001\", \"pixel/2\" = \"+201000000002\" }";
    let provider = format!("adapter = \"android-sms-gateway\"\n{TOKEN}\n{lines}");
    let (farm, bot) = farm_with(&provider, 2).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    assert_eq!(reserve(&ali).await, "+201000000001");
    let message = |slot: u32, code: &str| {
        let payload = json!({ "message": format!("WhatsApp code {code}"), "sender": "WhatsApp", "recipient": null,
            "simNumber": slot, "receivedAt": farm.app.clock.now().to_rfc3339() });
        json!({ "event": "sms:received", "id": code, "deviceId": "Pixel", "payload": payload }).to_string()
    };
    let send = async |body: String| {
        let at = farm.app.clock.now().timestamp().to_string();
        let signature = signed(&format!("{body}{at}"));
        post(&farm, "", &[("x-signature", &signature), ("x-timestamp", &at)], body).await.0
    };
    // The other card's number has no rental; a third card is in no table.
    assert_eq!(send(message(2, "111111")).await, 200);
    assert_eq!(send(message(3, "222222")).await, 200);
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'no_open_rental'").await, 1);
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'unknown_line' AND line = 'Pixel/3'").await, 1);
    assert_eq!(send(message(1, "314159")).await, 200);
    ali.sees("314159").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: M6
#[tokio::test(flavor = "multi_thread")]
async fn a_source_without_signatures_posts_to_a_secret_address() {
    let provider = format!("adapter = \"incoming-sms\"\n{URL_KEY}\nlines = {{ \"*\" = \"+201000000001\" }}");
    let (farm, bot) = farm_with(&provider, 1).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    reserve(&ali).await;
    let body = || json!({ "from": "WhatsApp", "text": "code 314159", "sim": "sim1" }).to_string();
    for path in ["", "/0123456789abcdefghik", "/"] {
        let status = post(&farm, path, &[], body()).await.0;
        assert!(matches!(status.as_u16(), 401 | 404), "{path}: {status}");
    }
    assert_eq!(farm.count(&bot, "provider_messages").await, 0);
    assert_eq!(post(&farm, &format!("/{KEY}"), &[], body()).await.0, 200);
    ali.sees("314159").await.unwrap();
    farm.finish(&[&bot]).await;
}

fn vonage(part: u32, text: &str, id: &str, at: i64) -> String {
    let mut fields = vec![
        ("concat", "true".to_owned()),
        ("concat-part", part.to_string()),
        ("concat-ref", "77".to_owned()),
        ("concat-total", "2".to_owned()),
        ("messageId", id.to_owned()),
        ("msisdn", "WhatsApp".to_owned()),
        ("text", text.to_owned()),
        ("timestamp", at.to_string()),
        ("to", "201000000001".to_owned()),
    ];
    let text: String = fields.iter().map(|(n, v)| format!("&{n}={v}")).collect();
    fields.push(("sig", signed(&text)));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

// SPEC: M3, M5
#[tokio::test(flavor = "multi_thread")]
async fn the_parts_of_a_long_message_are_joined_in_any_order_and_however_often_they_come() {
    let (farm, bot) = farm_with(&format!("adapter = \"vonage\"\n{TOKEN}"), 2).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let send = async |part, text: &'static str, id: &'static str| {
        post(&farm, "", &form, vonage(part, text, id, farm.app.clock.now().timestamp())).await.0
    };
    let ali = farm.visitor(&bot, 501, 20).await;
    assert_eq!(reserve(&ali).await, "+201000000001");
    // The code is cut in two; both parts come at once, each twice.
    let parts = tokio::join!(
        send(2, "159. Do not share it.", "V2"),
        send(1, "Your WhatsApp code is 314-", "V1"),
        send(2, "159. Do not share it.", "V2"),
        send(1, "Your WhatsApp code is 314-", "V1"),
    );
    assert_eq!(parts, (StatusCode::OK, StatusCode::OK, StatusCode::OK, StatusCode::OK));
    ali.sees("314159").await.unwrap();
    assert_eq!(farm.count(&bot, "provider_messages").await, 1);
    // The same reference, used again: a part of before is not taken for one of now.
    assert_eq!(send(2, "159. Do not share it.", "V2").await, 200);
    assert_eq!(send(1, "Your WhatsApp code is 271-", "V3").await, 200);
    assert_eq!(farm.count(&bot, "provider_messages").await, 1);
    assert_eq!(send(2, "828. Do not share it.", "V4").await, 200);
    assert_eq!(farm.count(&bot, "provider_messages WHERE body LIKE '%271-828%'").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: M3, U4
#[tokio::test(flavor = "multi_thread")]
async fn a_message_repeated_under_another_id_is_not_the_next_renters_code() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.cooldown_sec = 1).await;
    let (ali, mona) = (farm.visitor(&bot, 501, 20).await, farm.visitor(&bot, 502, 20).await);
    let number = reserve(&ali).await;
    ali.press("❌ إلغاء").await.unwrap();
    let send = async |id: &str| {
        let message = json!({ "to": number, "service": "WhatsApp", "text": "Your code is 314159", "id": id });
        assert_eq!(farm.post(&bot, "hook-token", vec![message]).await.0, 200);
    };
    // It comes too late for Ali, and again when Mona has the number.
    send("m1").await;
    farm.advance(&bot, TimeDelta::seconds(30));
    assert_eq!(reserve(&mona).await, number);
    send("m2").await;
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'same_text'").await, 1);
    assert_eq!(farm.count(&bot, "provider_messages WHERE outcome = 'completed'").await, 0);
    // After a while the same text is another message.
    farm.advance(&bot, TimeDelta::minutes(3));
    send("m3").await;
    mona.sees("314159").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: M3
#[tokio::test(flavor = "multi_thread")]
async fn the_same_text_sent_anew_after_the_rental_began_is_no_repetition() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let number = "+201000000001";
    let send = async |id: &str| {
        let at = farm.app.clock.now().to_rfc3339();
        let message = json!({ "to": number, "service": "WhatsApp", "text": "Your code is 314159", "id": id, "ts": at });
        assert_eq!(farm.post(&bot, "hook-token", vec![message]).await.0, 200);
    };
    send("m1").await;
    farm.advance(&bot, TimeDelta::seconds(5));
    let ali = farm.visitor(&bot, 501, 20).await;
    assert_eq!(reserve(&ali).await, number);
    farm.advance(&bot, TimeDelta::seconds(5));
    send("m2").await;
    ali.sees("314159").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: M5, M6
#[tokio::test(flavor = "multi_thread")]
async fn each_source_hears_what_it_understands() {
    let (farm, bot) = farm_with(&format!("adapter = \"smshub\"\n{TOKEN}"), 1).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    reserve(&ali).await;
    let push = |key: &str| {
        json!({ "action": "PUSH_SMS", "key": key, "smsId": 7, "phone": 201000000001_i64, "phoneFrom": "WhatsApp",
            "text": "code 314159" })
        .to_string()
    };
    let json = [("content-type", "application/json")];
    let heard = |text: String| serde_json::from_str::<Value>(&text).unwrap()["status"].clone();
    let (status, body) = post(&farm, "", &json, push("wrong")).await;
    assert_eq!((status, heard(body)), (StatusCode::UNAUTHORIZED, "ERROR".into()));
    for _ in 0..2 {
        let (status, body) = post(&farm, "", &json, push("source-token")).await;
        assert_eq!((status, heard(body)), (StatusCode::OK, "SUCCESS".into()));
    }
    ali.sees("314159").await.unwrap();
    assert_eq!(farm.count(&bot, "provider_messages WHERE raw_payload::text LIKE '%source-token%'").await, 0);
    farm.finish(&[&bot]).await;
}

// SPEC: M6
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_cannot_be_taken_is_answered_with_the_reason() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let auth = ("authorization", "Bearer hook-token");
    let long = "x".repeat(300 * 1024);
    let (status, why) = post(&farm, "", &[auth], long).await;
    assert_eq!((status, why.trim()), (StatusCode::PAYLOAD_TOO_LARGE, "a body has at most 256 KB"));
    let (status, why) = post(&farm, "", &[auth, ("content-type", "text/xml")], "<sms/>".into()).await;
    assert_eq!((status, why.trim()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, "generic posts no body of this type"));
    let (status, why) = post(&farm, "", &[auth], "{".into()).await;
    assert_eq!((status, why.trim()), (StatusCode::BAD_REQUEST, "this is not JSON"));
    // Without the token nothing is said of the body.
    assert_eq!(post(&farm, "", &[("content-type", "text/xml")], "<sms/>".into()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(farm.count(&bot, "provider_messages").await, 0);
    farm.finish(&[&bot]).await;
}

// SPEC: M6
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_told_when_to_come_again() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let url = format!("http://{}/hooks/{}/sms1", farm.http, bot.slug);
    let client = http();
    let ask = async || {
        let request = client.post(&url).bearer_auth("hook-token").body("{\"messages\":[]}");
        let answer = request.send().await.unwrap();
        let after = answer.headers().get("retry-after").map(|after| after.to_str().unwrap().to_owned());
        (answer.status().as_u16(), after)
    };
    let refused = eventually("a refusal", || async {
        let answers = futures_util::future::join_all((0..200).map(|_| ask())).await;
        answers.into_iter().find(|(status, _)| *status != 200)
    })
    .await;
    assert_eq!(refused, (429, Some("1".to_owned())));
    farm.finish(&[&bot]).await;
}

/// The TOML of each section of `docs/PROVIDERS.md` that is a whole provider.
fn documented() -> Vec<String> {
    let text = include_str!("../../docs/PROVIDERS.md");
    let blocks = text.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.filter(|block| block.contains("mode = ")).map(str::to_owned).collect()
}

// SPEC: M5, F2
#[test]
fn what_the_documentation_says_is_what_a_file_may_say() {
    let directory = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    put("bot.token", "123456789:AAHfiqksKZ8WmR2zSjiQ7_v4TMAKdiHm9T0");
    put("a.secret", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=");
    put("url.secret", KEY);
    let documented = documented();
    assert!(documented.len() >= 15, "{}", documented.len());
    for (n, block) in documented.iter().enumerate() {
        let named = block.replace("[[providers]]\n", "").replace("name = \"simbank\"\n", "");
        let lines = named.lines().map(|line| match line.split_once("{ env = ") {
            Some((key, _)) if key.starts_with("url_key") => "url_key = { file = \"url.secret\" }".to_owned(),
            Some((key, _)) => format!("{key}{{ file = \"a.secret\" }}"),
            None => line.to_owned(),
        });
        let lines: Vec<String> = lines.collect();
        put(
            "elweshaq.toml",
            &format!(
                "name = \"b\"\nterms_accepted = true\ntoken = {{ file = \"bot.token\" }}\n[[providers]]\nname = \"p\"\n{}\n",
                lines.join("\n")
            ),
        );
        let key = botfarm::seal::KeyRing::new(&[42; 32]);
        let loaded = botfarm::config::load_dir(directory.path(), &key, &[]).unwrap();
        let faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
        assert!(faults.is_empty() && loaded.bots.len() == 1, "{n}: {block}\n{}", faults.join("\n"));
    }
}

// SPEC: M6, F2
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_would_believe_everybody_is_refused_with_a_sentence() {
    let farm = TestFarm::new().await;
    let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    std::fs::write(farm.path("url.secret"), "short").unwrap();
    std::fs::write(farm.path("source.secret"), "source-token").unwrap();
    for (provider, fault) in [
        ("adapter = \"httpsms\"\nwebhook_token = { file = \"source.secret\" }", "`url_key` is missing"),
        ("adapter = \"smsforwarder\"", "`url_key` is missing"),
        ("adapter = \"twilio\"", "`webhook_token` is missing"),
        ("adapter = \"incoming-sms\"\nurl_key = { file = \"url.secret\" }", "20 to 100 letters, digits"),
        ("adapter = \"gammu-smsd\"", "are read, not posted"),
        ("adapter = \"textbee\"\nwebhook_token = { file = \"source.secret\" }\nlines = { a = \"12\" }", "is no number"),
        ("webhook_token = { file = \"source.secret\" }\nfields = { too = \"a\" }", "is no field"),
        ("webhook_token = { file = \"source.secret\" }\nsignature_header = \"a b\"", "is no name of a header"),
    ] {
        bot.provider = format!("mode = \"webhook\"\n{provider}");
        bot.write(farm.directory.path(), &farm.sandbox);
        eventually(fault, || async { farm.faults().iter().any(|f| f.contains(fault)).then_some(()) }).await;
    }
    farm.finish(&[]).await;
}

// SPEC: M3
#[tokio::test(flavor = "multi_thread")]
async fn odd_bytes_of_one_message_do_not_hold_the_others_back() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    let number = reserve(&ali).await;
    let messages = vec![
        json!({ "to": "+201099999999", "from": "Shop\u{0}", "text": "hello", "id": "a\u{0}b" }),
        json!({ "to": "nobody\u{0}", "from": "x".repeat(5000), "text": "hello", "device": "d\u{0}" }),
        json!({ "to": number, "from": "What\u{0}sApp", "service": "WhatsApp", "text": "code 314159" }),
    ];
    assert_eq!(farm.post(&bot, "hook-token", messages).await.0, 200);
    ali.sees("314159").await.unwrap();
    assert_eq!(farm.count(&bot, "provider_messages").await, 3);
    farm.finish(&[&bot]).await;
}

// SPEC: M3
#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_long_message_is_kept_when_the_rest_never_comes() {
    let (farm, bot) = farm_with(&format!("adapter = \"vonage\"\n{TOKEN}"), 1).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = vonage(1, "Your WhatsApp code is 314159. It", "V1", farm.app.clock.now().timestamp());
    assert_eq!(post(&farm, "", &form, body).await.0, 200);
    let sweep = async || botfarm::service::parts::sweep(&farm.tenant(&bot), farm.app.clock.now()).await.unwrap();
    assert_eq!(sweep().await, 0);
    farm.advance(&bot, TimeDelta::hours(1));
    assert_eq!((sweep().await, sweep().await), (1, 0));
    let kept = "provider_messages WHERE reason = 'incomplete' AND body LIKE '%314159%' AND sender = 'WhatsApp'";
    assert_eq!(farm.count(&bot, kept).await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: M3
#[tokio::test(flavor = "multi_thread")]
async fn two_boxes_that_count_alike_are_told_apart() {
    let lines = "lines = { \"1\" = \"+201000000001\", \"2\" = \"+201000000002\" }";
    let (farm, bot) = farm_with(&format!("adapter = \"smseagle\"\n{TOKEN}\n{lines}"), 2).await;
    let (ali, mona) = (farm.visitor(&bot, 501, 20).await, farm.visitor(&bot, 502, 20).await);
    assert_eq!((reserve(&ali).await, reserve(&mona).await), ("+201000000001".into(), "+201000000002".into()));
    let send = async |modem: &str, code: &str| {
        let fields =
            [("sender", "WhatsApp"), ("text", code), ("msgid", "17"), ("modemno", modem), ("apikey", "source-token")];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let url = format!("http://{}/hooks/elweshaq/sms1?{query}", farm.http);
        assert_eq!(http().get(url).send().await.unwrap().status(), 200);
    };
    send("1", "WhatsApp code 314159").await;
    send("2", "WhatsApp code 271828").await;
    ali.sees("314159").await.unwrap();
    mona.sees("271828").await.unwrap();
    assert_eq!(farm.count(&bot, "provider_messages WHERE raw_payload::text LIKE '%source-token%'").await, 0);
    farm.finish(&[&bot]).await;
}

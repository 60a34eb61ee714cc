//! Providers as they are: honest, late, lying, broken.

use crate::rental::reserve;
use crate::support::process::FarmProcess;
use crate::support::provider::{EXCUSE, Mood, Provider};
use crate::support::{BotFile, TestFarm, eventually};
use serde_json::json;

async fn polled() -> (TestFarm, BotFile, Provider) {
    let provider = Provider::start().await;
    let (farm, bot) = TestFarm::with_bot_like(3, |bot| bot.provider = provider.lines()).await;
    (farm, bot, provider)
}

// SPEC: M1, M4
#[tokio::test(flavor = "multi_thread")]
async fn a_polled_provider_delivers_in_any_spelling() {
    let (farm, bot, provider) = polled().await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ahmed).await;
    let spelled = number.replace("+20", "٠٠٢٠ ").replace('1', "١");
    provider.arrive(json!({"to": spelled, "from": "WhatsApp", "text": "كودك ١٢٣-٤٥٦"}));
    let code = ahmed.sees("🔐").await.unwrap();
    assert_eq!(code.codes(), [number.as_str(), "123456"]);
    farm.finish(&[&bot]).await;
}

// SPEC: M1
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_read_fast_only_while_a_rental_waits_for_it() {
    let (farm, bot, provider) = polled().await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ahmed).await;
    let three_polls = async || {
        let (polls, began) = (provider.polls(), std::time::Instant::now());
        eventually("three polls", || async { (provider.polls() >= polls + 3).then_some(()) }).await;
        began.elapsed()
    };
    let busy = three_polls().await;
    provider.arrive(json!({"to": number, "service": "WhatsApp", "text": "code 123456"}));
    ahmed.sees("🔐").await.unwrap();
    let (polls, began) = (provider.polls(), std::time::Instant::now());
    eventually("two polls", || async { (provider.polls() >= polls + 2).then_some(()) }).await;
    assert!(began.elapsed() > 2 * busy, "busy {busy:?}, idle {:?}", began.elapsed());
    farm.finish(&[&bot]).await;
}

// SPEC: M7
#[tokio::test(flavor = "multi_thread")]
async fn a_lying_provider_is_survived_and_read_again() {
    let (farm, bot, provider) = polled().await;
    let ahmed = farm.visitor(&bot, 501, 30).await;
    let number = reserve(&ahmed).await;
    let odd = json!({"messages": [
        {"to": 7, "text": 7}, {"to": {"x": 1}}, null, "text", {"to": "+20 100 000 0001", "text": "x".repeat(100_000)},
        {"to": number, "service": "WhatsApp", "text": "no code here"},
        {"to": number, "service": "Nothing", "text": "code 999999"},
        {"to": number, "text": "code 888888 \u{0}"},
    ]});
    let moods = [Mood::Body(b"<html>not json</html>".to_vec()), Mood::Body(odd.to_string().into_bytes())];
    for mood in moods {
        let before = provider.polls();
        provider.set(mood);
        eventually("it was read", || async { (provider.polls() > before).then_some(()) }).await;
    }
    eventually("the odd messages are stored with reasons", || async {
        (farm.count(&bot, "provider_messages WHERE outcome = 'unmatched' AND reason IS NOT NULL").await >= 7)
            .then_some(())
    })
    .await;
    provider.set(Mood::Honest);
    provider.arrive(json!({"to": number, "service": "wa", "text": "code 123456", "id": "m-1"}));
    ahmed.sees("123456").await.unwrap();
    assert_eq!(farm.count(&bot, "provider_messages WHERE outcome = 'completed'").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: M7
#[tokio::test(flavor = "multi_thread")]
async fn every_broken_answer_has_its_reason() {
    use botfarm::provider::fetch::{FetchError, Fetcher, Reach};
    let provider = Provider::start().await;
    let fetcher = Fetcher::new(true).unwrap();
    let cases = [
        (Mood::Status(500), FetchError::Status { status: 500, said: EXCUSE.into() }),
        (Mood::Redirect, FetchError::Redirects),
        (Mood::Endless, FetchError::TooLarge),
        (Mood::Body(vec![b' '; 50 * 1024 * 1024]), FetchError::TooLarge),
    ];
    for (mood, expected) in cases {
        provider.set(mood);
        assert_eq!(fetcher.body(&provider.url, Reach::Anywhere).await, Err(expected));
    }
    let closed = fetcher.body("http://127.0.0.1:9/", Reach::Anywhere).await;
    assert!(matches!(closed, Err(FetchError::Connection(_))), "{closed:?}");
}

// SPEC: M6
#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_without_the_token_changes_nothing_and_is_noted() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ahmed).await;
    let message = || vec![json!({"to": number, "service": "WhatsApp", "text": "code 123456"})];
    for token in ["", "wrong", "hook-toke"] {
        assert_eq!(farm.post(&bot, token, message()).await.0, 401);
    }
    assert_eq!(farm.count(&bot, "provider_messages").await, 0);
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'webhook_refused'").await, 1);
    let url = format!("http://{}/hooks/{}/none", farm.http, bot.slug);
    assert_eq!(crate::support::http().post(url).send().await.unwrap().status(), 404);
    farm.finish(&[&bot]).await;
}

// SPEC: M2
#[tokio::test(flavor = "multi_thread")]
async fn a_message_from_before_the_rental_never_matches() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ahmed).await;
    let at = |minutes| (farm.app.clock.now() - chrono::TimeDelta::minutes(minutes)).to_rfc3339();
    let old = json!({"to": number, "service": "WhatsApp", "text": "code 111111", "ts": at(3)});
    farm.post(&bot, "hook-token", vec![old]).await;
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'sent_before_rental'").await, 1);
    let skewed = json!({"to": number, "service": "WhatsApp", "text": "code 222222", "ts": at(1)});
    farm.post(&bot, "hook-token", vec![skewed]).await;
    ahmed.sees("222222").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U6
#[tokio::test(flavor = "multi_thread")]
async fn a_late_code_never_reaches_the_next_renter_however_short_the_rest() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.cooldown_sec = 1).await;
    let (ahmed, mona) = (farm.visitor(&bot, 501, 10).await, farm.visitor(&bot, 502, 10).await);
    let number = reserve(&ahmed).await;
    let sent = farm.app.clock.now().to_rfc3339();
    ahmed.press("❌ إلغاء").await.unwrap();
    farm.advance(&bot, chrono::TimeDelta::seconds(5));
    assert_eq!(reserve(&mona).await, number);
    // Sent to Ahmed a few seconds ago: within the skew, and still not Mona's.
    let late = json!({"to": number, "service": "WhatsApp", "text": "code 111111", "ts": sent});
    farm.post(&bot, "hook-token", vec![late]).await;
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'sent_before_rental'").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: M3
#[tokio::test(flavor = "multi_thread")]
async fn messages_without_an_id_of_their_own_and_from_the_far_future_are_taken() {
    let (farm, bot) = TestFarm::with_bot(2).await;
    for user in [501, 502] {
        let visitor = farm.visitor(&bot, user, 10).await;
        let number = reserve(&visitor).await;
        let text = format!("code 12345{}", user - 500);
        let message =
            json!({"to": number, "service": "WhatsApp", "text": text, "id": "", "ts": 8_210_266_876_799_000_i64});
        farm.post(&bot, "hook-token", vec![message]).await;
        visitor.sees("🔐").await.unwrap();
    }
    farm.finish(&[&bot]).await;
}

// SPEC: M1, M2
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_tries_a_provider_and_sees_why_its_messages_match_nothing() {
    let provider = Provider::start().await;
    let sandbox = telegram_sandbox::Sandbox::start().await.unwrap();
    let mut bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    bot.provider = format!("mode = \"poll\"\nurl = \"{}\"\napi_key = {{ file = \"hook.secret\" }}", provider.url);
    provider.arrive(
        json!({ "to": "+201000000001", "from": "WhatsApp", "text": "Your code is 314159", "key": "hook-token" }),
    );
    provider.arrive(json!({ "to": "nobody", "text": "x" }));
    provider.arrive(json!({ "to": "+201000000002", "text": "Your code is 271828" }));
    let farm = FarmProcess::start(&sandbox, &bot).await;
    let (said, code) = farm.verb(&["provider", "test", "--bot", "elweshaq", "--provider", "sms1"]).await;
    assert_eq!(code, 0, "{said}");
    for expected in [
        "elweshaq/sms1 answers: 3 messages",
        "+201000000001 · WhatsApp · code 314159, but no rental of this number and service is open",
        "nobody · no service · matches nothing: bad_recipient",
        "+201000000002 · no service · matches nothing: unknown_service",
        "\"key\":\"•••\"",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains("hook-token"), "{said}");
    let body = farm.directory.path().join("body.json");
    std::fs::write(&body, r#"{"messages":[{"to":"+201000000001","service":"WhatsApp","text":"hello"}]}"#).unwrap();
    let body = body.display().to_string();
    let (said, _) = farm.verb(&["provider", "test", "--bot", "elweshaq", "--provider", "sms1", "--body", &body]).await;
    assert!(said.contains("matches nothing: no_code"), "{said}");
    provider.set(Mood::Status(500));
    let (said, code) = farm.verb(&["provider", "test", "--bot", "elweshaq", "--provider", "sms1"]).await;
    assert!(code == 1 && said.contains("the answer is HTTP 500"), "{code}: {said}");
    assert!(said.contains(r#"{"error":"no credit left","key":"•••"}"#), "{said}");
    let (said, code) = farm.verb(&["provider", "test", "--bot", "elweshaq", "--provider", "none"]).await;
    assert!(code == 1 && said.contains("elweshaq has no provider \"none\""), "{code}: {said}");
    farm.finish(&bot).await;
}

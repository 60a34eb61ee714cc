//! kill -9 at the worst moments: a code is delivered once, a charge happens once, a number is
//! never hidden. The farm is a real child process without any fail point in it; the sandbox
//! swallows a request or withholds its answer.

use crate::rental::reserve;
use crate::support::{BotFile, FarmProcess, eventually, http};
use serde_json::json;
use telegram_sandbox::{Fault, Misbehave, Sandbox, Visitor};

async fn farm_with_visitor() -> (Sandbox, BotFile, FarmProcess, Visitor) {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let farm = FarmProcess::start(&sandbox, &bot).await;
    let csv = farm.directory.path().join("numbers.csv");
    std::fs::write(&csv, "service,country_code,phone_number,price_override\nWhatsApp,20,+201000000001,\n").unwrap();
    let (output, code) = farm.verb(&["import", "--bot", "elweshaq", csv.to_str().unwrap()]).await;
    assert!(code == 0 && output.contains("1 numbers added"), "{output}");
    let (output, code) = farm.verb(&["credit", "--bot", "elweshaq", "--user", "501", "30"]).await;
    assert!(code == 0 && output.contains("has 30 now"), "{output}");
    let visitor = sandbox.visitor(bot.id(), 501, "Ahmed", "ar");
    (sandbox, bot, farm, visitor)
}

async fn post_code(farm: &FarmProcess, bot: &BotFile, number: &str) {
    let url = format!("http://{}/hooks/{}/sms1", farm.http, bot.slug);
    let message = json!({"messages": [{"to": number, "service": "WhatsApp", "text": "code 123456"}]});
    let request = http().post(url).bearer_auth("hook-token").body(message.to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
}

fn codes(visitor: &Visitor) -> usize {
    visitor.messages().iter().filter(|m| m.text.contains("123456")).count()
}

// SPEC: F8
#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_commit_and_the_send() {
    let (sandbox, bot, mut farm, ahmed) = farm_with_visitor().await;
    let number = reserve(&ahmed).await;
    sandbox.fault(Fault::always("messages.sendMessage", Misbehave::Ignore).with_text("123456"));
    post_code(&farm, &bot, &number).await;
    eventually("the code is in the outbox", || async {
        (farm.count(&bot, "outbox WHERE attempts > 0 AND status = 'pending'").await == 1).then_some(())
    })
    .await;
    farm.kill().await;
    assert_eq!(codes(&ahmed), 0);
    sandbox.heal();
    farm.restart(&bot).await;
    ahmed.sees("123456").await.unwrap();
    sent_once(&farm, &bot, &ahmed).await;
    farm.finish(&bot).await;
}

// SPEC: F8
#[tokio::test(flavor = "multi_thread")]
async fn killed_between_the_send_and_its_record() {
    let (sandbox, bot, mut farm, ahmed) = farm_with_visitor().await;
    let number = reserve(&ahmed).await;
    sandbox.fault(Fault::always("messages.sendMessage", Misbehave::WithholdAnswer).with_text("123456"));
    post_code(&farm, &bot, &number).await;
    ahmed.sees("123456").await.unwrap();
    assert_eq!(farm.count(&bot, "outbox WHERE status = 'pending'").await, 1);
    farm.kill().await;
    sandbox.heal();
    farm.restart(&bot).await;
    sent_once(&farm, &bot, &ahmed).await;
    assert_eq!(farm.count(&bot, "outbox WHERE reason = 'message id unknown'").await, 1);
    farm.finish(&bot).await;
}

async fn sent_once(farm: &FarmProcess, bot: &BotFile, visitor: &Visitor) {
    eventually("the code is recorded as sent", || async {
        (farm.count(bot, "outbox WHERE status = 'sent' AND kind = 'code'").await == 1).then_some(())
    })
    .await;
    assert_eq!(codes(visitor), 1, "{}", visitor.transcript());
    assert_eq!(farm.count(bot, "transactions WHERE type = 'purchase'").await, 1);
}

// SPEC: F8
#[tokio::test(flavor = "multi_thread")]
async fn killed_between_a_reservation_and_its_screen() {
    let (sandbox, bot, mut farm, ahmed) = farm_with_visitor().await;
    ahmed.send("/start");
    ahmed.press("WhatsApp").await.unwrap();
    ahmed.press("مصر").await.unwrap();
    sandbox.fault(Fault::always("messages.editMessage", Misbehave::Ignore).with_text("تم حجز"));
    ahmed.press("📲").await.unwrap();
    eventually("the reservation is committed", || async {
        (farm.count(&bot, "reservations WHERE shown_version = 0").await == 1).then_some(())
    })
    .await;
    farm.kill().await;
    sandbox.heal();
    farm.restart(&bot).await;
    let screen = ahmed.sees("✅ تم حجز رقمك").await.unwrap();
    assert_eq!(screen.codes(), ["+201000000001"]);
    assert_eq!(farm.count(&bot, "reservations").await, 1);
    farm.finish(&bot).await;
}

// SPEC: F8
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_while_the_farm_was_down_is_answered_after() {
    let (sandbox, bot, mut farm, ahmed) = farm_with_visitor().await;
    ahmed.send("/start");
    ahmed.sees("أهلًا بك").await.unwrap();
    assert!(farm.terminate().await, "SIGTERM ends with status 0");
    ahmed.send("/help");
    farm.restart(&bot).await;
    ahmed.sees("ℹ️").await.unwrap();
    assert_eq!(sandbox.sign_ins(bot.id()), 1, "a restart never signs in again");
    farm.finish(&bot).await;
}

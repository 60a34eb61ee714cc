//! What breaks around the farm: database, Telegram, neighbours.

use crate::rental::reserve;
use crate::support::db_proxy::DbProxy;
use crate::support::{BotFile, TestFarm, all_along, eventually, postgres};
use botfarm::supervisor::status::State;
use std::time::Duration;
use telegram_sandbox::{Fault, Misbehave, Sandbox};

async fn behind_a_proxy() -> (TestFarm, BotFile, DbProxy) {
    let proxy = DbProxy::in_front_of(&postgres::fresh_database().await).await;
    let farm = TestFarm::on(Sandbox::start().await.unwrap(), proxy.url.clone()).await;
    let bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    farm.add(&bot).await;
    farm.stock(&bot, 3).await;
    (farm, bot, proxy)
}

// SPEC: F8
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_away_for_ten_seconds_costs_nothing() {
    let (farm, bot, proxy) = behind_a_proxy().await;
    let ahmed = farm.visitor(&bot, 501, 20).await;
    let number = reserve(&ahmed).await;
    proxy.cut();
    let (answer, time) = ahmed.press("🔄 تغيير الرقم").await.unwrap();
    assert!(time < Duration::from_secs(1), "{time:?} {answer:?}");
    let message = serde_json::json!({"to": number, "service": "WhatsApp", "text": "code 123456"});
    let (status, _) = farm.post(&bot, "hook-token", vec![message]).await;
    assert_eq!(status, 503, "the provider is asked to post again");
    let runs = || async { farm.status(&bot.slug).unwrap().state == State::Running };
    all_along("the bot runs on", Duration::from_secs(10), runs).await;
    proxy.open();
    farm.sms(&bot, &number, "123456").await;
    ahmed.sees("🔐").await.unwrap();
    ahmed.send("/balance");
    ahmed.sees("💰 رصيدك: \u{2068}10 جنيه").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn a_press_is_answered_within_a_second_when_the_database_is_slow() {
    let (farm, bot, proxy) = behind_a_proxy().await;
    let ahmed = farm.visitor(&bot, 501, 20).await;
    ahmed.send("/start");
    let welcome = ahmed.sees("أهلًا بك").await.unwrap();
    proxy.hold();
    let (answer, time) = ahmed.press("WhatsApp").await.unwrap();
    assert!(time < Duration::from_secs(1), "{time:?}");
    assert_eq!(answer.text, None);
    // A second press waits for the first, and is answered in time all the same.
    let (_, time) = ahmed.press("WhatsApp").await.unwrap();
    assert!(time < Duration::from_secs(1), "{time:?}");
    proxy.open();
    let screen = ahmed.sees("اختر الدولة").await.unwrap();
    assert_eq!(screen.id, welcome.id, "the outcome appears on the pressed screen");
    farm.finish(&[&bot]).await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_whose_library_panics_comes_back_and_its_neighbour_goes_on() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let other = BotFile { brand: "Other".into(), language: "en", ..BotFile::new(&farm.sandbox, "other", 100_002) };
    farm.add(&other).await;
    farm.sandbox.garble(bot.id(), true);
    farm.sandbox.cut(bot.id());
    let failed = farm.wait_state("elweshaq", State::Failed).await;
    assert!(failed.reason.unwrap().contains("failed"));
    let neighbour = farm.visitor(&other, 601, 0).await;
    neighbour.send("/start");
    neighbour.sees("Welcome to").await.unwrap();
    farm.sandbox.garble(bot.id(), false);
    farm.wait_state("elweshaq", State::Running).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    reserve(&ahmed).await;
    assert_eq!(farm.sandbox.sign_ins(bot.id()), 1);
    farm.finish(&[&bot, &other]).await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_is_opened_again_and_nothing_is_missed() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    ahmed.send("/start");
    ahmed.sees("أهلًا بك").await.unwrap();
    // The update is lost on the way, and the connection with it: only the difference has it.
    farm.sandbox.lose_updates(bot.id(), 1);
    ahmed.send("/help");
    farm.sandbox.cut(bot.id());
    ahmed.sees("ℹ️").await.unwrap();
    // An update that is lost on a connection that stays is found by the gap it leaves.
    farm.sandbox.lose_updates(bot.id(), 1);
    ahmed.send("/balance");
    ahmed.send("/language");
    ahmed.sees("💰").await.unwrap();
    ahmed.sees("🌐").await.unwrap();
    assert_eq!(farm.sandbox.sign_ins(bot.id()), 1);
    farm.finish(&[&bot]).await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_fails_its_bot_with_the_reason_and_no_other() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let other = BotFile { language: "en", ..BotFile::new(&farm.sandbox, "other", 100_002) };
    farm.add(&other).await;
    farm.sandbox.revoke(bot.id());
    farm.sandbox.cut(bot.id());
    let failed = eventually("the token is refused", || async {
        farm.status("elweshaq").filter(|b| b.reason.as_ref().is_some_and(|r| r.contains("ACCESS_TOKEN_INVALID")))
    })
    .await;
    assert_eq!(failed.state, State::Failed);
    let neighbour = farm.visitor(&other, 601, 0).await;
    neighbour.send("/start");
    neighbour.sees("Welcome to").await.unwrap();
    farm.finish(&[&bot, &other]).await;
}

// SPEC: F8
#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_blocked_the_bot_leaves_a_completed_rental_and_a_reason() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ahmed).await;
    ahmed.block(true);
    farm.sms(&bot, &number, "123456").await;
    eventually("the message failed", || async {
        let sql = "outbox WHERE status = 'failed' AND reason LIKE '%USER_IS_BLOCKED%'";
        (farm.count(&bot, sql).await == 1).then_some(())
    })
    .await;
    ahmed.block(false);
    ahmed.send("/history");
    let history = ahmed.sees("✅ مكتمل").await.unwrap();
    assert_eq!(history.codes(), [number.as_str(), "123456"]);
    farm.finish(&[&bot]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_wait_delays_a_code_and_loses_nothing() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ahmed).await;
    let wait = Misbehave::Refuse(420, "FLOOD_WAIT_1".into());
    farm.sandbox.fault(Fault::always("messages.sendMessage", wait).with_text("123456").times(2));
    farm.sms(&bot, &number, "123456").await;
    ahmed.sees("123456").await.unwrap();
    farm.finish(&[&bot]).await;
}

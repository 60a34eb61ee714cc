//! Odd users and odd texts: every one gets a sensible answer, and nothing breaks.

use crate::rental::reserve;
use crate::support::{TestFarm, eventually};
use telegram_sandbox::{Fault, Misbehave, Profile};

// SPEC: U1, U10
#[tokio::test(flavor = "multi_thread")]
async fn odd_texts_lead_home() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.tables = "[limits]\npresses_per_minute = 1000".into()).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    let long = "م".repeat(4096);
    let texts = [
        long.as_str(),
        "🙂👩‍👩‍👧‍👦🏳️‍🌈",
        "\u{202e}abc\u{202c}\u{200f}\u{2067}",
        "١٢٣٤٥",
        "/",
        "//start",
        "/start@elweshaq_bot deep_link",
        "/unknown",
        "'; DROP TABLE users; --",
        "{ $brand }",
        "\u{0}",
    ];
    for (n, text) in texts.into_iter().enumerate() {
        ali.send(text);
        eventually("an answer came", || async {
            (ali.messages().iter().filter(|m| m.from_bot && m.text.contains("اختر خدمة")).count() > n).then_some(())
        })
        .await;
    }
    farm.finish(&[&bot]).await;
}

// SPEC: U1
#[tokio::test(flavor = "multi_thread")]
async fn users_of_every_kind_are_met() {
    let (farm, bot) = TestFarm::with_bot(3).await;
    let emoji = "😀".repeat(64);
    let profiles = [
        Profile { first_name: emoji.as_str(), username: None, language: None, ..Profile::default() },
        Profile { first_name: "", username: None, language: Some("xx-YY"), ..Profile::default() },
        Profile {
            first_name: "\u{202e}علي\u{0}", username: Some("ali"), language: Some("ar"), ..Profile::default()
        },
        Profile { first_name: "Deleted", deleted: true, ..Profile::default() },
    ];
    for (n, profile) in profiles.iter().enumerate() {
        let user = farm.sandbox.visitor_like(bot.id(), 600 + n as i64, profile);
        user.send("/start");
        user.sees("اختر خدمة").await.unwrap();
        user.press("💰").await.unwrap();
        user.sees("رصيدك").await.unwrap();
    }
    assert_eq!(farm.count(&bot, "users").await, 4);
    // Somebody changes their name: they stay who they are.
    let renamed = Profile { first_name: "Ali", username: Some("new_name"), language: Some("en"), ..Profile::default() };
    let user = farm.sandbox.visitor_like(bot.id(), 602, &renamed);
    user.send("/start");
    eventually("the name is noted", || async {
        (farm.count(&bot, "users WHERE telegram_id = 602 AND username = 'new_name' AND language = 'ar'").await == 1)
            .then_some(())
    })
    .await;
    farm.finish(&[&bot]).await;
}

// SPEC: U4, U13
#[tokio::test(flavor = "multi_thread")]
async fn a_code_for_who_blocked_the_bot_or_is_gone_is_charged_and_fails_with_its_reason() {
    let (farm, bot) = TestFarm::with_bot(2).await;
    let (ali, mona) = (farm.visitor(&bot, 501, 10).await, farm.visitor(&bot, 502, 10).await);
    let numbers = [reserve(&ali).await, reserve(&mona).await];
    ali.block(true);
    let gone = Fault::always("messages.sendMessage", Misbehave::Refuse(400, "INPUT_USER_DEACTIVATED".into()));
    farm.sms(&bot, &numbers[0], "111111").await;
    eventually("the first has failed", || async {
        (farm.count(&bot, "outbox WHERE status = 'failed' AND reason LIKE '%USER_IS_BLOCKED%'").await == 1)
            .then_some(())
    })
    .await;
    farm.sandbox.fault(gone);
    farm.sms(&bot, &numbers[1], "222222").await;
    eventually("the second has failed", || async {
        (farm.count(&bot, "outbox WHERE status = 'failed' AND reason LIKE '%DEACTIVATED%'").await == 1).then_some(())
    })
    .await;
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'completed'").await, 2);
    // Back again, the code is found in the history.
    farm.sandbox.heal();
    ali.block(false);
    ali.send("/history");
    let history = ali.sees("سجل الحجوزات").await.unwrap();
    assert!(history.codes().contains(&"111111".to_owned()));
    farm.finish(&[&bot]).await;
}

// SPEC: B1
#[tokio::test(flavor = "multi_thread")]
async fn money_for_an_id_that_is_no_user_waits_for_them() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    farm.top_up(&bot, 999_999_999_999, 5).await.unwrap();
    assert!(farm.top_up(&bot, 999_999_999_999, -6).await.is_err());
    // An alert to an owner who never came is not tried.
    let late = farm.visitor(&bot, 999_999_999_999, 0).await;
    late.send("/balance");
    late.sees("5 جنيه").await.unwrap();
    farm.finish(&[&bot]).await;
}

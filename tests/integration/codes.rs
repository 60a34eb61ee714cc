//! What comes after the first code, and what a rental's screen shows while it waits.

use crate::rental::reserve;
use crate::support::{TestFarm, eventually};
use chrono::TimeDelta;

// SPEC: M8
#[tokio::test(flavor = "multi_thread")]
async fn further_codes_come_free_of_charge_for_a_while() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.rental = "further_codes_sec = 600".into()).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "111111").await;
    ali.sees("🔐 وصل الكود!").await.unwrap();
    farm.advance(&bot, TimeDelta::minutes(9));
    farm.sms(&bot, &number, "222222").await;
    let further = ali.sees("كود آخر للرقم نفسه").await.unwrap();
    assert_eq!(further.codes(), [number.as_str(), "222222"]);
    farm.advance(&bot, TimeDelta::minutes(2));
    farm.sms(&bot, &number, "333333").await;
    assert_eq!(
        farm.count(&bot, "provider_messages WHERE outcome = 'unmatched' AND reason = 'no_open_rental'").await,
        1
    );
    assert_eq!(farm.count(&bot, "provider_messages WHERE outcome = 'further'").await, 1);
    assert_eq!(farm.count(&bot, "transactions WHERE type = 'purchase'").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: M8
#[tokio::test(flavor = "multi_thread")]
async fn without_the_setting_there_is_no_further_code() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "111111").await;
    ali.sees("🔐").await.unwrap();
    farm.sms(&bot, &number, "222222").await;
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'no_open_rental'").await, 1);
    assert_eq!(farm.count(&bot, "outbox").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: U12
#[tokio::test(flavor = "multi_thread")]
async fn a_delivered_code_is_erased_from_the_chat_and_from_the_tables() {
    let erase = "erase_code_after_sec = 3600\nfurther_codes_sec = 600";
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.rental = erase.into()).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("314159").await.unwrap();
    farm.sms(&bot, &number, "271828").await;
    ali.sees("271828").await.unwrap();
    ali.send("/history");
    let history = ali.sees("سجل الحجوزات").await.unwrap();
    assert!(!history.text.contains("314159"), "the list would keep it");
    eventually("both deliveries are recorded", || async {
        (farm.count(&bot, "outbox WHERE kind = 'erase_code'").await == 2).then_some(())
    })
    .await;
    farm.advance(&bot, TimeDelta::minutes(61));
    eventually("both messages are gone", || async {
        let left = ali.messages().iter().any(|m| m.text.contains("314159") || m.text.contains("271828"));
        (!left).then_some(())
    })
    .await;
    eventually("nothing stored holds a code", || async {
        let stored = farm.count(&bot, "reservations WHERE code_value IS NOT NULL").await
            + farm.count(&bot, "outbox WHERE details::text LIKE '%271828%'").await
            + farm.count(&bot, "provider_messages WHERE raw_payload::text ~ '314159|271828'").await;
        (stored == 0).then_some(())
    })
    .await;
    ali.send("/history");
    ali.sees("مكتمل").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U12, F8
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_erases_nothing_before_its_time() {
    let (mut farm, bot) = TestFarm::with_bot_like(1, |bot| bot.rental = "erase_code_after_sec = 3600".into()).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("314159").await.unwrap();
    eventually("the delivery is recorded", || async {
        (farm.count(&bot, "outbox WHERE kind = 'erase_code'").await == 1).then_some(())
    })
    .await;
    farm.restart().await;
    farm.wait_state(&bot.slug, botfarm::supervisor::status::State::Running).await;
    ali.send("/balance");
    ali.sees("رصيدك").await.unwrap();
    assert_eq!(farm.count(&bot, "outbox WHERE kind = 'erase_code' AND next_try_at > created_at").await, 1);
    assert_eq!(farm.count(&bot, "reservations WHERE code_value = '314159'").await, 1);
    ali.sees("314159").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U12
#[test]
fn a_code_cannot_be_erased_later_than_telegram_lets_it() {
    let text = "name = \"x\"\n[rental]\nerase_code_after_sec = 169201";
    let key = botfarm::seal::KeyRing::new(&[0; 32]);
    let faults = botfarm::config::bot::check(std::path::Path::new("a/xx.toml"), text, &key).unwrap_err();
    assert!(faults.to_string().contains("47 hours"), "{faults}");
}

// SPEC: U3
#[tokio::test(flavor = "multi_thread")]
async fn the_time_left_is_drawn_again_at_a_few_moments() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    reserve(&ali).await;
    let screen = ali.sees("20 دقيقة").await.unwrap();
    eventually("the screen is noted", || async {
        (farm.count(&bot, "reservations WHERE screen_message_id > 0").await == 1).then_some(())
    })
    .await;
    let edits = farm.sandbox.served("messages.editMessage");
    farm.advance(&bot, TimeDelta::minutes(3));
    farm.advance(&bot, TimeDelta::minutes(8));
    let drawn = ali.sees("9 دقائق").await.unwrap();
    assert_eq!(drawn.id, screen.id);
    assert_eq!(farm.sandbox.served("messages.editMessage"), edits + 1);
    // Its buttons are those from before, and act.
    assert_eq!(drawn.button("❌"), screen.button("❌"));
    ali.press("🏠").await.unwrap();
    ali.sees("اختر خدمة").await.unwrap();
    // What shows no rental any more is left alone.
    farm.advance(&bot, TimeDelta::minutes(6));
    ali.send("/balance");
    ali.sees("رصيدك").await.unwrap();
    assert!(ali.messages().iter().any(|m| m.id == screen.id && m.text.contains("اختر خدمة")));
    farm.finish(&[&bot]).await;
}

//! Buttons go stale: presses that come twice, too late, from elsewhere, or from nobody's button.

use crate::rental::reserve;
use crate::support::{BotFile, TestFarm, eventually};
use chrono::TimeDelta;
use telegram_sandbox::{Action, Visitor};

const STALE: &str = "انتهت صلاحية هذا الزر.";

fn data(button: &telegram_sandbox::Button) -> Vec<u8> {
    let Action::Callback(data) = &button.action else { panic!("a callback: {button:?}") };
    data.clone()
}

/// What must not move: rentals, numbers in use, rows of the ledger, money held.
async fn state(farm: &TestFarm, bot: &BotFile) -> [i64; 4] {
    [
        farm.count(bot, "reservations").await,
        farm.count(bot, "numbers WHERE status <> 'available'").await,
        farm.count(bot, "transactions").await,
        farm.count(bot, "users WHERE held > 0").await,
    ]
}

async fn offer(visitor: &Visitor) -> (i32, Vec<u8>) {
    visitor.send("/start");
    visitor.press("WhatsApp").await.unwrap();
    visitor.press("مصر").await.unwrap();
    let offer = visitor.wait_for(|m| m.button("📲").is_some()).await.unwrap();
    (offer.id, data(&offer.button("📲").unwrap()))
}

async fn is_stale(visitor: &Visitor, message: i32, data: &[u8]) {
    let (answer, _) = visitor.answer(visitor.press_data(message, data)).await.unwrap();
    assert_eq!(answer.text.as_deref(), Some(STALE), "{}", visitor.transcript());
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn a_second_press_of_the_same_button_acts_once() {
    let (farm, bot) = TestFarm::with_bot(5).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    let (message, press) = offer(&ali).await;
    let queries = [(); 3].map(|()| ali.press_data(message, &press));
    for query in queries {
        ali.answer(query).await.unwrap();
    }
    ali.sees("تم حجز رقمك").await.unwrap();
    assert_eq!(state(&farm, &bot).await, [1, 1, 1, 1]);
    // The same for 🔄: the second press names a number that is no longer the user's.
    let screen = ali.sees("تم حجز رقمك").await.unwrap();
    let change = data(&screen.button("🔄 تغيير الرقم").unwrap());
    let queries = [(); 3].map(|()| ali.press_data(message, &change));
    for query in queries {
        ali.answer(query).await.unwrap();
    }
    ali.sees("+201000000002").await.unwrap();
    assert_eq!(state(&farm, &bot).await, [2, 1, 1, 1]);
    farm.finish(&[&bot]).await;
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn a_press_on_a_screen_that_was_replaced_does_nothing() {
    let (farm, bot) = TestFarm::with_bot(5).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    let (message, press) = offer(&ali).await;
    ali.press("🔙").await.unwrap();
    ali.wait_for(|m| m.id == message && m.button("📲").is_none()).await.unwrap();
    is_stale(&ali, message, &press).await;
    assert_eq!(state(&farm, &bot).await, [0, 0, 1, 0]);
    // What replaced it stands there as it was.
    assert!(ali.messages().iter().any(|m| m.id == message && m.button("WhatsApp").is_some()));
    farm.finish(&[&bot]).await;
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn a_press_after_the_rental_ended_does_nothing_and_shows_how_it_stands() {
    let (farm, bot) = TestFarm::with_bot(5).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ali).await;
    let screen = ali.sees("تم حجز رقمك").await.unwrap();
    let buttons = ["🔄 تغيير الرقم", "🔄 تغيير الدولة", "❌ إلغاء"].map(|b| data(&screen.button(b).unwrap()));
    farm.sms(&bot, &number, "314159").await;
    ali.sees("✅ وصل كود هذا الرقم").await.unwrap();
    let before = state(&farm, &bot).await;
    for button in &buttons {
        is_stale(&ali, screen.id, button).await;
    }
    assert_eq!(state(&farm, &bot).await, before);
    farm.finish(&[&bot]).await;
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn a_press_of_another_user_does_nothing_and_changes_nobodys_screen() {
    let (farm, bot) = TestFarm::with_bot(5).await;
    let (ali, eve) = (farm.visitor(&bot, 501, 10).await, farm.visitor(&bot, 502, 10).await);
    eve.send("/start");
    eve.sees("أهلًا بك").await.unwrap();
    reserve(&ali).await;
    let screen = ali.sees("تم حجز رقمك").await.unwrap();
    let before = state(&farm, &bot).await;
    for button in screen.rows().into_iter().flatten() {
        if let Action::Callback(data) = button.action {
            is_stale(&eve, screen.id, &data).await;
        }
    }
    // Not even with the data of a close button, which would delete the message.
    let stamp = String::from_utf8(data(&screen.button("❌ إلغاء").unwrap())).unwrap();
    let stamp = stamp.rsplit_once('.').unwrap().1.to_owned();
    is_stale(&eve, screen.id, format!("close.{stamp}").as_bytes()).await;
    assert_eq!(state(&farm, &bot).await, before);
    assert!(ali.messages().iter().any(|m| m.id == screen.id && m.text == screen.text));
    farm.finish(&[&bot]).await;
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn a_press_replayed_after_a_restart_does_nothing() {
    let (mut farm, bot) = TestFarm::with_bot(5).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    let (message, reserve) = offer(&ali).await;
    ali.press("📲").await.unwrap();
    let screen = ali.sees("تم حجز رقمك").await.unwrap();
    let cancel = data(&screen.button("❌ إلغاء").unwrap());
    ali.press("🏠").await.unwrap();
    ali.wait_for(|m| m.id == message && m.button("WhatsApp").is_some()).await.unwrap();
    let before = state(&farm, &bot).await;
    farm.restart().await;
    farm.wait_state(&bot.slug, botfarm::supervisor::status::State::Running).await;
    is_stale(&ali, message, &reserve).await;
    is_stale(&ali, message, &cancel).await;
    assert_eq!(state(&farm, &bot).await, before);
    // The screen that the message does show works, restart or not.
    ali.press("WhatsApp").await.unwrap();
    ali.wait_for(|m| m.id == message && m.button("مصر").is_some()).await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U3, U11
#[tokio::test(flavor = "multi_thread")]
async fn a_late_notice_never_takes_the_place_of_a_number() {
    use telegram_sandbox::{Fault, Misbehave};
    let (farm, bot) = TestFarm::with_bot(5).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    let (message, press) = offer(&ali).await;
    // The first press takes long, so the second is answered empty before its turn comes.
    let slow = Misbehave::Delay(std::time::Duration::from_millis(1500));
    farm.sandbox.fault(Fault::always("messages.editMessage", slow).with_text("تم حجز").times(1));
    let queries = [(); 2].map(|()| ali.press_data(message, &press));
    for query in queries {
        ali.answer(query).await.unwrap();
    }
    ali.send("/balance");
    ali.sees("رصيدك").await.unwrap();
    let screen = ali.messages().into_iter().find(|m| m.id == message).unwrap();
    assert!(screen.text.contains("تم حجز رقمك") && screen.button("❌").is_some(), "{}", ali.transcript());
    farm.finish(&[&bot]).await;
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn an_edit_whose_answer_was_lost_leaves_buttons_that_act() {
    use telegram_sandbox::{Fault, Misbehave};
    let (farm, bot) = TestFarm::with_bot(5).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    ali.send("/start");
    farm.sandbox.fault(Fault::always("messages.editMessage", Misbehave::CutAfter).times(1));
    let home = ali.sees("اختر خدمة").await.unwrap();
    ali.press_data(home.id, &data(&home.button("WhatsApp").unwrap()));
    let countries = ali.wait_for(|m| m.button("مصر").is_some()).await.unwrap();
    // A press is lost while the bot is not connected, as in Telegram: people press again.
    eventually("the offer is shown", || async {
        ali.press_data(countries.id, &data(&countries.button("مصر").unwrap()));
        let offer = ali.wait_for(|m| m.button("📲").is_some());
        tokio::time::timeout(std::time::Duration::from_millis(500), offer).await.ok()
    })
    .await
    .unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn a_button_older_than_the_setting_refreshes_its_screen() {
    let (farm, bot) =
        TestFarm::with_bot_like(5, |bot| bot.tables = "[limits]\nbutton_lifetime_sec = 3600".into()).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    let (message, old) = offer(&ali).await;
    farm.advance(&bot, TimeDelta::hours(2));
    is_stale(&ali, message, &old).await;
    assert_eq!(state(&farm, &bot).await, [0, 0, 1, 0]);
    // The offer was drawn anew, and its button acts.
    let fresh = ali.wait_for(|m| m.button("📲").is_some_and(|b| data(&b) != old)).await.unwrap();
    assert_eq!(fresh.id, message);
    ali.press("📲").await.unwrap();
    ali.sees("تم حجز رقمك").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn data_of_no_button_is_refused() {
    let (farm, bot) = TestFarm::with_bot(5).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    ali.send("/start");
    let screen = ali.sees("أهلًا بك").await.unwrap();
    let stamp = String::from_utf8(data(&screen.button("WhatsApp").unwrap())).unwrap();
    let stamp = stamp.rsplit_once('.').unwrap().1.to_owned();
    let forged: [Vec<u8>; 7] = [
        Vec::new(),
        b"resv_new_1_-10".to_vec(),
        format!("resv_new_1_0.01{stamp}").into_bytes(),
        format!("admin_all.{stamp}").into_bytes(),
        b"resv_cancel_1.zzzzzzzzzzzzzzz".to_vec(),
        vec![0xff; 64],
        "☃".repeat(20).into_bytes(),
    ];
    for data in &forged {
        is_stale(&ali, screen.id, data).await;
    }
    // The right stamp with another price than the offer's: nothing is free at that price.
    let (answer, _) =
        ali.answer(ali.press_data(screen.id, format!("resv_new_1_0.01.{stamp}").as_bytes())).await.unwrap();
    assert!(answer.text.unwrap().contains("تغيّر السعر"));
    assert_eq!(state(&farm, &bot).await, [0, 0, 1, 0]);
    farm.finish(&[&bot]).await;
}

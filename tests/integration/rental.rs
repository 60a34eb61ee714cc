//! A rental from /start to the code, and its other ends.

use crate::support::TestFarm;
use chrono::TimeDelta;
use telegram_sandbox::Visitor;

/// From /start to the reserved number, which is returned.
pub async fn reserve(visitor: &Visitor) -> String {
    visitor.send("/start");
    visitor.press("WhatsApp").await.unwrap();
    visitor.press("مصر").await.unwrap();
    visitor.press("📲").await.unwrap();
    let screen = visitor.sees("✅ تم حجز رقمك").await.unwrap();
    screen.codes()[0].clone()
}

// SPEC: U1, U2, U3, U4, U8, B1
#[tokio::test(flavor = "multi_thread")]
async fn a_user_rents_a_number_and_pays_when_the_code_arrives() {
    let (farm, bot) = TestFarm::with_bot(3).await;
    let ahmed = farm.visitor(&bot, 501, 25).await;
    let number = reserve(&ahmed).await;
    assert_eq!(number, "+201000000001");
    farm.sms(&bot, &number, "123-456").await;
    let code = ahmed.sees("🔐 وصل الكود").await.unwrap();
    assert_eq!(code.codes(), [number.as_str(), "123456"]);
    assert!(code.text.contains("15 جنيه"), "{}", code.text);
    ahmed.send("/balance");
    let balance = ahmed.sees("💰 رصيدك").await.unwrap();
    assert!(balance.text.contains("-10 جنيه"), "{}", balance.text);
    assert_eq!(farm.count(&bot, "numbers WHERE status = 'used'").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: U5
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_number_goes_back_and_costs_nothing() {
    let (farm, bot) = TestFarm::with_bot(2).await;
    let mona = farm.visitor(&bot, 502, 10).await;
    let first = reserve(&mona).await;
    mona.press("🔄 تغيير الرقم").await.unwrap();
    let screen = mona.wait_for(|m| m.text.contains("تم حجز") && !m.text.contains(&first)).await.unwrap();
    assert_eq!(screen.codes(), ["+201000000002"]);
    // The first rests, so there is no third: the second stays, with a notice.
    let (answer, _) = mona.press("🔄 تغيير الرقم").await.unwrap();
    assert!(answer.text.unwrap().contains("لا يوجد رقم آخر"));
    farm.sms(&bot, &first, "111111").await;
    farm.sms(&bot, "+201000000002", "222222").await;
    let code = mona.sees("🔐").await.unwrap();
    assert_eq!(code.codes()[1], "222222");
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'no_open_rental'").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: U6
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_rental_costs_nothing_and_its_number_rests() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ali = farm.visitor(&bot, 503, 10).await;
    let number = reserve(&ali).await;
    farm.advance(&bot, TimeDelta::minutes(21));
    let notice = ali.sees("انتهت المهلة ولم يصل الكود").await.unwrap();
    assert!(notice.button("🔁").is_some() && notice.button("🆘").is_some());
    // The late code reaches nobody.
    farm.sms(&bot, &number, "123456").await;
    // Nobody gets the number while it rests, and everybody after.
    ali.press("🔁").await.unwrap();
    ali.sees("لا يوجد").await.unwrap();
    farm.advance(&bot, TimeDelta::minutes(11));
    let sara = farm.visitor(&bot, 504, 10).await;
    assert_eq!(reserve(&sara).await, number);
    assert_eq!(farm.count(&bot, "transactions WHERE type = 'purchase'").await, 0);
    farm.finish(&[&bot]).await;
}

// SPEC: U3, U10
#[tokio::test(flavor = "multi_thread")]
async fn a_canceled_rental_gives_number_and_money_back() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let omar = farm.visitor(&bot, 505, 10).await;
    reserve(&omar).await;
    omar.send("/cancel");
    omar.press("❌ إلغاء").await.unwrap();
    omar.sees("أهلًا بك").await.unwrap();
    assert_eq!(farm.count(&bot, "numbers WHERE status = 'available'").await, 1);
    assert_eq!(farm.count(&bot, "users WHERE held = 0 AND balance = 10").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: U7
#[tokio::test(flavor = "multi_thread")]
async fn a_short_balance_reserves_nothing() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let poor = farm.visitor(&bot, 506, 7).await;
    poor.send("/start");
    poor.press("WhatsApp").await.unwrap();
    poor.press("مصر").await.unwrap();
    let (answer, _) = poor.press("📲").await.unwrap();
    assert_eq!(answer.text.as_deref(), Some("رصيدك غير كافٍ: ينقصك 3 جنيه."));
    assert_eq!(farm.count(&bot, "reservations").await, 0);
    assert_eq!(farm.count(&bot, "numbers WHERE status = 'available'").await, 1);
    farm.finish(&[&bot]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_screen_never_hides_that_the_code_arrived() {
    use telegram_sandbox::{Fault, Misbehave};
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    // The screen's answer comes late, so its lane is busy while the code arrives.
    let late = Misbehave::Delay(std::time::Duration::from_secs(1));
    farm.sandbox.fault(Fault::always("messages.editMessage", late).with_text("تم حجز"));
    let number = reserve(&ahmed).await;
    farm.sms(&bot, &number, "123456").await;
    ahmed.sees("🔐").await.unwrap();
    ahmed.sees("✅ وصل كود هذا الرقم").await.unwrap();
    assert!(!ahmed.messages().iter().any(|m| m.text.contains("تم حجز رقمك")), "{}", ahmed.transcript());
    farm.finish(&[&bot]).await;
}

// SPEC: U3
#[tokio::test(flavor = "multi_thread")]
async fn changing_the_country_ends_the_rental_and_shows_the_countries() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    reserve(&ali).await;
    ali.press("🔄 تغيير الدولة").await.unwrap();
    ali.sees("اختر الدولة للخدمة").await.unwrap();
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'canceled'").await, 1);
    assert_eq!(farm.count(&bot, "numbers WHERE status = 'available'").await, 1);
    assert_eq!(farm.count(&bot, "users WHERE held = 0").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: U5
#[tokio::test(flavor = "multi_thread")]
async fn a_returned_number_is_kept_from_the_same_user_longer_than_from_others() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| (bot.cooldown_sec, bot.pause_sec) = (1, Some(600))).await;
    let (ali, mona) = (farm.visitor(&bot, 501, 10).await, farm.visitor(&bot, 502, 10).await);
    reserve(&ali).await;
    ali.press("❌ إلغاء").await.unwrap();
    ali.sees("اختر خدمة").await.unwrap();
    farm.advance(&bot, TimeDelta::minutes(9));
    ali.send("/start");
    ali.press("WhatsApp").await.unwrap();
    ali.press("مصر").await.unwrap();
    let (answer, _) = ali.press("📲").await.unwrap();
    assert!(answer.text.unwrap().contains("لا توجد أرقام متاحة"));
    assert_eq!(reserve(&mona).await, "+201000000001");
    farm.finish(&[&bot]).await;
}

// SPEC: U2, U8
#[tokio::test(flavor = "multi_thread")]
async fn a_countrys_own_price_wins_over_the_services_and_countries_are_paged() {
    let countries =
        (1..=12).map(|n| format!("{{ name = \"C{n:02}\", dial_code = \"{}\", price = \"{n}.25\" }}", 200 + n));
    let countries = countries.collect::<Vec<_>>().join(", ");
    let service =
        format!("[[services]]\nname = \"Many\"\nprice = \"99\"\nproviders = [\"sms1\"]\ncountries = [{countries}]");
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.tables = service).await;
    let csv = "service,country_code,phone_number\nMany,212,+212600000001\n";
    let tenant = farm.tenant(&bot);
    crate::support::fill(&tenant, csv).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    ali.send("/start");
    ali.press("Many").await.unwrap();
    let first = ali.wait_for(|m| m.button("C01").is_some()).await.unwrap();
    assert!(first.button("C11").is_none());
    ali.press("⏭️").await.unwrap();
    ali.press("C12").await.unwrap();
    let offer = ali.wait_for(|m| m.button("📲").is_some()).await.unwrap();
    assert!(offer.text.contains("12.25 جنيه"), "{}", offer.text);
    ali.press("📲").await.unwrap();
    ali.sees("+212600000001").await.unwrap();
    let sms = serde_json::json!({ "to": "+212600000001", "service": "Many", "text": "code 314159" });
    farm.post(&bot, "hook-token", vec![sms]).await;
    let code = ali.sees("🔐").await.unwrap();
    assert!(code.text.contains("تم خصم \u{2068}12.25 جنيه"), "{}", code.text);
    farm.finish(&[&bot]).await;
}

// SPEC: A1, U4
#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_leaves_the_file_still_delivers_to_its_open_rentals() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ali).await;
    let text = bot.text(&farm.sandbox);
    let without = text.split("[[services]]").next().unwrap();
    std::fs::write(farm.path("elweshaq.toml"), without).unwrap();
    crate::support::eventually("the service is off", || async {
        (farm.count(&bot, "services WHERE NOT active").await == 1).then_some(())
    })
    .await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐 وصل الكود!").await.unwrap();
    farm.finish(&[&bot]).await;
}

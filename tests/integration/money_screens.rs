//! What users see of their money and their rentals: paged, with states, in their language.

use crate::rental::reserve;
use crate::support::{BotFile, TestFarm, eventually};
use chrono::TimeDelta;
use telegram_sandbox::Visitor;

async fn turn(visitor: &Visitor, button: &str, next: impl Fn(&str) -> bool) -> String {
    visitor.press(button).await.unwrap();
    visitor.wait_for(|m| next(&m.text)).await.unwrap().text
}

// SPEC: U9
#[tokio::test(flavor = "multi_thread")]
async fn the_balance_shows_every_movement_page_by_page() {
    let (farm, bot) =
        TestFarm::with_bot_like(1, |bot| bot.extra = "page_size = 10\ntime_zone = \"Africa/Cairo\"".into()).await;
    let ali = farm.visitor(&bot, 501, 0).await;
    for amount in 1..=23 {
        farm.top_up(&bot, 501, amount * 100).await.unwrap();
    }
    ali.send("/balance");
    let first = ali.sees("💰 رصيدك").await.unwrap();
    assert!(first.text.contains("27,600 جنيه") && first.text.contains("2,300 جنيه"), "{}", first.text);
    assert!(first.button("⏮️").is_none());
    let date = farm.app.clock.now().with_timezone(&chrono_tz::Africa::Cairo);
    assert!(first.text.contains(&date.format("%Y، %H:").to_string()), "{}", first.text);
    let second = turn(&ali, "⏭️", |t| t.contains("1,300 جنيه") && !t.contains("2,300 جنيه")).await;
    assert_eq!(second.matches('➕').count(), 10);
    let third = turn(&ali, "⏭️", |t| t.contains("➕ \u{2068}100 جنيه")).await;
    assert_eq!(third.matches('➕').count(), 3);
    turn(&ali, "⏮️", |t| t.contains("1,300 جنيه") && !t.contains("2,300 جنيه")).await;
    farm.finish(&[&bot]).await;
}

// SPEC: U9
#[tokio::test(flavor = "multi_thread")]
async fn the_history_shows_every_rental_with_its_state_page_by_page() {
    let (farm, bot) = TestFarm::with_bot_like(30, |bot| bot.extra = "page_size = 10".into()).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐").await.unwrap();
    reserve(&ali).await;
    for n in 3..=12 {
        ali.press("🔄 تغيير الرقم").await.unwrap();
        ali.sees(&format!("+2010000000{n:02}")).await.unwrap();
    }
    ali.send("/history");
    let first = ali.sees("🧾").await.unwrap();
    assert!(first.text.contains("⏳ بانتظار الكود") && first.text.contains("❌ ملغى"), "{}", first.text);
    assert_eq!(first.codes().len(), 10);
    ali.press("⏭️").await.unwrap();
    let second = ali.wait_for(|m| m.text.contains("✅ مكتمل")).await.unwrap();
    assert!(second.codes().contains(&"314159".to_owned()));
    // A page that is gone by now is empty, not an error.
    farm.advance(&bot, TimeDelta::minutes(21));
    ali.sees("انتهت المهلة").await.unwrap();
    ali.send("/history");
    ali.sees("⌛ منتهٍ").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U1, U2
#[tokio::test(flavor = "multi_thread")]
async fn only_what_can_be_rented_is_listed_and_lists_are_paged() {
    let services = (1..=12).map(|n| {
        format!(
            "[[services]]\nname = \"S{n:02}\"\nprice = \"{n}\"\nproviders = [\"sms1\"]\n\
             countries = [{{ name = \"مصر\", dial_code = \"20\" }}]\n"
        )
    });
    let unlisted = "[[services]]\nname = \"NoProvider\"\nprice = \"1\"\ncountries = [{ name = \"x\", dial_code = \"20\" }]\n\
                    [[services]]\nname = \"NoCountry\"\nprice = \"1\"\nproviders = [\"sms1\"]\n";
    let (farm, bot) =
        TestFarm::with_bot_like(1, |bot| bot.tables = format!("{}{unlisted}", services.collect::<String>())).await;
    let ali = farm.visitor(&bot, 501, 0).await;
    ali.send("/start");
    let first = ali.sees("اختر خدمة").await.unwrap();
    assert!(first.button("S09").is_some() && first.button("S10").is_none());
    // In Arabic a row is read from the right: the first service stands there.
    let labels: Vec<_> = first.rows()[0].iter().map(|b| b.label.clone()).collect();
    assert_eq!(labels, ["S01", "🟢 WhatsApp"]);
    ali.press("⏭️").await.unwrap();
    let second = ali.wait_for(|m| m.button("S12").is_some()).await.unwrap();
    assert!(second.button("NoProvider").is_none() && second.button("NoCountry").is_none());
    farm.finish(&[&bot]).await;
}

// SPEC: U8
#[tokio::test(flavor = "multi_thread")]
async fn the_number_s_own_price_wins_and_the_price_shown_is_charged() {
    let (farm, bot) = TestFarm::with_bot(0).await;
    let csv = "service,country_code,phone_number,price_override\nWhatsApp,20,+201000000001,7.25\n";
    let tenant = farm.tenant(&bot);
    crate::support::fill(&tenant, csv).await;
    let ali = farm.visitor(&bot, 501, 20).await;
    ali.send("/start");
    ali.press("WhatsApp").await.unwrap();
    ali.press("مصر").await.unwrap();
    let offer = ali.wait_for(|m| m.button("📲").is_some()).await.unwrap();
    assert!(offer.text.contains("7.25 جنيه"), "{}", offer.text);
    // The file's price changes while the offer is open: this number has its own.
    let dearer = BotFile { price: "99.00", ..bot.clone() };
    dearer.write(farm.directory.path(), &farm.sandbox);
    eventually("the price is in force", || async {
        (farm.count(&bot, "services WHERE default_price = 99").await == 1).then_some(())
    })
    .await;
    ali.press("📲").await.unwrap();
    ali.sees("تم حجز رقمك").await.unwrap();
    farm.sms(&bot, "+201000000001", "314159").await;
    let code = ali.sees("🔐").await.unwrap();
    assert!(code.text.contains("تم خصم \u{2068}7.25 جنيه"), "{}", code.text);
    farm.finish(&[&bot]).await;
}

// SPEC: A14
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_is_told_once_when_the_stock_runs_low() {
    let (farm, bot) = TestFarm::with_bot_like(4, |bot| bot.extra = "owners = [700]\nlow_stock = 3".into()).await;
    let owner = farm.visitor(&bot, 700, 0).await;
    owner.send("/start");
    owner.sees("اختر خدمة").await.unwrap();
    let users = [501, 502, 503];
    for id in users {
        let user = farm.visitor(&bot, id, 10).await;
        reserve(&user).await;
    }
    let alert = owner.sees("المخزون يوشك على النفاد").await.unwrap();
    assert!(alert.text.contains("WhatsApp") && alert.text.contains("المتبقية: \u{2068}2"), "{}", alert.text);
    assert_eq!(farm.count(&bot, "outbox WHERE kind = 'alert'").await, 1);
    owner.press("❌ إغلاق").await.unwrap();
    eventually("the alert is closed", || async {
        (!owner.messages().iter().any(|m| m.text.contains("المخزون"))).then_some(())
    })
    .await;
    farm.finish(&[&bot]).await;
}

// SPEC: M7, A14
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_is_told_once_that_a_provider_is_down_and_once_that_it_is_back() {
    use crate::support::provider::{Mood, Provider};
    let provider = Provider::start().await;
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| {
        bot.provider = provider.lines();
        bot.extra = "owners = [700]".into();
    })
    .await;
    let owner = farm.visitor(&bot, 700, 10).await;
    reserve(&owner).await;
    provider.set(Mood::Status(503));
    let down = owner.sees("لا يستجيب كما ينبغي").await.unwrap();
    assert!(down.text.contains("sms1") && down.text.contains("503"), "{}", down.text);
    provider.set(Mood::Honest);
    owner.sees("عاد المزود").await.unwrap();
    assert_eq!(farm.count(&bot, "outbox WHERE kind = 'alert'").await, 2);
    farm.finish(&[&bot]).await;
}

//! The screens, as reviewed snapshots: `cargo insta review` after a change that is meant.

use crate::support::screen::Screen;
use crate::support::{BotFile, TestFarm, eventually};
use chrono::TimeDelta;
use telegram_sandbox::Message;

fn shown(message: &Message) -> String {
    let date = regex::Regex::new(r"\d{1,2} \S+ 20\d\d[،,] \d\d:\d\d").unwrap();
    Screen::from(message).map(|text| date.replace_all(text, "‹date›").into_owned()).reviewed()
}

/// Everything that can be on the screens besides a plain rental.
async fn other_screens(language: &'static str, words: [&str; 8]) -> Vec<String> {
    let [join, verify, unpaid, failed, another, replaced, maintenance, terms] = words;
    let farm = TestFarm::new().await;
    let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.language = language;
    bot.extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into();
    bot.terms_accepted = false;
    bot.rental = "check_balance_at_reserve = false\non_expiry = \"replace\"\nfurther_codes_sec = 600\n\
                  change_fee = \"1.50\""
        .into();
    bot.tables =
        "[[channels]]\nname = \"@elweshaq_news\"\ntitle = \"News\"\nreward = \"1234.50\"\nevery_days = 2".into();
    farm.sandbox.add_channel(9001, "News", Some("elweshaq_news"));
    farm.sandbox.set_channel_admin(9001, bot.id(), true);
    farm.add(&bot).await;
    farm.stock(&bot, 3).await;
    let mut screens = Vec::new();
    let (owner, user) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 4).await);
    owner.send("/start");
    screens.push(shown(&owner.sees(terms).await.unwrap()));
    owner.press("✅").await.unwrap();
    owner.wait_for(|m| m.button("WhatsApp").is_some()).await.unwrap();
    eventually("the bot opens", || async {
        user.send("/start");
        let home = user.wait_for(|m| m.button("WhatsApp").is_some());
        tokio::time::timeout(std::time::Duration::from_millis(300), home).await.ok()
    })
    .await
    .unwrap();
    user.press("🎁").await.unwrap();
    screens.push(shown(&user.sees(join).await.unwrap()));
    user.press("✅").await.unwrap();
    screens.push(shown(&user.sees(verify).await.unwrap()));
    user.press("🏠").await.unwrap();
    user.wait_for(|m| m.button("WhatsApp").is_some()).await.unwrap();
    user.press("WhatsApp").await.unwrap();
    user.press("مصر").await.unwrap();
    user.press("📲").await.unwrap();
    let number = user.wait_for(|m| m.button("🔄").is_some() && !m.codes().is_empty()).await.unwrap().codes()[0].clone();
    farm.sms(&bot, &number, "123456").await;
    screens.push(shown(&user.sees(unpaid).await.unwrap()));
    screens.push(shown(&owner.sees("💸").await.unwrap()));
    farm.advance(&bot, TimeDelta::minutes(21));
    screens.push(shown(&user.sees(failed).await.unwrap()));
    user.send("/start");
    user.press("🎁").await.unwrap();
    user.sees(join).await.unwrap();
    user.join(9001);
    user.press("✅").await.unwrap();
    screens.push(shown(&user.sees("🎉").await.unwrap()));
    user.send("/start");
    user.press("WhatsApp").await.unwrap();
    user.press("مصر").await.unwrap();
    user.press("📲").await.unwrap();
    user.sees("+201000000002").await.unwrap();
    farm.advance(&bot, TimeDelta::minutes(21));
    screens.push(shown(&user.sees(replaced).await.unwrap()));
    farm.sms(&bot, "+201000000003", "111222").await;
    user.wait_for(|m| m.codes().contains(&"111222".to_owned())).await.unwrap();
    farm.sms(&bot, "+201000000003", "333444").await;
    screens.push(shown(&user.sees(another).await.unwrap()));
    bot.extra.push_str("\nmaintenance = true");
    bot.write(farm.directory.path(), &farm.sandbox);
    eventually("it is closed", || async {
        user.send("/start");
        tokio::time::timeout(std::time::Duration::from_millis(300), user.sees(maintenance)).await.ok()
    })
    .await
    .unwrap();
    screens.push(shown(&user.sees(maintenance).await.unwrap()));
    farm.finish(&[&bot]).await;
    screens
}

// SPEC: U5, U6, U7, U13, C1, C2, M8, A14, S5
#[tokio::test(flavor = "multi_thread")]
async fn the_other_arabic_screens() {
    let words = ["اشترك في القنوات", "لم تشترك بعد", "غير كافٍ", "لم يُدفع", "كود آخر", "فحُجز لك", "الصيانة", "شروط"];
    insta::assert_snapshot!(other_screens("ar", words).await.join("\n────────\n"));
}

// SPEC: U5, U6, U7, U13, C1, C2, M8, A14, S5
#[tokio::test(flavor = "multi_thread")]
async fn the_other_english_screens() {
    let words = [
        "Join these channels",
        "not joined yet",
        "too low",
        "was not paid",
        "Another code",
        "another one was reserved",
        "maintenance",
        "Terms",
    ];
    insta::assert_snapshot!(other_screens("en", words).await.join("\n────────\n"));
}

/// Money, history, the gate, and rentals that end without a code.
async fn account_screens(language: &'static str, words: [&str; 5]) -> Vec<String> {
    let [expired, ended, canceled, gate, over] = words;
    let farm = TestFarm::new().await;
    let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.language = language;
    bot.tables = "[[channels]]\nname = \"@elweshaq_news\"\ntitle = \"News\"\nrequired = true".into();
    farm.sandbox.add_channel(9001, "News", Some("elweshaq_news"));
    farm.sandbox.set_channel_admin(9001, bot.id(), true);
    farm.add(&bot).await;
    farm.stock(&bot, 3).await;
    let user = farm.visitor(&bot, 501, 25).await;
    let mut screens = Vec::new();
    user.send("/start");
    screens.push(shown(&user.sees(gate).await.unwrap()));
    user.join(9001);
    user.press("✅").await.unwrap();
    user.wait_for(|m| m.button("WhatsApp").is_some()).await.unwrap();
    user.press("WhatsApp").await.unwrap();
    user.press("مصر").await.unwrap();
    user.press("📲").await.unwrap();
    user.sees("+201000000001").await.unwrap();
    user.press("🏠").await.unwrap();
    let home = user.wait_for(|m| m.button("WhatsApp").is_some()).await.unwrap();
    assert!(home.button("⏳").is_some(), "{}", user.transcript());
    user.press("⏳").await.unwrap();
    screens.push(shown(&user.wait_for(|m| m.button("+201000000001").is_some()).await.unwrap()));
    let (answer, _) = user.press("❌").await.unwrap();
    screens.push(answer.text.unwrap());
    assert!(screens.last().unwrap().contains(canceled));
    // The list of open rentals names WhatsApp too: home must have taken its place.
    user.wait_for(|m| m.button("🎁").is_some()).await.unwrap();
    user.send("/start");
    user.press("WhatsApp").await.unwrap();
    user.press("مصر").await.unwrap();
    user.press("📲").await.unwrap();
    user.sees("+201000000002").await.unwrap();
    farm.advance(&bot, TimeDelta::minutes(21));
    screens.push(shown(&user.sees(expired).await.unwrap()));
    screens.push(shown(&user.sees(ended).await.unwrap()));
    user.send("/history");
    screens.push(shown(&user.sees("🧾").await.unwrap()));
    user.send("/balance");
    screens.push(shown(&user.sees("💰").await.unwrap()));
    user.send("/cancel");
    screens.push(shown(&user.sees(over).await.unwrap()));
    farm.finish(&[&bot]).await;
    screens
}

// SPEC: U1, U3, U6, U9, U10, C6
#[tokio::test(flavor = "multi_thread")]
async fn the_arabic_account() {
    let words = ["انتهت المهلة ولم", "انتهت مهلة", "أُلغي الحجز", "اشترك أولًا", "لا توجد حجوزات مفتوحة"];
    insta::assert_snapshot!(account_screens("ar", words).await.join("\n────────\n"));
}

// SPEC: U1, U3, U6, U9, U10, C6
#[tokio::test(flavor = "multi_thread")]
async fn the_english_account() {
    let words = ["Time is up", "is up:", "was canceled", "first join", "no open rentals"];
    insta::assert_snapshot!(account_screens("en", words).await.join("\n────────\n"));
}

async fn journey(language: &'static str, country: &str, reserved: &str) -> Vec<String> {
    let (farm, bot) = TestFarm::with_bot_like(2, |bot| bot.language = language).await;
    let visitor = farm.visitor(&bot, 501, 15).await;
    let mut screens = Vec::new();
    visitor.send("/start");
    screens.push(shown(&visitor.wait_for(|m| m.button("WhatsApp").is_some()).await.unwrap()));
    visitor.press("WhatsApp").await.unwrap();
    screens.push(shown(&visitor.wait_for(|m| m.button(country).is_some()).await.unwrap()));
    visitor.press(country).await.unwrap();
    screens.push(shown(&visitor.wait_for(|m| m.button("📲").is_some()).await.unwrap()));
    visitor.press("📲").await.unwrap();
    let rental = visitor.sees(reserved).await.unwrap();
    screens.push(shown(&rental));
    farm.sms(&bot, &rental.codes()[0], "123456").await;
    screens.push(shown(&visitor.sees("🔐").await.unwrap()));
    visitor.send("/help");
    screens.push(shown(&visitor.wait_for(|m| m.text.contains("/balance")).await.unwrap()));
    visitor.send("/language");
    screens.push(shown(&visitor.sees("🌐").await.unwrap()));
    farm.finish(&[&bot]).await;
    screens
}

// SPEC: U1, U2, U3, U4, U10
#[tokio::test(flavor = "multi_thread")]
async fn the_arabic_journey() {
    insta::assert_snapshot!(journey("ar", "مصر", "تم حجز").await.join("\n────────\n"));
}

// SPEC: U1, U2, U3, U4, U10
#[tokio::test(flavor = "multi_thread")]
async fn the_english_journey() {
    insta::assert_snapshot!(journey("en", "مصر", "is reserved").await.join("\n────────\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_chooses_the_language_and_keeps_it() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let visitor = farm.sandbox.visitor(bot.id(), 501, "Grace", "en-GB");
    visitor.send("/start");
    visitor.sees("Welcome to").await.unwrap();
    visitor.send("/language");
    visitor.press("العربية").await.unwrap();
    visitor.sees("أهلًا بك").await.unwrap();
    visitor.send("/help");
    visitor.sees("اختر خدمة ثم دولة").await.unwrap();
    assert!(farm.sandbox.commands(bot.id(), "default", "ar").iter().any(|(c, d)| c == "balance" && d == "رصيدي"));
    farm.finish(&[&bot]).await;
}

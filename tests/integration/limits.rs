//! What is checked before anything else, and how fast and how much a user may do.

use crate::rental::reserve;
use crate::support::TestFarm;
use chrono::TimeDelta;

fn limits(lines: &str) -> String {
    format!("[limits]\n{lines}")
}

// SPEC: U14
#[tokio::test(flavor = "multi_thread")]
async fn who_presses_too_often_is_told_how_long_to_wait() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.tables = limits("presses_per_minute = 3")).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    ali.send("/start");
    ali.press("💰").await.unwrap();
    ali.press("🏠").await.unwrap();
    ali.wait_for(|m| m.button("💰").is_some()).await.unwrap();
    let (answer, _) = ali.press("💰").await.unwrap();
    let text = answer.text.unwrap();
    assert!(text.contains("محاولات كثيرة، انتظر") && text.contains("ثانية"), "{text}");
    // Messages over the limit are answered once.
    ali.send("/balance");
    ali.send("/balance");
    let mona = farm.visitor(&bot, 502, 10).await;
    mona.send("/start");
    mona.sees("أهلًا بك").await.unwrap();
    assert!(ali.messages().iter().filter(|m| m.text.contains("محاولات كثيرة")).count() <= 1);
    farm.finish(&[&bot]).await;
}

// SPEC: U14
#[tokio::test(flavor = "multi_thread")]
async fn no_more_rentals_are_open_at_once_than_the_bot_allows() {
    let (farm, bot) = TestFarm::with_bot_like(3, |bot| bot.tables = limits("open_rentals = 1")).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    reserve(&ali).await;
    ali.send("/start");
    ali.press("WhatsApp").await.unwrap();
    ali.press("مصر").await.unwrap();
    let (answer, _) = ali.press("📲").await.unwrap();
    assert_eq!(answer.text.as_deref(), Some("لك حجز مفتوح واحد في الوقت نفسه، أنهه أو ألغه أولًا."));
    assert_eq!(farm.count(&bot, "reservations").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: U14
#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_changed_only_so_often_in_an_hour() {
    let (farm, bot) = TestFarm::with_bot_like(9, |bot| bot.tables = limits("changes_per_hour = 2")).await;
    let ali = farm.visitor(&bot, 501, 100).await;
    reserve(&ali).await;
    for n in [2, 3] {
        ali.press("🔄 تغيير الرقم").await.unwrap();
        ali.sees(&format!("+20100000000{n}")).await.unwrap();
    }
    let (answer, _) = ali.press("🔄 تغيير الرقم").await.unwrap();
    assert_eq!(answer.text.as_deref(), Some("محاولات كثيرة، حاول مجددًا بعد 60 دقيقة."));
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'waiting_code'").await, 1);
    farm.advance(&bot, TimeDelta::minutes(61));
    ali.sees("انتهت المهلة").await.unwrap();
    reserve(&ali).await;
    ali.press("🔄 تغيير الرقم").await.unwrap();
    ali.wait_for(|m| m.text.contains("تم حجز") && m.text.contains("+201")).await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U13, S5
#[tokio::test(flavor = "multi_thread")]
async fn a_banned_user_can_do_nothing_but_still_gets_the_code_of_an_open_rental() {
    let (farm, bot) = TestFarm::with_bot(2).await;
    let ali = farm.visitor(&bot, 501, 30).await;
    let number = reserve(&ali).await;
    farm.ban(&bot, 501, true).await;
    let (answer, _) = ali.press("🔄 تغيير الرقم").await.unwrap();
    assert_eq!(answer.text.as_deref(), Some("لا يمكنك استخدام هذا البوت بعد الآن."));
    ali.send("/start");
    ali.sees("لا يمكنك استخدام هذا البوت").await.unwrap();
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐 وصل الكود!").await.unwrap();
    assert_eq!(farm.count(&bot, "users WHERE balance = 20 AND is_banned").await, 1);
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'user.ban' AND subject = '501'").await, 1);
    farm.ban(&bot, 501, false).await;
    ali.send("/start");
    ali.press("💰").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U13
#[tokio::test(flavor = "multi_thread")]
async fn in_maintenance_users_wait_and_owners_work() {
    let owners = |bot: &mut crate::support::BotFile| bot.extra = "owners = [700]\nmaintenance = true".into();
    let (farm, bot) = TestFarm::with_bot_like(1, owners).await;
    let (ali, owner) = (farm.visitor(&bot, 501, 10).await, farm.visitor(&bot, 700, 10).await);
    ali.send("/start");
    let closed = ali.sees("البوت تحت الصيانة").await.unwrap();
    assert!(closed.button("🆘").is_some() && closed.button("WhatsApp").is_none());
    reserve(&owner).await;
    // The file is edited: the bot opens at once.
    let open = crate::support::BotFile { extra: "owners = [700]".into(), ..bot.clone() };
    open.write(farm.directory.path(), &farm.sandbox);
    crate::support::eventually("the bot opens", || async {
        ali.send("/start");
        tokio::time::timeout(std::time::Duration::from_millis(300), ali.sees("أهلًا بك")).await.ok()
    })
    .await
    .unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: S5
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_opens_once_an_owner_has_accepted_the_terms() {
    let (farm, file) = TestFarm::with_bot_like(1, |bot| {
        bot.extra = "owners = [700]".into();
        bot.terms_accepted = false;
    })
    .await;
    let file = &file;
    let (ali, owner) = (farm.visitor(file, 501, 10).await, farm.visitor(file, 700, 0).await);
    ali.send("/start");
    ali.sees("البوت لم يُفتح بعد").await.unwrap();
    // Nobody else can accept, not even with the button's data.
    owner.send("/start");
    let terms = owner.sees("شروط الاستخدام").await.unwrap();
    assert!(terms.button("💰").is_none());
    let telegram_sandbox::Action::Callback(data) = terms.button("✅").unwrap().action else { panic!() };
    ali.answer(ali.press_data(ali.messages().last().unwrap().id, &data)).await.unwrap();
    assert_eq!(farm.count(file, "settings").await, 0);
    owner.press("✅ أوافق").await.unwrap();
    owner.sees("أهلًا بك").await.unwrap();
    crate::support::eventually("the bot opens", || async {
        ali.send("/start");
        tokio::time::timeout(std::time::Duration::from_millis(300), ali.sees("أهلًا بك")).await.ok()
    })
    .await
    .unwrap();
    assert_eq!(farm.count(file, "audit_log WHERE action = 'terms.accept' AND actor = 'owner:700'").await, 1);
    farm.finish(&[file]).await;
}

// SPEC: S5
#[test]
fn a_service_outside_the_allow_list_is_a_fault_of_the_file() {
    let text = "name = \"x\"\nallowed_services = [\"Telegram\"]\n[[services]]\nname = \"WhatsApp\"\nprice = \"1\"";
    let key = botfarm::seal::KeyRing::new(&[0; 32]);
    let faults = botfarm::config::bot::check(std::path::Path::new("a/xx.toml"), text, &key).unwrap_err();
    let found = faults.faults.iter().any(|f| f.message.contains("\"WhatsApp\" is not among them"));
    assert!(found, "{faults}");
}

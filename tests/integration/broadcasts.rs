//! Messages to many users, and to one.

use crate::panel::{enter, farm, go, home, last, step};
use crate::support::{BotFile, FarmProcess, TestFarm, eventually, postgres};
use telegram_sandbox::{Fault, Misbehave, Sandbox, Visitor};

const FIRST: i64 = 10_000;
const TEXT: &str = "عرض اليوم: خصم على كل الدول";

/// Users whom the bot has met, without their visits.
async fn people(url: &str, sandbox: &Sandbox, bot: &BotFile, count: i64) {
    sandbox.add_people(bot.id(), FIRST..FIRST + count);
    let client = postgres::connect(url).await;
    let last = FIRST + count - 1;
    let sql = format!(
        "SET search_path TO bot_{}; INSERT INTO users (telegram_id, joined_at, language) \
         SELECT n, now() - interval '40 days', 'ar' FROM generate_series({FIRST}, {last}) n",
        bot.slug
    );
    client.batch_execute(&sql).await.unwrap();
}

fn copies(sandbox: &Sandbox, bot: &BotFile, user: i64) -> usize {
    sandbox.known_visitor(bot.id(), user).messages().iter().filter(|m| m.text == TEXT).count()
}

async fn compose(owner: &Visitor) {
    step(owner, "📣", "📣").await;
    step(owner, "➕ رسالة جماعية", "أرسل نص الرسالة").await;
    owner.send(TEXT);
    last(owner, "هكذا ستصل الرسالة").await;
}

fn fast(bot: &mut BotFile) {
    bot.extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into();
    bot.tables = "[limits]\npresses_per_minute = 1000\nbroadcast_per_second = 20000".into();
}

// SPEC: A6
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_users_get_it_once_with_blocked_ones_and_flood_waits_among_them() {
    let (farm, bot) = TestFarm::with_bot_like(2, fast).await;
    people(&farm.url, &farm.sandbox, &bot, 10_000).await;
    for user in (FIRST..FIRST + 10_000).step_by(100) {
        farm.sandbox.known_visitor(bot.id(), user).block(true);
    }
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 30).await);
    let number = crate::rental::reserve(&ali).await;
    enter(&owner).await;
    compose(&owner).await;
    let flood = || Misbehave::Refuse(420, "FLOOD_WAIT_1".into());
    let refuse = Fault::always("messages.sendMessage", flood()).with_text(TEXT);
    farm.sandbox.fault(refuse.clone().times(5));
    step(&owner, "📣 أرسل الآن إلى 10,002", "📣 الرسائل الجماعية").await;
    eventually("it is on its way", || async { (copies(&farm.sandbox, &bot, FIRST + 50) == 1).then_some(()) }).await;
    farm.sandbox.fault(refuse.times(5));
    // A code does not wait for it.
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐").await.unwrap();
    let report = || owner.messages().into_iter().find(|m| m.text.contains("✅ تم الإرسال"));
    assert!(report().is_none(), "it came after the broadcast");
    let report = eventually("it is done", || async { report() }).await;
    let report = report.text.replace(['\u{2068}', '\u{2069}'], "");
    assert!(report.contains("وصلت: 9,902 من 10,002") && report.contains("أوقفوا البوت: 100 "), "{report}");
    assert!(report.contains("لم تصل: 0"), "{report}");
    let twice = (FIRST..FIRST + 10_000).filter(|u| copies(&farm.sandbox, &bot, *u) > 1).count();
    let reached = (FIRST..FIRST + 10_000).filter(|u| copies(&farm.sandbox, &bot, *u) == 1).count();
    assert_eq!((reached, twice), (9_900, 0));
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'broadcast.done' AND after ->> 'sent' = '9902'").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: A6, F8
#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_goes_on_after_a_crash_and_nobody_gets_it_twice() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    fast(&mut bot);
    bot.tables = "[limits]\nbroadcast_per_second = 400".into();
    let mut farm = FarmProcess::start(&sandbox, &bot).await;
    people(&farm.url, &sandbox, &bot, 600).await;
    let owner = sandbox.visitor(bot.id(), 700, "owner", "ar");
    enter(&owner).await;
    compose(&owner).await;
    step(&owner, "📣 أرسل الآن", "📣 الرسائل الجماعية").await;
    let reached = |sandbox: &Sandbox| (FIRST..FIRST + 600).filter(|u| copies(sandbox, &bot, *u) > 0).count();
    eventually("some have it", || async { (reached(&sandbox) > 150).then_some(()) }).await;
    farm.kill().await;
    let before = reached(&sandbox);
    assert!(before < 600, "the kill came too late");
    farm.restart(&bot).await;
    eventually("all have it", || async { (reached(&sandbox) == 600).then_some(()) }).await;
    owner.sees("✅ تم الإرسال").await.unwrap();
    assert!((FIRST..FIRST + 600).all(|u| copies(&sandbox, &bot, u) == 1));
    assert_eq!(farm.count(&bot, "broadcast_recipients WHERE status = 'sent'").await, 601);
    farm.finish(&bot).await;
}

/// Pauses a broadcast when it has told that many have it, while the next hundred are on their way; gives
/// the screen as it was when it was paused. Those are counted on the same message, whose buttons stay valid.
async fn pause_after(farm: &TestFarm, bot: &BotFile, owner: &Visitor, sent: usize) -> telegram_sandbox::Message {
    let told = |sent: usize| format!("وصلت: \u{2068}{sent}\u{2069}");
    owner.sees(&told(sent)).await.unwrap();
    let reached = || (FIRST..FIRST + 600).filter(|user| copies(&farm.sandbox, bot, *user) > 0).count();
    eventually("the next hundred are on their way", || async { (reached() > sent + 10).then_some(()) }).await;
    owner.press("⏸").await.unwrap();
    let paused = owner.sees("⏸ متوقف مؤقتًا").await.unwrap();
    owner.wait_for(|m| m.id == paused.id && m.text.contains(&told(sent + 100))).await.unwrap();
    paused
}

// SPEC: A6
#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_is_previewed_filtered_paused_resumed_and_canceled() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| {
        fast(bot);
        bot.tables = "[limits]\npresses_per_minute = 1000\nbroadcast_per_second = 30".into();
    })
    .await;
    people(&farm.url, &farm.sandbox, &bot, 600).await;
    let owner = farm.visitor(&bot, 700, 0).await;
    let (rich, english) = (farm.visitor(&bot, 501, 30).await, farm.sandbox.visitor(bot.id(), 502, "Ann", "en"));
    rich.send("/start");
    english.send("/start");
    english.sees("Welcome").await.unwrap();
    farm.ban(&bot, FIRST, true).await;
    enter(&owner).await;
    step(&owner, "📣", "لم تُرسل رسالة جماعية بعد").await;
    step(&owner, "➕ رسالة جماعية", "أرسل نص الرسالة").await;
    for empty in ["\u{200f}\u{200b}", &"x".repeat(4001)] {
        owner.send(empty);
        last(&owner, "أرسل نصًا غير فارغ").await;
    }
    owner.send_file("a.txt", "text/plain", telegram_sandbox::Contents::of("x"));
    last(&owner, "أرسل نصًا غير فارغ").await;
    owner.send(TEXT);
    last(&owner, "هكذا ستصل الرسالة").await;
    step(&owner, "👥 كل المستخدمين", "المستلمون: \u{2068}3\u{2069}").await;
    owner.wait_for(|m| m.button("خلال 1 يوم").is_some()).await.unwrap();
    step(&owner, "💰 بأي رصيد", "المستلمون: \u{2068}1\u{2069}").await;
    step(&owner, "🌐 بأي لغة", "المستلمون: \u{2068}1\u{2069}").await;
    owner.wait_for(|m| m.button("🌐 العربية").is_some()).await.unwrap();
    step(&owner, "🌐 العربية", "المستلمون: \u{2068}0\u{2069}").await;
    let (told, _) = owner.press("📣 أرسل الآن إلى 0").await.unwrap();
    assert!(told.text.unwrap().contains("لا أحد يطابق"));
    step(&owner, "🌐 English", "المستلمون: \u{2068}1\u{2069}").await;
    owner.wait_for(|m| m.button("🌐 بأي لغة").is_some()).await.unwrap();
    eventually("the preview looks like the message", || async {
        owner.press("👁").await.ok()?;
        (copies(&farm.sandbox, &bot, 700) > 0).then_some(())
    })
    .await;
    assert_eq!(copies(&farm.sandbox, &bot, 501), 0);
    for days in ["1 يوم", "7 يوم", "30 يوم", "90 يوم"] {
        let pressed = format!("خلال {days}");
        owner.press(&pressed).await.unwrap();
        owner.wait_for(|m| m.button("👥").is_some() && m.button(&pressed).is_none()).await.unwrap();
    }
    step(&owner, "💰 لديهم رصيد", "المستلمون: \u{2068}602\u{2069}").await;
    step(&owner, "📣 أرسل الآن إلى 602", "📣 الرسائل الجماعية").await;
    let paused = pause_after(&farm, &bot, &owner, 100).await;
    let Some(telegram_sandbox::Action::Callback(resume)) = paused.button("▶️ استئناف").map(|b| b.action)
    else {
        panic!("it cannot be resumed: {paused:?}")
    };
    owner.answer(owner.press_data(paused.id, &resume)).await.unwrap();
    pause_after(&farm, &bot, &owner, 300).await;
    // The screen is drawn anew while it is looked at: who presses an outdated one presses again.
    eventually("it asks", || async {
        let newest = owner.messages().into_iter().rev();
        let (id, button) = { newest }.find_map(|m| Some((m.id, m.button("⏹ إلغاء الباقي")?)))?;
        let telegram_sandbox::Action::Callback(data) = button.action else { panic!("it tells nothing") };
        owner.answer(owner.press_data(id, &data)).await.ok()?;
        let asks = owner.sees("من وصلته الرسالة تبقى عنده");
        tokio::time::timeout(std::time::Duration::from_secs(2), asks).await.ok()?.ok()
    })
    .await;
    step(&owner, "⏹ نعم", "⏹ أُلغي الإرسال").await;
    assert_eq!(farm.count(&bot, "broadcasts WHERE status = 'canceled'").await, 1);
    assert!(farm.count(&bot, "broadcast_recipients WHERE status = 'pending'").await > 0);
    assert_eq!(copies(&farm.sandbox, &bot, FIRST), 0);
    let acts = "audit_log WHERE action LIKE 'broadcast.%' AND actor = 'owner:700'";
    assert_eq!(farm.count(&bot, acts).await, 5);
    farm.finish(&[&bot]).await;
}

// SPEC: A6
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_writes_to_one_user() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 5).await);
    ali.send("/start");
    ali.sees("اختر خدمة").await.unwrap();
    enter(&owner).await;
    step(&owner, "👥", "المستخدمون، الأحدث أولًا").await;
    step(&owner, "501", "👤").await;
    step(&owner, "✉️", "أرسل نص رسالتك").await;
    // Whoever walks away from the question has left it.
    home(&owner).await;
    owner.send("سأكتب له لاحقًا");
    last(&owner, "اختر خدمة").await;
    home(&owner).await;
    go(&owner, "👥", "المستخدمون، الأحدث أولًا").await;
    go(&owner, "501", "👤").await;
    go(&owner, "✉️", "أرسل نص رسالتك").await;
    owner.send("تم حل مشكلتك\nشكرًا لك");
    last(&owner, "راجع ثم احفظ").await;
    assert_eq!(ali.messages().len(), 2, "nothing is sent before the owner has looked at it");
    owner.press("✅ حفظ").await.unwrap();
    let letter = ali.sees("تم حل مشكلتك").await.unwrap();
    assert!(letter.text.starts_with("✉️ رسالة من الإدارة:"), "{}", letter.text);
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'user.write' AND subject = '501'").await, 1);
    farm.finish(&[&bot]).await;
}

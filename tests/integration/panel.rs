//! The panel: its door, and the channels that an owner runs through it.

use crate::support::{BotFile, TestFarm, eventually};
use chrono::TimeDelta;
use telegram_sandbox::{Action, Visitor};

const NEWS: i64 = 9001;
const VIP: i64 = 9002;

pub async fn farm() -> (TestFarm, BotFile) {
    TestFarm::with_bot_like(2, |bot| {
        bot.extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into();
        bot.tables = "[limits]\npresses_per_minute = 1000".into();
    })
    .await
}

pub async fn enter(owner: &Visitor) {
    owner.send("/admin");
    owner.sees("أرسل كلمة مرور اللوحة").await.unwrap();
    owner.send("open sesame");
    owner.sees("ماذا تريد أن تفعل؟").await.unwrap();
}

pub async fn step(owner: &Visitor, button: &str, next: &str) {
    owner.press(button).await.unwrap();
    owner.sees(next).await.unwrap();
}

/// Waits until the newest message of the bot contains this.
pub async fn last(owner: &Visitor, text: &str) {
    let is_last = || owner.messages().into_iter().rfind(|m| m.from_bot).is_some_and(|m| m.text.contains(text));
    let waited = tokio::time::timeout(std::time::Duration::from_secs(30), async {
        while !is_last() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    });
    assert!(waited.await.is_ok(), "{text:?} is not the newest; the chat shows:\n{}", owner.transcript());
}

/// Presses a button of the newest message, and waits until the newest message contains this: whatever
/// older screens show.
pub async fn go(owner: &Visitor, button: &str, next: &str) {
    let newest = || async { owner.messages().into_iter().rfind(|m| m.from_bot).filter(|m| m.button(button).is_some()) };
    let message = eventually(button, newest).await;
    let Action::Callback(data) = message.button(button).unwrap().action else { panic!("{button} tells nothing") };
    owner.answer(owner.press_data(message.id, &data)).await.unwrap();
    last(owner, next).await;
}

/// The panel's first screen, anew.
pub async fn home(owner: &Visitor) {
    let newest = || owner.messages().into_iter().rfind(|m| m.from_bot).map(|m| m.id);
    let before = newest();
    owner.send("/admin");
    eventually("another message", || async { (newest() > before).then_some(()) }).await;
    last(owner, "ماذا تريد أن تفعل؟").await;
}

fn channels(farm: &TestFarm, bot: &BotFile) {
    farm.sandbox.add_channel(NEWS, "الأخبار", Some("elweshaq_news"));
    farm.sandbox.add_channel(VIP, "كبار العملاء", None);
    farm.sandbox.set_channel_admin(NEWS, bot.id(), true);
    farm.sandbox.set_channel_admin(VIP, bot.id(), true);
}

// SPEC: A0, A11
#[tokio::test(flavor = "multi_thread")]
async fn the_panel_opens_with_its_password_and_does_not_exist_for_others() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 0).await);
    ali.send("/admin");
    ali.sees("اختر خدمة").await.unwrap();
    owner.send("/admin");
    owner.sees("أرسل كلمة مرور اللوحة").await.unwrap();
    owner.send("wrong");
    owner.sees("كلمة المرور غير صحيحة").await.unwrap();
    owner.send("open sesame");
    owner.sees("ماذا تريد أن تفعل؟").await.unwrap();
    eventually("both messages are deleted", || async {
        (!owner.messages().iter().any(|m| m.text == "wrong" || m.text == "open sesame")).then_some(())
    })
    .await;
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'panel.sign_in' AND actor = 'owner:700'").await, 1);
    // Its buttons are nobody else's, even when their data is known.
    let panel = owner.sees("ماذا تريد أن تفعل؟").await.unwrap();
    let Action::Callback(data) = panel.button("📢").unwrap().action else { panic!() };
    let mine = ali.messages().into_iter().find(|m| m.from_bot).unwrap();
    for message in [panel.id, mine.id] {
        let (answer, _) = ali.answer(ali.press_data(message, &data)).await.unwrap();
        assert_eq!(answer.text.as_deref(), Some("انتهت صلاحية هذا الزر."));
    }
    // The session ends after its time.
    farm.advance(&bot, TimeDelta::hours(9));
    owner.send("/admin");
    last(&owner, "أرسل كلمة مرور اللوحة").await;
    farm.finish(&[&bot]).await;
}

// SPEC: A0
#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_the_session() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    enter(&owner).await;
    std::fs::write(farm.path("panel.secret"), "/new secret").unwrap();
    let touched = BotFile { extra: format!("{}\nlow_stock = 1", bot.extra), ..bot.clone() };
    std::fs::write(farm.path("elweshaq.toml"), touched.text(&farm.sandbox)).unwrap();
    eventually("asked again", || async {
        owner.send("/admin");
        tokio::time::timeout(std::time::Duration::from_millis(300), last(&owner, "أرسل كلمة مرور اللوحة")).await.ok()
    })
    .await;
    owner.send("/new secret");
    last(&owner, "ماذا تريد أن تفعل؟").await;
    eventually("no password is left", || async {
        (!owner.messages().iter().any(|m| m.text.contains("secret"))).then_some(())
    })
    .await;
    farm.finish(&[&bot]).await;
}

// SPEC: A0
#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_lock_for_a_growing_time() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    owner.send("/admin");
    owner.sees("أرسل كلمة مرور اللوحة").await.unwrap();
    for n in 1..=5 {
        owner.send(&format!("guess {n}"));
        eventually("it was counted", || async {
            (farm.count(&bot, &format!("admin_failures WHERE failures = {n}")).await == 1).then_some(())
        })
        .await;
    }
    // Not even the right one is taken now.
    owner.send("open sesame");
    owner.sees("محاولات كثيرة، انتظر").await.unwrap();
    assert_eq!(farm.count(&bot, "admin_sessions").await, 0);
    farm.advance(&bot, TimeDelta::seconds(61));
    owner.send("guess 6");
    eventually("it was counted", || async {
        (farm.count(&bot, "admin_failures WHERE failures = 6").await == 1).then_some(())
    })
    .await;
    farm.advance(&bot, TimeDelta::seconds(61));
    owner.send("/admin");
    eventually("the second lock is longer", || async {
        let told = owner.messages().iter().filter(|m| m.text.contains("محاولات كثيرة")).count();
        (told == 2).then_some(())
    })
    .await;
    farm.advance(&bot, TimeDelta::seconds(61));
    enter(&owner).await;
    farm.finish(&[&bot]).await;
}

// SPEC: C3, C5, A9
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_adds_a_public_channel_by_name_and_users_earn_by_it() {
    let (farm, bot) = farm().await;
    channels(&farm, &bot);
    farm.sandbox.set_channel_admin(NEWS, bot.id(), false);
    let owner = farm.visitor(&bot, 700, 0).await;
    enter(&owner).await;
    step(&owner, "📢", "لا توجد قنوات بعد").await;
    step(&owner, "➕", "أي قناة؟").await;
    for (answer, said) in [
        ("هذه قناة", "ليست هذه قناة"),
        ("@nobody_here", "لم يُعثر على هذه القناة"),
        ("@elweshaq_news", "لا يستطيع البوت رؤية أعضاء هذه القناة"),
    ] {
        owner.send(answer);
        owner.sees(said).await.unwrap();
    }
    assert_eq!(farm.count(&bot, "channels").await, 0);
    farm.sandbox.set_channel_admin(NEWS, bot.id(), true);
    owner.send("@elweshaq_news");
    owner.sees("كم مكافأة الاشتراك؟").await.unwrap();
    owner.send("-1");
    owner.sees("ليس هذا مبلغًا").await.unwrap();
    owner.send("٢٫٥٠");
    owner.sees("كل كم من الوقت تُدفع؟").await.unwrap();
    owner.send("كل حين");
    owner.sees("أرسل عدد الساعات").await.unwrap();
    owner.send("١٢");
    owner.sees("هل الاشتراك فيها شرط").await.unwrap();
    step(&owner, "🔓", "المكافأة: \u{2068}2.50 جنيه").await;
    // Nothing is saved before the summary was.
    assert_eq!(farm.count(&bot, "channels").await, 0);
    step(&owner, "✅ حفظ", "🟢 مفعّلة").await;
    assert_eq!(farm.count(&bot, "channels WHERE frequency = 'hours' AND every = 12").await, 1);
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'channel.add' AND after ->> 'reward' = '2.50'").await, 1);
    let ali = farm.visitor(&bot, 501, 0).await;
    ali.join(NEWS);
    ali.send("/start");
    ali.press("🎁").await.unwrap();
    let (answer, _) = ali.press("✅ تحقق").await.unwrap();
    assert!(answer.text.unwrap().starts_with("تمت إضافة 2.50 جنيه"));
    farm.finish(&[&bot]).await;
}

// SPEC: C3
#[tokio::test(flavor = "multi_thread")]
async fn a_private_channel_is_picked_or_forwarded_and_the_dialog_survives_a_restart() {
    let (mut farm, bot) = farm().await;
    channels(&farm, &bot);
    let owner = farm.visitor(&bot, 700, 0).await;
    enter(&owner).await;
    step(&owner, "📢", "لا توجد قنوات بعد").await;
    step(&owner, "➕", "أي قناة؟").await;
    let keyboard = owner.sees("القنوات الخاصة تُختار من هنا").await.unwrap();
    let markup = format!("{:?}", keyboard.markup);
    assert!(markup.contains("RequestPeer") && markup.contains("invite_users: true"), "{markup}");
    owner.pick(1, VIP);
    owner.sees("قناة خاصة: أرسل رابط دعوة").await.unwrap();
    farm.restart().await;
    farm.wait_state(&bot.slug, botfarm::supervisor::status::State::Running).await;
    owner.send("t.me/nothing");
    owner.sees("ليس هذا رابط دعوة").await.unwrap();
    owner.send("https://t.me/+AbCdEfGh12");
    owner.sees("كم مكافأة الاشتراك؟").await.unwrap();
    // /cancel leaves the dialog at any step, and nothing is saved.
    owner.send("/cancel");
    owner.sees("خرجت، ولم يُحفظ شيء").await.unwrap();
    assert_eq!(farm.count(&bot, "channels").await + farm.count(&bot, "dialogs").await, 0);
    // The other way: a forwarded post.
    step(&owner, "📢", "لا توجد قنوات بعد").await;
    step(&owner, "➕", "أي قناة؟").await;
    owner.forward(VIP, "منشور");
    last(&owner, "أرسل رابط دعوة").await;
    owner.send("https://t.me/+AbCdEfGh12");
    last(&owner, "كم مكافأة الاشتراك؟").await;
    step(&owner, "بلا مكافأة", "هل الاشتراك فيها شرط").await;
    step(&owner, "🔒 اشتراك إجباري", "بلا مكافأة").await;
    step(&owner, "✅ حفظ", "🟢 مفعّلة").await;
    // It is forced at once.
    let ali = farm.visitor(&bot, 501, 0).await;
    eventually("the gate stands", || async {
        ali.send("/start");
        tokio::time::timeout(std::time::Duration::from_millis(300), ali.sees("اشترك أولًا")).await.ok()
    })
    .await
    .unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: C3, A9
#[tokio::test(flavor = "multi_thread")]
async fn channels_are_paused_changed_and_removed_and_the_files_are_changed_in_the_file() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| {
        bot.extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into();
        bot.tables = "[[channels]]\nname = \"@from_the_file\"\ntitle = \"من الملف\"".into();
    })
    .await;
    channels(&farm, &bot);
    let owner = farm.visitor(&bot, 700, 0).await;
    enter(&owner).await;
    step(&owner, "📢", "🟢 مفعّلة").await;
    let file = owner.wait_for(|m| m.button("📄 من الملف").is_some()).await.unwrap();
    step(&owner, "📄 من الملف", "معرّف في ملف البوت").await;
    let shown = owner.wait_for(|m| m.id == file.id).await.unwrap();
    assert!(shown.button("🗑").is_none());
    step(&owner, "🔙", "🟢 مفعّلة").await;
    step(&owner, "➕", "أي قناة؟").await;
    owner.send("https://t.me/elweshaq_news");
    owner.wait_for(|m| m.button("المعتادة").is_some()).await.unwrap();
    step(&owner, "المعتادة", "كل كم من الوقت تُدفع؟").await;
    step(&owner, "مرة واحدة", "هل الاشتراك فيها شرط").await;
    step(&owner, "🔓", "المكافأة: \u{2068}5 جنيه").await;
    step(&owner, "✅ حفظ", "🟢 مفعّلة").await;
    owner.press("🟢 الأخبار").await.unwrap();
    owner.wait_for(|m| m.button("⏸").is_some()).await.unwrap();
    owner.press("⏸").await.unwrap();
    owner.wait_for(|m| m.button("▶️").is_some()).await.unwrap();
    assert_eq!(farm.count(&bot, "channels WHERE NOT active AND removed_at IS NULL").await, 1);
    step(&owner, "🎁 المكافأة", "كم مكافأة الاشتراك؟").await;
    owner.send("7");
    owner.sees("المكافأة: \u{2068}7 جنيه").await.unwrap();
    step(&owner, "🔁", "كل كم من الوقت تُدفع؟").await;
    step(&owner, "كل 7 أيام", "كل 7 أيام").await;
    step(&owner, "🗑", "حذف").await;
    owner.press("🗑 نعم").await.unwrap();
    eventually("it is gone", || async {
        (farm.count(&bot, "channels WHERE removed_at IS NOT NULL").await == 1).then_some(())
    })
    .await;
    let acts = "audit_log WHERE action LIKE 'channel.%' AND (before IS NOT NULL OR after IS NOT NULL)";
    assert_eq!(farm.count(&bot, acts).await, 5);
    farm.finish(&[&bot]).await;
}

// SPEC: U10
#[tokio::test(flavor = "multi_thread")]
async fn command_lists_are_set_by_language_and_for_those_who_run_the_bot() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    owner.send("/start");
    owner.sees("اختر خدمة").await.unwrap();
    let names = |list: Vec<(String, String)>| list.into_iter().map(|(c, _)| c).collect::<Vec<_>>().join(" ");
    let everybody = "start balance history language help cancel";
    for language in ["ar", "en", ""] {
        eventually("the lists are set", || async {
            let all = names(farm.sandbox.commands(bot.id(), "default", language)) == everybody;
            let theirs = names(farm.sandbox.commands(bot.id(), "peer:700", language)) == format!("{everybody} admin");
            (all && theirs).then_some(())
        })
        .await;
    }
    let arabic = farm.sandbox.commands(bot.id(), "default", "ar");
    assert_eq!(arabic[1], ("balance".to_owned(), "رصيدي".to_owned()));
    farm.finish(&[&bot]).await;
}

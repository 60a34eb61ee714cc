//! Bots added and deleted in Telegram; and one that is set up only through its panel.

use crate::panel::{enter, farm, go, home, last, step};
use crate::support::{BotFile, TestFarm, eventually};
use botfarm::supervisor::status::{BotStatus, State};
use telegram_sandbox::{Contents, Fault, Misbehave, Visitor};

const TOKEN: &str = "100009:secret-of-another";

/// What an operator wants in every new file: here, where the sandbox is.
fn template(farm: &TestFarm) {
    let server = format!("[telegram]\nserver = \"custom\"\naddress = \"{}\"", farm.sandbox.address());
    let text =
        format!("{server}\nauth_key = {{ file = \"{{slug}}.key.secret\" }}\n[limits]\npresses_per_minute = 1000\n");
    std::fs::write(farm.path(".new-bot.toml"), text).unwrap();
    for slug in ["another_bot", "misspelt_bot", "elweshaq_bot"] {
        std::fs::write(farm.path(&format!("{slug}.key.secret")), farm.sandbox.issue_key()).unwrap();
    }
}

async fn answer(owner: &Visitor, text: &str, next: &str) {
    owner.send(text);
    last(owner, next).await;
}

async fn fill_in(owner: &Visitor, token: &str, name: &str) {
    step(owner, "➕ إضافة بوت", "أرسل رمز البوت").await;
    answer(owner, token, "ما @اسم البوت؟").await;
    answer(owner, name, "كلمة مرور لوحة البوت الجديد").await;
    answer(owner, "a new password", "راجع ثم احفظ").await;
}

/// Adds a bot in Telegram; gives what tests ask of its file.
async fn added(farm: &TestFarm, owner: &Visitor) -> BotFile {
    let file = BotFile { slug: "another_bot".into(), ..BotFile::new(&farm.sandbox, "another", 100_009) };
    template(farm);
    enter(owner).await;
    step(owner, "🤖", "بوتاتك على هذه المزرعة").await;
    fill_in(owner, TOKEN, "@Another_Bot").await;
    step(owner, "✅ حفظ", "ويرد خلال ثوانٍ").await;
    farm.wait_state("another_bot", State::Running).await;
    file
}

async fn is_gone(owner: &Visitor, secrets: &[&str]) {
    eventually("no secret is left in the chat", || async {
        let holds = |text: &str| secrets.iter().any(|secret| text.contains(secret));
        (!owner.messages().iter().any(|m| holds(&m.text))).then_some(())
    })
    .await;
}

// SPEC: A10, F5, F6
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_adds_a_bot_by_its_token_and_deletes_it_by_typing_its_name() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    let new = added(&farm, &owner).await;
    is_gone(&owner, &["secret-of-another", "a new password"]).await;
    let text = std::fs::read_to_string(farm.path("another_bot.toml")).unwrap();
    let is_sealed = text.matches("sealed").count() == 2 && !text.contains("secret-of-another");
    assert!(is_sealed && text.contains("owners = [700]"), "{text}");
    assert_eq!(farm.count(&bot, "dialogs").await, 0);
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'bot.add' AND subject = 'another_bot'").await, 1);
    let boss = farm.visitor(&new, 700, 0).await;
    boss.send("/start");
    boss.sees("شروط الاستخدام").await.unwrap();
    // The list: this bot is not deleted from inside itself, the other by typing its name.
    step(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    step(&owner, "🟢 الوشاق", "الاسم المختصر: \u{2068}elweshaq").await;
    let shown = owner.sees("الاسم المختصر").await.unwrap();
    assert!(shown.text.contains("🔢 أرقام متاحة: \u{2068}2") && shown.button("🗑").is_none(), "{}", shown.text);
    step(&owner, "🔙", "بوتاتك على هذه المزرعة").await;
    step(&owner, "🟢 another_bot", "الاسم المختصر: \u{2068}another_bot").await;
    step(&owner, "🗑", "للتأكيد اكتب اسمه المختصر").await;
    answer(&owner, "elweshaq", "لم يُحذف شيء").await;
    assert!(farm.path("another_bot.toml").exists());
    answer(&owner, "another_bot", "وبقيت بياناته").await;
    eventually("it has stopped", || async { farm.status("another_bot").is_none().then_some(()) }).await;
    assert!(!farm.path("another_bot.toml").exists());
    let archived = std::fs::read_dir(farm.path("")).unwrap().flatten();
    assert_eq!(archived.filter(|f| f.file_name().to_string_lossy().starts_with("another_bot.toml.deleted")).count(), 1);
    assert_eq!(farm.count(&new, "users").await, 1, "its data stays");
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'bot.delete' AND subject = 'another_bot'").await, 1);
    farm.finish(&[&bot, &new]).await;
}

// SPEC: A10, F5
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_telegram_does_not_know_so_is_not_added() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    farm.sandbox.add_bot(TOKEN, "another_bot");
    template(&farm);
    enter(&owner).await;
    step(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    step(&owner, "➕ إضافة بوت", "أرسل رمز البوت").await;
    for not_a_token in ["no token", "100009", "١٢٣:abcdefghijk"] {
        answer(&owner, not_a_token, "هذا ليس رمز بوت").await;
    }
    // Forwarded from BotFather as it is: asked again, and gone all the same.
    owner.forward_from(Some(93), "Use this token: 100009:secret-of-another");
    is_gone(&owner, &["secret-of-another"]).await;
    answer(&owner, TOKEN, "ما @اسم البوت؟").await;
    answer(&owner, "بوت", "ليس هذا اسم بوت").await;
    answer(&owner, "https://t.me/another_bot", "كلمة مرور لوحة البوت الجديد").await;
    answer(&owner, "short", "8 أحرف على الأقل").await;
    step(&owner, "✖️ خروج", "ماذا تريد أن تفعل؟").await;
    is_gone(&owner, &["no token", "100009", "short"]).await;
    step(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    for (token, name, said) in [
        ("100009:not-this-one", "@another_bot", "تيليجرام لا يقبل هذا الرمز"),
        (TOKEN, "@misspelt_bot", "هذا الرمز للبوت"),
        (bot.token.as_str(), "@elweshaq_bot", "هذا البوت موجود على المزرعة"),
    ] {
        fill_in(&owner, token, name).await;
        let (told, _) = owner.press("✅ حفظ").await.unwrap();
        match told.text {
            Some(text) => assert!(text.contains(said), "{text}"),
            None => owner.sees(said).await.map(|_| ()).unwrap(),
        }
    }
    for slug in ["another_bot", "misspelt_bot", "elweshaq_bot"] {
        assert!(!farm.path(&format!("{slug}.toml")).exists(), "{slug}");
    }
    // What another account has left under this name is not handed to a stranger.
    let left = BotFile { slug: "another_bot".into(), ..BotFile::new(&farm.sandbox, "left", 100_077) };
    farm.add(&left).await;
    std::fs::remove_file(farm.path("another_bot.toml")).unwrap();
    eventually("it has stopped", || async { farm.status("another_bot").is_none().then_some(()) }).await;
    template(&farm);
    fill_in(&owner, TOKEN, "@another_bot").await;
    owner.press("✅ حفظ").await.unwrap();
    eventually("it is refused", || async {
        let told = owner.story().iter().filter(|h| format!("{h:?}").contains("هذا البوت موجود")).count();
        (told == 2).then_some(())
    })
    .await;
    assert!(!farm.path("another_bot.toml").exists());
    farm.finish(&[&bot]).await;
}

/// A service with a country.
async fn add_a_service(boss: &Visitor) {
    go(boss, "🧩", "🧩").await;
    go(boss, "➕ إضافة خدمة", "ما اسم الخدمة؟").await;
    answer(boss, "Telegram", "أرسل رمزًا تعبيريًا").await;
    go(boss, "⏭", "ما السعر؟").await;
    answer(boss, "10", "أرسل وصفًا قصيرًا").await;
    go(boss, "⏭", "بأي أسماء أخرى").await;
    go(boss, "⏭", "أرسل نمط الكود").await;
    go(boss, "⏭", "راجع ثم احفظ").await;
    go(boss, "✅ حفظ", "الخدمة غير مفعّلة لعدم ربط API").await;
    go(boss, "🌍", "دول الخدمة").await;
    go(boss, "➕ إضافة دولة", "ما اسم الدولة؟").await;
    answer(boss, "مصر", "ما رمز الاتصال").await;
    answer(boss, "20", "أرسل علم الدولة").await;
    answer(boss, "🇪🇬", "ما سعر هذه الدولة؟").await;
    go(boss, "⏭", "راجع ثم احفظ").await;
    go(boss, "✅ حفظ", "رمز الاتصال").await;
}

/// A provider that posts, linked to the service.
async fn add_a_provider(boss: &Visitor) {
    go(boss, "🔌", "🟢 يعمل · 🔴 متوقف").await;
    go(boss, "➕ مزود يُرسل", "ما اسم المزود؟").await;
    answer(boss, "sms1", "ما نوع المصدر؟").await;
    go(boss, "JSON برمز Bearer", "أرسل الرمز أو مفتاح").await;
    answer(boss, "hook-token", "راجع ثم احفظ").await;
    go(boss, "✅ حفظ", "/hooks/another_bot/sms1").await;
    go(boss, "⬜ Telegram", "/hooks/another_bot/sms1").await;
}

async fn add_a_channel(boss: &Visitor) {
    go(boss, "📢", "لا توجد قنوات بعد").await;
    // A keyboard comes after the question.
    step(boss, "➕", "أي قناة؟").await;
    answer(boss, "@elweshaq_news", "كم مكافأة الاشتراك؟").await;
    answer(boss, "12", "كل كم من الوقت تُدفع؟").await;
    go(boss, "مرة واحدة", "هل الاشتراك فيها شرط").await;
    go(boss, "🔓", "المكافأة: \u{2068}12 جنيه").await;
    go(boss, "✅ حفظ", "🟢 مفعّلة").await;
}

async fn add_numbers(boss: &Visitor) {
    go(boss, "🔢", "أرقام أي دولة؟").await;
    go(boss, "📥", "أرسل ملف CSV").await;
    let rows: String = (0..5_000).map(|n| format!("Telegram,20,+2010{n:08},\n")).collect();
    let file = format!("service,country_code,phone_number,price_override\n{rows}");
    boss.send_file("stock.csv", "text/csv", Contents::of(file));
    let done = boss.sees("✅ \u{2068}stock.csv").await.unwrap();
    assert!(done.text.contains("أُضيف: \u{2068}5,000"), "{}", done.text);
}

async fn change_the_price(boss: &Visitor) {
    go(boss, "🧩", "🧩").await;
    go(boss, "Telegram", "نمط الكود").await;
    go(boss, "✏️ السعر", "ما السعر؟").await;
    answer(boss, "7.50", "السعر: \u{2068}7.50 جنيه").await;
}

// SPEC: A1, A2, A3, A4, A7, A9, A10, I1
#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_bot_is_set_up_only_through_its_panel_and_then_a_user_rents_from_it() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    let new = added(&farm, &owner).await;
    farm.sandbox.add_channel(9001, "الأخبار", Some("elweshaq_news"));
    farm.sandbox.set_channel_admin(9001, new.id(), true);
    let boss = farm.visitor(&new, 700, 0).await;
    boss.send("/start");
    step(&boss, "✅", "أهلًا بك").await;
    boss.send("/admin");
    boss.sees("أرسل كلمة مرور اللوحة").await.unwrap();
    answer(&boss, "a new password", "ماذا تريد أن تفعل؟").await;
    add_a_service(&boss).await;
    home(&boss).await;
    add_a_provider(&boss).await;
    home(&boss).await;
    add_numbers(&boss).await;
    home(&boss).await;
    add_a_channel(&boss).await;
    home(&boss).await;
    change_the_price(&boss).await;
    let ali = farm.visitor(&new, 501, 0).await;
    ali.join(9001);
    ali.send("/start");
    ali.press("🎁").await.unwrap();
    ali.press("✅ تحقق").await.unwrap();
    ali.sees("تمت إضافة").await.unwrap();
    ali.send("/start");
    ali.press("Telegram").await.unwrap();
    ali.press("مصر").await.unwrap();
    ali.press("📲").await.unwrap();
    let number = ali.sees("✅ تم حجز رقمك").await.unwrap().codes()[0].clone();
    let sms = serde_json::json!({ "to": number, "service": "Telegram", "text": "Your code is 314159" });
    assert_eq!(farm.post(&new, "hook-token", vec![sms]).await.0, 200);
    let code = ali.sees("🔐 وصل الكود").await.unwrap();
    assert!(code.codes()[1] == "314159" && code.text.contains("4.50 جنيه"), "{}", code.text);
    farm.finish(&[&bot, &new]).await;
}

/// A farm whose bot may manage others, and its owner at the list of bots.
async fn managing() -> (TestFarm, BotFile, Visitor) {
    let (farm, bot) = farm().await;
    farm.sandbox.let_manage(bot.id(), true);
    let owner = farm.visitor(&bot, 700, 0).await;
    enter(&owner).await;
    step(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    (farm, bot, owner)
}

/// Lets the owner create a bot in Telegram; gives what tests ask of its file.
async fn created(farm: &TestFarm, owner: &Visitor) -> BotFile {
    template(farm);
    step(owner, "✨ إنشاء بوت", "دون أن تتعامل مع أي رمز").await;
    owner.sees("يُنشأ البوت من هنا").await.unwrap();
    owner.create_bot(100_009, "Another_Bot").unwrap();
    last(owner, "🤖 @Another_Bot").await;
    last(owner, "كلمة مرور لوحة البوت الجديد").await;
    let token = farm.sandbox.token(100_009).unwrap();
    BotFile { slug: "another_bot".into(), token, ..BotFile::new(&farm.sandbox, "spare", 100_008) }
}

/// Presses, and waits for a notice: on the press, or above the screen.
async fn is_told(owner: &Visitor, button: &str, notice: &str) {
    owner.press(button).await.unwrap();
    eventually(notice, || async { owner.story().iter().any(|h| format!("{h:?}").contains(notice)).then_some(()) })
        .await;
}

async fn finish(farm: &TestFarm, owner: &Visitor) {
    answer(owner, "a new password", "راجع ثم احفظ").await;
    go(owner, "✅ حفظ", "ويرد خلال ثوانٍ").await;
    farm.wait_state("another_bot", State::Running).await;
}

/// Waits until the created bot runs with another token than at `before`, and answers.
async fn restarted(farm: &TestFarm, before: &BotStatus, boss: &Visitor) {
    eventually("it was restarted", || async {
        farm.status("another_bot").filter(|b| b.state == State::Running && b.since > before.since)
    })
    .await;
    let answered = || boss.messages().iter().filter(|m| m.from_bot).count();
    let known = answered();
    boss.send("/start");
    eventually("it answers", || async { (answered() > known).then_some(()) }).await;
}

// SPEC: A10, F5, F6
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_creates_a_bot_without_botfather_and_never_handles_a_token() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    enter(&owner).await;
    step(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    // Telegram does not let it: the owner is told how to change that, and no keyboard is shown.
    step(&owner, "✨ إنشاء بوت", "Bot Management Mode").await;
    assert_eq!(owner.create_bot(100_009, "Another_Bot"), None);
    farm.sandbox.let_manage(bot.id(), true);
    step(&owner, "🔙", "بوتاتك على هذه المزرعة").await;
    let new = created(&farm, &owner).await;
    answer(&owner, "short", "8 أحرف على الأقل").await;
    finish(&farm, &owner).await;
    is_gone(&owner, &["short", "a new password"]).await;
    let text = std::fs::read_to_string(farm.path("another_bot.toml")).unwrap();
    let secret = new.token.split(':').nth(1).unwrap();
    assert!(text.matches("sealed").count() == 2 && text.contains("owners = [700]") && !text.contains(secret), "{text}");
    assert!(!owner.transcript().contains(secret), "the owner never sees a token");
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'bot.add' AND subject = 'another_bot'").await, 1);
    assert_eq!(farm.count(&bot, "dialogs").await, 0);
    let boss = farm.visitor(&new, 700, 0).await;
    boss.send("/start");
    boss.sees("شروط الاستخدام").await.unwrap();
    // Its owner gives it another token at BotFather: it goes on with that, and nobody copies anything.
    let before = farm.status("another_bot").unwrap();
    owner.renew_token(100_009);
    last(&owner, "تغيّر رمز").await;
    restarted(&farm, &before, &boss).await;
    assert_ne!(std::fs::read_to_string(farm.path("another_bot.toml")).unwrap(), text);
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'bot.token' AND subject = 'another_bot'").await, 1);
    // Deleted here it stays at Telegram, so it can be added again.
    home(&owner).await;
    go(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    go(&owner, "🟢 Another_Bot", "الاسم المختصر: \u{2068}another_bot").await;
    go(&owner, "🗑", "للتأكيد اكتب اسمه المختصر").await;
    answer(&owner, "another_bot", "وبقيت بياناته").await;
    eventually("it has stopped", || async { farm.status("another_bot").is_none().then_some(()) }).await;
    home(&owner).await;
    go(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    go(&owner, "⏳ 🤖 @Another_Bot", "ليس على المزرعة بعد").await;
    go(&owner, "➕ إضافة بوت", "كلمة مرور لوحة البوت الجديد").await;
    finish(&farm, &owner).await;
    farm.finish(&[&bot, &new]).await;
}

// SPEC: A10, F5
#[tokio::test(flavor = "multi_thread")]
async fn a_created_bot_waits_for_an_owner_who_is_signed_out_busy_or_met_with_a_fault() {
    let (farm, bot, owner) = managing().await;
    let new = created(&farm, &owner).await;
    // In the middle of one the owner creates a second one, then signs out and creates a third by a link.
    owner.create_bot(100_007, "second_bot").unwrap();
    last(&owner, "🤖 @second_bot").await;
    last(&owner, "ينتظرك").await;
    answer(&owner, "a new password", "راجع ثم احفظ").await;
    farm.sandbox.fault(Fault::always("bots.exportBotToken", Misbehave::Refuse(500, "INTERNAL".to_owned())));
    is_told(&owner, "✅ حفظ", "الخدمة مشغولة الآن").await;
    assert!(!farm.path("another_bot.toml").exists(), "{}", owner.transcript());
    farm.sandbox.heal();
    home(&owner).await;
    go(&owner, "🚪", "اختر خدمة").await;
    owner.create_bot_by_link(100_006, "third_bot");
    enter(&owner).await;
    go(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    // One is taken off the list, one is none of this bot's any more, one is added.
    go(&owner, "⏳ 🤖 @third_bot", "ليس على المزرعة بعد").await;
    go(&owner, "🧹", "بوتاتك على هذه المزرعة").await;
    let list = owner.messages().into_iter().rfind(|m| m.from_bot).unwrap();
    assert!(list.button("third_bot").is_none(), "{}", owner.transcript());
    farm.sandbox.add_bot("100007:nobody-manages-it", "second_bot");
    go(&owner, "⏳ 🤖 @second_bot", "ليس على المزرعة بعد").await;
    go(&owner, "➕ إضافة بوت", "كلمة مرور لوحة البوت الجديد").await;
    answer(&owner, "a new password", "راجع ثم احفظ").await;
    is_told(&owner, "✅ حفظ", "أضفه برمزه").await;
    go(&owner, "⏳ 🤖 @Another_Bot", "ليس على المزرعة بعد").await;
    go(&owner, "➕ إضافة بوت", "كلمة مرور لوحة البوت الجديد").await;
    finish(&farm, &owner).await;
    assert!(!farm.path("second_bot.toml").exists() && !farm.path("third_bot.toml").exists());
    farm.finish(&[&bot, &new]).await;
}

// SPEC: A10, F5
#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_an_owner_adds_or_renews_a_created_bot() {
    let (farm, bot, owner) = managing().await;
    let new = created(&farm, &owner).await;
    finish(&farm, &owner).await;
    // Somebody who owns nothing here creates a bot by a link: nothing of it is said, done or remembered.
    let stranger = farm.sandbox.visitor(bot.id(), 501, "Ali", "ar");
    stranger.create_bot_by_link(100_007, "strangers_bot");
    stranger.send("/start");
    stranger.sees("اختر خدمة").await.unwrap();
    assert_eq!(stranger.messages().len(), 2, "{}", stranger.transcript());
    assert!(!farm.path("strangers_bot.toml").exists());
    assert_eq!(farm.count(&bot, "created_bots").await, 1);
    // The token changes while the connection is away: found in the difference.
    let boss = farm.visitor(&new, 700, 0).await;
    let before = farm.status("another_bot").unwrap();
    farm.sandbox.lose_updates(bot.id(), 1);
    owner.renew_token(100_009);
    farm.sandbox.cut(bot.id());
    last(&owner, "تغيّر رمز").await;
    restarted(&farm, &before, &boss).await;
    farm.finish(&[&bot, &new]).await;
}

//! Long lists searched by typing, the log's filters, texts and the password set in the panel.

use crate::panel::{enter, farm, last, step};
use crate::panel_providers::telegram_service;
use crate::support::{TestFarm, eventually};
use telegram_sandbox::Visitor;

async fn buttons(owner: &Visitor, has: &str, has_not: &str) {
    owner.wait_for(|m| m.button(has).is_some() && m.button(has_not).is_none()).await.unwrap();
}

// SPEC: A1, A5, A11
#[tokio::test(flavor = "multi_thread")]
async fn long_lists_are_searched_by_typing_and_the_search_is_cleared() {
    let (farm, bot) = farm().await;
    telegram_service(&farm, &bot).await;
    let owner = farm.visitor(&bot, 700, 0).await;
    for id in 501..505 {
        farm.visitor(&bot, id, 0).await.send("/start");
    }
    enter(&owner).await;
    step(&owner, "🧩", "🟢 مفعّلة · ⏸ موقوفة · 📄").await;
    step(&owner, "🔎", "اكتب جزءًا").await;
    owner.send("teleg");
    buttons(&owner, "Telegram", "WhatsApp").await;
    owner.press("✖️ teleg").await.unwrap();
    owner.wait_for(|m| m.button("Telegram").is_some() && m.button("WhatsApp").is_some()).await.unwrap();
    step(&owner, "🔙", "ماذا تريد أن تفعل؟").await;
    step(&owner, "👥", "المستخدمون، الأحدث أولًا").await;
    step(&owner, "🔎 بحث", "اكتب جزءًا").await;
    owner.send("@user503");
    buttons(&owner, "503", "502").await;
    // The search does not follow to the next area, and typing there is no search.
    step(&owner, "🔙", "ماذا تريد أن تفعل؟").await;
    step(&owner, "👥", "المستخدمون، الأحدث أولًا").await;
    owner.wait_for(|m| m.button("502").is_some() && m.button("503").is_some()).await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: A11, S1
#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_filtered_by_kind_and_holds_every_movement_of_money() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 30).await);
    let number = crate::rental::reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐").await.unwrap();
    farm.ban(&bot, 501, true).await;
    enter(&owner).await;
    step(&owner, "📜", "سجل المراجعة").await;
    owner.wait_for(|m| m.button("user.ban").is_some() && m.button("panel.sign_in").is_some()).await.unwrap();
    owner.press("🔐 الدخول").await.unwrap();
    buttons(&owner, "panel.sign_in", "user.ban").await;
    owner.press("👥 المستخدمون").await.unwrap();
    buttons(&owner, "user.ban", "panel.sign_in").await;
    owner.press("💰").await.unwrap();
    buttons(&owner, "501 · \u{200e}-10 جنيه", "user.ban").await;
    step(&owner, "-10 جنيه", "النوع: \u{2068}شراء").await;
    step(&owner, "🔙", "💰 الأموال").await;
    step(&owner, "🔎", "اكتب جزءًا").await;
    owner.send("999");
    buttons(&owner, "✖️ 999", "501 ·").await;
    farm.finish(&[&bot]).await;
}

// SPEC: A7
#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_changed_in_the_panel_and_taken_back() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 0).await);
    enter(&owner).await;
    step(&owner, "⚙️", "قيمة اللوحة تغلب").await;
    step(&owner, "✍️ النصوص", "نصوص البوت كما يراها").await;
    step(&owner, "🔎", "اكتب جزءًا").await;
    owner.send("welcome");
    owner.wait_for(|m| m.button("أهلًا بك").is_some()).await.unwrap();
    step(&owner, "أهلًا بك", "المصدر: \u{2068}📄").await;
    step(&owner, "✏️", "أبقِ ما بين الأقواس").await;
    owner.send("بلا اسم");
    owner.sees("يجب أن يحتوي: {brand}").await.unwrap();
    owner.send("مرحبًا في {brand}!\nاختر خدمة من هنا:");
    last(&owner, "يسري ذلك فورًا").await;
    eventually("users see it", || async {
        ali.send("/start");
        let sees = ali.sees("مرحبًا في \u{2068}الوشاق\u{2069}!");
        tokio::time::timeout(std::time::Duration::from_millis(300), sees).await.ok()?.ok()
    })
    .await;
    step(&owner, "✍️ النصوص", "نصوص البوت كما يراها").await;
    owner.press("🔎").await.unwrap();
    last(&owner, "اكتب جزءًا").await;
    owner.send("مرحبًا في");
    owner.wait_for(|m| m.button("🖐 مرحبًا في").is_some()).await.unwrap();
    step(&owner, "🖐 مرحبًا في", "المصدر: \u{2068}🖐").await;
    step(&owner, "↩️", "يسري ذلك فورًا").await;
    assert_eq!(farm.count(&bot, "settings WHERE key LIKE 'text:%'").await, 0);
    assert_eq!(farm.count(&bot, "audit_log WHERE subject = 'text:ar:welcome'").await, 2);
    farm.finish(&[&bot]).await;
}

// SPEC: A7, A0, F6
#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_changed_in_the_panel_and_every_session_ends() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    enter(&owner).await;
    step(&owner, "⚙️", "قيمة اللوحة تغلب").await;
    owner.press("⏭️").await.unwrap();
    step(&owner, "كلمة مرور اللوحة: •••", "المصدر: \u{2068}📄").await;
    step(&owner, "✏️", "8 أحرف على الأقل").await;
    owner.send("short");
    eventually("it is gone", || async { (!owner.messages().iter().any(|m| m.text == "short")).then_some(()) }).await;
    owner.send("a much longer one");
    last(&owner, "عند الحفظ تنتهي كل الجلسات").await;
    assert_eq!(farm.count(&bot, "settings").await, 0);
    // Typed once more at the last look: the newest counts, and no message of the two stays.
    owner.send("another long one");
    eventually("both are gone", || async { (!owner.messages().iter().any(|m| m.text.contains("long"))).then_some(()) })
        .await;
    step(&owner, "✅ حفظ", "يسري ذلك فورًا").await;
    eventually("asked again", || async {
        owner.send("/admin");
        let asked = last(&owner, "أرسل كلمة مرور اللوحة");
        tokio::time::timeout(std::time::Duration::from_millis(300), asked).await.ok()
    })
    .await;
    owner.send("open sesame");
    last(&owner, "كلمة المرور غير صحيحة").await;
    owner.send("another long one");
    last(&owner, "ماذا تريد أن تفعل؟").await;
    eventually("no password is left", || async {
        (!owner.messages().iter().any(|m| m.text.contains("long one") || m.text.contains("sesame"))).then_some(())
    })
    .await;
    assert_eq!(farm.count(&bot, "settings WHERE value::text LIKE '%$argon2id$%'").await, 1);
    let leaks = "audit_log WHERE coalesce(before::text, '') || coalesce(after::text, '') LIKE '%argon2%'";
    assert_eq!(farm.count(&bot, leaks).await, 0);
    farm.finish(&[&bot]).await;
}

// SPEC: A13
#[tokio::test(flavor = "multi_thread")]
async fn an_admin_is_appointed_by_a_forwarded_message() {
    let (farm, bot): (TestFarm, _) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 0).await);
    ali.send("/start");
    ali.sees("اختر خدمة").await.unwrap();
    enter(&owner).await;
    step(&owner, "🧑‍💼", "المشرفون").await;
    step(&owner, "➕ تعيين", "أرسل معرّف المستخدم").await;
    owner.forward_from(None, "مرحبا");
    last(&owner, "يخفي حسابه").await;
    owner.forward_from(Some(501), "مرحبا");
    last(&owner, "راجع ثم احفظ").await;
    step(&owner, "✅ حفظ", "ما الأقسام المسموح بها؟").await;
    assert_eq!(farm.count(&bot, "users WHERE role = 'admin' AND telegram_id = 501").await, 1);
    farm.finish(&[&bot]).await;
}

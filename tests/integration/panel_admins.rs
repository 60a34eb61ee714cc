//! Assistants: only what the owner opened to them, and nothing after a dismissal.

use crate::panel::{enter, farm, last, step};
use crate::support::{BotFile, TestFarm, eventually};
use telegram_sandbox::Visitor;

async fn appointed() -> (TestFarm, BotFile, Visitor, Visitor) {
    let (farm, bot) = farm().await;
    let (owner, mona) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 502, 0).await);
    mona.send("/start");
    mona.sees("اختر خدمة").await.unwrap();
    enter(&owner).await;
    step(&owner, "🧑‍💼", "مساعدون تعيّنهم").await;
    step(&owner, "➕", "أرسل معرّف المستخدم").await;
    owner.send("999999");
    last(&owner, "لا يعرفه البوت").await;
    owner.send("@USER502");
    last(&owner, "راجع ثم احفظ").await;
    step(&owner, "✅ حفظ", "ما الأقسام المسموح بها؟").await;
    (farm, bot, owner, mona)
}

// SPEC: A13, A0
#[tokio::test(flavor = "multi_thread")]
async fn an_admin_uses_the_areas_that_the_owner_opened_and_no_other() {
    let (farm, bot, owner, mona) = appointed().await;
    owner.press("⬜ 👥").await.unwrap();
    owner.wait_for(|m| m.button("✅ 👥").is_some()).await.unwrap();
    enter(&mona).await;
    let home = mona.sees("ماذا تريد أن تفعل؟").await.unwrap();
    let labels: Vec<String> = home.rows().into_iter().flatten().map(|b| b.label).collect();
    assert_eq!(labels, ["👥 المستخدمون", "🏠 الرئيسية", "🚪 تسجيل الخروج"]);
    step(&mona, "👥", "المستخدمون، الأحدث أولًا").await;
    farm.finish(&[&bot]).await;
}

// SPEC: A13
#[tokio::test(flavor = "multi_thread")]
async fn a_dismissed_admin_is_out_at_once_also_in_the_middle_of_a_dialog() {
    let (farm, bot, owner, mona) = appointed().await;
    owner.press("⬜ 🧩").await.unwrap();
    owner.wait_for(|m| m.button("✅ 🧩").is_some()).await.unwrap();
    enter(&mona).await;
    step(&mona, "🧩", "🟢 مفعّلة · ⏸ موقوفة · 📄").await;
    step(&mona, "➕", "ما اسم الخدمة؟").await;
    step(&owner, "🗑 عزل", "تنتهي صلاحياته").await;
    owner.press("🗑 نعم").await.unwrap();
    last(&owner, "مساعدون تعيّنهم").await;
    let hers = "user_id = (SELECT id FROM users WHERE telegram_id = 502)";
    for table in ["admin_sessions", "admin_areas", "dialogs"] {
        assert_eq!(farm.count(&bot, &format!("{table} WHERE {hers}")).await, 0, "{table}");
    }
    mona.send("Signal");
    last(&mona, "اختر خدمة").await;
    mona.send("/admin");
    eventually("the panel does not exist for her", || async {
        let home = mona.messages().iter().filter(|m| m.from_bot && m.text.contains("اختر خدمة")).count();
        (home >= 3).then_some(())
    })
    .await;
    assert_eq!(farm.count(&bot, "services").await, 1);
    let acts = "audit_log WHERE action IN ('admin.appoint', 'admin.areas', 'admin.dismiss') AND actor = 'owner:700'";
    assert_eq!(farm.count(&bot, acts).await, 3);
    farm.finish(&[&bot]).await;
}

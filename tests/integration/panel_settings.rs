//! Settings in the panel: in force at once, and taken back to the file's value.

use crate::panel::{enter, farm, last, step};
use crate::support::eventually;
use std::time::Duration;

// SPEC: A7, F10
#[tokio::test(flavor = "multi_thread")]
async fn the_panels_value_is_in_force_at_once_and_wins_until_it_is_taken_back() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 20).await);
    enter(&owner).await;
    step(&owner, "⚙️", "قيمة اللوحة تغلب").await;
    step(&owner, "📄 مهلة وصول الكود: 20 دقيقة", "المصدر: \u{2068}📄").await;
    step(&owner, "✏️", "أرسل عددًا من 1 إلى 1440").await;
    owner.send("ساعة");
    eventually("said again", || async {
        let hints = owner.messages().iter().filter(|m| m.text.contains("أرسل عددًا من 1 إلى 1440")).count();
        (hints == 2).then_some(())
    })
    .await;
    owner.send("٣٥");
    last(&owner, "يسري ذلك فورًا").await;
    eventually("the offer says so", || async {
        ali.send("/start");
        ali.press("WhatsApp").await.ok()?;
        ali.press("مصر").await.ok()?;
        tokio::time::timeout(Duration::from_millis(300), ali.sees("35 دقيقة")).await.ok()
    })
    .await
    .unwrap();
    // The file changes and the panel's value stays in force.
    let longer = crate::support::BotFile { time_limit_sec: 3600, ..bot.clone() };
    longer.write(farm.directory.path(), &farm.sandbox);
    step(&owner, "⚙️", "قيمة اللوحة تغلب").await;
    step(&owner, "🖐 مهلة وصول الكود: 35 دقيقة", "المصدر: \u{2068}🖐").await;
    step(&owner, "↩️", "يسري ذلك فورًا").await;
    eventually("the file's value counts", || async {
        owner.send("/admin");
        last(&owner, "ماذا تريد أن تفعل؟").await;
        owner.press("⚙️").await.ok()?;
        let list = owner.wait_for(|m| m.button("📄 مهلة وصول الكود: 60 دقيقة").is_some());
        tokio::time::timeout(Duration::from_millis(300), list).await.ok()
    })
    .await
    .unwrap();
    let acts = "audit_log WHERE action LIKE 'setting.%' AND subject = 'time-limit' AND actor = 'owner:700'";
    assert_eq!(farm.count(&bot, acts).await, 2);
    farm.finish(&[&bot]).await;
}

// SPEC: A7, U13
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_closes_the_bot_for_maintenance_by_a_switch() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 0).await);
    enter(&owner).await;
    step(&owner, "⚙️", "قيمة اللوحة تغلب").await;
    step(&owner, "وضع الصيانة: لا", "القيمة: \u{2068}لا").await;
    step(&owner, "✅ تشغيل", "يسري ذلك فورًا").await;
    eventually("users are told", || async {
        ali.send("/start");
        tokio::time::timeout(Duration::from_millis(300), ali.sees("البوت تحت الصيانة")).await.ok()
    })
    .await
    .unwrap();
    farm.finish(&[&bot]).await;
}

//! How a bot does, in the panel.

use crate::panel::{enter, last, step};
use crate::panel_providers::telegram_service;
use crate::rental::reserve;
use crate::support::{TestFarm, eventually};
use chrono::TimeDelta;

fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

// SPEC: A8
#[tokio::test(flavor = "multi_thread")]
async fn codes_income_and_users_are_counted_over_a_period_in_the_bots_time_zone() {
    let (farm, bot) = TestFarm::with_bot_like(2, |bot| {
        let zone = "time_zone = \"Pacific/Kiritimati\"";
        bot.extra = format!("owners = [700]\nadmin_password = {{ file = \"panel.secret\" }}\n{zone}");
        bot.tables = "[limits]\npresses_per_minute = 1000".into();
    })
    .await;
    telegram_service(&farm, &bot).await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 50).await);
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐").await.unwrap();
    reserve(&ali).await;
    ali.press("❌").await.unwrap();
    eventually("it is canceled", || async {
        (farm.count(&bot, "reservations WHERE status = 'canceled'").await == 1).then_some(())
    })
    .await;
    enter(&owner).await;
    step(&owner, "📊", "🔐 أكواد").await;
    let said = plain(&owner.sees("🔐 أكواد").await.unwrap().text);
    for part in [
        "🔐 أكواد: 1 · 💰 الدخل: 10 جنيه",
        "❌ أُلغيت: 1",
        "➕ رصيد مضاف: 50 جنيه",
        "👥 المستخدمون: 2 · جدد: 2 · نشطون: 2",
        "متاح: 2 · مستخدم: 1",
        "• WhatsApp: 1 · 10 جنيه · ⌛ 0 · ❌ 1",
        "• مصر: 1 · 10 جنيه",
    ] {
        assert!(said.contains(part), "{part} is missing in\n{said}");
    }
    for (all, name) in [("🧩 كل الخدمات", "• WhatsApp: 1 · 10 جنيه"), ("🌍 كل الدول", "• مصر: 1 · 10 جنيه")]
    {
        owner.press(all).await.unwrap();
        owner.wait_for(|m| m.text.starts_with(all) && plain(&m.text).contains(name)).await.unwrap();
        owner.press("🔙").await.unwrap();
        owner.wait_for(|m| m.button(all).is_some()).await.unwrap();
    }
    // The picture has the same period.
    let (said, _) = owner.press("🖼").await.unwrap();
    assert_eq!(said.text.as_deref(), Some("تُرسم الصورة وتصلك هنا."));
    owner.sees("📊 الوشاق").await.unwrap();
    let picture = owner.wait_for(|m| m.file().is_some_and(|f| f.picture)).await.unwrap();
    assert!(picture.file().unwrap().contents.part(0, 8).starts_with(b"\x89PNG"));
    // Eight days later nothing of it is in the last seven days.
    farm.advance(&bot, TimeDelta::days(8));
    owner.send("/admin");
    last(&owner, "أرسل كلمة مرور اللوحة").await;
    owner.send("open sesame");
    last(&owner, "ماذا تريد أن تفعل؟").await;
    owner.press("📊").await.unwrap();
    last(&owner, "🔐 أكواد: \u{2068}0").await;
    owner.press("آخر 30").await.unwrap();
    last(&owner, "🔐 أكواد: \u{2068}1").await;
    owner.press("اليوم").await.unwrap();
    last(&owner, "🔐 أكواد: \u{2068}0").await;
    owner.press("منذ البداية").await.unwrap();
    last(&owner, "🔐 أكواد: \u{2068}1").await;
    owner.press("📅").await.unwrap();
    last(&owner, "أرسل أول يوم وآخر يوم").await;
    owner.send("أمس");
    owner.sees("أرسل يومًا أو يومين").await.unwrap();
    let day = (farm.app.clock.now() + TimeDelta::hours(14) - TimeDelta::days(8)).format("%d/%m/%Y");
    owner.send(&day.to_string());
    last(&owner, "🔐 أكواد: \u{2068}1").await;
    farm.finish(&[&bot]).await;
}

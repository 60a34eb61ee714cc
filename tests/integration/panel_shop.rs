//! Services and countries in the panel.

use crate::panel::{enter, farm, last, step};
use crate::support::eventually;
use telegram_sandbox::Visitor;

async fn answer(owner: &Visitor, text: &str, next: &str) {
    owner.send(text);
    last(owner, next).await;
}

async fn add_service(owner: &Visitor) {
    step(owner, "🧩", "🟢 مفعّلة · ⏸ موقوفة · 📄").await;
    step(owner, "➕ إضافة خدمة", "ما اسم الخدمة؟").await;
    for taken in ["WhatsApp", "whatsapp", "wa"] {
        answer(owner, taken, "موجود من قبل، أرسل غيره").await;
    }
    answer(owner, "Telegram", "أرسل رمزًا تعبيريًا").await;
    answer(owner, "✈️", "ما السعر؟").await;
    for price in ["-1", "1e99", "10,50", "ten"] {
        answer(owner, price, "ليس هذا مبلغًا").await;
    }
    answer(owner, "١٢٫٥٠", "أرسل وصفًا قصيرًا").await;
    step(owner, "⏭", "بأي أسماء أخرى").await;
    answer(owner, "TG، تلغرام", "أرسل نمط الكود").await;
    answer(owner, "(", "النمط غير صالح").await;
    answer(owner, r"code:? (\d{5})", "راجع ثم احفظ").await;
    step(owner, "✅ حفظ", "أسماء أخرى: \u{2068}TG، تلغرام").await;
}

// SPEC: A1, A2, A4
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_adds_a_service_with_its_country_and_a_user_rents_from_it() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    enter(&owner).await;
    add_service(&owner).await;
    owner.sees("الخدمة غير مفعّلة لعدم ربط API").await.unwrap();
    owner.press("⬜ 🔌 sms1").await.unwrap();
    owner.wait_for(|m| m.button("✅ 🔌 sms1").is_some()).await.unwrap();
    step(&owner, "🌍", "دول الخدمة").await;
    step(&owner, "➕ إضافة دولة", "ما اسم الدولة؟").await;
    answer(&owner, "مصر", "ما رمز الاتصال").await;
    answer(&owner, "+20x", "ليس هذا رمز اتصال").await;
    answer(&owner, "+20", "أرسل علم الدولة").await;
    answer(&owner, "🇪🇬", "ما سعر هذه الدولة؟").await;
    answer(&owner, "9", "راجع ثم احفظ").await;
    step(&owner, "✅ حفظ", "سعرها الخاص: \u{2068}9 جنيه").await;
    let csv = "service,country_code,phone_number\nTelegram,20,+201000000099\n";
    let tenant = farm.tenant(&bot);
    crate::support::fill(&tenant, csv).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    ali.send("/start");
    ali.press("✈️ Telegram").await.unwrap();
    ali.press("مصر").await.unwrap();
    ali.press("📲").await.unwrap();
    ali.sees("+201000000099").await.unwrap();
    // By its other name and its own pattern, at once: the door is built from the tables.
    let sms = serde_json::json!({ "to": "+201000000099", "service": "tg", "text": "999999 code: 31415" });
    assert_eq!(farm.post(&bot, "hook-token", vec![sms]).await.0, 200);
    let code = ali.sees("🔐").await.unwrap();
    assert_eq!(code.codes()[1], "31415");
    assert_eq!(farm.count(&bot, "audit_log WHERE action IN ('service.add', 'service.link', 'country.add')").await, 3);
    farm.finish(&[&bot]).await;
}

// SPEC: A1, A11
#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_changed_paused_and_deleted_and_its_name_is_free_again() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    enter(&owner).await;
    add_service(&owner).await;
    step(&owner, "✏️ السعر", "ما السعر؟").await;
    answer(&owner, "15", "السعر: \u{2068}15 جنيه").await;
    step(&owner, "✏️ الوصف", "أرسل وصفًا قصيرًا").await;
    // A step can be left, and nothing is saved.
    owner.press("✖️").await.unwrap();
    last(&owner, "ماذا تريد أن تفعل؟").await;
    step(&owner, "🧩", "🟢 مفعّلة · ⏸ موقوفة · 📄").await;
    step(&owner, "✈️ Telegram", "نمط الكود").await;
    owner.press("⏸ إيقاف").await.unwrap();
    owner.wait_for(|m| m.button("▶️").is_some()).await.unwrap();
    step(&owner, "🗑 حذف", "يبقى في السجل").await;
    owner.press("🗑 نعم").await.unwrap();
    eventually("it is deleted", || async {
        (farm.count(&bot, "services WHERE deleted_name = 'Telegram'").await == 1).then_some(())
    })
    .await;
    let acts = "audit_log WHERE action LIKE 'service.%' AND actor = 'owner:700' AND before IS NOT NULL";
    assert_eq!(farm.count(&bot, acts).await, 3);
    last(&owner, "🟢 مفعّلة").await;
    step(&owner, "➕ إضافة خدمة", "ما اسم الخدمة؟").await;
    answer(&owner, "Telegram", "أرسل رمزًا تعبيريًا").await;
    farm.finish(&[&bot]).await;
}

// SPEC: A1
#[tokio::test(flavor = "multi_thread")]
async fn what_the_file_declares_is_changed_in_the_file_and_open_rentals_forbid_a_deletion() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 20).await;
    enter(&owner).await;
    step(&owner, "🧩", "🟢 مفعّلة · ⏸ موقوفة · 📄").await;
    step(&owner, "📄 🟢 WhatsApp", "معرّف في ملف البوت").await;
    let shown = owner.sees("معرّف في ملف البوت").await.unwrap();
    assert!(shown.button("✏️").is_none() && shown.button("🗑").is_none());
    // Its data, made by hand, is refused too: deletion and pause of a file's service.
    let back = shown.button("🔙").unwrap();
    let telegram_sandbox::Action::Callback(data) = back.action else { panic!() };
    let data = String::from_utf8(data).unwrap();
    let stamp = data.rsplit_once('.').unwrap().1;
    for forged in ["admin_sv_d_1_0", "admin_sv_t_1_100_0", "admin_co_d_1_0"] {
        let query = owner.press_data(shown.id, format!("{forged}.{stamp}").as_bytes());
        let (told, _) = owner.answer(query).await.unwrap();
        assert!(told.text.unwrap().contains("معرّف في ملف البوت"), "{forged}");
    }
    crate::rental::reserve(&owner).await;
    let (tenant, now) = (farm.tenant(&bot), farm.app.clock.now());
    let client = crate::support::postgres::connect(&farm.url).await;
    client.batch_execute("UPDATE bot_elweshaq.services SET origin = 'panel'").await.unwrap();
    let unlinked = botfarm::service::shop::set_link(&tenant, "test", 1, 1, false, now).await;
    assert!(unlinked.is_err(), "its codes would match nothing");
    owner.send("/admin");
    step(&owner, "🧩", "🟢 مفعّلة · ⏸ موقوفة · 📄").await;
    step(&owner, "🟢 🟢 WhatsApp", "نمط الكود").await;
    step(&owner, "🗑 حذف", "حذف \u{2068}WhatsApp").await;
    let (told, _) = owner.press("🗑 نعم").await.unwrap();
    assert!(told.text.unwrap().contains("حجوزات مفتوحة"));
    assert_eq!(farm.count(&bot, "services WHERE deleted_name IS NULL").await, 1);
    farm.finish(&[&bot]).await;
}

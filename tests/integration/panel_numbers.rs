//! The stock in the panel: by hand, by state, found, deleted.

use crate::panel::{enter, farm, last, step};
use crate::rental::reserve;
use crate::support::eventually;
use telegram_sandbox::Visitor;

async fn at_the_country(owner: &Visitor) {
    enter(owner).await;
    step(owner, "🧩", "🟢 مفعّلة · ⏸ موقوفة · 📄").await;
    step(owner, "WhatsApp", "نمط الكود").await;
    step(owner, "🌍", "دول الخدمة").await;
    step(owner, "مصر", "رمز الاتصال").await;
    step(owner, "🔢", "أرقام \u{2068}مصر").await;
}

// SPEC: A3, A11
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_adds_a_number_by_hand_and_a_user_gets_it_at_its_own_price() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 20).await);
    at_the_country(&owner).await;
    step(&owner, "➕ إضافة رقم", "أرسل الرقم").await;
    for (number, said) in
        [("+966500000000", "ليس هذا رقمًا صحيحًا لهذه الدولة"), ("+201000000001", "موجود من قبل، أرسل غيره")]
    {
        owner.send(number);
        last(&owner, said).await;
    }
    owner.send("٠١٠٠٠٠٠٠٠٧٧");
    last(&owner, "ما سعر هذا الرقم؟").await;
    owner.send("3.25");
    last(&owner, "راجع ثم احفظ").await;
    owner.press("✅ حفظ").await.unwrap();
    last(&owner, "سعره الخاص: \u{2068}3.25 جنيه").await;
    assert_eq!(farm.count(&bot, "numbers WHERE phone_number = '+201000000077' AND price_override = 3.25").await, 1);
    step(&owner, "☑️", "الحالة: \u{2068}مستخدم").await;
    step(&owner, "🗑 حذف", "حذف هذا الرقم من المخزون؟").await;
    step(&owner, "🔙", "الحالة: \u{2068}مستخدم").await;
    step(&owner, "🗑 حذف", "حذف هذا الرقم من المخزون؟").await;
    step(&owner, "🗑 نعم", "الحالة: \u{2068}محذوف").await;
    step(&owner, "✅ اجعله متاحًا", "الحالة: \u{2068}متاح").await;
    for _ in 0..2 {
        reserve(&ali).await;
    }
    let acts = "audit_log WHERE action IN ('number.add', 'number.state') AND actor = 'owner:700'";
    assert_eq!(farm.count(&bot, acts).await, 4);
    farm.finish(&[&bot]).await;
}

// SPEC: A3
#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_found_and_a_reserved_one_stays_when_all_are_deleted() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 20).await);
    let number = reserve(&ali).await;
    at_the_country(&owner).await;
    step(&owner, "🔎", "أرسل الرقم كاملًا").await;
    owner.send("00201000000009");
    last(&owner, "لم يُعثر على ذلك").await;
    owner.send(&number.replace("+", "00"));
    last(&owner, "الحالة: \u{2068}محجوز").await;
    let (told, _) = owner.press("☑️").await.unwrap();
    assert!(told.text.unwrap().contains("حجوزات مفتوحة"));
    step(&owner, "🔙", "أرقام \u{2068}مصر").await;
    step(&owner, "🗑 حذف المعروض", "المحجوزة تبقى").await;
    owner.press("🗑 نعم").await.unwrap();
    eventually("the free one is deleted", || async {
        (farm.count(&bot, "numbers WHERE status = 'deleted'").await == 1).then_some(())
    })
    .await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐").await.unwrap();
    farm.finish(&[&bot]).await;
}

//! Users and the audit log in the panel.

use crate::panel::{enter, farm, go, home, last, step};
use crate::rental::reserve;
use crate::support::eventually;
use telegram_sandbox::{Action, Visitor};

// SPEC: A5, B1, A11
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_finds_a_user_and_moves_their_balance_with_a_reason() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 15).await);
    reserve(&ali).await;
    enter(&owner).await;
    step(&owner, "👥", "المستخدمون، الأحدث أولًا").await;
    let line = owner.sees("@user501").await.unwrap();
    let line = line.text.replace(['\u{2068}', '\u{2069}'], "");
    assert!(line.contains("501 · @user501 · 15 جنيه · 🧾 1 · "), "{line}");
    step(&owner, "🔎", "اكتب جزءًا").await;
    owner.send("@nobody");
    last(&owner, "لا شيء يطابق ما كتبت").await;
    step(&owner, "🔎", "اكتب جزءًا").await;
    owner.forward_from(Some(501), "أين الكود؟");
    last(&owner, "501 · @user501").await;
    owner.press("✖️ 501").await.unwrap();
    owner.wait_for(|m| m.button("700").is_some() && m.button("501").is_some()).await.unwrap();
    go(&owner, "🔎", "اكتب جزءًا").await;
    owner.send("@USER501");
    last(&owner, "501 · @user501").await;
    step(&owner, "501 · @user501", "المعرّف: \u{2068}501").await;
    step(&owner, "➕", "كم المبلغ؟").await;
    owner.send("٧٫٥٠");
    last(&owner, "ما السبب؟").await;
    owner.send("هدية");
    last(&owner, "راجع ثم احفظ").await;
    let summary = owner.sees("راجع ثم احفظ").await.unwrap();
    let telegram_sandbox::Action::Callback(save) = summary.button("✅").unwrap().action else { panic!() };
    // Pressed twice, saved once.
    let queries = [(); 2].map(|()| owner.press_data(summary.id, &save));
    for query in queries {
        owner.answer(query).await.unwrap();
    }
    owner.sees("الرصيد: \u{2068}22.50 جنيه").await.unwrap();
    assert_eq!(
        farm.count(&bot, "transactions WHERE type = 'add' AND reason = 'هدية' AND actor = 'owner:700'").await,
        1
    );
    // More than is free is refused, with what could be taken; nothing changes.
    step(&owner, "➖", "كم المبلغ؟").await;
    owner.send("13");
    last(&owner, "لا يمكن خصم أكثر من 12.50").await;
    assert_eq!(farm.count(&bot, "transactions WHERE type = 'deduct'").await, 0);
    owner.send("12.50");
    last(&owner, "ما السبب؟").await;
    owner.send("تصحيح");
    last(&owner, "راجع ثم احفظ").await;
    owner.press("✅ حفظ").await.unwrap();
    last(&owner, "الرصيد: \u{2068}10 جنيه").await;

    farm.finish(&[&bot]).await;
}

/// Up to the summary of a credit; returns its message.
async fn credit(owner: &Visitor, user: &str) -> i32 {
    home(owner).await;
    go(owner, "👥", "المستخدمون، الأحدث أولًا").await;
    go(owner, user, "المعرّف").await;
    go(owner, "➕", user).await;
    owner.send("5");
    last(owner, "ما السبب؟").await;
    owner.send("هدية");
    last(owner, "راجع ثم احفظ").await;
    owner.messages().into_iter().rfind(|m| m.from_bot).unwrap().id
}

// SPEC: A5, U11, B1
#[tokio::test(flavor = "multi_thread")]
async fn a_button_acts_in_the_form_it_was_shown_for_and_in_no_later_one() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    for id in [501, 502] {
        farm.visitor(&bot, id, 10).await;
    }
    enter(&owner).await;
    let first = credit(&owner, "501").await;
    let second = credit(&owner, "502").await;
    let save = |id: i32| {
        let message = owner.messages().into_iter().find(|m| m.id == id).unwrap();
        let Action::Callback(data) = message.button("✅ حفظ").unwrap().action else { panic!() };
        owner.press_data(id, &data)
    };
    let (told, _) = owner.answer(save(first)).await.unwrap();
    assert_eq!(told.text.as_deref(), Some("انتهت صلاحية هذا الزر."));
    assert_eq!(farm.count(&bot, "transactions WHERE reason = 'هدية'").await, 0);
    owner.answer(save(second)).await.unwrap();
    last(&owner, "الرصيد: \u{2068}15 جنيه").await;
    let theirs = "transactions WHERE reason = 'هدية' AND user_id = (SELECT id FROM users WHERE telegram_id = 502)";
    assert_eq!(farm.count(&bot, theirs).await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: A5, A11
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_bans_a_user_at_once_and_the_log_says_who_did_what() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 0).await);
    ali.send("/start");
    ali.sees("اختر خدمة").await.unwrap();
    enter(&owner).await;
    step(&owner, "👥", "المستخدمون، الأحدث أولًا").await;
    step(&owner, "501 · @user501", "المعرّف: \u{2068}501").await;
    step(&owner, "🚫 حظر", "لن يستطيع استخدام البوت").await;
    step(&owner, "🚫 نعم", "محظور: \u{2068}نعم").await;
    ali.send("/start");
    ali.sees("لا يمكنك استخدام هذا البوت").await.unwrap();
    step(&owner, "✅ رفع الحظر", "محظور: \u{2068}لا").await;
    ali.send("/balance");
    eventually("they are back", || async {
        ali.messages().iter().any(|m| m.from_bot && m.text.contains("رصيدك")).then_some(())
    })
    .await;
    step(&owner, "🔙", "المستخدمون، الأحدث أولًا").await;
    step(&owner, "🔙", "ماذا تريد أن تفعل؟").await;
    step(&owner, "📜", "سجل المراجعة").await;
    step(&owner, "owner:700 · user.ban 501", "ماذا: \u{2068}user.ban\u{2069} \u{2068}501").await;
    farm.finish(&[&bot]).await;
}

//! Every way money moves, and every way it must not.

use crate::rental::reserve;
use crate::support::{TestFarm, eventually};
use botfarm::domain::rental::{ChangeFee, Payment, RentalRules};
use botfarm::service::reserve::Request;
use botfarm::service::{Policy, Refusal, ServiceError, reserve as service};
use chrono::TimeDelta;
use futures_util::future::join_all;
use rust_decimal::Decimal;
use telegram_sandbox::Visitor;

const LATER: &str = "check_balance_at_reserve = false";

/// No message of the chat, past or present, shows this.
fn never_saw(visitor: &Visitor, text: &str) {
    let seen = visitor.messages().iter().any(|m| m.text.contains(text) || m.earlier.iter().any(|e| e.contains(text)));
    assert!(!seen, "{}", visitor.transcript());
}

// SPEC: U7, A14
#[tokio::test(flavor = "multi_thread")]
async fn an_unpaid_code_is_withheld_until_a_top_up_delivers_it() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| {
        bot.rental = LATER.into();
        bot.extra = "owners = [700]".into();
    })
    .await;
    let owner = farm.visitor(&bot, 700, 0).await;
    owner.send("/start");
    owner.sees("أهلًا بك").await.unwrap();
    let mona = farm.visitor(&bot, 501, 4).await;
    let number = reserve(&mona).await;
    farm.sms(&bot, &number, "314159").await;
    let told = mona.sees("وصل الكود، لكن رصيدك غير كافٍ").await.unwrap();
    assert!(told.text.contains("ينقصك: \u{2068}6 جنيه"), "{}", told.text);
    owner.sees("وصل كود لمستخدم رصيده غير كافٍ").await.unwrap();
    // A repetition under another id changes nothing; the newest code counts.
    farm.sms(&bot, &number, "271828").await;
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'code_received' AND code_value = '271828'").await, 1);
    mona.send("/history");
    mona.sees("وصل الكود ولم يُدفع").await.unwrap();
    never_saw(&mona, "271828");
    never_saw(&mona, "314159");
    // Not enough yet.
    farm.top_up(&bot, 501, 5).await.unwrap();
    farm.top_up(&bot, 501, 1).await.unwrap();
    let code = mona.sees("🔐 وصل الكود!").await.unwrap();
    assert_eq!(code.codes(), [number.as_str(), "271828"]);
    assert_eq!(farm.count(&bot, "users WHERE telegram_id = 501 AND balance = 0 AND held = 0").await, 1);
    mona.sees("✅ وصل كود هذا الرقم").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U7
#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_not_paid_in_time_fails_and_its_number_is_used() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.rental = LATER.into()).await;
    let ali = farm.visitor(&bot, 501, 0).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("رصيدك غير كافٍ").await.unwrap();
    farm.advance(&bot, TimeDelta::minutes(21));
    ali.sees("لم يُدفع ثمن كود هذا الرقم").await.unwrap();
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'failed'").await, 1);
    assert_eq!(farm.count(&bot, "numbers WHERE status = 'used'").await, 1);
    // A top-up afterwards delivers nothing.
    farm.top_up(&bot, 501, 50).await.unwrap();
    ali.send("/balance");
    ali.sees("50 جنيه").await.unwrap();
    never_saw(&ali, "314159");
    farm.finish(&[&bot]).await;
}

// SPEC: U7
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_may_let_an_unpaid_code_fail_at_once() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.rental = format!("{LATER}\nshort_balance = \"fail\"")).await;
    let ali = farm.visitor(&bot, 501, 9).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("لم يُدفع ثمن كود هذا الرقم").await.unwrap();
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'failed'").await, 1);
    assert_eq!(farm.count(&bot, "users WHERE balance = 9").await, 1);
    assert_eq!(farm.count(&bot, "numbers WHERE status = 'used'").await, 1);
    never_saw(&ali, "314159");
    farm.finish(&[&bot]).await;
}

// SPEC: U7
#[tokio::test(flavor = "multi_thread")]
async fn an_unheld_rental_is_charged_when_the_money_is_there() {
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.rental = LATER.into()).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ali).await;
    assert_eq!(farm.count(&bot, "users WHERE held = 0").await, 1);
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐 وصل الكود!").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U5, U8
#[tokio::test(flavor = "multi_thread")]
async fn changes_after_the_first_cost_a_fee_that_must_be_there() {
    let (farm, bot) = TestFarm::with_bot_like(5, |bot| {
        bot.rental = "free_changes = 1\nchange_fee = \"2.00\"".into();
    })
    .await;
    let ali = farm.visitor(&bot, 501, 13).await;
    reserve(&ali).await;
    ali.press("🔄 تغيير الرقم").await.unwrap();
    let screen = ali.wait_for(|m| m.text.contains("+201000000002")).await.unwrap();
    assert!(screen.button("🔄 تغيير الرقم (2 جنيه)").is_some(), "{}", ali.transcript());
    ali.press("🔄 تغيير الرقم").await.unwrap();
    ali.sees("+201000000003").await.unwrap();
    // 13 - 2 = 11, of which 10 are held: the next fee is not there.
    let (answer, _) = ali.press("🔄 تغيير الرقم").await.unwrap();
    assert_eq!(answer.text.as_deref(), Some("رصيدك غير كافٍ: ينقصك 1 جنيه."));
    assert_eq!(farm.count(&bot, "transactions WHERE type = 'purchase' AND reason = 'change'").await, 1);
    ali.send("/balance");
    ali.sees("تغيير رقم").await.unwrap();
    farm.sms(&bot, "+201000000003", "314159").await;
    ali.sees("🔐").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: U6
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_number_may_be_replaced_once_by_itself() {
    let (farm, bot) = TestFarm::with_bot_like(3, |bot| bot.rental = "on_expiry = \"replace\"".into()).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    reserve(&ali).await;
    farm.advance(&bot, TimeDelta::minutes(21));
    let screen = ali.sees("فحُجز لك رقم آخر").await.unwrap();
    assert_eq!(screen.codes(), ["+201000000002"]);
    ali.sees("انتهت مهلة هذا الرقم").await.unwrap();
    farm.advance(&bot, TimeDelta::minutes(21));
    ali.sees("انتهت المهلة ولم يصل الكود").await.unwrap();
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'expired'").await, 2);
    assert_eq!(farm.count(&bot, "reservations").await, 2);
    assert_eq!(farm.count(&bot, "users WHERE held = 0 AND balance = 10").await, 1);
    farm.finish(&[&bot]).await;
}

fn request(user_id: i64, n: usize) -> Request {
    Request { user_id, country_id: 1, price: Decimal::TEN, request_key: format!("test:{n}") }
}

fn policy(change: impl FnOnce(&mut RentalRules)) -> Policy {
    let mut rules = RentalRules { open_at_once: 100, changes_per_hour: 100, ..RentalRules::default() };
    change(&mut rules);
    Policy { rules, ..Policy::default() }
}

// SPEC: U7, B1
#[tokio::test(flavor = "multi_thread")]
async fn fifty_reservations_at_once_hold_no_more_than_there_is() {
    let (farm, bot) = TestFarm::with_bot(50).await;
    farm.top_up(&bot, 501, 35).await.unwrap();
    let (tenant, policy, now) = (farm.tenant(&bot), policy(|_| {}), farm.app.clock.now());
    let requests: Vec<_> = (0..50).map(|n| request(1, n)).collect();
    let made = join_all(requests.iter().map(|r| service::reserve(&tenant, &policy, r, now))).await;
    assert_eq!(made.iter().filter(|r| r.is_ok()).count(), 3);
    let short = |r: &Result<_, _>| matches!(r, Err(ServiceError::Refused(Refusal::Short { missing })) if *missing == Decimal::from(5));
    assert_eq!(made.iter().filter(|r| short(r)).count(), 47);
    farm.finish(&[&bot]).await;
}

// SPEC: U7, B1
#[tokio::test(flavor = "multi_thread")]
async fn reservations_and_deductions_at_once_never_spend_the_same_money() {
    let (farm, bot) = TestFarm::with_bot(25).await;
    farm.top_up(&bot, 501, 100).await.unwrap();
    let (tenant, policy, now) = (farm.tenant(&bot), policy(|_| {}), farm.app.clock.now());
    let requests: Vec<_> = (0..25).map(|n| request(1, n)).collect();
    let reserving = join_all(requests.iter().map(|r| service::reserve(&tenant, &policy, r, now)));
    let deducting = join_all((0..25).map(|_| farm.top_up(&bot, 501, -10)));
    let (made, deducted) = tokio::join!(reserving, deducting);
    let done = made.iter().filter(|r| r.is_ok()).count() + deducted.iter().filter(|r| r.is_ok()).count();
    assert_eq!(done, 10, "ten times ten is a hundred");
    farm.finish(&[&bot]).await;
}

// SPEC: U5, U7
#[tokio::test(flavor = "multi_thread")]
async fn fees_and_completions_at_once_leave_every_rental_paid() {
    let (farm, bot) = TestFarm::with_bot(80).await;
    farm.top_up(&bot, 501, 253).await.unwrap();
    let fee = |rules: &mut RentalRules| rules.change_fee = Some(ChangeFee { free: 0, fee: Decimal::ONE });
    let (tenant, policy, now) = (farm.tenant(&bot), policy(fee), farm.app.clock.now());
    let requests: Vec<_> = (0..25).map(|n| request(1, n)).collect();
    let made = join_all(requests.iter().map(|r| service::reserve(&tenant, &policy, r, now))).await;
    let rentals: Vec<_> = made.into_iter().map(Result::unwrap).collect();
    // 250 of 253 are held: three fees can be paid, whatever completes meanwhile.
    let changing = join_all(rentals.iter().map(|r| service::change(&tenant, &policy, 1, r.id, Decimal::ONE, now)));
    let completing = join_all(rentals.iter().map(|r| farm.sms(&bot, &r.phone_number, "314159")));
    let (changed, _) = tokio::join!(changing, completing);
    let changed = changed.iter().filter(|r| r.is_ok()).count();
    let fees = farm.count(&bot, "transactions WHERE reason = 'change'").await;
    assert_eq!(fees, changed as i64);
    assert!(changed <= 3, "{changed}");
    assert_eq!(farm.count(&bot, "reservations WHERE status IN ('waiting_code', 'completed')").await, 25);
    farm.finish(&[&bot]).await;
}

// SPEC: U7
#[tokio::test(flavor = "multi_thread")]
async fn fifty_codes_for_one_poor_user_deliver_what_can_be_paid() {
    let (farm, bot) = TestFarm::with_bot_like(50, |bot| bot.rental = LATER.into()).await;
    farm.top_up(&bot, 501, 75).await.unwrap();
    let later = |rules: &mut RentalRules| rules.payment = Payment::OnArrival { waits: true };
    let (tenant, policy, now) = (farm.tenant(&bot), policy(later), farm.app.clock.now());
    let requests: Vec<_> = (0..50).map(|n| request(1, n)).collect();
    let made = join_all(requests.iter().map(|r| service::reserve(&tenant, &policy, r, now))).await;
    let numbers: Vec<String> = made.into_iter().map(|r| r.unwrap().phone_number).collect();
    join_all(numbers.iter().map(|number| farm.sms(&bot, number, "314159"))).await;
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'completed'").await, 7);
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'code_received'").await, 43);
    // Fifty top-ups at once deliver as many as they pay.
    join_all((0..50).map(|_| farm.top_up(&bot, 501, 1))).await;
    eventually("twelve are delivered", || async {
        (farm.count(&bot, "reservations WHERE status = 'completed'").await == 12).then_some(())
    })
    .await;
    farm.finish(&[&bot]).await;
}

// SPEC: B1
#[tokio::test(flavor = "multi_thread")]
async fn taking_more_than_is_free_names_what_could_be_taken() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ali = farm.visitor(&bot, 501, 15).await;
    reserve(&ali).await;
    let refused = farm.top_up(&bot, 501, -6).await;
    let Err(ServiceError::Refused(Refusal::TooMuch { free })) = refused else { panic!("{refused:?}") };
    assert_eq!(free, Decimal::from(5));
    farm.top_up(&bot, 501, -5).await.unwrap();
    farm.finish(&[&bot]).await;
}

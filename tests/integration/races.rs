//! Two of something at once.

use crate::rental::reserve;
use crate::support::provider::Provider;
use crate::support::{TestFarm, eventually};
use serde_json::json;
use telegram_sandbox::{Action, Visitor};

async fn at_the_offer(visitor: &Visitor) -> (i32, Vec<u8>) {
    visitor.send("/start");
    visitor.press("WhatsApp").await.unwrap();
    visitor.press("مصر").await.unwrap();
    let offer = visitor.wait_for(|m| m.button("📲").is_some()).await.unwrap();
    let Action::Callback(data) = offer.button("📲").unwrap().action else { panic!("a callback") };
    (offer.id, data)
}

// SPEC: U3
#[tokio::test(flavor = "multi_thread")]
async fn of_two_users_racing_for_the_last_number_one_gets_it() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let (ahmed, mona) = (farm.visitor(&bot, 501, 10).await, farm.visitor(&bot, 502, 10).await);
    let ((a, data_a), (b, data_b)) = tokio::join!(at_the_offer(&ahmed), at_the_offer(&mona));
    let (query_a, query_b) = (ahmed.press_data(a, &data_a), mona.press_data(b, &data_b));
    let (answer_a, answer_b) = tokio::join!(ahmed.answer(query_a), mona.answer(query_b));
    let notices = [answer_a.unwrap().0.text, answer_b.unwrap().0.text];
    assert_eq!(notices.iter().flatten().filter(|n| n.contains("لا توجد أرقام")).count(), 1, "{notices:?}");
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'waiting_code'").await, 1);
    assert_eq!(farm.count(&bot, "users WHERE held = 10").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: U11
#[tokio::test(flavor = "multi_thread")]
async fn a_button_pressed_ten_times_reserves_once() {
    let (farm, bot) = TestFarm::with_bot(5).await;
    let ahmed = farm.visitor(&bot, 501, 100).await;
    let (message, data) = at_the_offer(&ahmed).await;
    let queries: Vec<i64> = (0..10).map(|_| ahmed.press_data(message, &data)).collect();
    for query in queries {
        ahmed.answer(query).await.unwrap();
    }
    assert_eq!(farm.count(&bot, "reservations").await, 1);
    assert_eq!(farm.count(&bot, "numbers WHERE status = 'reserved'").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: M3
#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_by_poll_and_webhook_at_once_completes_once() {
    let provider = Provider::start().await;
    let (farm, bot) = TestFarm::with_bot_like(1, |bot| bot.provider = provider.lines()).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ahmed).await;
    let now = farm.app.clock.now().to_rfc3339();
    let message = json!({"to": number, "service": "WhatsApp", "text": "code 123456", "ts": now});
    provider.arrive(message.clone());
    let posts = (0..20).map(|_| farm.post(&bot, "hook-token", vec![message.clone()]));
    for (status, body) in futures_util::future::join_all(posts).await {
        assert_eq!(status, 200, "{body}");
    }
    ahmed.sees("123456").await.unwrap();
    let polls = provider.polls();
    eventually("two more polls", || async { (provider.polls() > polls + 1).then_some(()) }).await;
    assert_eq!(farm.count(&bot, "provider_messages").await, 1);
    assert_eq!(farm.count(&bot, "transactions WHERE type = 'purchase'").await, 1);
    assert_eq!(ahmed.messages().iter().filter(|m| m.text.contains("123456")).count(), 1);
    farm.finish(&[&bot]).await;
}

// SPEC: U3, U6
#[tokio::test(flavor = "multi_thread")]
async fn thirty_users_on_ten_numbers_never_share_one() {
    let (farm, bot) = TestFarm::with_bot(10).await;
    let mut visitors = Vec::new();
    for id in 0..30 {
        visitors.push(farm.visitor(&bot, 600 + id, 10).await);
    }
    let offers = futures_util::future::join_all(visitors.iter().map(at_the_offer)).await;
    let queries: Vec<i64> = visitors.iter().zip(&offers).map(|(v, (id, data))| v.press_data(*id, data)).collect();
    for (visitor, query) in visitors.iter().zip(queries) {
        visitor.answer(query).await.unwrap();
    }
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'waiting_code'").await, 10);
    farm.finish(&[&bot]).await;
}

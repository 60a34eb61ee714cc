//! The audit itself: each invariant is broken once, and must be noticed.

use crate::rental::reserve;
use crate::support::{TestFarm, postgres};
use botfarm::service::audit;

/// What is broken, and the sentence that must say so.
const BROKEN: [(&str, &str); 17] = [
    ("UPDATE users SET balance = balance + 1", "the sum of a user's amounts is not the balance"),
    ("UPDATE transactions SET balance_after = 77 WHERE id = 1", "a balance after a movement"),
    ("UPDATE users SET held = 0 WHERE held > 0", "the sum of the open rentals' holds"),
    ("DELETE FROM transactions WHERE type = 'purchase'", "has not exactly one purchase"),
    ("UPDATE reservations SET status = 'canceled' WHERE status = 'completed'", "that is not completed has a purchase"),
    ("DELETE FROM outbox WHERE kind = 'code'", "has not exactly one first code"),
    ("UPDATE reservations SET status = 'failed' WHERE status = 'completed'", "has a code in the outbox"),
    (
        "UPDATE reservations SET status = 'code_received', code_value = NULL WHERE status = 'waiting_code'",
        "a withheld code is missing",
    ),
    (
        "INSERT INTO user_channel_rewards (user_id, channel_id, last_award_at) VALUES (1, 1, now())",
        "what a channel paid",
    ),
    (
        "INSERT INTO transactions (user_id, type, amount, balance_after, reason, actor, created_at) \
      VALUES (1, 'reward', 0, 0, 'channel:1', 'x', now())",
        "a reward has no award",
    ),
    (
        "INSERT INTO transactions (user_id, type, amount, balance_after, reason, actor, reservation_id, created_at) \
      VALUES (1, 'purchase', 0, 0, 'change', 'x', 1, now())",
        "a change of number was paid twice, or was none",
    ),
    ("UPDATE reservations SET replaces_id = 1 WHERE id = 2", "a rental replaces one that has not expired"),
    ("UPDATE reservations SET status = 'expired' WHERE status = 'waiting_code'", "was not told how it stands"),
    ("UPDATE outbox SET status = 'failed', reason = NULL", "a failed message has no reason"),
    ("UPDATE numbers SET status = 'available' WHERE status = 'used'", "whose code came is not used"),
    ("UPDATE numbers SET status = 'available' WHERE status = 'reserved'", "number is not reserved for its user"),
    (
        "UPDATE reservations SET status = 'canceled', rests_until = created_at WHERE status = 'waiting_code'",
        "has no open rental",
    ),
];

// SPEC: B1
#[tokio::test(flavor = "multi_thread")]
async fn every_broken_book_is_noticed() {
    let (farm, bot) = TestFarm::with_bot_like(3, |bot| {
        bot.tables = "[[channels]]\nname = \"@elweshaq_news\"".into();
    })
    .await;
    let ali = farm.visitor(&bot, 501, 30).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐").await.unwrap();
    reserve(&ali).await;
    let tenant = farm.tenant(&bot);
    assert_eq!(audit::check(&tenant).await.unwrap(), Vec::<String>::new());
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("SET search_path TO bot_elweshaq").await.unwrap();
    let tables = ["users", "transactions", "reservations", "outbox", "numbers", "user_channel_rewards"];
    let trigger = |what: &str| tables.map(|t| format!("ALTER TABLE {t} {what} TRIGGER USER;")).concat();
    for table in tables {
        client.batch_execute(&format!("CREATE TEMP TABLE kept_{table} AS TABLE {table}")).await.unwrap();
    }
    for (sql, sentence) in BROKEN {
        client
            .batch_execute(&format!("BEGIN; {} {sql}; {} COMMIT", trigger("DISABLE"), trigger("ENABLE")))
            .await
            .unwrap();
        let found = audit::check(&tenant).await.unwrap();
        assert!(found.iter().any(|line| line.contains(sentence)), "{sql}: {found:?}");
        let mend = format!(
            "BEGIN; SET CONSTRAINTS ALL DEFERRED; {} \
             DELETE FROM user_channel_rewards; DELETE FROM outbox; DELETE FROM transactions; \
             UPDATE users u SET balance = k.balance, held = k.held FROM kept_users k WHERE k.id = u.id; \
             UPDATE numbers n SET status = k.status FROM kept_numbers k WHERE k.id = n.id; \
             UPDATE reservations r SET status = k.status, code_value = k.code_value, replaces_id = k.replaces_id, \
                 rests_until = k.rests_until FROM kept_reservations k WHERE k.id = r.id; \
             INSERT INTO transactions OVERRIDING SYSTEM VALUE SELECT * FROM kept_transactions; \
             INSERT INTO outbox OVERRIDING SYSTEM VALUE SELECT * FROM kept_outbox; {} COMMIT",
            trigger("DISABLE"),
            trigger("ENABLE"),
        );
        client.batch_execute(&mend).await.unwrap();
        assert_eq!(audit::check(&tenant).await.unwrap(), Vec::<String>::new(), "after {sql}");
    }
    farm.finish(&[&bot]).await;
}

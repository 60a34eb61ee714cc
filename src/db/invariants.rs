//! The invariants of DESIGN: each is a query that finds what breaks it.

use super::retry::DbError;
use super::scope::TenantTx;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;

macro_rules! invariants {
    ($($name:ident $title:literal = $sql:literal;)*) => {
        $(statement! { $name {} -> Text = $sql })*

        /// Every disagreement, as a sentence that names the row.
        pub async fn disagreements(tx: &mut TenantTx) -> Result<Vec<String>, DbError> {
            let mut found = Vec::new();
            $(
                let rows: Vec<String> = $name {}.load(tx).await?;
                found.extend(rows.into_iter().map(|row| format!("{}: {row}", $title)));
            )*
            Ok(found)
        }
    };
}

invariants! {
    Balance "the sum of a user's amounts is not the balance" =
        "SELECT u.id::text FROM users u WHERE u.balance <> \
         coalesce((SELECT sum(t.amount) FROM transactions t WHERE t.user_id = u.id), 0) LIMIT 100";
    Running "a balance after a movement is not the sum so far" =
        "SELECT s.id::text FROM (SELECT t.id, t.balance_after, \
             sum(t.amount) OVER (PARTITION BY t.user_id ORDER BY t.id) AS so_far FROM transactions t) s \
         WHERE s.balance_after <> s.so_far LIMIT 100";
    Held "the sum of the open rentals' holds is not what is held" =
        "SELECT u.id::text FROM users u WHERE u.held <> \
         coalesce((SELECT sum(r.held) FROM reservations r WHERE r.user_id = u.id \
             AND r.status IN ('waiting_code', 'code_received')), 0) LIMIT 100";
    Purchase "a completed rental has not exactly one purchase of its price" =
        "SELECT r.id::text FROM reservations r WHERE r.status = 'completed' AND \
         (SELECT count(*) FROM transactions t WHERE t.reservation_id = r.id AND t.type = 'purchase' \
             AND t.reason = 'code' AND t.amount = -r.price) <> 1 LIMIT 100";
    Unpaid "a rental that is not completed has a purchase" =
        "SELECT r.id::text FROM reservations r WHERE r.status <> 'completed' AND EXISTS \
         (SELECT 1 FROM transactions t WHERE t.reservation_id = r.id AND t.reason = 'code') LIMIT 100";
    Code "a completed rental has not exactly one first code in the outbox" =
        "SELECT r.id::text FROM reservations r WHERE r.status = 'completed' AND \
         (SELECT count(*) FROM outbox o WHERE o.reservation_id = r.id AND o.kind = 'code') <> 1 LIMIT 100";
    Undelivered "a rental that is not completed has a code in the outbox" =
        "SELECT r.id::text FROM reservations r WHERE r.status <> 'completed' AND EXISTS \
         (SELECT 1 FROM outbox o WHERE o.reservation_id = r.id AND o.kind IN ('code', 'another_code')) LIMIT 100";
    Withheld "a withheld code is missing" =
        "SELECT r.id::text FROM reservations r WHERE r.status = 'code_received' AND r.code_value IS NULL LIMIT 100";
    Rewarded "what a channel paid is not what was awarded" =
        "SELECT w.id::text FROM user_channel_rewards w WHERE w.times_awarded <> \
         (SELECT count(*) FROM transactions t WHERE t.user_id = w.user_id AND t.type = 'reward' \
             AND t.reason = 'channel:' || w.channel_id::text) LIMIT 100";
    Awarded "a reward has no award of its channel" =
        "SELECT t.id::text FROM transactions t WHERE t.type = 'reward' AND NOT EXISTS \
         (SELECT 1 FROM user_channel_rewards w WHERE w.user_id = t.user_id \
             AND t.reason = 'channel:' || w.channel_id::text) LIMIT 100";
    Fee "a change of number was paid twice, or was none" =
        "SELECT t.reservation_id::text FROM transactions t JOIN reservations r ON r.id = t.reservation_id \
         WHERE t.type = 'purchase' AND t.reason = 'change' GROUP BY t.reservation_id, r.changes \
         HAVING count(*) > 1 OR r.changes = 0 LIMIT 100";
    Replacement "a rental replaces one that has not expired, or is replaced twice or in a row" =
        "SELECT r.id::text FROM reservations r JOIN reservations e ON e.id = r.replaces_id \
         WHERE e.status <> 'expired' OR e.replaces_id IS NOT NULL OR EXISTS \
         (SELECT 1 FROM reservations o WHERE o.replaces_id = r.replaces_id AND o.id <> r.id) LIMIT 100";
    Told "the user of a rental was not told how it stands" =
        "SELECT r.id::text FROM reservations r WHERE \
         (r.status = 'code_received' AND NOT EXISTS (SELECT 1 FROM outbox o \
             WHERE o.reservation_id = r.id AND o.kind = 'unpaid')) \
         OR (r.status = 'failed' AND NOT EXISTS (SELECT 1 FROM outbox o \
             WHERE o.reservation_id = r.id AND o.kind = 'failed')) \
         OR (r.status = 'expired' AND (SELECT count(*) FROM outbox o \
             WHERE o.reservation_id = r.id AND o.kind IN ('expired', 'replaced')) <> 1) LIMIT 100";
    Reason "a failed message has no reason" =
        "SELECT o.id::text FROM outbox o WHERE o.status = 'failed' AND o.reason IS NULL LIMIT 100";
    Used "the number of a rental whose code came is not used" =
        "SELECT r.id::text FROM reservations r JOIN numbers n ON n.id = r.number_id \
         WHERE r.status IN ('completed', 'failed') AND n.status NOT IN ('used', 'deleted') LIMIT 100";
    Reserved "an open rental's number is not reserved for its user" =
        "SELECT r.id::text FROM reservations r JOIN numbers n ON n.id = r.number_id \
         WHERE r.status IN ('waiting_code', 'code_received') \
           AND (n.status <> 'reserved' OR n.reserved_by_user_id <> r.user_id) LIMIT 100";
    Orphan "a reserved number has no open rental" =
        "SELECT n.id::text FROM numbers n WHERE n.status = 'reserved' AND NOT EXISTS \
         (SELECT 1 FROM reservations r WHERE r.number_id = n.id \
             AND r.status IN ('waiting_code', 'code_received')) LIMIT 100";
    Twice "a number is in two open rentals" =
        "SELECT r.number_id::text FROM reservations r WHERE r.status IN ('waiting_code', 'code_received') \
         GROUP BY r.number_id HAVING count(*) > 1 LIMIT 100";
    Rested "a number was offered within its cooldown" =
        "SELECT b.id::text FROM reservations a JOIN reservations b ON b.number_id = a.number_id \
             AND b.id > a.id \
         WHERE a.status IN ('expired', 'canceled') AND b.created_at < a.rests_until LIMIT 100";
    Delivered "two messages completed one rental" =
        "SELECT m.reservation_id::text FROM provider_messages m WHERE m.outcome = 'completed' \
         GROUP BY m.reservation_id HAVING count(*) > 1 LIMIT 100";
    Settled "a stored message has no outcome" =
        "SELECT m.id::text FROM provider_messages m WHERE m.outcome = 'new' LIMIT 100";
}

//! Free credit for joining channels, and channels that must be joined first.

use crate::support::{BotFile, TestFarm, eventually};
use chrono::TimeDelta;
use futures_util::future::join_all;
use telegram_sandbox::{Action, Fault, Misbehave, Sandbox, Standing, Visitor};

const NEWS: i64 = 9001;
const DEALS: i64 = 9002;

const TWO: &str = "[[channels]]\nname = \"@elweshaq_news\"\ntitle = \"الأخبار\"\nreward = \"5\"\n\
                   [[channels]]\nchat_id = -1009002\nlink = \"https://t.me/+AbCdEfGh12\"\ntitle = \"العروض\"\nreward = \"3.50\"\nevery_hours = 6";

fn add_channels(sandbox: &Sandbox, bot: i64) {
    sandbox.add_channel(NEWS, "الأخبار", Some("elweshaq_news"));
    sandbox.add_channel(DEALS, "العروض", None);
    for channel in [NEWS, DEALS] {
        sandbox.set_channel_admin(channel, bot, true);
    }
}

async fn farm_with(tables: &str, change: impl FnOnce(&mut BotFile)) -> (TestFarm, BotFile) {
    let farm = TestFarm::new().await;
    let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.tables = tables.to_owned();
    change(&mut bot);
    add_channels(&farm.sandbox, bot.id());
    farm.add(&bot).await;
    farm.stock(&bot, 3).await;
    (farm, bot)
}

async fn verify(visitor: &Visitor) -> String {
    let (answer, _) = visitor.press("✅ تحقق").await.unwrap();
    answer.text.unwrap_or_default()
}

// SPEC: C1, C2
#[tokio::test(flavor = "multi_thread")]
async fn joining_every_channel_pays_once_and_missing_ones_are_named() {
    let (farm, bot) = farm_with(TWO, |_| {}).await;
    let ali = farm.visitor(&bot, 501, 0).await;
    ali.send("/start");
    ali.press("🎁").await.unwrap();
    let list = ali.sees("اشترك في القنوات التالية").await.unwrap();
    let links: Vec<_> = list
        .rows()
        .into_iter()
        .flatten()
        .filter_map(|b| match b.action {
            Action::Url(url) => Some(url),
            _ => None,
        })
        .collect();
    assert_eq!(links, ["https://t.me/elweshaq_news", "https://t.me/+AbCdEfGh12"]);
    ali.join(NEWS);
    assert_eq!(verify(&ali).await, "لم تشترك بعد في: العروض");
    assert_eq!(farm.count(&bot, "transactions").await, 0);
    ali.join(DEALS);
    assert_eq!(verify(&ali).await, "تمت إضافة 8.50 جنيه إلى رصيدك. رصيدك الآن: 8.50 جنيه");
    assert_eq!(farm.count(&bot, "transactions WHERE type = 'reward'").await, 2);
    assert_eq!(farm.count(&bot, "users WHERE last_reward_at IS NOT NULL").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: C2
#[tokio::test(flavor = "multi_thread")]
async fn with_mode_each_every_joined_channel_pays_by_itself() {
    let (farm, bot) = farm_with(&format!("{TWO}\n[rewards]\nmode = \"each\""), |_| {}).await;
    let ali = farm.visitor(&bot, 501, 0).await;
    ali.send("/start");
    ali.press("🎁").await.unwrap();
    ali.join(DEALS);
    assert_eq!(verify(&ali).await, "تمت إضافة 3.50 جنيه إلى رصيدك. رصيدك الآن: 3.50 جنيه");
    farm.finish(&[&bot]).await;
}

// SPEC: C4
#[tokio::test(flavor = "multi_thread")]
async fn no_second_award_before_its_time_and_membership_is_asked_again() {
    let (farm, bot) = farm_with(TWO, |_| {}).await;
    let ali = farm.visitor(&bot, 501, 0).await;
    ali.join(NEWS);
    ali.join(DEALS);
    let again = async || {
        ali.send("/start");
        ali.press("🎁").await.unwrap();
        verify(&ali).await
    };
    assert!(again().await.starts_with("تمت إضافة 8.50"));
    assert_eq!(again().await, "استلمت كل المكافآت المستحقة، عد لاحقًا.");
    farm.advance(&bot, TimeDelta::hours(5));
    assert_eq!(again().await, "استلمت كل المكافآت المستحقة، عد لاحقًا.");
    farm.advance(&bot, TimeDelta::hours(1));
    // Left meanwhile: nothing, also not for the other channel.
    ali.leave(DEALS);
    assert_eq!(again().await, "لم تشترك بعد في: العروض");
    ali.stand(DEALS, Some(Standing::Restricted));
    assert!(again().await.starts_with("تمت إضافة 3.50"), "restricted is still in");
    assert_eq!(farm.count(&bot, "user_channel_rewards WHERE times_awarded = 2").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: C4
#[tokio::test(flavor = "multi_thread")]
async fn fifty_parallel_presses_award_once() {
    let (farm, bot) = farm_with(TWO, |bot| bot.tables.push_str("\n[limits]\npresses_per_minute = 1000")).await;
    let ali = farm.visitor(&bot, 501, 0).await;
    ali.join(NEWS);
    ali.join(DEALS);
    ali.send("/start");
    ali.press("🎁").await.unwrap();
    let list = ali.wait_for(|m| m.button("✅").is_some()).await.unwrap();
    let Action::Callback(data) = list.button("✅").unwrap().action else { panic!() };
    for _ in 0..15 {
        ali.press_data(list.id, &data);
    }
    ali.sees("🎉").await.unwrap();
    // The same below the chat's own order: fifty at once against the database.
    let mona = farm.visitor(&bot, 502, 0).await;
    mona.send("/start");
    mona.sees("أهلًا بك").await.unwrap();
    let (tenant, now) = (farm.tenant(&bot), farm.app.clock.now());
    let awards = join_all((0..50).map(|_| botfarm::service::channels::award(&tenant, 2, &[1, 2], now))).await;
    let paid: Vec<_> = awards.into_iter().map(|a| a.unwrap().amount).filter(|a| !a.is_zero()).collect();
    assert_eq!(paid.iter().sum::<rust_decimal::Decimal>().to_string(), "8.50");
    assert_eq!(farm.count(&bot, "transactions WHERE type = 'reward'").await, 4);
    farm.finish(&[&bot]).await;
}

// SPEC: C2
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_pays_nothing_and_says_so() {
    let (farm, bot) = farm_with(TWO, |_| {}).await;
    let ali = farm.visitor(&bot, 501, 0).await;
    ali.join(NEWS);
    ali.join(DEALS);
    ali.send("/start");
    ali.press("🎁").await.unwrap();
    farm.sandbox.fault(Fault::always("channels.getParticipant", Misbehave::Refuse(500, "INTERNAL".into())));
    assert_eq!(verify(&ali).await, "تعذّر التحقق من اشتراكك الآن، حاول بعد لحظات.");
    farm.sandbox.heal();
    assert!(verify(&ali).await.starts_with("تمت إضافة 8.50"));
    farm.finish(&[&bot]).await;
}

const FORCED: &str = "[[channels]]\nname = \"@elweshaq_news\"\ntitle = \"الأخبار\"\nrequired = true";

// SPEC: C6, U13
#[tokio::test(flavor = "multi_thread")]
async fn forced_channels_come_first_and_open_by_themselves() {
    let (farm, bot) = farm_with(FORCED, |bot| bot.extra = "owners = [700]".into()).await;
    let (ali, owner) = (farm.visitor(&bot, 501, 10).await, farm.visitor(&bot, 700, 0).await);
    owner.send("/start");
    owner.sees("اختر خدمة").await.unwrap();
    ali.send("/start");
    let gate = ali.sees("اشترك أولًا في القنوات").await.unwrap();
    assert!(gate.button("WhatsApp").is_none());
    assert_eq!(verify(&ali).await, "لم تشترك بعد في: الأخبار");
    ali.join(NEWS);
    ali.press("✅ تحقق").await.unwrap();
    ali.sees("اختر خدمة").await.unwrap();
    // Leaving is heard from Telegram: the gate closes without a question.
    let asked = farm.sandbox.served("channels.getParticipant");
    ali.leave(NEWS);
    ali.send("/balance");
    eventually("the gate is closed", || async {
        let last = ali.messages().into_iter().next_back()?;
        last.text.contains("اشترك أولًا").then_some(())
    })
    .await;
    assert_eq!(farm.sandbox.served("channels.getParticipant"), asked);
    farm.finish(&[&bot]).await;
}

// SPEC: C6
#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_not_asked_about_at_every_press() {
    let (farm, bot) = farm_with(FORCED, |_| {}).await;
    let ali = farm.visitor(&bot, 501, 10).await;
    ali.join(NEWS);
    ali.send("/start");
    ali.sees("اختر خدمة").await.unwrap();
    let asked = farm.sandbox.served("channels.getParticipant");
    for (button, next) in [("💰", "رصيدك"), ("🏠", "اختر خدمة"), ("🧾", "لا توجد حجوزات"), ("🏠", "اختر خدمة")]
    {
        ali.press(button).await.unwrap();
        ali.sees(next).await.unwrap();
    }
    assert!(farm.sandbox.served("channels.getParticipant") <= asked);
    farm.finish(&[&bot]).await;
}

// SPEC: C5, C6, A14
#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_the_bot_lost_locks_nobody_out_and_the_owner_is_told_once() {
    let (farm, bot) = farm_with(FORCED, |bot| bot.extra = "owners = [700]".into()).await;
    let owner = farm.visitor(&bot, 700, 0).await;
    owner.send("/start");
    owner.sees("اختر خدمة").await.unwrap();
    farm.sandbox.set_channel_admin(NEWS, bot.id(), false);
    for id in [501, 502] {
        let user = farm.visitor(&bot, id, 10).await;
        user.send("/start");
        user.sees("اختر خدمة").await.unwrap();
    }
    owner.sees("لم يعد البوت يرى أعضاء").await.unwrap();
    assert_eq!(farm.count(&bot, "outbox WHERE kind = 'alert'").await, 1);
    // The rights are back: the gate closes for who is not in it, and a later loss is told again.
    farm.sandbox.set_channel_admin(NEWS, bot.id(), true);
    let late = farm.visitor(&bot, 503, 10).await;
    late.send("/start");
    late.sees("اشترك أولًا").await.unwrap();
    farm.sandbox.set_channel_admin(NEWS, bot.id(), false);
    let last = farm.visitor(&bot, 504, 10).await;
    last.send("/start");
    last.sees("اختر خدمة").await.unwrap();
    eventually("told again", || async {
        (farm.count(&bot, "outbox WHERE kind = 'alert' AND status = 'sent'").await == 2).then_some(())
    })
    .await;
    farm.finish(&[&bot]).await;
}

// SPEC: C3
#[tokio::test(flavor = "multi_thread")]
async fn a_private_channels_link_may_change_in_the_file() {
    let (farm, bot) = farm_with(TWO, |_| {}).await;
    let ali = farm.visitor(&bot, 501, 0).await;
    ali.join(NEWS);
    ali.join(DEALS);
    ali.send("/start");
    ali.press("🎁").await.unwrap();
    assert!(verify(&ali).await.starts_with("تمت إضافة 8.50"));
    let rotated = BotFile { tables: TWO.replace("AbCdEfGh12", "NewLink99"), ..bot.clone() };
    rotated.write(farm.directory.path(), &farm.sandbox);
    eventually("the link is in force", || async {
        (farm.count(&bot, "channels WHERE username_or_link LIKE '%NewLink99' AND chat_id = 9002").await == 1)
            .then_some(())
    })
    .await;
    // It is the same channel: what it paid counts.
    assert_eq!(farm.count(&bot, "channels").await, 2);
    farm.finish(&[&bot]).await;
}

// SPEC: C6
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_may_close_its_gate_when_membership_is_not_known() {
    let (farm, bot) = farm_with(&format!("{FORCED}\n[rewards]\nwhen_unknown = \"close\""), |_| {}).await;
    farm.sandbox.set_channel_admin(NEWS, bot.id(), false);
    let ali = farm.visitor(&bot, 501, 10).await;
    ali.send("/start");
    ali.sees("اشترك أولًا").await.unwrap();
    farm.finish(&[&bot]).await;
}

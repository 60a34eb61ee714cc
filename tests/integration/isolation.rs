//! One bot is sick in every way that we know of: its neighbour's users are answered meanwhile, and the sick
//! one says what it has.

use crate::rental::reserve;
use crate::support::chaos::{self, Bug};
use crate::support::provider::{Mood, Provider};
use crate::support::{BotFile, TestFarm, eventually, postgres};
use botfarm::supervisor::status::State;
use std::time::Duration;
use telegram_sandbox::{Fault, Misbehave, Visitor};

struct Ward {
    farm: TestFarm,
    sick: BotFile,
    well: BotFile,
    ahmed: Visitor,
    neighbour: Visitor,
}

/// A bot that becomes sick, and its neighbour; names are known to the whole process.
async fn ward(name: &str, change: impl FnOnce(&mut BotFile)) -> Ward {
    let farm = TestFarm::new().await;
    let mut sick = BotFile::new(&farm.sandbox, name, 100_001);
    change(&mut sick);
    let tables = "[limits]\npresses_per_minute = 10000".to_owned();
    let well = BotFile { language: "en", tables, ..BotFile::new(&farm.sandbox, "well", 100_002) };
    farm.add(&sick).await;
    farm.add(&well).await;
    farm.stock(&sick, 2).await;
    let (ahmed, neighbour) = (farm.visitor(&sick, 501, 50).await, farm.visitor(&well, 601, 0).await);
    Ward { farm, sick, well, ahmed, neighbour }
}

impl Ward {
    /// The sick bot runs and says this of itself, and its neighbour's user is answered all along.
    async fn says(&self, reason: &str) -> String {
        let said = eventually(reason, || async {
            answered(&self.neighbour).await;
            let status = self.farm.status(&self.sick.slug).unwrap();
            assert_eq!(status.state, State::Running, "{status:?}");
            status.reason.filter(|said| said.contains(reason))
        });
        said.await
    }

    async fn end(self) {
        answered(&self.neighbour).await;
        assert_eq!(self.farm.status(&self.well.slug).unwrap().reason, None);
        self.farm.finish(&[&self.sick, &self.well]).await;
    }

    async fn sql(&self, sql: &str) -> tokio_postgres::Client {
        let client = postgres::connect(&self.farm.url).await;
        client.batch_execute(&format!("SET search_path TO bot_{}; {sql}", self.sick.slug)).await.unwrap();
        client
    }
}

/// Asks, and waits for the answer; a neighbour that is slowed down for seconds fails.
async fn answered(visitor: &Visitor) {
    let answers = || visitor.messages().iter().filter(|m| m.from_bot).count();
    let before = answers();
    visitor.send("/help");
    let waiting = async {
        while answers() == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(3), waiting).await.is_ok(), "{}", visitor.transcript());
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_that_panics() {
    let ward = ward("panicking", |_| {}).await;
    chaos::next("panicking", Bug::Panic);
    ward.ahmed.send("/help");
    ward.says("a handler panicked").await;
    // The next update of the same user is handled.
    answered(&ward.ahmed).await;
    ward.end().await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_that_never_waits() {
    let ward = ward("looping", |_| {}).await;
    chaos::next("looping", Bug::Loop(Duration::from_secs(4)));
    ward.ahmed.send("/help");
    ward.says("a handler uses a processor for").await;
    ward.says("a handler used a processor for 4").await;
    answered(&ward.ahmed).await;
    ward.end().await;
}

// SPEC: F1, F3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_that_never_ends_does_not_keep_its_bot() {
    let ward = ward("endless", |_| {}).await;
    chaos::next("endless", Bug::Block(Duration::from_secs(50)));
    ward.ahmed.send("/help");
    ward.says("a handler uses a processor for").await;
    let path = ward.farm.path("endless.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    for _ in 0..2 {
        ward.farm.wait_state("well", State::Running).await;
        let gone = async {
            while ward.farm.status("endless").is_some() {
                answered(&ward.neighbour).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(30), gone).await.is_ok() {
            break;
        }
    }
    // It runs again, with a handler of before somewhere.
    std::fs::write(&path, text).unwrap();
    ward.farm.wait_state("endless", State::Running).await;
    answered(&ward.ahmed).await;
    ward.end().await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_provider_that_hangs_or_sends_too_much() {
    let provider = Provider::start().await;
    let ward = ward("provided", |bot| bot.provider = provider.lines()).await;
    provider.set(Mood::Body(vec![b'['; 10 * 1024 * 1024]));
    reserve(&ward.ahmed).await;
    ward.says("provider sms1: the answer is longer than").await;
    provider.set(Mood::Hang);
    ward.says("provider sms1: no complete answer within").await;
    answered(&ward.ahmed).await;
    provider.set(Mood::Honest);
    eventually("it is well again", || async { ward.farm.status("provided").unwrap().reason.is_none().then_some(()) })
        .await;
    ward.end().await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn telegram_asks_to_wait_for_an_hour() {
    let ward = ward("flooded", |_| {}).await;
    let number = reserve(&ward.ahmed).await;
    let refuse = Misbehave::Refuse(420, "FLOOD_WAIT_3600".to_owned());
    ward.farm.sandbox.fault(Fault::always("messages.sendMessage", refuse).for_bot(ward.sick.id()));
    ward.farm.sms(&ward.sick, &number, "918273").await;
    ward.says("Telegram asks to wait 3600 s").await;
    // The code is not lost: it waits as long as Telegram has said.
    let waits = "outbox WHERE kind = 'code' AND status = 'pending' AND next_try_at > now() + interval '50 minutes'";
    eventually("the code waits", || async { (ward.farm.count(&ward.sick, waits).await == 1).then_some(()) }).await;
    ward.farm.sandbox.heal();
    ward.end().await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tables_that_were_dropped() {
    let ward = ward("dropped", |_| {}).await;
    ward.sql("ALTER TABLE reservations RENAME TO reservations_away").await;
    ward.ahmed.send("/start");
    ward.says("relation \"reservations\" does not exist").await;
    ward.sql("ALTER TABLE reservations_away RENAME TO reservations").await;
    ward.farm.visitor(&ward.sick, 502, 50).await;
    reserve(&ward.ahmed).await;
    ward.end().await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn queries_that_take_half_a_minute() {
    let ward = ward("slow", |_| {}).await;
    let locked = ward.sql("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await;
    // More of them than the pool has connections.
    for user in 510..530 {
        ward.farm.sandbox.visitor(ward.sick.id(), user, "Somebody", "ar").send("/start");
    }
    ward.says("canceling statement due to statement timeout").await;
    locked.batch_execute("ROLLBACK").await.unwrap();
    answered(&ward.ahmed).await;
    ward.end().await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_thousand_messages_that_wait() {
    let ward = ward("crowded", |_| {}).await;
    ward.sql(
        "INSERT INTO outbox (kind, telegram_id, random_id, next_try_at, created_at, details) \
         SELECT 'letter', 501, n, now(), now() - interval '1 hour', '{\"text\": \"hello\"}' \
         FROM generate_series(1, 100000) n",
    )
    .await;
    // Its own customers are answered, and a code overtakes what waits.
    let number = reserve(&ward.ahmed).await;
    ward.says("messages wait, the oldest for more than an hour").await;
    ward.farm.sms(&ward.sick, &number, "918273").await;
    ward.ahmed.sees("918273").await.unwrap();
    ward.end().await;
}

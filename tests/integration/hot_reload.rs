//! Everything that can happen to a bot's file, while its users and another bot's go on.
//!
//! Each case has an open rental, which gets its code afterwards; another bot, whose connection stays; and
//! ends with one sign-in and one connection.

use crate::rental::reserve;
use crate::support::{BotFile, TestFarm, disconnected, eventually, postgres, speaks_for};
use botfarm::supervisor::status::{BotStatus, State};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;
use telegram_sandbox::{Message, Visitor};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Users ask so often.
const PACE: Duration = Duration::from_millis(100);

/// A running farm with a rental that is open, and a bot that nothing happens to.
struct Reload {
    farm: TestFarm,
    bot: BotFile,
    other: BotFile,
    ahmed: Visitor,
    number: String,
    before: BotStatus,
    other_before: BotStatus,
    traffic: Traffic,
}

/// Asks, and waits for the answer; a chat forgets its oldest messages, so they are not counted.
async fn ask(visitor: &Visitor, question: &str, answer: &str) {
    let last = visitor.messages().last().map_or(0, |m| m.id);
    visitor.send(question);
    let is_answered = |m: &Message| m.from_bot && m.id > last && m.text.starts_with(answer);
    eventually("the user is answered", || async { visitor.messages().iter().any(is_answered).then_some(()) }).await;
}

/// A user who asks ten times a second; gives how often they were answered.
struct Traffic {
    ended: CancellationToken,
    answers: JoinHandle<usize>,
}

impl Traffic {
    async fn begin(farm: &TestFarm, bot: &BotFile) -> Self {
        let sara = farm.sandbox.visitor(bot.id(), 502, "Sara", "ar");
        let ended = CancellationToken::new();
        let stop = ended.clone();
        let answers = tokio::spawn(async move {
            let (mut answered, mut pace) = (0, tokio::time::interval(PACE));
            while !stop.is_cancelled() {
                pace.tick().await;
                ask(&sara, "/help", "ℹ️").await;
                answered += 1;
            }
            answered
        });
        Self { ended, answers }
    }

    /// Every question was answered, and there were some.
    async fn end(self) {
        self.ended.cancel();
        assert!(self.answers.await.unwrap() > 0);
    }
}

impl Reload {
    async fn begin() -> Self {
        let fast = |bot: &mut BotFile| bot.tables = "[limits]\npresses_per_minute = 10000\n".to_owned();
        let (farm, bot) = TestFarm::with_bot_like(2, fast).await;
        let mut other = BotFile::new(&farm.sandbox, "other", 100_777);
        fast(&mut other);
        farm.add(&other).await;
        let ahmed = farm.visitor(&bot, 501, 50).await;
        let number = reserve(&ahmed).await;
        let (before, other_before) = (farm.status("elweshaq").unwrap(), farm.status("other").unwrap());
        let traffic = Traffic::begin(&farm, &other).await;
        Self { farm, bot, other, ahmed, number, before, other_before, traffic }
    }

    fn text(&self) -> String {
        self.bot.text(&self.farm.sandbox)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.farm.path(name), text).unwrap();
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.farm.path(name)).unwrap();
    }

    /// Waits until the bot runs under this brand.
    async fn is_named(&self, brand: &str) -> BotStatus {
        eventually(&format!("the bot is called {brand}"), || async {
            self.farm.status("elweshaq").filter(|b| b.state == State::Running && b.name == brand)
        })
        .await
    }

    async fn fault(&self, part: &str) -> String {
        eventually(&format!("a fault says {part}"), || async {
            self.farm.faults().into_iter().find(|fault| fault.contains(part))
        })
        .await
    }

    async fn no_fault(&self) {
        eventually("no fault is left", || async { self.farm.faults().is_empty().then_some(()) }).await;
    }

    /// The user is answered, and by the same connection as before.
    async fn goes_on(&self) {
        ask(&self.ahmed, "/help", "ℹ️").await;
        let now = self.farm.status("elweshaq").unwrap();
        assert_eq!((now.state, now.since), (State::Running, self.before.since), "the connection stayed");
    }

    /// The open rental gets its code; nobody signed in again or ran twice; the other bot did not notice.
    async fn end(self) {
        self.end_after(1).await;
    }

    /// The same, of a bot that had to sign in so often.
    async fn end_after(self, sign_ins: u32) {
        self.traffic.end().await;
        self.farm.sms(&self.bot, &self.number, "918273").await;
        self.ahmed.sees("918273").await.unwrap();
        let arrived = self.ahmed.messages().iter().filter(|m| m.text.contains("918273")).count();
        assert_eq!(arrived, 1, "{}", self.ahmed.transcript());
        let sandbox = &self.farm.sandbox;
        for (bot, sign_ins) in [(&self.bot, sign_ins), (&self.other, 1)] {
            let connections = (sandbox.connections(bot.id()), sandbox.most_connections(bot.id()));
            assert_eq!((sandbox.sign_ins(bot.id()), connections), (sign_ins, (1, 1)), "{}", bot.slug);
        }
        let other = self.farm.status("other").unwrap();
        assert_eq!((other.state, other.since), (State::Running, self.other_before.since));
        self.farm.finish(&[&self.bot, &self.other]).await;
    }
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn added_and_removed() {
    let reload = Reload::begin().await;
    reload.remove("elweshaq.toml");
    eventually("it is gone", || async { reload.farm.status("elweshaq").is_none().then_some(()) }).await;
    disconnected(&reload.farm.sandbox, reload.bot.id()).await;
    // What is asked meanwhile is answered when it is back.
    reload.ahmed.send("/help");
    reload.farm.add(&reload.bot).await;
    reload.ahmed.sees("ℹ️").await.unwrap();
    reload.end().await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn removed_and_written_again_within_a_moment() {
    let reload = Reload::begin().await;
    // As a copy that is not atomic does it: the bot does not stop for that.
    for round in 0..100 {
        reload.remove("elweshaq.toml");
        tokio::task::yield_now().await;
        reload.write("elweshaq.toml", &reload.text().replace("الوشاق", &format!("Copy {round}")));
    }
    reload.remove("elweshaq.toml");
    reload.write("elweshaq.toml", &reload.text().replace("الوشاق", "Copied"));
    assert_eq!(reload.is_named("Copied").await.change, "applied live");
    reload.goes_on().await;
    reload.end().await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn renamed() {
    let reload = Reload::begin().await;
    let text = format!("slug = \"elweshaq\"\n{}", reload.text()).replace("الوشاق", "Renamed");
    reload.write("aside", &text);
    std::fs::rename(reload.farm.path("aside"), reload.farm.path("elweshaq.toml")).unwrap();
    reload.is_named("Renamed").await;
    std::fs::rename(reload.farm.path("elweshaq.toml"), reload.farm.path("brand.toml")).unwrap();
    eventually("it is known by its new file", || async {
        reload.farm.status("elweshaq").filter(|b| b.from.ends_with("brand.toml"))
    })
    .await;
    reload.goes_on().await;
    reload.end().await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn edited_in_place_piece_by_piece() {
    let reload = Reload::begin().await;
    let text = reload.text().replace("الوشاق", "In place");
    let mut file = std::fs::File::create(reload.farm.path("elweshaq.toml")).unwrap();
    for piece in text.as_bytes().chunks(100) {
        std::io::Write::write_all(&mut file, piece).unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(reload.is_named("In place").await.change, "applied live");
    reload.no_fault().await;
    reload.goes_on().await;
    reload.end().await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn replaced_atomically_as_editors_do() {
    let mut reload = Reload::begin().await;
    reload.bot.brand = "Replaced".to_owned();
    reload.bot.write(reload.farm.directory.path(), &reload.farm.sandbox);
    assert_eq!(reload.is_named("Replaced").await.change, "applied live");
    reload.goes_on().await;
    reload.end().await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn swapped_behind_a_link_as_a_config_map_is() {
    let reload = Reload::begin().await;
    let volume = |name: &str, text: &str| {
        std::fs::create_dir(reload.farm.path(name)).unwrap();
        reload.write(&format!("{name}/elweshaq.toml"), text);
        for secret in ["elweshaq.token.secret", "elweshaq.key.secret", "hook.secret"] {
            std::fs::copy(reload.farm.path(secret), reload.farm.path(name).join(secret)).unwrap();
        }
        // Beside it, then renamed over: one step.
        symlink(name, reload.farm.path("..data_tmp")).unwrap();
        std::fs::rename(reload.farm.path("..data_tmp"), reload.farm.path("..data")).unwrap();
    };
    volume("..2026_11_25", &reload.text());
    symlink("..data/elweshaq.toml", reload.farm.path("link")).unwrap();
    std::fs::rename(reload.farm.path("link"), reload.farm.path("elweshaq.toml")).unwrap();
    volume("..2026_11_26", &reload.text().replace("الوشاق", "Swapped"));
    assert_eq!(reload.is_named("Swapped").await.change, "applied live");
    reload.goes_on().await;
    reload.end().await;
}

// SPEC: F2
#[tokio::test(flavor = "multi_thread")]
async fn half_written_then_invalid_then_valid_also_across_a_restart() {
    let mut reload = Reload::begin().await;
    let text = reload.text();
    let half: String = text.chars().take(text.chars().count() / 2).collect();
    reload.write("elweshaq.toml", half.trim_end_matches('\n').trim_end_matches('"'));
    reload.fault("elweshaq.toml:").await;
    reload.goes_on().await;
    reload.write("elweshaq.toml", &text.replace("price = \"10.00\"", "price = \"-1\""));
    reload.fault("cannot be negative").await;
    reload.goes_on().await;
    // The last good definition outlives the process: it lies in the database.
    reload.farm.restart().await;
    let now = reload.farm.wait_state("elweshaq", State::Running).await;
    assert!(now.from.starts_with("published"), "{}", now.from);
    reload.farm.wait_state("other", State::Running).await;
    reload.other_before = reload.farm.status("other").unwrap();
    reload.fault("cannot be negative").await;
    reload.write("elweshaq.toml", &text.replace("الوشاق", "Valid"));
    reload.is_named("Valid").await;
    reload.no_fault().await;
    reload.end().await;
}

// SPEC: F1, F3
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_files_at_once() {
    let reload = Reload::begin().await;
    let many: Vec<BotFile> =
        (0..200).map(|n| BotFile::new(&reload.farm.sandbox, &format!("many{n:03}"), 200_000 + n)).collect();
    many.iter().for_each(|bot| bot.write(reload.farm.directory.path(), &reload.farm.sandbox));
    let (mut asked, mut pace) = (0, tokio::time::interval(PACE));
    let all_answer = async {
        let is_running = |bot: &&BotFile| reload.farm.status(&bot.slug).is_some_and(|b| b.state == State::Running);
        while many.iter().filter(is_running).count() < many.len() {
            pace.tick().await;
            ask(&reload.ahmed, "/balance", "💰").await;
            asked += 1;
        }
    };
    // Two hundred schemas are made, on a machine that does much else.
    tokio::time::timeout(Duration::from_secs(150), all_answer).await.expect("all of them answer");
    assert!(many.iter().all(|bot| reload.farm.sandbox.sign_ins(bot.id()) == 1));
    assert!(asked > 0, "meanwhile every question of the first bot's user was answered");
    many.iter().for_each(|bot| reload.remove(&format!("{}.toml", bot.slug)));
    eventually("all of them are gone", || async {
        many.iter().all(|bot| reload.farm.status(&bot.slug).is_none()).then_some(())
    })
    .await;
    reload.end().await;
}

// SPEC: F1, F2
#[tokio::test(flavor = "multi_thread")]
async fn one_token_in_two_files() {
    let reload = Reload::begin().await;
    let twin = BotFile { slug: "twin".to_owned(), ..reload.bot.clone() };
    twin.write(reload.farm.directory.path(), &reload.farm.sandbox);
    reload.fault("has the same token").await;
    assert!(reload.farm.status("twin").is_none());
    reload.goes_on().await;
    reload.remove("twin.toml");
    reload.no_fault().await;
    reload.end().await;
}

// SPEC: F2
#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_with_a_known_token_or_name_is_refused_across_a_restart() {
    let (mut farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 50).await;
    let number = reserve(&ahmed).await;
    // Both are read before the file of the bot that runs.
    let twin = BotFile { slug: "aaa".to_owned(), ..bot.clone() };
    twin.write(farm.directory.path(), &farm.sandbox);
    let text = bot.text(&farm.sandbox).replace("الوشاق", "Impostor");
    std::fs::write(farm.path("aab.toml"), format!("slug = \"elweshaq\"\n{text}")).unwrap();
    for restarts in 0..2 {
        if restarts > 0 {
            farm.restart().await;
        }
        farm.wait_state("elweshaq", State::Running).await;
        for name in ["aaa.toml", "aab.toml"] {
            eventually("the newcomer is refused", || async {
                farm.faults().iter().any(|fault| fault.contains(name) && fault.contains("has the same")).then_some(())
            })
            .await;
        }
        let status = farm.status("elweshaq").unwrap();
        assert!(farm.status("aaa").is_none() && status.name == "الوشاق", "{status:?}");
    }
    farm.sms(&bot, &number, "918273").await;
    ahmed.sees("918273").await.unwrap();
    assert_eq!((farm.sandbox.sign_ins(bot.id()), farm.sandbox.most_connections(bot.id())), (1, 1));
    farm.finish(&[&bot]).await;
}

// SPEC: F1, F2
#[tokio::test(flavor = "multi_thread")]
async fn two_bots_swap_their_tokens() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let other = BotFile { brand: "Other".to_owned(), ..BotFile::new(&farm.sandbox, "other", 100_777) };
    farm.add(&other).await;
    let aside = tempfile::tempdir_in(farm.directory.path()).unwrap();
    for kind in ["token", "key"] {
        let [one, two] = ["elweshaq", "other"].map(|slug| format!("{slug}.{kind}.secret"));
        std::fs::rename(farm.path(&one), aside.path().join(&one)).unwrap();
        std::fs::rename(farm.path(&two), farm.path(&one)).unwrap();
        std::fs::rename(aside.path().join(&one), farm.path(&two)).unwrap();
    }
    for (slug, account, brand) in [("elweshaq", other.id(), "الوشاق"), ("other", bot.id(), "Other")] {
        farm.wait_state(slug, State::Running).await;
        speaks_for(&farm.sandbox, account, brand).await;
        assert_eq!(farm.sandbox.most_connections(account), 1);
    }
    assert!(farm.faults().is_empty(), "{:?}", farm.faults());
    farm.finish(&[&bot, &other]).await;
}

// SPEC: F1, F3
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_put_in_force_yet_is_not_said_to_be() {
    let reload = Reload::begin().await;
    let client = postgres::connect(&reload.farm.url).await;
    client.batch_execute("BEGIN; LOCK TABLE bot_elweshaq.services").await.unwrap();
    reload.write("elweshaq.toml", &reload.text().replace("الوشاق", "Later"));
    let status = eventually("it says why", || async {
        let reason = |b: &BotStatus| b.reason.clone().unwrap_or_default();
        let told = |b: &BotStatus| reason(b).contains("the new definition cannot be applied yet");
        reload.farm.status("elweshaq").filter(told)
    })
    .await;
    assert_eq!((status.name.as_str(), status.change), ("الوشاق", "being applied"), "{status:?}");
    client.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(reload.is_named("Later").await.change, "applied live");
    eventually("nothing ails it", || async { reload.farm.status("elweshaq")?.reason.is_none().then_some(()) }).await;
    reload.goes_on().await;
    reload.end().await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn the_token_moves_to_another_file() {
    let mut reload = Reload::begin().await;
    // The old name gets another account, and keeps its users, its stock and what is open.
    let fresh = BotFile::new(&reload.farm.sandbox, "fresh", 100_900);
    let account = reload.bot.clone();
    let moved = BotFile { slug: "moved".to_owned(), ..account.clone() };
    reload.bot.token = fresh.token.clone();
    reload.bot.auth_key = fresh.auth_key.clone();
    let aside = tempfile::tempdir_in(reload.farm.directory.path()).unwrap();
    for bot in [&moved, &reload.bot] {
        bot.write(aside.path(), &reload.farm.sandbox);
    }
    for name in ["moved.token.secret", "moved.key.secret", "elweshaq.token.secret", "elweshaq.key.secret"] {
        std::fs::rename(aside.path().join(name), reload.farm.path(name)).unwrap();
    }
    for name in ["elweshaq.toml", "moved.toml"] {
        let text = std::fs::read_to_string(aside.path().join(name)).unwrap();
        std::fs::write(aside.path().join(name), format!("{text}\n# moved")).unwrap();
        std::fs::rename(aside.path().join(name), reload.farm.path(name)).unwrap();
    }
    reload.farm.wait_state("moved", State::Running).await;
    eventually("the old name has its new account", || async {
        let is_in = reload.farm.sandbox.connections(reload.bot.id()) == 1;
        reload.farm.status("elweshaq").filter(|b| is_in && b.state == State::Running)
    })
    .await;
    reload.no_fault().await;
    // The session came along: the account was not signed in again, and runs once.
    assert_eq!((reload.farm.sandbox.sign_ins(account.id()), reload.farm.sandbox.connections(account.id())), (1, 1));
    reload.ahmed.send("/help");
    reload.ahmed.sees("ℹ️").await.unwrap();
    let users = (reload.farm.count(&moved, "users").await, reload.farm.count(&reload.bot, "users").await);
    assert_eq!(users, (1, 1));
    // A user of the old name writes to its new account, and gets the code there.
    let ahmed = reload.farm.sandbox.visitor(reload.bot.id(), 501, "user 501", "ar");
    ahmed.send("/start");
    ahmed.sees("أهلًا بك").await.unwrap();
    reload.ahmed = ahmed;
    reload.end().await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn the_token_changes() {
    let mut reload = Reload::begin().await;
    reload.bot.token = format!("{}:another-secret", reload.bot.id());
    reload.farm.sandbox.change_token(reload.bot.id(), &reload.bot.token);
    reload.bot.write(reload.farm.directory.path(), &reload.farm.sandbox);
    // The secret alone, in a file of its own, is a change too.
    let now = eventually("it was restarted", || async {
        reload.farm.status("elweshaq").filter(|b| b.state == State::Running && b.change == "restarted")
    })
    .await;
    assert_ne!(now.since, reload.before.since);
    reload.ahmed.send("/help");
    reload.ahmed.sees("ℹ️").await.unwrap();
    reload.end_after(2).await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn changed_behind_the_back_of_the_watch() {
    let reload = Reload::begin().await;
    // Written under another name of the same file, in another directory: the watched one hears of nothing.
    let elsewhere = tempfile::tempdir_in(reload.farm.directory.path().parent().unwrap()).unwrap();
    let back = elsewhere.path().join("back");
    std::fs::hard_link(reload.farm.path("elweshaq.toml"), &back).unwrap();
    std::fs::write(&back, reload.text().replace("الوشاق", "Behind")).unwrap();
    assert_eq!(reload.is_named("Behind").await.change, "applied live");
    reload.goes_on().await;
    reload.end().await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn price_language_and_providers_change_live() {
    let mut reload = Reload::begin().await;
    reload.bot.price = "12.50";
    reload.bot.language = "en";
    reload.bot.tables += "[[providers]]\nname = \"sms2\"\nmode = \"webhook\"\n\
        webhook_token = { file = \"second.secret\" }\n[[services]]\nname = \"Telegram\"\nprice = \"3\"\n\
        providers = [\"sms2\"]\ncountries = [{ name = \"مصر\", dial_code = \"20\", flag = \"🇪🇬\" }]";
    reload.write("second.secret", "second-token");
    reload.bot.write(reload.farm.directory.path(), &reload.farm.sandbox);
    eventually("it is in force", || async { reload.farm.status("elweshaq").filter(|b| b.change == "applied live") })
        .await;
    let sara = reload.farm.sandbox.visitor(reload.bot.id(), 502, "Sara", "de");
    eventually("the new language is spoken and the new price shown", || async {
        sara.send("/start");
        sara.press("WhatsApp").await.ok()?;
        let screen = sara.wait_for(|m| m.button("مصر").is_some()).await.ok()?;
        screen.button("12.50").filter(|_| screen.text.contains("Choose"))
    })
    .await;
    // So are the commands that Telegram lists.
    let listed = || reload.farm.sandbox.commands(reload.bot.id(), "default", "");
    eventually("commands in the new language", || async {
        listed().iter().any(|(_, what)| what.is_ascii()).then_some(())
    })
    .await;
    // The new provider's messages are taken.
    let url = format!("http://{}/hooks/elweshaq/sms2", reload.farm.http);
    let answer = crate::support::http().post(url).bearer_auth("second-token").body("{\"messages\":[]}").send().await;
    assert_eq!(answer.unwrap().status(), 200);
    let now = reload.farm.status("elweshaq").unwrap();
    assert_eq!((now.state, now.since), (State::Running, reload.before.since), "the connection stayed");
    reload.end().await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn the_directory_is_deleted_and_made_again() {
    let reload = Reload::begin().await;
    let here = reload.farm.directory.path().to_owned();
    let aside = tempfile::tempdir().unwrap();
    copy(&here, aside.path());
    std::fs::remove_dir_all(&here).unwrap();
    reload.fault("No such file").await;
    reload.goes_on().await;
    // Empty for a moment, as while it is unpacked.
    std::fs::create_dir(&here).unwrap();
    reload.no_fault().await;
    copy(aside.path(), &here);
    reload.write("elweshaq.toml", &reload.text().replace("الوشاق", "Made again"));
    reload.is_named("Made again").await;
    reload.no_fault().await;
    reload.goes_on().await;
    reload.end().await;
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

// SPEC: F2
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read() {
    let reload = Reload::begin().await;
    let good = reload.text();
    reload.remove("elweshaq.toml");
    symlink("nowhere", reload.farm.path("elweshaq.toml")).unwrap();
    reload.fault("elweshaq.toml:1:1: No such file").await;
    reload.goes_on().await;
    reload.remove("elweshaq.toml");
    std::fs::create_dir(reload.farm.path("elweshaq.toml")).unwrap();
    reload.fault("elweshaq.toml:1:1: ").await;
    std::fs::remove_dir(reload.farm.path("elweshaq.toml")).unwrap();
    std::fs::write(reload.farm.path("elweshaq.toml"), [0xff, 0xfe, 0x00]).unwrap();
    reload.fault("UTF-8").await;
    // Whoever opens a pipe waits for ever; a device has no end.
    reload.remove("elweshaq.toml");
    assert!(std::process::Command::new("mkfifo").arg(reload.farm.path("elweshaq.toml")).status().unwrap().success());
    reload.fault("elweshaq.toml:1:1: is no file").await;
    reload.remove("elweshaq.toml");
    symlink("/dev/zero", reload.farm.path("elweshaq.toml")).unwrap();
    reload.fault("elweshaq.toml:1:1: is no file").await;
    reload.remove("elweshaq.toml");
    reload.goes_on().await;
    reload.write("elweshaq.toml", &good);
    reload.no_fault().await;
    reload.end().await;
}

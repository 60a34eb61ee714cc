//! Files of `bots.d/`: dropped, changed, broken, removed, while the farm runs.

use crate::support::{BotFile, TestFarm, disconnected, eventually};
use botfarm::supervisor::status::State;

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_file_starts_a_bot_and_a_removed_one_stops_it() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let other = BotFile { language: "en", ..BotFile::new(&farm.sandbox, "other", 100_002) };
    farm.add(&other).await;
    assert_eq!(farm.sandbox.connections(other.id()), 1);
    std::fs::remove_file(farm.path("other.toml")).unwrap();
    eventually("the bot is gone", || async { farm.status("other").is_none().then_some(()) }).await;
    disconnected(&farm.sandbox, other.id()).await;
    // Its data stays, and it does not sign in again when its file comes back.
    farm.add(&other).await;
    assert_eq!(farm.sandbox.sign_ins(other.id()), 1);
    farm.finish(&[&bot, &other]).await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_price_is_applied_live_and_a_changed_token_restarts() {
    let (farm, mut bot) = TestFarm::with_bot(1).await;
    let since = farm.status("elweshaq").unwrap().since;
    bot.price = "12.50";
    bot.write(farm.directory.path(), &farm.sandbox);
    let ahmed = farm.visitor(&bot, 501, 20).await;
    eventually("the new price is shown", || async {
        ahmed.send("/start");
        ahmed.press("WhatsApp").await.unwrap();
        let screen = ahmed.wait_for(|m| m.button("مصر").is_some()).await.unwrap();
        screen.button("12.50 جنيه")
    })
    .await;
    assert_eq!(farm.status("elweshaq").unwrap().since, since, "the connection stayed");
    bot.token = format!("{}:another-secret", bot.id());
    farm.sandbox.change_token(bot.id(), &bot.token);
    // Written while nobody is signed in: the new sign-in must not skip it.
    ahmed.send("/help");
    bot.write(farm.directory.path(), &farm.sandbox);
    std::fs::write(farm.path("elweshaq.toml"), format!("{}\n# touched", bot.text(&farm.sandbox))).unwrap();
    eventually("the bot was restarted", || async {
        farm.status("elweshaq").filter(|b| b.state == State::Running && b.since != since)
    })
    .await;
    ahmed.sees("ℹ️").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: F2
#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_leaves_its_bot_as_it_was_and_names_every_fault() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let text = bot
        .text(&farm.sandbox)
        .replace("price = \"10.00\"", "price = 10.50\nprise = 1")
        .replace("time_limit_sec = 1200", "time_limit_sec = 0");
    std::fs::write(farm.path("elweshaq.toml"), text).unwrap();
    let faults = eventually("the faults are known", || async { farm.faults().first().cloned() }).await;
    for expected in [
        "`time_limit_sec`: expected a whole number of 1 or more",
        "`price`: write the amount in quotes: \"10.50\"",
        "`prise` is not a key here, did you mean `price`?",
    ] {
        assert!(faults.contains(expected), "{expected} is missing in:\n{faults}");
    }
    assert!(faults.contains("elweshaq.toml:"), "{faults}");
    let ahmed = farm.visitor(&bot, 501, 0).await;
    ahmed.send("/start");
    ahmed.sees("أهلًا بك").await.unwrap();
    assert_eq!(farm.status("elweshaq").unwrap().state, State::Running);
    bot.write(farm.directory.path(), &farm.sandbox);
    eventually("the faults are gone", || async { farm.faults().is_empty().then_some(()) }).await;
    farm.finish(&[&bot]).await;
}

// SPEC: F1, F2
#[tokio::test(flavor = "multi_thread")]
async fn bad_files_are_refused_and_the_other_bots_start() {
    let farm = TestFarm::new().await;
    let bad = [
        ("Bad-Slug.toml", "name = \"x\"\ntoken = { file = \"x\" }", "is the bot's slug"),
        ("nosecret.toml", "name = \"x\"\ntoken = { env = \"BOTFARM_NOT_SET\" }", "BOTFARM_NOT_SET is not set"),
        ("clear.toml", "name = \"x\"\ntoken = \"1:secret-in-clear-text\"", "a secret never stands in a file"),
        ("wrong.toml", "name = 7\ntoken = { file = \"token.secret\" }", "`name`: expected a text in quotes"),
        (
            "regex.toml",
            "[[services]]\nname = \"A\"\nprice = \"1\"\ncode_regex = \"(\"",
            "`code_regex`: the pattern is not valid",
        ),
        ("mode.toml", "[[providers]]\nname = \"a\"\nmode = \"pol\"\nurl = \"http://x\"", "`mode`: expected"),
        ("half.toml", "name = \"x", "half.toml:1:"),
        ("unknown.toml", "[[services]]\nname = \"A\"\nprice = \"-1\"\nproviders = [\"none\"]", "cannot be negative"),
        ("malformed.toml", "name = \"x\"\ntoken = { file = \"token.secret\" }", "BotFather's form"),
    ];
    std::fs::write(farm.path("token.secret"), "no token").unwrap();
    for (name, text, _) in bad {
        std::fs::write(farm.path(name), text).unwrap();
    }
    let good = BotFile::new(&farm.sandbox, "good", 100_001);
    farm.add(&good).await;
    let twin = BotFile { slug: "twin".into(), ..good.clone() };
    twin.write(farm.directory.path(), &farm.sandbox);
    let faults = eventually("every file is refused", || async {
        let faults = farm.faults();
        (faults.len() == bad.len() + 1).then(|| faults.join("\n"))
    })
    .await;
    for (name, _, expected) in bad {
        assert!(faults.contains(expected), "{name}: {expected} is missing in:\n{faults}");
    }
    assert!(faults.contains("twin.toml:3:1: ") && faults.contains("has the same token"), "{faults}");
    assert!(!faults.contains("secret-in-clear-text"), "{faults}");
    assert_eq!(farm.status("good").unwrap().state, State::Running);
    farm.finish(&[&good]).await;
}

// SPEC: F2
#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_with_a_running_bots_token_or_slug_is_the_one_refused() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    // Its name sorts before the running bot's.
    let early = BotFile { slug: "aaa".into(), ..bot.clone() };
    early.write(farm.directory.path(), &farm.sandbox);
    let faults = eventually("it is refused", || async { farm.faults().first().cloned() }).await;
    assert!(faults.contains("aaa.toml") && faults.contains("has the same token"), "{faults}");
    assert!(farm.status("aaa").is_none());
    assert_eq!(farm.status("elweshaq").unwrap().state, State::Running);
    assert_eq!(farm.sandbox.connections(bot.id()), 1);
    farm.finish(&[&bot]).await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_file_moves_its_bot_and_never_runs_it_twice() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let text = format!("slug = \"elweshaq\"\n{}", bot.text(&farm.sandbox)).replace("الوشاق", "Renamed");
    std::fs::write(farm.path("renamed.toml.aside"), &text).unwrap();
    std::fs::remove_file(farm.path("elweshaq.toml")).unwrap();
    std::fs::rename(farm.path("renamed.toml.aside"), farm.path("renamed.toml")).unwrap();
    // A broken save of the renamed file still leaves its bot as it was.
    let ahmed = farm.visitor(&bot, 501, 0).await;
    ahmed.send("/start");
    ahmed.sees("أهلًا بك").await.unwrap();
    eventually("the renamed file is in force", || async {
        farm.status("elweshaq").filter(|b| b.state == State::Running && b.name == "Renamed")
    })
    .await;
    std::fs::write(farm.path("renamed.toml"), "half = \"").unwrap();
    eventually("the fault is known", || async { farm.faults().first().cloned() }).await;
    assert_eq!(farm.status("elweshaq").unwrap().state, State::Running);
    assert!(farm.sandbox.connections(bot.id()) == 1 && farm.sandbox.sign_ins(bot.id()) == 1);
    farm.finish(&[&bot]).await;
}

// SPEC: F6
#[test]
fn no_excerpt_of_a_fault_repeats_a_secret() {
    use botfarm::config::bot;
    use botfarm::seal::KeyRing;
    for line in [
        "token = \"123456789:AAH-clear-text\"",
        "token = 123456789:AAH-clear-text",
        "token = { env = \"123456789:AAH-clear-text\" }",
        "tokn = \"123456789:AAH-clear-text\"",
        "name = \"x\"\n[token]\nvalue = \"123456789:AAH-clear-text\"",
        "[[providers]]\nname = \"a\"\nmode = \"poll\"\napikey = 'AAH-clear-text'",
        "123456789:AAH-clear-text",
        "AAH-clear-text=",
        "[\"AAH-clear-text\"]",
        "name = \"x\"\n123456789:AAH-clear-text=\n",
        "token = \"\"\"\n123456789:AAH-clear-text\nx",
    ] {
        let faults = bot::check(std::path::Path::new("a/bot.toml"), line, &KeyRing::new(&[0; 32])).unwrap_err();
        assert!(!faults.to_string().contains("AAH-clear"), "{line}:\n{faults}");
    }
}

#[test]
fn the_readmes_bot_loads() {
    use botfarm::config::bot;
    use botfarm::seal::KeyRing;
    let readme = include_str!("../../README.md");
    let text = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(text.lines().count() <= 21, "a bot in 20 lines");
    let faults = bot::check(std::path::Path::new("a/elweshaq.toml"), text, &KeyRing::new(&[0; 32])).unwrap_err();
    for fault in faults.faults {
        assert!(fault.message.contains("is not set"), "{}", fault.message);
    }
}

#[test]
fn every_example_of_the_repository_loads() {
    use botfarm::config::bot;
    use botfarm::seal::KeyRing;
    for name in ["elweshaq", "harbor"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("bots.d/{name}.toml"));
        let text = std::fs::read_to_string(&path).unwrap();
        let faults = bot::check(&path, &text, &KeyRing::new(&[0; 32])).unwrap_err();
        // Without the demonstration's environment only the secrets and addresses are missing.
        for fault in faults.faults {
            assert!(fault.message.contains("is not set"), "{name}: {}", fault.message);
        }
    }
}

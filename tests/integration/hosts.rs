//! Several hosts on one database: processes of their own, each with its own keys and its own address.

use crate::support::hosts::Hosts;
use crate::support::{BotFile, FarmProcess, eventually, postgres};
use nix::sys::signal::Signal;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use telegram_sandbox::Visitor;

/// From /start to a number, pressing again what a change of hosts has swallowed. A number that is
/// `known` is not taken for the new one.
async fn rent(visitor: &Visitor, known: &[String]) -> String {
    for _ in 0..40 {
        visitor.send("/start");
        for button in ["WhatsApp", "مصر", "📲"] {
            if tokio::time::timeout(Duration::from_secs(2), visitor.press(button)).await.is_err() {
                break;
            }
        }
        let shown = |m: &telegram_sandbox::Message| {
            m.text.contains("✅ تم حجز رقمك") && m.codes().first().is_some_and(|n| !known.contains(n))
        };
        if let Ok(Ok(screen)) = tokio::time::timeout(Duration::from_secs(2), visitor.wait_for(shown)).await {
            return screen.codes()[0].clone();
        }
    }
    panic!("no number: {}", visitor.transcript());
}

fn arrivals(visitor: &Visitor, code: &str) -> usize {
    visitor.messages().iter().filter(|m| m.from_bot && m.text.contains(code)).count()
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn hosts_share_the_bots_and_a_dead_ones_are_taken_over() {
    let mut farm = Hosts::new(7).await;
    farm.add().await;
    farm.settle(&[7]).await;
    farm.add().await;
    farm.add().await;
    farm.settle(&[2, 2, 3]).await;
    for bot in &farm.bots {
        assert_eq!(farm.sandbox.connections(bot.id()), 1, "{} runs once", bot.slug);
    }
    let ahmed = farm.prepare(&farm.bots[0], 2, 501).await;
    let number = rent(&ahmed, &[]).await;
    let mut holder = 0;
    for (index, host) in farm.hosts.iter().enumerate() {
        if host.running().await.contains(&farm.bots[0].slug) {
            holder = index;
        }
    }
    farm.hosts[holder].kill().await;
    // The code comes while nobody runs the bot.
    farm.sms(&farm.bots[0], &number, "135790").await;
    ahmed.sees("135790").await.unwrap();
    farm.settle(&[0, 3, 4]).await;
    assert_eq!(arrivals(&ahmed, "135790"), 1);
    // It comes back, and gets its share again without signing in anew.
    farm.hosts[holder].start_again();
    farm.settle(&[2, 2, 3]).await;
    // Each host has signed in once at most, whatever went back and forth.
    let sign_ins: Vec<u32> = farm.bots.iter().map(|bot| farm.sandbox.sign_ins(bot.id())).collect();
    assert!(sign_ins.iter().all(|times| *times <= 3), "{sign_ins:?}");
    assert!(farm.keys.iter().flatten().all(|key| !farm.sandbox.key_use(key).unwrap().killed));
    farm.finish().await;
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_host_that_wakes_up_says_and_writes_nothing() {
    let mut farm = Hosts::new(1).await;
    let bot = farm.bots[0].clone();
    farm.add().await;
    farm.hosts[0].wait_running(&bot.slug).await;
    let ahmed = farm.prepare(&bot, 3, 501).await;
    let first = rent(&ahmed, &[]).await;
    farm.hosts[0].signal(Signal::SIGSTOP);
    // What comes while it is frozen waits in its sockets: it would answer when it wakes up.
    ahmed.send("/help");
    farm.add().await;
    farm.hosts[1].wait_running(&bot.slug).await;
    farm.sms(&bot, &first, "246800").await;
    ahmed.sees("246800").await.unwrap();
    let said = || farm.sandbox.key_use(&farm.keys[0][0]).unwrap().said;
    let before = said();
    farm.hosts[0].signal(Signal::SIGCONT);
    // It finds out, ends what it ran, and is a host again.
    eventually("the woken host has let go", || async {
        let bots = farm.hosts[0].status().await;
        let connections = farm.sandbox.key_use(&farm.keys[0][0]).unwrap().connections;
        (bots["bots"].as_array().is_some_and(Vec::is_empty) && connections == 0).then_some(())
    })
    .await;
    assert_eq!(said(), before, "{}", ahmed.transcript());
    assert!(farm.hosts[1].running().await.contains(&bot.slug));
    let second = rent(&ahmed, std::slice::from_ref(&first)).await;
    farm.sms(&bot, &second, "357911").await;
    ahmed.sees("357911").await.unwrap();
    assert_eq!((arrivals(&ahmed, "246800"), arrivals(&ahmed, "357911")), (1, 1));
    assert_eq!(ahmed.messages().iter().filter(|m| m.from_bot && m.text.starts_with("ℹ️")).count(), 1);
    assert!(farm.keys.iter().flatten().all(|key| !farm.sandbox.key_use(key).unwrap().killed));
    farm.finish().await;
}

/// One user of each bot rents one number after the other until told to stop.
async fn traffic(farm: &Hosts, bot: &BotFile, visitor: &Visitor, stop: &AtomicBool) -> Vec<String> {
    let (mut numbers, mut codes) = (Vec::new(), Vec::new());
    while !stop.load(Ordering::Relaxed) || codes.len() < 3 {
        let number = rent(visitor, &numbers).await;
        let code = format!("{:06}", 100_000 + visitor.id * 10 + i64::try_from(codes.len()).unwrap());
        farm.sms(bot, &number, &code).await;
        visitor.sees(&code).await.unwrap();
        numbers.push(number);
        codes.push(code);
    }
    codes
}

// SPEC: F9, F8
#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_delivers_every_code_exactly_once() {
    let mut farm = Hosts::new(3).await;
    for _ in 0..3 {
        farm.add().await;
    }
    farm.settle(&[1, 1, 1]).await;
    let mut visitors = Vec::new();
    for (number, bot) in farm.bots.iter().enumerate() {
        visitors.push(farm.prepare(bot, 400, 501 + i64::try_from(number).unwrap() * 1000).await);
    }
    let stop = AtomicBool::new(false);
    let mut restarting = std::mem::take(&mut farm.hosts);
    // Posts go to whoever listens: the addresses stay.
    farm.hosts = restarting.iter().map(FarmProcess::mirror).collect();
    let restart = async {
        for host in &mut restarting {
            assert!(host.terminate().await, "it ends well");
            host.start_again();
            eventually("it runs bots again", || async { (!host.running().await.is_empty()).then_some(()) }).await;
        }
        stop.store(true, Ordering::Relaxed);
    };
    let renting = futures_util::future::join_all(
        farm.bots.iter().zip(&visitors).map(|(bot, visitor)| traffic(&farm, bot, visitor, &stop)),
    );
    let ((), codes) = tokio::join!(restart, renting);
    for ((bot, visitor), codes) in farm.bots.iter().zip(&visitors).zip(codes) {
        assert!(codes.len() >= 3, "{} codes of {}", codes.len(), bot.slug);
        codes.iter().for_each(|code| assert_eq!(arrivals(visitor, code), 1, "{}", visitor.transcript()));
    }
    assert!(farm.keys.iter().flatten().all(|key| !farm.sandbox.key_use(key).unwrap().killed));
    farm.hosts = restarting;
    farm.finish().await;
}

// SPEC: F5, F9
#[tokio::test(flavor = "multi_thread")]
async fn what_one_host_has_a_file_of_every_host_can_run() {
    let mut farm = Hosts::new(2).await;
    let bots = farm.bots.clone();
    farm.add_with(&bots[..1]).await;
    farm.hosts[0].wait_running("bot0").await;
    farm.add_with(&bots[1..]).await;
    farm.settle(&[1, 1]).await;
    // Both files differ: the bot stays as it is, and both hosts say so.
    let other = BotFile { brand: "Another".to_owned(), auth_key: farm.sandbox.issue_key(), ..bots[0].clone() };
    other.write(&farm.hosts[1].path(""), &farm.sandbox);
    for host in &farm.hosts {
        eventually("the conflict is told", || async {
            let faults = host.status().await["faults"].to_string();
            faults.contains("has another file for this bot").then_some(())
        })
        .await;
    }
    let ahmed = farm.prepare(&bots[0], 1, 501).await;
    ahmed.send("/start");
    ahmed.sees("أهلًا بك").await.unwrap();
    // The same on both: in force, and no fault.
    BotFile { auth_key: farm.sandbox.issue_key(), ..other }.write(&farm.hosts[0].path(""), &farm.sandbox);
    for host in &farm.hosts {
        eventually("no conflict is left", || async { (host.status().await["faults"] == json!([])).then_some(()) })
            .await;
    }
    // One host's file goes: the other's is enough. The last one's end is the bot's.
    std::fs::remove_file(farm.hosts[0].path("bot0.toml")).unwrap();
    std::fs::remove_file(farm.hosts[1].path("bot1.toml")).unwrap();
    farm.settle(&[0, 1]).await;
    std::fs::remove_file(farm.hosts[1].path("bot0.toml")).unwrap();
    farm.settle(&[0, 0]).await;
    farm.finish().await;
}

// SPEC: F5, F7, F10
#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_bots_host_knew_goes_with_the_bot() {
    let mut farm = Hosts::new(1).await;
    farm.bots[0].extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".to_owned();
    let bot = farm.bots[0].clone();
    farm.add_in(&[("RESERVATION_TIMEOUT_MIN", "7")], std::slice::from_ref(&bot)).await;
    farm.hosts[0].wait_running("bot0").await;
    let text = std::fs::read_to_string(farm.hosts[0].path("bot0.toml")).unwrap();
    let without: String =
        text.lines().filter(|line| !line.starts_with("time_limit_sec")).map(|l| format!("{l}\n")).collect();
    std::fs::write(farm.hosts[0].path("bot0.toml"), without).unwrap();
    eventually("the environment counts", || async {
        let (said, _) = farm.hosts[0].verb(&["status", "--bot", "bot0"]).await;
        said.contains("420 s").then_some(())
    })
    .await;
    // A secret that changes while the host is down, and no line of the file with it.
    assert!(farm.hosts[0].terminate().await);
    std::fs::write(farm.hosts[0].path("panel.secret"), "another password").unwrap();
    farm.hosts[0].start_again();
    farm.hosts[0].wait_running("bot0").await;
    farm.add_with(&[]).await;
    farm.settle(&[0, 1]).await;
    let ahmed = farm.prepare(&bot, 1, 501).await;
    farm.hosts[0].kill().await;
    farm.hosts[1].wait_running("bot0").await;
    rent(&ahmed, &[]).await;
    let of_seven_minutes =
        "reservations WHERE expires_at - created_at BETWEEN interval '6 minutes' AND interval '8 minutes'";
    assert_eq!(farm.hosts[1].count(&bot, of_seven_minutes).await, 1);
    for settings in [&[][..], &[("RESERVATION_TIMEOUT_MIN", "9")]] {
        let (said, _) = farm.hosts[1].verb_with(settings, &["status", "--bot", "bot0"]).await;
        let line = said.lines().find(|line| line.contains("time-limit")).unwrap_or_default();
        assert!(line.contains("420 s") && line.contains("environment"), "{said}");
    }
    let owner = farm.sandbox.visitor(bot.id(), 700, "Owner", "ar");
    owner.send("/admin");
    owner.sees("أرسل كلمة مرور اللوحة").await.unwrap();
    owner.send("another password");
    owner.sees("ماذا تريد أن تفعل؟").await.unwrap();
}

// SPEC: F2, F5
#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_not_there_at_the_start_deletes_no_bot() {
    let mut farm = Hosts::new(2).await;
    let bots = farm.bots.clone();
    farm.add_with(&bots[..1]).await;
    farm.hosts[0].wait_running("bot0").await;
    farm.hosts[0].kill().await;
    let (here, aside) = (farm.hosts[0].path(""), farm.hosts[0].directory.path().join("aside"));
    std::fs::rename(&here, &aside).unwrap();
    // A link that leads nowhere: the program starts, and cannot look. What another host publishes makes
    // this one take everything in anew.
    std::os::unix::fs::symlink(&aside, here.to_str().unwrap().trim_end_matches('/')).unwrap();
    farm.hosts[0].start_again();
    farm.hosts[0].wait_running("bot0").await;
    std::fs::remove_file(here.to_str().unwrap().trim_end_matches('/')).unwrap();
    farm.add_with(&bots[1..]).await;
    farm.settle(&[1, 1]).await;
    let client = postgres::connect(&farm.url).await;
    let alive = client.query_one("SELECT count(*) FROM farm.definitions WHERE deleted_at IS NULL", &[]).await.unwrap();
    assert_eq!(alive.get::<_, i64>(0), 2);
    farm.finish().await;
}

// SPEC: F5, F9
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_was_away_learns_that_its_bot_was_deleted_and_one_that_is_gone_is_forgotten() {
    let mut hosts = Hosts::new(2).await;
    let bots = hosts.bots.clone();
    let (first, second) = (hosts.add_with(&bots[..1]).await, hosts.add_with(&bots[1..]).await);
    eventually("both run", || async { (hosts.shares().await == [1, 1]).then_some(()) }).await;
    hosts.hosts[second].kill().await;
    eventually("the first one has both", || async { (hosts.hosts[first].running().await.len() == 2).then_some(()) })
        .await;
    botfarm::service::definitions::delete(&hosts.database, &bots[1].slug).await.unwrap();
    eventually("it has stopped", || async { (hosts.hosts[first].running().await.len() == 1).then_some(()) }).await;
    hosts.hosts[second].start_again();
    let file = hosts.hosts[second].path("bot1.toml");
    eventually("its file is put aside", || async { (!file.exists()).then_some(()) }).await;
    assert_eq!(hosts.shares().await.iter().sum::<usize>(), 1);
    // The first one is gone for good, and its bot with it: nobody else has the file.
    let name = std::fs::read_to_string(hosts.hosts[first].directory.path().join("data/host")).unwrap();
    let (said, code) = hosts.hosts[second].verb(&["forget-host", &name]).await;
    assert!(code == 1 && said.contains("is alive"), "{said}");
    hosts.hosts[first].kill().await;
    hosts.hosts[second].wait_running("bot0").await;
    let (said, code) = hosts.hosts[second].verb(&["drop-bot", "bot0", "--yes", "bot0"]).await;
    assert!(code == 1 && said.contains("bot0 runs"), "{said}");
    let (said, code) = hosts.hosts[second].verb(&["forget-host", &name]).await;
    assert!(code == 0 && said.contains("bot0"), "{said}");
    eventually("it runs nowhere", || async { hosts.hosts[second].running().await.is_empty().then_some(()) }).await;
}

/// A first host with a bot that an owner has, and a second one without files.
async fn owned() -> (Hosts, Visitor) {
    let mut hosts = Hosts::new(1).await;
    hosts.bots[0].extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".to_owned();
    hosts.bots[0].tables = "[limits]\npresses_per_minute = 1000".to_owned();
    hosts.add().await;
    hosts.hosts[0].wait_running("bot0").await;
    hosts.add_with(&[]).await;
    let template = format!(
        "[telegram]\nserver = \"custom\"\naddress = \"{}\"\nauth_key = {{ file = \"another.key.secret\" }}\n",
        hosts.sandbox.address()
    );
    std::fs::write(hosts.hosts[0].path(".new-bot.toml"), template).unwrap();
    let key = hosts.sandbox.issue_key();
    for host in &hosts.hosts {
        std::fs::write(host.path("another.key.secret"), &key).unwrap();
    }
    eventually("both hosts are alive", || async { (hosts.hosts[1].status().await["loaded"] == true).then_some(()) })
        .await;
    let owner = hosts.sandbox.visitor(hosts.bots[0].id(), 700, "Owner", "ar");
    (hosts, owner)
}

// SPEC: A10, F5, F9
#[tokio::test(flavor = "multi_thread")]
async fn a_created_bot_gets_its_new_token_on_the_host_that_has_its_file() {
    use crate::panel::{enter, go, last};
    let (hosts, owner) = owned().await;
    hosts.sandbox.let_manage(hosts.bots[0].id(), true);
    enter(&owner).await;
    go(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    owner.press("✨ إنشاء بوت").await.unwrap();
    owner.sees("يُنشأ البوت من هنا").await.unwrap();
    owner.create_bot(100_009, "another_bot").unwrap();
    last(&owner, "كلمة مرور لوحة البوت الجديد").await;
    owner.send("a new password");
    last(&owner, "راجع ثم احفظ").await;
    go(&owner, "✅ حفظ", "ويرد خلال ثوانٍ").await;
    // It runs on the second host; its file lies on the first one.
    hosts.hosts[1].wait_running("another_bot").await;
    let files = [0, 1].map(|host| hosts.hosts[host].path("another_bot.toml"));
    let before = std::fs::read_to_string(&files[0]).unwrap();
    owner.renew_token(100_009);
    last(&owner, "تغيّر رمز").await;
    assert_ne!(std::fs::read_to_string(&files[0]).unwrap(), before);
    let somebody = hosts.sandbox.visitor(100_009, 700, "Owner", "ar");
    eventually("it answers with the new token", || async {
        somebody.send("/start");
        tokio::time::timeout(Duration::from_secs(1), somebody.sees("شروط الاستخدام")).await.ok()?.ok()
    })
    .await;
    // With a second file of it somewhere the owner is told what to do, and nothing is changed.
    std::fs::copy(&files[0], &files[1]).unwrap();
    let client = postgres::connect(&hosts.url).await;
    eventually("both files are known", || async {
        let sql = "SELECT count(*) FROM farm.files WHERE slug = 'another_bot'";
        (client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) == 2).then_some(())
    })
    .await;
    let before = std::fs::read_to_string(&files[0]).unwrap();
    // A change that is none of the token's says nothing.
    owner.touch_bot(100_009);
    owner.send("/help");
    last(&owner, "ℹ️").await;
    assert!(!owner.transcript().contains("ولم يمكن"), "{}", owner.transcript());
    owner.renew_token(100_009);
    last(&owner, "ولم يمكن أخذ الرمز الجديد").await;
    assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), before);
}

// SPEC: A10, F5, F9
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_added_in_telegram_starts_where_the_leases_choose_and_is_deleted_wherever_its_file_lies() {
    use crate::panel::{enter, go, home, last};
    const TOKEN: &str = "100009:secret-of-another";
    let (hosts, owner) = owned().await;
    let (first, second) = (0, 1);
    hosts.sandbox.add_bot(TOKEN, "another_bot");
    enter(&owner).await;
    go(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    go(&owner, "➕ إضافة بوت", "أرسل رمز البوت").await;
    for (text, next) in
        [(TOKEN, "ما @اسم البوت؟"), ("@another_bot", "كلمة مرور لوحة البوت الجديد"), ("a new password", "راجع ثم احفظ")]
    {
        owner.send(text);
        last(&owner, next).await;
    }
    go(&owner, "✅ حفظ", "ويرد خلال ثوانٍ").await;
    // Its file lies on the first host; the second one has fewer bots.
    hosts.hosts[second].wait_running("another_bot").await;
    let file = hosts.hosts[first].path("another_bot.toml");
    assert!(file.exists() && !hosts.hosts[second].path("another_bot.toml").exists());
    let somebody = hosts.sandbox.visitor(100_009, 700, "Owner", "ar");
    somebody.send("/start");
    somebody.sees("شروط الاستخدام").await.unwrap();
    home(&owner).await;
    go(&owner, "🤖", "بوتاتك على هذه المزرعة").await;
    go(&owner, "🟢 another_bot", "الاسم المختصر: \u{2068}another_bot").await;
    go(&owner, "🗑", "للتأكيد اكتب اسمه المختصر").await;
    owner.send("another_bot");
    last(&owner, "وبقيت بياناته").await;
    eventually("it is gone from both", || async {
        (!file.exists() && hosts.hosts[second].running().await.is_empty()).then_some(())
    })
    .await;
    assert_eq!(hosts.shares().await, [1, 0]);
}

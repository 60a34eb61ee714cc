//! An account at Telegram is one bot's, on whichever hosts bots run and whatever becomes of their files.

use crate::support::hosts::{Hosts, faulted};
use crate::support::{BotFile, disconnected, eventually, postgres, speaks_for, tenant_roles};
use botfarm::service::definitions::{self, Seen, SeenFile, Verdict};
use botfarm::service::hosts::{self, Registration};
use botfarm::service::{Database, farm};
use nix::sys::signal::Signal;
use serde_json::json;

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_waits_for_the_end_of_the_one_that_has_its_account() {
    let farm = Two::register().await;
    farm.publish(&[("before", 7)]).await;
    let had = farm.take(&farm.here, "before").await;
    assert_eq!(had.len(), 1);
    // Renamed: the old name ends here, while the other host looks for something to run.
    let verdict = farm.publish(&[("after", 7)]).await;
    assert_eq!(verdict.moved, [("after".to_owned(), "before".to_owned())]);
    assert!(farm.take(&farm.there, "after").await.is_empty());
    farm.free(&had).await;
    let had = farm.take(&farm.there, "after").await;
    assert_eq!(had.len(), 1);
    // Another account, and its own a newcomer's: it runs with that until it has ended.
    farm.publish(&[("after", 8), ("newcomer", 7)]).await;
    assert!(farm.take(&farm.here, "newcomer").await.is_empty());
    farm.free(&had).await;
    assert_eq!(farm.take(&farm.here, "newcomer").await.len(), 1);
    assert_eq!(farm.take(&farm.there, "after").await.len(), 1);
}

// SPEC: F1, F9
#[tokio::test(flavor = "multi_thread")]
async fn of_bots_that_were_published_with_one_account_one_runs_and_all_are_told() {
    let farm = Two::register().await;
    farm.publish(&[("one", 7), ("two", 8), ("three", 9)]).await;
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("UPDATE farm.definitions SET account = 7").await.unwrap();
    let (here, there) = tokio::join!(farm.take(&farm.here, "one"), farm.take(&farm.there, "two"));
    assert_eq!(here.len() + there.len(), 1, "{here:?} {there:?}");
    farm.free(&here).await;
    farm.free(&there).await;
    let names = ["one", "two", "three"].map(str::to_owned).to_vec();
    assert_eq!(hosts::take(&farm.database, &farm.there, names).await.unwrap().len(), 1);
    let refused = farm.publish(&[("one", 7), ("two", 7), ("three", 7)]).await.refused;
    assert_eq!(refused.len(), 3, "{refused:?}");
}

// SPEC: F2
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_refused_and_breaks_deletes_no_bot() {
    let farm = Two::register().await;
    farm.publish(&[("one", 7), ("two", 8)]).await;
    let two = file("two", 8);
    // Renamed, and with another bot's token; then broken.
    let moved = SeenFile { path: "moved.toml".to_owned(), mark: "changed".to_owned(), ..file("one", 8) };
    let verdict = farm.look(vec![moved, two.clone()], &[]).await;
    assert_eq!(verdict.refused, [("one".to_owned(), "two".to_owned())]);
    farm.look(vec![two.clone()], &["moved.toml"]).await;
    assert_eq!(farm.live().await, ["one", "two"]);
    farm.look(vec![two], &[]).await;
    assert_eq!(farm.live().await, ["two"]);
}

// SPEC: F2, F9
#[tokio::test(flavor = "multi_thread")]
async fn the_only_file_of_a_bot_says_its_account_when_the_host_of_the_other_is_forgotten() {
    let farm = Two::register().await;
    let publish = async |who, file| {
        let seen = Seen { good: vec![file], broken: Vec::new() };
        definitions::publish(&farm.database, who, &seen).await.unwrap()
    };
    publish(&farm.there, file("one", 9)).await;
    assert_eq!(publish(&farm.here, file("one", 7)).await.outdated, ["one"]);
    hosts::leave(&farm.database, &farm.there).await.unwrap();
    assert!(definitions::forget_host(&farm.database, "there").await.unwrap().is_some());
    let verdict = publish(&farm.here, file("one", 7)).await;
    assert!(verdict.outdated.is_empty() && verdict.has_changed, "{verdict:?}");
}

/// Two hosts without processes, on a database of their own.
struct Two {
    url: String,
    database: Database,
    here: Registration,
    there: Registration,
}

impl Two {
    async fn register() -> Self {
        let url = postgres::fresh_database().await;
        let database = farm::open(&url, 4, tenant_roles()).await.unwrap();
        let [here, there] = ["here", "there"].map(|host| Registration { host: host.to_owned(), instance: 1 });
        for who in [&here, &there] {
            assert!(hosts::register(&database, who, None, 60.0).await.unwrap());
        }
        Self { url, database, here, there }
    }

    /// The host here has these files, and no others.
    async fn publish(&self, bots: &[(&str, i64)]) -> Verdict {
        self.look(bots.iter().map(|(slug, account)| file(slug, *account)).collect(), &[]).await
    }

    async fn look(&self, good: Vec<SeenFile>, broken: &[&str]) -> Verdict {
        let broken = broken.iter().map(|path| (*path).to_owned()).collect();
        definitions::publish(&self.database, &self.here, &Seen { good, broken }).await.unwrap()
    }

    async fn take(&self, who: &Registration, slug: &str) -> Vec<Taken> {
        let taken = hosts::take(&self.database, who, vec![slug.to_owned()]).await.unwrap();
        taken.into_iter().map(|(slug, epoch, _)| (who.host.clone(), slug, epoch)).collect()
    }

    async fn free(&self, taken: &[Taken]) {
        for (host, slug, epoch) in taken.iter().cloned() {
            hosts::free(&self.database, &host, &[(slug, epoch)]).await.unwrap();
        }
    }

    async fn live(&self) -> Vec<String> {
        let definitions = definitions::state(&self.database).await.unwrap().definitions;
        definitions.into_iter().filter(|d| !d.is_deleted).map(|d| d.slug).collect()
    }
}

/// Host, bot, epoch.
type Taken = (String, String, i64);

fn file(slug: &str, account: i64) -> SeenFile {
    SeenFile {
        slug: slug.to_owned(),
        path: format!("{slug}.toml"),
        origin: "file",
        mark: slug.to_owned(),
        body: String::new(),
        account: Some(account),
        secrets: account.to_string(),
    }
}

// SPEC: F1, F2, F9
#[tokio::test(flavor = "multi_thread")]
async fn bots_that_run_on_two_hosts_swap_their_accounts() {
    let mut farm = Hosts::new(2).await;
    for (bot, brand) in farm.bots.iter_mut().zip(["One", "Two"]) {
        brand.clone_into(&mut bot.brand);
    }
    // The frozen host is not to be dead before it wakes up.
    let patient = [("BOTFARM_LEASE", "60")];
    farm.add_in(&patient, &farm.bots.clone()).await;
    for bot in ["bot0", "bot1"] {
        farm.hosts[0].wait_running(bot).await;
    }
    farm.add_in(&patient, &[]).await;
    farm.settle(&[1, 1]).await;
    let (here, there) = (farm.hosts[0].running().await.remove(0), farm.hosts[1].running().await.remove(0));
    let account = |slug: &str| farm.bots.iter().find(|bot| bot.slug == slug).unwrap().id();
    farm.hosts[1].signal(Signal::SIGSTOP);
    for kind in ["token", "key"] {
        let [one, two] = ["bot0", "bot1"].map(|slug| farm.hosts[0].path(&format!("{slug}.{kind}.secret")));
        let [first, second] = [&one, &two].map(|path| std::fs::read(path).unwrap());
        std::fs::write(&one, second).unwrap();
        std::fs::write(&two, first).unwrap();
    }
    // The bot of the host that is awake has ended, and waits for the other's account.
    let client = postgres::connect(&farm.url).await;
    eventually("it has ended", || async {
        let free = "SELECT count(*) FROM farm.leases WHERE slug = $1 AND host IS NULL";
        (client.query_one(free, &[&here]).await.unwrap().get::<_, i64>(0) == 1).then_some(())
    })
    .await;
    disconnected(&farm.sandbox, account(&here)).await;
    assert_eq!(farm.sandbox.most_connections(account(&there)), 1);
    farm.hosts[1].signal(Signal::SIGCONT);
    farm.settle(&[1, 1]).await;
    for (bot, brand) in [(1, "One"), (0, "Two")] {
        let account = farm.bots[bot].id();
        speaks_for(&farm.sandbox, account, brand).await;
        assert_eq!(farm.sandbox.most_connections(account), 1);
    }
    assert_eq!(farm.hosts[0].status().await["faults"], json!([]));
}

// SPEC: F1, F2, F8
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_whose_new_definition_cannot_be_read_goes_on_only_with_its_own_account() {
    let mut farm = Hosts::new(1).await;
    let bot = farm.bots[0].clone();
    farm.add().await;
    farm.hosts[0].wait_running("bot0").await;
    farm.add_with(&[]).await;
    farm.hosts[0].kill().await;
    farm.hosts[1].wait_running("bot0").await;
    let client = postgres::connect(&farm.url).await;
    // As a host of an older version leaves it, which writes no accounts: that of the token counts.
    let stale = "UPDATE farm.definitions SET version = version + 1, account = account + 5";
    client.batch_execute(&format!("{stale}; SELECT pg_notify('botfarm', 'definitions')")).await.unwrap();
    eventually("the bot's account is its token's", || async {
        let row = client.query_one("SELECT d.account, l.account FROM farm.definitions d, farm.leases l", &[]).await;
        let row = row.unwrap();
        [0, 1].iter().all(|n| row.get::<_, Option<i64>>(*n) == Some(bot.id())).then_some(())
    })
    .await;
    farm.hosts[1].wait_running("bot0").await;
    // As a newer version publishes it, which knows more.
    let publish = async |account: i64| {
        let news = "UPDATE farm.definitions SET version = version + 1, mark = 'new', body = 'not_known = 1'";
        let call = "SELECT pg_notify('botfarm', 'definitions')";
        client.batch_execute(&format!("{news}, account = {account}; {call}")).await.unwrap();
    };
    publish(bot.id()).await;
    faulted(&farm.hosts[1], "not_known").await;
    let user = farm.sandbox.visitor(bot.id(), 501, "Ahmed", "ar");
    user.send("/help");
    user.sees("ℹ️").await.unwrap();
    publish(bot.id() + 1).await;
    eventually("nobody has it, and the host that cannot run it says so", || async {
        let free = "SELECT count(*) FROM farm.leases, farm.hosts WHERE leases.host IS NULL AND unable = '{bot0}'";
        (client.query_one(free, &[]).await.unwrap().get::<_, i64>(0) == 1).then_some(())
    })
    .await;
    disconnected(&farm.sandbox, bot.id()).await;
}

// SPEC: F2, F9
#[tokio::test(flavor = "multi_thread")]
async fn a_token_has_one_bot_on_all_hosts() {
    let mut farm = Hosts::new(1).await;
    let bot = farm.bots[0].clone();
    farm.add().await;
    farm.hosts[0].wait_running("bot0").await;
    let twin = BotFile { slug: "twin".to_owned(), ..bot.clone() };
    farm.add_with(std::slice::from_ref(&twin)).await;
    let refused = || async {
        let faults = farm.hosts[1].status().await["faults"].to_string();
        faults.contains("the bot bot0 has the same token").then_some(faults)
    };
    eventually("the newcomer is refused", &refused).await;
    // A file of the bot that says another token frees the old one only when it is in force: here it differs
    // from the other host's.
    let other = BotFile { slug: "bot0".to_owned(), ..BotFile::new(&farm.sandbox, "other", 100_500) };
    BotFile { telegram: bot.telegram.clone(), brand: "Another".to_owned(), ..other }
        .write(&farm.hosts[1].path(""), &farm.sandbox);
    eventually("the conflict is told, and the newcomer still refused", || async {
        refused().await.filter(|faults| faults.contains("has another file for this bot"))
    })
    .await;
    let client = postgres::connect(&farm.url).await;
    let known = client.query_one("SELECT count(*) FROM farm.definitions", &[]).await.unwrap();
    assert_eq!(known.get::<_, i64>(0), 1);
    // The one that had the token goes: it is the newcomer's.
    std::fs::remove_file(farm.hosts[1].path("bot0.toml")).unwrap();
    std::fs::remove_file(farm.hosts[0].path("bot0.toml")).unwrap();
    eventually("the newcomer runs", || async {
        for host in &farm.hosts {
            if host.running().await.contains(&"twin".to_owned()) {
                return Some(());
            }
        }
        None
    })
    .await;
    // The one before had ended, wherever the newcomer runs.
    assert_eq!((farm.sandbox.connections(bot.id()), farm.sandbox.most_connections(bot.id())), (1, 1));
}

// SPEC: F2, F9
#[tokio::test(flavor = "multi_thread")]
async fn a_token_beside_a_file_runs_no_other_bots_account() {
    let mut farm = Hosts::new(2).await;
    let [one, two] = [0, 1].map(|n| farm.bots[n].clone());
    farm.add_with(std::slice::from_ref(&one)).await;
    farm.hosts[0].wait_running("bot0").await;
    farm.add_with(std::slice::from_ref(&two)).await;
    farm.settle(&[1, 1]).await;
    // As an earlier version has left them, and its host is replaced: without the accounts.
    assert!(farm.hosts[0].terminate().await);
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("UPDATE farm.definitions SET account = NULL").await.unwrap();
    // The other bot's token, in the file beside the same text: refused, and not run.
    std::fs::write(farm.hosts[0].path("bot0.token.secret"), &two.token).unwrap();
    farm.hosts[0].start_again();
    faulted(&farm.hosts[0], "the bot bot1 has the same token").await;
    farm.settle(&[1, 1]).await;
    // A second copy of a bot's file, beside it the token of a third account: the bot stays what it is.
    let third = BotFile { slug: two.slug.clone(), ..BotFile::new(&farm.sandbox, "third", 100_700) };
    let copy = BotFile { token: third.token.clone(), auth_key: farm.sandbox.issue_key(), ..two.clone() };
    copy.write(&farm.hosts[0].path(""), &farm.sandbox);
    faulted(&farm.hosts[0], "published this bot with another account's token").await;
    farm.hosts[1].kill().await;
    for bot in ["bot0", "bot1"] {
        farm.hosts[0].wait_running(bot).await;
    }
    for bot in [&one, &two] {
        let user = farm.sandbox.visitor(bot.id(), 501, "Ahmed", "ar");
        user.send("/help");
        user.sees("ℹ️").await.unwrap();
        assert_eq!(
            (farm.sandbox.connections(bot.id()), farm.sandbox.most_connections(bot.id())),
            (1, 1),
            "{}",
            bot.slug
        );
    }
    assert_eq!(farm.sandbox.most_connections(third.id()), 0);
}

//! How far an account's updates were handled: it belongs to the account, in whichever bot's file its token stands.

use crate::support::hosts::Hosts;
use crate::support::{BotFile, FarmProcess, TestFarm, eventually, postgres, tenant_roles};
use botfarm::service::session::{self, UpdateState};
use botfarm::service::{Tenant, farm};
use botfarm::supervisor::status::State;
use telegram_sandbox::Visitor;

/// Answers that begin with a mark.
fn answers(visitor: &Visitor, mark: &str) -> usize {
    visitor.messages().iter().filter(|m| m.from_bot && m.text.starts_with(mark)).count()
}

async fn runs(farm: &TestFarm, bot: &BotFile) {
    eventually("the account runs", || async {
        let is_in = farm.sandbox.connections(bot.id()) == 1;
        farm.status(&bot.slug).filter(|b| is_in && b.state == State::Running)
    })
    .await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_comes_back_goes_on_from_where_it_was() {
    let (mut farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 0).await;
    // The other account is much further.
    let other = BotFile::new(&farm.sandbox, &bot.slug, 100_077);
    let sara = farm.sandbox.visitor(other.id(), 502, "Sara", "ar");
    (0..30).for_each(|_| sara.send("/help"));
    other.write(farm.directory.path(), &farm.sandbox);
    runs(&farm, &other).await;
    ahmed.send("/help");
    bot.write(farm.directory.path(), &farm.sandbox);
    ahmed.sees("ℹ️").await.unwrap();
    runs(&farm, &bot).await;
    farm.stop().await;
    ahmed.send("/balance");
    farm.restart().await;
    ahmed.sees("💰").await.unwrap();
    assert_eq!((answers(&ahmed, "ℹ️"), answers(&ahmed, "💰"), farm.sandbox.sign_ins(bot.id())), (1, 1, 1));
    farm.finish(&[&bot]).await;
}

// SPEC: F1
#[tokio::test(flavor = "multi_thread")]
async fn accounts_that_swap_their_bots_miss_nothing_that_was_written_meanwhile() {
    let (mut farm, bot) = TestFarm::with_bot(1).await;
    let other = BotFile::new(&farm.sandbox, "other", 100_077);
    farm.add(&other).await;
    let (ahmed, sara) = (farm.visitor(&bot, 501, 0).await, farm.visitor(&other, 502, 0).await);
    farm.stop().await;
    let swapped = [(&bot, &other), (&other, &bot)].map(|(a, b)| BotFile { slug: b.slug.clone(), ..a.clone() });
    swapped.iter().for_each(|bot| bot.write(farm.directory.path(), &farm.sandbox));
    ahmed.send("/help");
    sara.send("/help");
    // One of them comes first.
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("BEGIN; LOCK TABLE bot_other.services").await.unwrap();
    farm.restart().await;
    farm.wait_state(&bot.slug, State::Running).await;
    client.batch_execute("ROLLBACK").await.unwrap();
    for visitor in [&ahmed, &sara] {
        visitor.sees("ℹ️").await.unwrap();
    }
    assert_eq!((answers(&ahmed, "ℹ️"), answers(&sara, "ℹ️")), (1, 1));
    assert_eq!((farm.sandbox.sign_ins(bot.id()), farm.sandbox.sign_ins(other.id())), (1, 1));
    farm.finish(&[&bot, &other]).await;
}

// SPEC: F1, F9
#[tokio::test(flavor = "multi_thread")]
async fn the_later_position_counts_in_whichever_bots_schema_it_is() {
    let url = postgres::fresh_database().await;
    let database = farm::open(&url, 4, tenant_roles()).await.unwrap();
    let take = async |slug: &str| farm::take_over(&database, &slug.parse().unwrap(), 1).await.unwrap();
    let (old, new) = (take("old").await, take("new").await);
    let at = |pts| UpdateState { pts, ..UpdateState::default() };
    let known = async |tenant: &Tenant, account, host| {
        let saved = session::load(tenant, account, host).await.unwrap();
        (saved.states.iter().map(|state| state.pts).collect::<Vec<_>>(), saved.is_noted)
    };
    session::save_bot(&old, 77, at(5), "one").await.unwrap();
    session::save_bot(&old, 77, at(6), "two").await.unwrap();
    session::save_state(&old, 88, at(50)).await.unwrap();
    assert_eq!(known(&old, 77, "one").await, (vec![6], true));
    assert_eq!(known(&new, 77, "one").await, (vec![6], false));
    session::save_bot(&new, 77, at(7), "one").await.unwrap();
    session::save_state(&new, 77, at(9)).await.unwrap();
    assert_eq!(known(&new, 77, "one").await, (vec![9, 6], true));
    // The other host has its keys still where the account was.
    assert_eq!(known(&new, 77, "two").await, (vec![9, 6], false));
    assert_eq!(known(&old, 77, "two").await, (vec![9, 6], false));
    // Another account takes its place, and has none yet.
    session::save_bot(&new, 88, at(100), "one").await.unwrap();
    assert_eq!(known(&new, 77, "one").await, (vec![9, 6], false));
    assert_eq!(known(&old, 77, "one").await, (vec![9, 6], false));
    assert_eq!(known(&old, 88, "one").await, (vec![100], false));
    assert_eq!(known(&old, 99, "one").await, (vec![], false));
    // Somebody has dropped one by hand: that keeps no bot from starting.
    postgres::connect(&url).await.batch_execute("DROP SCHEMA bot_new CASCADE").await.unwrap();
    assert_eq!(known(&old, 77, "two").await, (vec![6], true));
    assert_eq!(known(&old, 88, "one").await, (vec![], false));
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread")]
async fn a_position_that_telegram_has_not_reached_makes_no_bot_deaf() {
    let (mut farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 0).await;
    farm.stop().await;
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("UPDATE bot_elweshaq.telegram_session SET pts = 1000000").await.unwrap();
    farm.restart().await;
    farm.wait_state(&bot.slug, State::Running).await;
    ahmed.send("/help");
    ahmed.sees("ℹ️").await.unwrap();
    eventually("the present one is saved", || async {
        (farm.count(&bot, "telegram_session WHERE pts < 1000000").await == 1).then_some(())
    })
    .await;
    farm.finish(&[&bot]).await;
}

/// A host that knew the bot by its old name takes it after another one ran it by the new name.
// SPEC: F1, F9
#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_bots_session_comes_along_on_every_host() {
    let mut farm = Hosts::new(1).await;
    let bot = farm.bots[0].clone();
    let ahmed = farm.sandbox.visitor(bot.id(), 501, "Ahmed", "ar");
    for host in 0..2 {
        farm.add().await;
        farm.hosts[host].wait_running(&bot.slug).await;
        farm.hosts[host].kill().await;
    }
    farm.hosts.iter_mut().for_each(FarmProcess::start_again);
    farm.settle(&[0, 1]).await;
    for (host, keys) in farm.hosts.iter().zip(&farm.keys) {
        let moved = BotFile { slug: "moved".to_owned(), auth_key: keys[0].clone(), ..bot.clone() };
        std::fs::remove_file(host.path(&format!("{}.toml", bot.slug))).unwrap();
        moved.write(&host.path(""), &farm.sandbox);
    }
    let runs = eventually("it runs by its new name", || async {
        for (number, host) in farm.hosts.iter().enumerate() {
            if host.running().await == ["moved"] {
                return Some(number);
            }
        }
        None
    })
    .await;
    ahmed.send("/balance");
    ahmed.sees("💰").await.unwrap();
    assert!(farm.hosts[runs].terminate().await);
    ahmed.send("/help");
    ahmed.sees("ℹ️").await.unwrap();
    assert_eq!((answers(&ahmed, "💰"), answers(&ahmed, "ℹ️"), farm.sandbox.sign_ins(bot.id())), (1, 1, 2));
    farm.finish().await;
}

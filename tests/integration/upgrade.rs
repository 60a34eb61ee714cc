//! A rolling upgrade: hosts of two versions run on one database, and schemas are changed under traffic.

use crate::rental::reserve;
use crate::support::{BotFile, FarmProcess, TestFarm, eventually, http, postgres};
use botfarm::supervisor::status::State;
use serde_json::json;
use std::path::Path;
use telegram_sandbox::Sandbox;

/// What a later version may do to a schema while this one runs on it: add.
const EXPANSION: &str = "ALTER TABLE users ADD COLUMN nickname text; \
    ALTER TABLE reservations ADD COLUMN weight int NOT NULL DEFAULT 0; \
    ALTER TABLE numbers ADD COLUMN note text; \
    ALTER TABLE outbox ADD COLUMN priority int NOT NULL DEFAULT 1; \
    ALTER TABLE transactions ADD COLUMN memo text; \
    CREATE TABLE tickets (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint REFERENCES users (id)); \
    INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000001')";

async fn in_schema(url: &str, slug: &str, sql: &str) {
    let client = postgres::connect(url).await;
    client.batch_execute(&format!("SET search_path TO bot_{slug}; SET lock_timeout TO '5s'; {sql}")).await.unwrap();
}

/// The newest migration: its files, and its number in the list of what was applied.
fn newest() -> (String, String) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/bot");
    let names = std::fs::read_dir(&directory).unwrap().flatten().map(|entry| entry.file_name());
    let name = names.max().unwrap().to_string_lossy().into_owned();
    let down = std::fs::read_to_string(directory.join(&name).join("down.sql")).unwrap();
    (down, name.split('_').next().unwrap().replace('-', ""))
}

/// Takes the newest migration back, as a version has left the schema that did not know it.
async fn make_older(url: &str, slug: &str) {
    let (down, version) = newest();
    let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'");
    in_schema(url, slug, &format!("{down}; {forget}; UPDATE farm.bots SET schema_version = 'older'")).await;
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_host_changes_the_schema_under_a_bot_that_runs() {
    let (mut farm, bot) = TestFarm::with_bot(3).await;
    let (ahmed, mona) = (farm.visitor(&bot, 501, 50).await, farm.visitor(&bot, 502, 50).await);
    // Every connection of the pool has its plans.
    let number = reserve(&ahmed).await;
    farm.sms(&bot, &number, "111222").await;
    ahmed.sees("111222").await.unwrap();
    let number = reserve(&mona).await;
    in_schema(&farm.url, &bot.slug, EXPANSION).await;
    farm.sms(&bot, &number, "333444").await;
    mona.sees("333444").await.unwrap();
    // Started anew it is still the older version, and goes on.
    farm.restart().await;
    farm.wait_state(&bot.slug, State::Running).await;
    let ali = farm.visitor(&bot, 503, 50).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "555666").await;
    ali.sees("555666").await.unwrap();
    farm.finish(&[&bot]).await;
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn hosts_of_the_older_version_go_on_beside_a_newer_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let url = postgres::fresh_database().await;
    let mut hosts = [(); 2].map(|()| FarmProcess::prepare(&url, &[("BOTFARM_LEASE", "3")]));
    for host in &mut hosts {
        BotFile { auth_key: sandbox.issue_key(), ..bot.clone() }.write(&host.path(""), &sandbox);
        host.start_again();
    }
    let mut runs = whose(&hosts).await;
    let csv = hosts[0].directory.path().join("numbers.csv");
    std::fs::write(&csv, "service,country_code,phone_number\nWhatsApp,20,+201000000001\nWhatsApp,20,+201000000002\n")
        .unwrap();
    hosts[0].verb(&["import", "--bot", "elweshaq", csv.to_str().unwrap()]).await;
    let mut open = Vec::new();
    for (user, code) in [(501, "111222"), (502, "333444")] {
        hosts[0].verb(&["credit", "--bot", "elweshaq", "--user", &user.to_string(), "30"]).await;
        let visitor = sandbox.visitor(bot.id(), user, "Ahmed", "ar");
        open.push((reserve(&visitor).await, visitor, code));
    }
    // A newer host came, changed both schemas by adding to them, and took the bot for a while.
    in_schema(&url, &bot.slug, EXPANSION).await;
    let client = postgres::connect(&url).await;
    client.batch_execute(NEWER_FARM).await.unwrap();
    // Twice over: each of the older ones takes the bot, and starts, on what the newer one has left.
    for (number, visitor, code) in open {
        assert!(hosts[runs].terminate().await);
        let other = whose(&hosts[1 - runs..2 - runs]).await + 1 - runs;
        post(&hosts[other], &bot, &number, code).await;
        visitor.sees(code).await.unwrap();
        hosts[runs].start_again();
        eventually("it is back", || async { (hosts[runs].status().await["loaded"] == true).then_some(()) }).await;
        runs = whose(&hosts).await;
    }
    assert_eq!(hosts[runs].count(&bot, "reservations WHERE status = 'completed'").await, 2);
    let [one, mut two] = hosts;
    two.kill().await;
    one.finish(&bot).await;
}

/// What a later version may do to the farm's own schema, and to what it notes there.
const NEWER_FARM: &str = "ALTER TABLE farm.hosts ADD COLUMN zone text NOT NULL DEFAULT 'here'; \
    ALTER TABLE farm.leases ADD COLUMN weight int NOT NULL DEFAULT 1; \
    ALTER TABLE farm.definitions ADD COLUMN note text; \
    ALTER TABLE farm.files ADD COLUMN size bigint; \
    INSERT INTO farm.__diesel_schema_migrations (version) VALUES ('99991231000001'); \
    UPDATE farm.bots SET schema_version = 'newer'";

/// Which of these hosts runs the bot.
async fn whose(hosts: &[FarmProcess]) -> usize {
    eventually("a host runs the bot", || async {
        for (number, host) in hosts.iter().enumerate() {
            if !host.running().await.is_empty() {
                return Some(number);
            }
        }
        None
    })
    .await
}

/// A provider posts until it is answered.
async fn post(host: &FarmProcess, bot: &BotFile, number: &str, code: &str) {
    let body = json!({ "messages": [{ "to": number, "service": "WhatsApp", "text": format!("code {code}") }] });
    eventually("the message is taken", || async {
        let request = http().post(format!("http://{}/hooks/{}/sms1", host.http, bot.slug)).bearer_auth("hook-token");
        let answer = request.body(body.to_string()).send().await;
        answer.is_ok_and(|answer| answer.status() == 200).then_some(())
    })
    .await;
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn an_older_schema_is_brought_up_to_date_when_its_bot_is_taken() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let mut farm = FarmProcess::start(&sandbox, &bot).await;
    let csv = farm.directory.path().join("numbers.csv");
    std::fs::write(&csv, "service,country_code,phone_number\nWhatsApp,20,+201000000001\n").unwrap();
    farm.verb(&["import", "--bot", "elweshaq", csv.to_str().unwrap()]).await;
    farm.verb(&["credit", "--bot", "elweshaq", "--user", "501", "30"]).await;
    let ahmed = sandbox.visitor(bot.id(), 501, "Ahmed", "ar");
    reserve(&ahmed).await;
    farm.terminate().await;
    make_older(&farm.url, &bot.slug).await;
    // Somebody holds the table that is to be changed: the bot says so, and comes when it is free.
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("BEGIN; LOCK TABLE bot_elweshaq.__diesel_schema_migrations").await.unwrap();
    farm.start_again();
    eventually("it says why it does not run", || async {
        let status = farm.status().await.to_string();
        (status.contains("failed") && status.contains("lock timeout")).then_some(())
    })
    .await;
    client.batch_execute("ROLLBACK").await.unwrap();
    farm.wait_running("elweshaq").await;
    assert_eq!(farm.count(&bot, "reservations WHERE status = 'waiting_code'").await, 1);
    farm.finish(&bot).await;
}

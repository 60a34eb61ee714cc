//! What a host that lost a bot's lease can still do in the database: read, and nothing else.

use crate::support::postgres;
use botfarm::clock::Clock;
use botfarm::service::hosts::{self, Registration};
use botfarm::service::{Database, Tenant, farm, session, users};
use std::time::Duration;

async fn bot(tenant_roles: bool) -> (String, Database, Tenant) {
    let url = postgres::fresh_database().await;
    let database = farm::open(&url, 4, tenant_roles).await.unwrap();
    let first = farm::take_over(&database, &"one".parse().unwrap(), 1).await.unwrap();
    (url, database, first)
}

async fn write(tenant: &Tenant) -> Result<(), String> {
    session::save_bot(tenant, 1, session::UpdateState::default(), "a").await.map_err(|error| error.to_string())
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn an_older_epoch_reads_and_writes_nothing() {
    for roles in [true, false] {
        let (_url, database, first) = bot(roles).await;
        write(&first).await.unwrap();
        let second = farm::take_over(&database, first.slug(), 2).await.unwrap();
        let refused = write(&first).await.unwrap_err();
        assert!(refused.contains("another host runs this bot"), "{refused}");
        assert_eq!(session::account(&first).await.unwrap(), Some(1));
        write(&second).await.unwrap();
        // What is right on any host goes on.
        write(&first.unfenced()).await.unwrap();
        // An older epoch never lowers the fence.
        database.raise_fence(first.slug(), 1).await.unwrap();
        write(&second).await.unwrap();
        assert!(write(&first).await.is_err());
    }
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn a_taker_waits_for_what_is_open_and_a_frozen_transaction_is_ended() {
    let (_url, database, first) = bot(true).await;
    let open = first.begin().await.unwrap();
    let start = std::time::Instant::now();
    // Nobody goes on with it, as in a process that was stopped.
    farm::take_over(&database, first.slug(), 2).await.unwrap();
    assert!(start.elapsed() > Duration::from_secs(2), "it waited: {:?}", start.elapsed());
    let ended: Result<(), botfarm::service::DbError> = open.finish(Ok(())).await;
    assert!(ended.is_err(), "it was ended by the server");
    assert!(write(&first).await.is_err());
}

// SPEC: F9, F4
#[tokio::test(flavor = "multi_thread")]
async fn a_bots_role_cannot_raise_its_own_fence() {
    let (url, database, first) = bot(true).await;
    let client = postgres::connect(&url).await;
    client.batch_execute(&format!("SET ROLE {}", database.role(first.slug()))).await.unwrap();
    for sql in
        ["UPDATE bot_one.lease SET epoch = 9", "DELETE FROM bot_one.lease", "INSERT INTO bot_one.lease VALUES (1, 9)"]
    {
        let refused = client.batch_execute(sql).await.unwrap_err();
        assert_eq!(refused.code().unwrap().code(), "42501", "{sql}");
    }
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_was_declared_dead_takes_nothing_and_a_name_is_one_process() {
    let (_url, database, _) = bot(true).await;
    let who = |instance| Registration { host: "a".to_owned(), instance };
    assert!(hosts::register(&database, &who(1), None, 60.0).await.unwrap());
    assert!(!hosts::register(&database, &who(2), None, 60.0).await.unwrap(), "another process of that name");
    assert!(hosts::register(&database, &who(2), Some(1), 0.0).await.unwrap(), "its predecessor has ended");
    let mut bell = hosts::bell(&database).await.unwrap();
    assert!(bell.renew(&who(1), 60.0).await.unwrap().is_none());
    // Its time was over at once: whoever looks declares it dead.
    assert!(bell.living().await.unwrap().is_empty());
    assert!(bell.renew(&who(2), 60.0).await.unwrap().is_none());
    assert!(hosts::take(&database, &who(2), vec!["one".to_owned()]).await.unwrap().is_empty());
    let now = Clock::default().now();
    users::set_banned(&database.tenant(&"one".parse().unwrap()), 5, true, "test", now).await.unwrap_err();
}

//! The wall between bots, in the database. The farm's role is no superuser, only CREATEROLE.

use crate::rental::reserve;
use crate::support::{BotFile, TestFarm, books_agree, postgres};
use botfarm::db::{Database, migrations, users};
use botfarm::domain::slug::Slug;
use botfarm::service::{credit, farm};
use rust_decimal::Decimal;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

/// A database with bots `aa` and `bb`, and what their scopes would run as.
async fn two_bots() -> (String, Database) {
    let url = postgres::fresh_database().await;
    let database = farm::open(&url, 4, true).await.unwrap();
    for name in ["aa", "bb"] {
        farm::provision(&database, &slug(name)).await.unwrap();
    }
    (url, database)
}

/// A connection in the scope of a bot, for SQL that our types would not allow.
async fn as_bot(url: &str, database: &Database, name: &str) -> Client {
    let client = postgres::connect(url).await;
    let role = database.role(&slug(name));
    client.batch_execute(&format!("SET ROLE {role}; SET search_path TO bot_{name}")).await.unwrap();
    client
}

async fn refused(client: &Client, sql: &str) -> SqlState {
    let error = client.batch_execute(sql).await.expect_err(sql);
    error.code().unwrap_or_else(|| panic!("{sql}: {error}")).clone()
}

// SPEC: F4
#[tokio::test(flavor = "multi_thread")]
async fn the_farm_is_no_superuser() {
    let (url, _) = two_bots().await;
    let client = postgres::connect(&url).await;
    let row = client.query_one("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user", &[]);
    let row = row.await.unwrap();
    assert_eq!((row.get::<_, bool>(0), row.get::<_, bool>(1)), (false, true));
}

// SPEC: F4
#[tokio::test(flavor = "multi_thread")]
async fn a_query_in_one_bots_scope_reaches_no_other_schema() {
    let (url, database) = two_bots().await;
    let client = as_bot(&url, &database, "aa").await;
    client.batch_execute("SELECT count(*) FROM users").await.unwrap();
    for sql in [
        "SELECT * FROM bot_bb.users",
        "UPDATE bot_bb.users SET balance = 1",
        "SELECT * FROM farm.bots",
        "SELECT * FROM __diesel_schema_migrations",
        "CREATE TABLE mine (id int)",
        "DROP TABLE users",
        "TRUNCATE users CASCADE",
        "ALTER TABLE users ADD COLUMN x int",
    ] {
        let state = refused(&client, sql).await;
        assert_eq!(state, SqlState::INSUFFICIENT_PRIVILEGE, "{sql}");
    }
}

// SPEC: F4
#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_forgets_its_tenant_fails() {
    let (url, _) = two_bots().await;
    let client = postgres::connect(&url).await;
    assert_eq!(refused(&client, "SELECT * FROM users").await, SqlState::UNDEFINED_TABLE);
}

// SPEC: F4
#[tokio::test(flavor = "multi_thread")]
async fn each_bot_sees_its_own_users_on_a_shared_pool() {
    let (_, database) = two_bots().await;
    let now = botfarm::clock::Clock::default().now();
    for (name, amount) in [("aa", 5), ("bb", 7)] {
        let tenant = database.tenant(&slug(name));
        credit::add(&tenant, 1, Decimal::from(amount), "test", "k", now).await.unwrap();
    }
    for (name, amount) in [("aa", 5), ("bb", 7), ("aa", 5)] {
        let mut tx = database.tenant(&slug(name)).begin().await.unwrap();
        let id = users::find(&mut tx, 1).await.unwrap().unwrap();
        let funds = users::funds(&mut tx, id).await;
        assert_eq!(tx.finish(funds).await.unwrap().balance, Decimal::from(amount));
        books_agree(&database.tenant(&slug(name))).await;
    }
}

// SPEC: B2, S4
#[tokio::test(flavor = "multi_thread")]
async fn ledger_and_audit_log_are_append_only_by_grant_and_by_trigger() {
    let (url, database) = two_bots().await;
    let now = botfarm::clock::Clock::default().now();
    let tenant = database.tenant(&slug("aa"));
    credit::add(&tenant, 1, Decimal::from(5), "test", "k", now).await.unwrap();
    botfarm::service::audit::note(&tenant, "test", "test", "test", now).await.unwrap();
    let bot = as_bot(&url, &database, "aa").await;
    let owner = postgres::connect(&url).await;
    owner.batch_execute("SET search_path TO bot_aa").await.unwrap();
    for table in ["transactions", "audit_log"] {
        for sql in [format!("UPDATE {table} SET actor = 'x'"), format!("DELETE FROM {table}")] {
            assert_eq!(refused(&bot, &sql).await, SqlState::INSUFFICIENT_PRIVILEGE, "{sql}");
            assert_eq!(refused(&owner, &sql).await, SqlState::RESTRICT_VIOLATION, "{sql}");
        }
    }
    books_agree(&tenant).await;
}

// SPEC: F4
#[tokio::test(flavor = "multi_thread")]
async fn two_farms_on_one_server_do_not_collide() {
    let (first_url, first) = two_bots().await;
    let (second_url, second) = two_bots().await;
    assert_ne!(first.role(&slug("aa")), second.role(&slug("aa")));
    let stranger = as_bot(&first_url, &first, "aa").await;
    stranger.batch_execute("SELECT 1 FROM users").await.unwrap();
    // The same role name in the other database has no rights there.
    let lost = postgres::connect(&second_url).await;
    lost.batch_execute(&format!("SET ROLE {}; SET search_path TO bot_aa", first.role(&slug("aa")))).await.unwrap();
    assert_eq!(refused(&lost, "SELECT * FROM users").await, SqlState::UNDEFINED_TABLE);
}

// SPEC: F4
#[tokio::test(flavor = "multi_thread")]
async fn a_begin_that_fails_poisons_no_later_user_of_the_connection() {
    let url = postgres::fresh_database().await;
    let database = farm::open(&url, 1, true).await.unwrap();
    farm::provision(&database, &slug("aa")).await.unwrap();
    // No such role: the begin fails after its BEGIN.
    let error = database.tenant(&slug("nobody")).begin().await.err().expect("the begin fails");
    assert!(error.to_string().contains("does not exist"), "{error}");
    // The pool has one connection; the next user must not get an aborted transaction.
    for _ in 0..3 {
        let mut tx = database.tenant(&slug("aa")).begin().await.unwrap();
        let found = users::find(&mut tx, 1).await;
        assert_eq!(tx.finish(found).await.unwrap(), None);
    }
}

// SPEC: F4
#[tokio::test(flavor = "multi_thread")]
async fn raw_sql_is_not_for_a_scoped_transaction() {
    use diesel_async::SimpleAsyncConnection;
    let (_, database) = two_bots().await;
    let mut tx = database.tenant(&slug("aa")).begin().await.unwrap();
    assert!(tx.batch_execute("SELECT 1").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bots_migrations_go_down_and_up_again() {
    let (url, _) = two_bots().await;
    migrations::down_and_up(&url, "bot_aa").await.unwrap();
}

/// The specification's transitions, written out.
const ALLOWED: [(&str, &str); 7] = [
    ("waiting_code", "completed"),
    ("waiting_code", "code_received"),
    ("waiting_code", "failed"),
    ("waiting_code", "expired"),
    ("waiting_code", "canceled"),
    ("code_received", "completed"),
    ("code_received", "failed"),
];

// SPEC: U7
/// Every pair of states: the database allows those of the specification and no other.
#[tokio::test(flavor = "multi_thread")]
async fn the_database_refuses_every_other_transition() {
    use botfarm::domain::rental::RentalStatus;
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    reserve(&ahmed).await;
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("SET search_path TO bot_elweshaq").await.unwrap();
    for from in RentalStatus::ALL {
        for to in RentalStatus::ALL {
            let prepare = format!(
                "BEGIN; ALTER TABLE reservations DISABLE TRIGGER USER; \
                 UPDATE reservations SET status = '{from}'; ALTER TABLE reservations ENABLE TRIGGER USER"
            );
            client.batch_execute(&prepare).await.unwrap();
            let moved = client.batch_execute(&format!("UPDATE reservations SET status = '{to}'")).await.is_ok();
            client.batch_execute("ROLLBACK").await.unwrap();
            let allowed = ALLOWED.contains(&(from.as_str(), to.as_str()));
            assert_eq!(moved, from == to || allowed, "{from} to {to}");
            assert_eq!(from.may_become(to), allowed, "{from} to {to}");
        }
    }
    farm.finish(&[&bot]).await;
}

/// Counts what the server is asked to parse, by its own log of prepared statements.
#[tokio::test(flavor = "multi_thread")]
async fn the_hot_statements_are_parsed_once_per_connection() {
    let parses = ParseCounter::start().await;
    let database = farm::open(&parses.url, 1, true).await.unwrap();
    let tenant = farm::provision(&database, &slug("aa")).await.unwrap();
    let hot = async |key: &str| hot_path(&tenant, key).await;
    hot("first").await;
    let before = parses.count();
    hot("second").await;
    assert_eq!(parses.count(), before, "a second use parses nothing");
    books_agree(&tenant).await;
    assert!(before > 10, "the counter counts");
}

use hot::{ParseCounter, hot_path};
mod hot;

// SPEC: F4
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_named_like_another_farms_role_prefix_is_still_its_own() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let other = BotFile { language: "en", ..BotFile::new(&farm.sandbox, "elweshaq_2", 100_002) };
    farm.add(&other).await;
    assert_eq!(farm.count(&other, "numbers").await, 0);
    assert_eq!(farm.count(&bot, "numbers").await, 1);
    farm.finish(&[&bot, &other]).await;
}

//! What a Citus cluster cannot do stands in no migration and in no statement of a bot
//! (`docs/SCALING.md`): the catalog of a bot's schema, and the text of every statement, are looked at.

use crate::rental::reserve;
use crate::support::db_proxy::DbProxy;
use crate::support::{BotFile, TestFarm, postgres};
use botfarm::service::farm;
use regex::Regex;
use std::collections::BTreeSet;
use std::path::Path;
use telegram_sandbox::Sandbox;

/// Statements on the farm's own schema, which is not distributed.
const OF_THE_FARM: [&str; 8] = [
    "bell.rs",
    "definitions.rs",
    "farm_schema.rs",
    "hosts.rs",
    "migrations.rs",
    "provision.rs",
    "registry.rs",
    "scope.rs",
];

/// Forms that a distributed schema refuses or answers wrongly, and what is written instead.
const FORBIDDEN: [(&str, &str); 14] = [
    (r"(?i)\bmerge\s+into\b", "MERGE: write INSERT … ON CONFLICT"),
    (r"(?i)\bclock_timestamp\s*\(", "clock_timestamp(): it is volatile; pass the time"),
    (r"(?i)\bto_char\s*\(", "to_char(): it is not immutable"),
    (r"(?i)\bjsonb_build_object\s*\(", "jsonb_build_object(): it is not immutable"),
    (r"(?i)\b(random|gen_random_uuid|uuid_generate_v4)\s*\(\)", "a volatile function: pass the value"),
    (r"(?i)\bvalues\s*\(\s*\(\s*select\b|\bvalues\s*\([^()]*,\s*\(\s*select\b", "a subselect in VALUES"),
    (r"(?i)\b(pg_notify|notify)\s*[( ]\s*'", "NOTIFY: the application calls out"),
    (r"(?i)\bfor\s+(no\s+key\s+)?update\b[^)]*$", "FOR UPDATE outside of the statement that changes the rows"),
    (r"(?i)\bcreate\s+type\b", "an enum type: text and CHECK"),
    (r"(?i)\b(small|big)?serial\b", "serial: bigint GENERATED … AS IDENTITY"),
    (r"(?i)\badd\s+(column\s+)?\w+\s+\w+\s+generated\b", "identity is given at CREATE TABLE only"),
    (r"(?i)\breturning\b[^()]*\(", "RETURNING an expression: bare columns only"),
    (
        r"(?i)\binsert\s+into\b[^()]*(\([^()]*\))?\s*select\b[^()]*\bjoin\b",
        "INSERT … SELECT from a join: SELECT DISTINCT in a subselect",
    ),
    (r"(?i)\b(bot_\w+|public)\.\w+\s", "a name of another schema"),
];

/// The statements of a Rust file: what stands between quotes and looks like SQL.
fn statements(text: &str) -> Vec<String> {
    let quoted = Regex::new(r#"(?s)"((?:[^"\\]|\\.)*)""#).unwrap();
    let sql = Regex::new(r"(?i)^\s*(select|insert|update|delete|with|copy|merge)\b").unwrap();
    let joined = text.replace("\\\n", "");
    let found = quoted.captures_iter(&joined).map(|found| found[1].split_whitespace().collect::<Vec<_>>().join(" "));
    found.filter(|statement| sql.is_match(statement)).collect()
}

fn without_comments(sql: &str) -> String {
    sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every statement of a bot, and where it stands.
fn every_statement() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root.join("src/db")).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rs") && !OF_THE_FARM.contains(&name.as_str()) {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            all.extend(statements(&text).into_iter().map(|statement| (name.clone(), statement)));
        }
    }
    for entry in std::fs::read_dir(root.join("migrations/bot")).unwrap().flatten() {
        let sql = without_comments(&std::fs::read_to_string(entry.path().join("up.sql")).unwrap());
        let name = entry.file_name().to_string_lossy().into_owned();
        all.extend(sql.split(';').map(|statement| (name.clone(), statement.trim().to_owned())));
    }
    all
}

fn faults(statement: &str) -> Vec<&'static str> {
    FORBIDDEN.iter().filter(|(form, _)| Regex::new(form).unwrap().is_match(statement)).map(|(_, why)| *why).collect()
}

// SPEC: F9
#[test]
fn no_statement_has_a_form_that_a_cluster_refuses() {
    let all = every_statement();
    assert!(all.len() > 150, "{} statements were found", all.len());
    let found: Vec<_> =
        all.iter().map(|(file, sql)| (file, sql, faults(sql))).filter(|(.., f)| !f.is_empty()).collect();
    assert!(found.is_empty(), "{found:#?}");
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_running_bot_says_to_the_database_has_such_a_form() {
    let url = postgres::fresh_database().await;
    let proxy = DbProxy::in_front_of(&url).await;
    let farm = TestFarm::on(Sandbox::start().await.unwrap(), proxy.url.clone()).await;
    let bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    farm.add(&bot).await;
    farm.stock(&bot, 3).await;
    let ahmed = farm.visitor(&bot, 501, 40).await;
    let number = reserve(&ahmed).await;
    farm.sms(&bot, &number, "123456").await;
    ahmed.sees("123456").await.unwrap();
    // Whatever was prepared or asked, of the fence, the statements by hand and those of Diesel's builder.
    let sql = Regex::new(r"(?is)(select|insert|update|delete|with|merge)\s.*").unwrap();
    let said = proxy.said();
    let asked: BTreeSet<&str> = said.split('\0').filter_map(|part| Some(sql.find(part)?.as_str())).collect();
    // Of the farm's own schema, or the application that calls out: never in a bot's transaction.
    let of_the_farm = ["farm.", "pg_catalog", "pg_notify('botfarm'"];
    let of_bots = asked.iter().filter(|sql| !of_the_farm.iter().any(|part| sql.contains(part)));
    let of_bots: Vec<String> = of_bots.map(|sql| sql.replace("bot_elweshaq.", "")).collect();
    assert!(of_bots.len() > 60, "{} statements were heard", of_bots.len());
    let found: Vec<_> = of_bots.iter().map(|sql| (sql, faults(sql))).filter(|(_, faults)| !faults.is_empty()).collect();
    assert!(found.is_empty(), "{found:#?}");
    farm.finish(&[&bot]).await;
}

// SPEC: F9
#[test]
fn each_form_is_found() {
    for bad in [
        "MERGE INTO numbers n USING x",
        "UPDATE rentals SET at = clock_timestamp() WHERE id = ?",
        "SELECT to_char(at, 'YYYY')",
        "INSERT INTO a SELECT jsonb_build_object('x', b)",
        "UPDATE a SET b = random()",
        "INSERT INTO a (b, c) VALUES (?, (SELECT max(c) FROM a))",
        "SELECT pg_notify('x', ?)".replace('?', "'y'").as_str(),
        "SELECT id FROM numbers WHERE free FOR UPDATE",
        "CREATE TYPE state AS ENUM ('a')",
        "CREATE TABLE a (id serial PRIMARY KEY)",
        "ALTER TABLE a ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY",
        "SELECT * FROM bot_other.users WHERE id = 1",
        "UPDATE a SET b = 1 RETURNING id, coalesce(b, 0)",
        "INSERT INTO a (b) SELECT c.b FROM c JOIN d ON c.id = d.id",
    ] {
        assert!(!faults(bad).is_empty(), "{bad}");
    }
}

// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn a_bots_schema_is_one_that_a_cluster_can_place_on_a_node() {
    let url = postgres::fresh_database().await;
    let database = farm::open(&url, 2, false).await.unwrap();
    farm::provision(&database, &"harbor".parse().unwrap()).await.unwrap();
    let client = postgres::connect(&url).await;
    let rules = [
        (
            "tables without a primary key",
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = $1::regnamespace \
            AND c.relkind = 'r' AND NOT EXISTS (SELECT 1 FROM pg_constraint p WHERE p.conrelid = c.oid AND p.contype = 'p')",
        ),
        (
            "types of its own",
            "SELECT t.typname FROM pg_type t WHERE t.typnamespace = $1::regnamespace \
            AND t.typtype IN ('e', 'd')",
        ),
        ("functions of its own", "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = $1::regnamespace"),
        (
            "foreign keys that leave it",
            "SELECT k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid \
            WHERE k.contype = 'f' AND k.connamespace = $1::regnamespace AND c.relnamespace <> $1::regnamespace",
        ),
        (
            "triggers that are not BEFORE and for each row",
            "SELECT t.tgname FROM pg_trigger t \
            JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = $1::regnamespace AND NOT t.tgisinternal \
            AND t.tgtype & 3 <> 3",
        ),
        (
            "sequences smaller than bigint",
            "SELECT c.relname FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid \
            WHERE c.relnamespace = $1::regnamespace AND s.seqtypid <> 'int8'::regtype",
        ),
        (
            "views",
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('v', 'm')",
        ),
    ];
    for (what, sql) in rules {
        let sql = sql.replace("$1", "'bot_harbor'");
        let found: Vec<String> = client.query(&sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
        assert!(found.is_empty(), "{what}: {found:?}");
    }
    let tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'bot_harbor'::regnamespace AND relkind = 'r'";
    assert!(client.query_one(tables, &[]).await.unwrap().get::<_, i64>(0) > 25);
}

/// A server with Citus is told so before a bot's schema is made, and its triggers; on another server the
/// settings say nothing.
// SPEC: F9
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_is_provisioned_with_the_settings_of_a_cluster() {
    let proxy = DbProxy::in_front_of(&postgres::fresh_database().await).await;
    let database = farm::open(&proxy.url, 2, false).await.unwrap();
    let at = |part: &str| proxy.said().find(part).unwrap_or_else(|| panic!("nobody said {part}"));
    let farms_own = at("CREATE SCHEMA IF NOT EXISTS farm");
    assert!(!proxy.said()[..farms_own].contains("enable_schema_based_sharding"), "the farm's schema is on every node");
    farm::provision(&database, &"harbor".parse().unwrap()).await.unwrap();
    at("BEGIN; SET LOCAL citus.enable_schema_based_sharding TO on; CREATE SCHEMA IF NOT EXISTS bot_harbor");
    assert!(at("citus.enable_unsafe_triggers TO on") < at("CREATE TRIGGER"));
    assert!(!proxy.said().contains("CREATE ROLE"), "no role where none is wanted");
}

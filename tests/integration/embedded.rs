//! The farm's own PostgreSQL: one farm per directory, back after kill -9, in any place.

use crate::support::postgres;
use botfarm::embedded_pg::EmbeddedPg;
use std::path::Path;
use std::process::Command;

fn postmaster(directory: &Path) -> String {
    let file = std::fs::read_to_string(directory.join("pgdata/postmaster.pid")).unwrap();
    file.lines().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_comes_back_with_its_data_and_a_second_farm_is_refused() {
    let root = tempfile::tempdir().unwrap();
    std::fs::set_permissions(root.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    let directory = root.path().join("data");
    let server = EmbeddedPg::start(&directory).await.unwrap();
    let refused = EmbeddedPg::start(&directory).await.unwrap_err();
    assert!(refused.to_string().contains("another farm runs"), "{refused:#}");
    let client = postgres::connect(&server.url()).await;
    client.batch_execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)").await.unwrap();
    assert_eq!(client.query_one("SHOW fsync", &[]).await.unwrap().get::<_, String>(0), "on");
    assert_eq!(client.query_one("SHOW listen_addresses", &[]).await.unwrap().get::<_, String>(0), "");
    // Both die at once: the lock goes with the process, the pid file stays behind.
    Command::new("kill").args(["-9", &postmaster(&directory)]).status().unwrap();
    drop(server);
    let again = EmbeddedPg::start(&directory).await.unwrap();
    let client = postgres::connect(&again.url()).await;
    assert_eq!(client.query_one("SELECT id FROM kept", &[]).await.unwrap().get::<_, i32>(0), 7);
    assert_eq!(EmbeddedPg::running(&directory).await.unwrap(), Some(again.url()));
    again.stop().unwrap();
    assert_eq!(EmbeddedPg::running(&directory).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_that_is_too_long_for_a_socket_is_no_obstacle() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("a-directory-with-a-very-long-name").join("x".repeat(80));
    std::fs::create_dir_all(&directory).unwrap();
    for path in directory.ancestors().take(3) {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    }
    let server = EmbeddedPg::start(&directory).await.unwrap();
    postgres::connect(&server.url()).await.batch_execute("SELECT 1").await.unwrap();
    server.stop().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn data_of_another_major_version_is_refused_with_advice() {
    let root = tempfile::tempdir().unwrap();
    std::fs::set_permissions(root.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    let directory = root.path().join("data");
    std::fs::create_dir_all(directory.join("pgdata")).unwrap();
    std::fs::write(directory.join("pgdata/PG_VERSION"), "9\n").unwrap();
    let refused = EmbeddedPg::start(&directory).await.unwrap_err();
    assert!(refused.to_string().contains("was made by PostgreSQL 9"), "{refused:#}");
}

/// The programs of the server start in another directory than the farm.
#[tokio::test(flavor = "multi_thread")]
async fn a_relative_data_directory_works_for_every_verb_and_the_books_are_audited() {
    let root = tempfile::tempdir().unwrap();
    std::fs::set_permissions(root.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    std::fs::create_dir(root.path().join("bots.d")).unwrap();
    std::fs::write(root.path().join("token.secret"), "100001:secret-of-ours").unwrap();
    let file = "name = \"x\"\nterms_accepted = true\ntoken = { file = \"../token.secret\" }";
    std::fs::write(root.path().join("bots.d/elweshaq.toml"), file).unwrap();
    let verb = async |args: &[&str]| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_botfarm"));
        command.current_dir(root.path()).args(args).env_remove("DATABASE_URL");
        let output = command.output().await.unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.code().unwrap(), text)
    };
    let server = EmbeddedPg::start(&root.path().join("data")).await.unwrap();
    let database = botfarm::service::farm::open(&server.url(), 2, true).await.unwrap();
    botfarm::service::farm::provision(&database, &"elweshaq".parse().unwrap()).await.unwrap();
    drop((database, server));
    let credit = ["credit", "--bot", "elweshaq", "--user", "501"];
    let (code, said) = verb(&[credit.as_slice(), &["10"]].concat()).await;
    assert_eq!(code, 0, "{said}");
    let (code, said) = verb(&[credit.as_slice(), &["-4"]].concat()).await;
    assert!(code == 0 && said.contains("has 6 now"), "{said}");
    let (code, said) = verb(&[credit.as_slice(), &["-7"]].concat()).await;
    assert!(code == 1 && said.contains('6'), "{said}");
    // SPEC: U13
    let (code, said) = verb(&["ban", "--bot", "elweshaq", "--user", "501"]).await;
    assert!(code == 0 && said.contains("is banned"), "{said}");
    let (code, said) = verb(&["ban", "--bot", "elweshaq", "--user", "999"]).await;
    assert_eq!(code, 1, "{said}");
    // SPEC: B1
    let (code, said) = verb(&["audit", "--bot", "elweshaq"]).await;
    assert!(code == 0 && said.contains("the books agree"), "{said}");
    let server = EmbeddedPg::start(&root.path().join("data")).await.unwrap();
    let client = postgres::connect(&server.url()).await;
    client.batch_execute("UPDATE bot_elweshaq.users SET balance = 99").await.unwrap();
    drop((client, server));
    let (code, said) = verb(&["audit", "--bot", "elweshaq"]).await;
    assert!(code == 1 && said.contains("the sum of a user's amounts is not the balance"), "{said}");
    // A verb that fails leaves no server behind that it has started.
    EmbeddedPg::start(&root.path().join("data")).await.unwrap().stop().unwrap();
    let (code, said) = verb(&["credit", "--bot", "elwesha", "--user", "501", "5"]).await;
    assert!(code == 1 && said.contains("no bot \"elwesha\""), "{said}");
    assert_eq!(EmbeddedPg::running(&root.path().join("data")).await.unwrap(), None);
}

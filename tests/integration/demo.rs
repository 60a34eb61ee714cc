//! The demonstration comes out as expected.

use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_meets_its_expectations() {
    let demo = Command::new(env!("CARGO_BIN_EXE_botfarm")).args(["demo", "--once"]).env_remove("DATABASE_URL").output();
    let output = demo.await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text.matches("the books agree").count(), 2, "{text}");
    assert!(!text.contains('✘'), "{text}");
}

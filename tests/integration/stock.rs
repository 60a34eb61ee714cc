//! Filling the stock from a file, through the command line.

use crate::support::{BotFile, FarmProcess};
use telegram_sandbox::Sandbox;

// SPEC: I1, I2, I3
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_every_kind_of_row_is_imported_and_reported() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let farm = FarmProcess::start(&sandbox, &bot).await;
    let rows = [
        "service;country_code;phone_number;price_override",
        "WhatsApp;20;+201000000001;",
        "whatsapp;+20;01000000002;7.50",
        "WhatsApp;20;'00201000000003;",
        "WhatsApp;20;٠١٠٠٠٠٠٠٠٠٤;",
        "WhatsApp;20;+20 100 000 0001;",
        "WhatsApp;20;2.01235E+11;",
        "WhatsApp;20;+33612345678;",
        "Signal;20;+201000000005;",
        "WhatsApp;20;+201000000006;10,50",
        "WhatsApp;20;;",
        "WhatsApp;20;12;",
    ];
    let file = farm.directory.path().join("numbers.csv");
    std::fs::write(&file, format!("\u{feff}{}\r\n", rows.join("\r\n"))).unwrap();
    let rejected = farm.directory.path().join("rejected.csv");
    let args = ["import", "--bot", "elweshaq", file.to_str().unwrap(), "--rejected", rejected.to_str().unwrap()];
    let (output, code) = farm.verb(&args).await;
    assert_eq!(code, 0, "{output}");
    assert!(output.contains("4 numbers added, 1 known already, 6 lines rejected"), "{output}");
    let report = std::fs::read_to_string(&rejected).unwrap();
    for expected in
        ["7,", "8,", "belongs to another country", "9,", "Signal", "10,", "price", "11,", "is missing", "12,"]
    {
        assert!(report.contains(expected), "{expected} is missing in:\n{report}");
    }
    assert_eq!(farm.count(&bot, "numbers WHERE price_override = 7.50").await, 1);
    assert_eq!(farm.count(&bot, "import_rows").await, 0);
    let (output, code) = farm.verb(&["import", "--bot", "elweshaq", "--rejected", args[3], args[3]]).await;
    assert!(code == 1 && output.contains("would be overwritten"), "{output}");
    let bare = farm.directory.path().join("bare.csv");
    std::fs::write(&bare, "WhatsApp,20,+201000000077,\n").unwrap();
    let (output, code) = farm.verb(&["import", "--bot", "elweshaq", bare.to_str().unwrap()]).await;
    assert!(code == 1 && output.contains("the first line must be"), "{output}");
    let (again, _) = farm.verb(&args).await;
    assert!(again.contains("0 numbers added, 5 known already"), "{again}");
    farm.finish(&bot).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_with_the_same_key_is_given_once_and_bad_amounts_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let farm = FarmProcess::start(&sandbox, &bot).await;
    for _ in 0..2 {
        let (output, code) = farm.verb(&["credit", "--bot", "elweshaq", "--user", "5", "--key", "k1", "٢٥٫٥٠"]).await;
        assert!(code == 0 && output.contains("has 25.50 now"), "{output}");
    }
    let (output, code) = farm.verb(&["credit", "--bot", "elweshaq", "--user", "6", "--key", "k1", "25.50"]).await;
    assert!(code == 1 && output.contains("used for another request"), "{output}");
    for bad in ["0", "1e99", "10,50", "abc", "1.001"] {
        let (output, code) = farm.verb(&["credit", "--bot", "elweshaq", "--user", "5", bad]).await;
        assert_eq!(code, 1, "{bad}: {output}");
    }
    assert_eq!(farm.count(&bot, "transactions").await, 1);
    let (output, code) = farm.verb(&["credit", "--bot", "elweshak", "--user", "5", "1"]).await;
    assert!(code == 1 && output.contains("known are: elweshaq"), "{output}");
    assert_eq!(farm.count(&bot, "pg_namespace WHERE nspname = 'bot_elweshak'").await, 0);
    farm.finish(&bot).await;
}

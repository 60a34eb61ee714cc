//! Numbers from files that an owner sends, and tables as files that the bot sends.

use crate::panel::{enter, farm, last, step};
use crate::support::{BotFile, TestFarm, eventually};
use telegram_sandbox::{Contents, Fault, File, Misbehave, Visitor};

const HEADER: &str = "service,country_code,phone_number,price_override\n";

async fn at_the_upload(owner: &Visitor) {
    enter(owner).await;
    step(owner, "🔢", "أرقام أي دولة؟").await;
    step(owner, "📥", "أرسل ملف CSV").await;
}

/// The newest file of the bot whose name contains this.
pub async fn file(owner: &Visitor, name: &str) -> File {
    let message = owner.wait_for(|m| m.file().is_some_and(|f| f.name.contains(name))).await.unwrap();
    message.file().unwrap().clone()
}

// SPEC: A3, I1, I2, I3
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sends_a_table_with_a_spreadsheets_habits_and_gets_a_report() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    at_the_upload(&owner).await;
    let rows = [
        "sep=;",
        "service;country_code;phone_number;price_override",
        "WhatsApp;20;'00201000000011;",
        "whatsapp;+20;01000000012;7.50",
        "WhatsApp;20;٠١٠٠٠٠٠٠٠١٣;",
        "\"WhatsApp\";20;\"+20 100 000 0014\";",
        ";;;",
        "WhatsApp;20;+201000000001;",
        "WhatsApp;20;2.01235E+11;",
        "WhatsApp;20;+33612345678;",
        "Signal;20;+201000000015;",
        "WhatsApp;20;+201000000016;10,50",
        "WhatsApp;20;\"+201000000017;",
    ];
    owner.send_file("أرقام.csv", "text/csv", Contents::of(format!("\u{feff}{}\r\n", rows.join("\r\n"))));
    let done = owner.sees("✅ \u{2068}أرقام.csv").await.unwrap();
    assert_eq!(done.text.replace(['\u{2068}', '\u{2069}'], ""), "✅ أرقام.csv\nأُضيف: 4\nمكرر: 1\nمرفوض: 5");
    let report = file(&owner, "rejected").await.text();
    assert!(report.starts_with("\u{feff}السطر,السبب,النص\n"), "{report}");
    for line in [
        "9,قرّب برنامج الجداول الرقم 2.01235E+11",
        "10,+33612345678 رقم دولة أخرى",
        "11,لا توجد خدمة Signal",
        "12,\"السعر 10,50",
    ] {
        assert!(report.contains(line), "{line} is missing in\n{report}");
    }
    assert_eq!(farm.count(&bot, "numbers WHERE price_override = 7.50").await, 1);
    let acts = "audit_log WHERE action = 'stock.import' AND actor = 'owner:700' AND after ->> 'added' = '4'";
    assert_eq!(farm.count(&bot, acts).await, 1);
    assert_eq!(farm.count(&bot, "import_rows").await, 0);
    farm.finish(&[&bot]).await;
}

// SPEC: I1, A3
#[tokio::test(flavor = "multi_thread")]
async fn a_text_file_has_one_number_a_line_after_the_country_was_chosen() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    at_the_upload(&owner).await;
    owner.send_file("numbers.txt", "text/plain", Contents::of("01000000021\n"));
    owner.sees("ملف TXT لا يذكر الخدمة").await.unwrap();
    step(&owner, "✖️ خروج", "ماذا تريد أن تفعل؟").await;
    step(&owner, "🔢", "أرقام أي دولة؟").await;
    step(&owner, "WhatsApp", "أرقام \u{2068}مصر").await;
    step(&owner, "📥", "واحد في كل سطر").await;
    owner.send_file("numbers.txt", "text/plain", Contents::of("01000000021\n\n+201000000022\nabc\n"));
    let done = owner.sees("✅ \u{2068}numbers.txt").await.unwrap();
    assert!(done.text.contains("أُضيف: \u{2068}2"), "{}", done.text);
    assert!(file(&owner, "rejected").await.text().contains("4,abc ليس رقم هاتف,abc"));
    farm.finish(&[&bot]).await;
}

// SPEC: I1, I3
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_numbers_is_refused_with_a_sentence_and_changes_nothing() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    at_the_upload(&owner).await;
    for (name, contents, said) in [
        ("photo.png", Contents::of("x"), "أرسل ملف CSV أو TXT"),
        ("a.csv", Contents::of(""), "الملف فارغ"),
        ("b.csv", Contents::Zeros(1 << 31), "الملف أكبر مما يسمح به"),
    ] {
        owner.send_file(name, "text/csv", contents);
        last(&owner, said).await;
    }
    owner.send_photo();
    eventually("a photo is no file of numbers", || async {
        let told = owner.messages().iter().filter(|m| m.text.contains("أرسل ملف CSV أو TXT")).count();
        (told == 2).then_some(())
    })
    .await;
    let utf16: Vec<u8> = format!("\u{feff}{HEADER}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let arabic = [HEADER.as_bytes(), b"\xe6\xc7\xca\xd3\xc7\xc8,20,+201000000077,\n"].concat();
    let wide = vec!["x"; 500].join(",");
    for (name, contents, said) in [
        ("c.csv", Contents::of(utf16), "UTF-16"),
        ("d.csv", Contents::of(arabic), "Windows-1256"),
        ("e.csv", Contents::of(wide), "500 عمود"),
        ("f.csv", Contents::of("WhatsApp,20,+201000000077,\n"), "أول سطر يجب أن يكون"),
        ("g.csv", Contents::of("PK\x03\x04\x14\x00"), "مصنف جداول"),
        ("h.csv", Contents::Zeros(1_000_000_000), "UTF-16 أو ليس نصًا"),
    ] {
        owner.send("/cancel");
        owner.send("/admin");
        last(&owner, "ماذا تريد أن تفعل؟").await;
        step(&owner, "🔢", "أرقام أي دولة؟").await;
        step(&owner, "📥", "أرسل ملف CSV").await;
        owner.send_file(name, "text/csv", contents);
        eventually(name, || async {
            let messages = owner.messages();
            let shown = messages.iter().rfind(|m| m.text.contains(name))?.text.clone();
            shown
                .replace(['\u{2068}', '\u{2069}'], "")
                .contains(&said.replace(['\u{2068}', '\u{2069}'], ""))
                .then_some(())
        })
        .await;
    }
    assert_eq!(farm.count(&bot, "numbers").await, 2);
    assert_eq!(farm.count(&bot, "imports WHERE status = 'failed'").await, 6);
    farm.finish(&[&bot]).await;
}

fn many(rows: u32) -> Contents {
    let rows: String = (0..rows).map(|n| format!("WhatsApp,20,+2011{n:08},\n")).collect();
    Contents::of(format!("{HEADER}{rows}"))
}

// SPEC: I3, A3
#[tokio::test(flavor = "multi_thread")]
async fn a_second_file_waits_for_its_turn_and_a_stopped_one_adds_nothing() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    // The third piece never comes.
    farm.sandbox.fault(Fault::always("upload.getFile", Misbehave::Delay(std::time::Duration::from_secs(1))));
    at_the_upload(&owner).await;
    owner.send_file("first.csv", "text/csv", many(150_000));
    owner.sees("قُرئ حتى السطر").await.unwrap();
    owner.send("/admin");
    last(&owner, "ماذا تريد أن تفعل؟").await;
    step(&owner, "🔢", "أرقام أي دولة؟").await;
    step(&owner, "📥", "أرسل ملف CSV").await;
    owner.send_file("second.csv", "text/csv", many(1));
    last(&owner, "يجري استيراد ملف آخر الآن").await;
    owner.press("⏹").await.unwrap();
    owner.sees("توقف الاستيراد، ولم يُضف شيء").await.unwrap();
    farm.sandbox.heal();
    assert_eq!(farm.count(&bot, "numbers").await, 2);
    // The dialog is still open: now it is taken.
    owner.send_file("second.csv", "text/csv", many(1));
    owner.sees("✅ \u{2068}second.csv").await.unwrap();
    assert_eq!(farm.count(&bot, "numbers").await, 3);
    farm.finish(&[&bot]).await;
}

// SPEC: I3, F8
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_a_restart_ends_is_told_and_can_be_sent_again() {
    let (mut farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    farm.sandbox.fault(Fault::always("upload.getFile", Misbehave::Delay(std::time::Duration::from_secs(1))));
    at_the_upload(&owner).await;
    owner.send_file("large.csv", "text/csv", many(150_000));
    owner.sees("قُرئ حتى السطر").await.unwrap();
    farm.restart().await;
    owner.sees("أُعيد تشغيل البوت أثناء استيراد \u{2068}large.csv").await.unwrap();
    assert_eq!(farm.count(&bot, "imports WHERE status = 'running'").await, 0);
    assert_eq!(farm.count(&bot, "import_rows").await, 0);
    farm.finish(&[&bot]).await;
}

async fn exported(owner: &Visitor, table: &str, name: &str) -> String {
    owner.press(table).await.unwrap();
    file(owner, name).await.text()
}

// SPEC: A12, I2
#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_exported_and_the_stock_imports_again_without_loss() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 30).await);
    farm.sandbox.visitor(bot.id(), 502, "=HYPERLINK(1)", "ar").send("/start");
    crate::support::fill(&farm.tenant(&bot), format!("{HEADER}WhatsApp,20,+201000000044,3.25\n")).await;
    let number = crate::rental::reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐").await.unwrap();
    enter(&owner).await;
    step(&owner, "📤", "أي جدول تريد").await;
    let users = exported(&owner, "👥", "users").await;
    assert!(users.contains("\n501,user501,user 501,,,20.00,0.00,") && users.contains("'=HYPERLINK(1)"), "{users}");
    let rentals = exported(&owner, "🧾", "rentals").await;
    assert!(rentals.contains(&format!("501,WhatsApp,مصر,{number},completed,10.00")), "{rentals}");
    let transactions = exported(&owner, "💰", "transactions").await;
    assert!(transactions.contains("purchase,-10.00,20.00,code"), "{transactions}");
    let audit = exported(&owner, "📜", "audit").await;
    assert!(audit.contains("owner:700,panel.sign_in"), "{audit}");
    let numbers = exported(&owner, "🔢", "numbers").await;
    assert!([&users, &rentals, &transactions, &audit, &numbers].iter().all(|t| !t.contains("314159")));
    let other = BotFile { tables: String::new(), ..another(&farm) };
    farm.add(&other).await;
    let boss = farm.visitor(&other, 700, 0).await;
    at_the_upload(&boss).await;
    step(&boss, "⬜ إنشاء", "أرسل ملف CSV").await;
    boss.send_file("numbers.csv", "text/csv", Contents::of(&numbers));
    let done = boss.sees("✅ \u{2068}numbers.csv").await.unwrap();
    assert!(done.text.contains("أُضيف: \u{2068}3"), "{}", done.text);
    let rows = "numbers n JOIN service_countries c ON c.id = n.service_country_id WHERE c.country_name = 'مصر'";
    assert_eq!(farm.count(&other, rows).await, 3);
    assert_eq!(farm.count(&other, "numbers WHERE status = 'used'").await, 1);
    assert_eq!(farm.count(&other, "numbers WHERE price_override = 3.25").await, 1);
    farm.finish(&[&bot, &other]).await;
}

fn another(farm: &TestFarm) -> BotFile {
    let bot = BotFile::new(&farm.sandbox, "second", 100_002);
    BotFile { extra: "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into(), ..bot }
}

// SPEC: I2
#[tokio::test(flavor = "multi_thread")]
async fn unknown_services_and_countries_are_created_when_the_owner_says_so() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    at_the_upload(&owner).await;
    owner.press("⬜ إنشاء").await.unwrap();
    owner.wait_for(|m| m.button("✅ إنشاء").is_some()).await.unwrap();
    let rows = "Signal,20,+201000000031,5\nSignal,966,+966500000031,\nSignal,999,+999500000031,\n";
    owner.send_file("new.csv", "text/csv", Contents::of(format!("{HEADER}{rows}")));
    let done = owner.sees("✅ \u{2068}new.csv").await.unwrap();
    assert!(done.text.contains("أُضيف: \u{2068}2") && done.text.contains("مرفوض: \u{2068}1"), "{}", done.text);
    // It has no price yet: nobody rents for nothing.
    assert_eq!(farm.count(&bot, "services WHERE name = 'Signal' AND NOT active").await, 1);
    assert_eq!(farm.count(&bot, "service_countries WHERE country_name = 'SA' AND flag = '🇸🇦'").await, 1);
    farm.finish(&[&bot]).await;
}

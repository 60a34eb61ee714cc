//! The farm's key is replaced while bots run: nothing is lost, nothing of the old one is left.

use crate::panel::{enter, go, last};
use crate::rental::reserve;
use crate::support::{BotFile, FarmProcess, eventually, http, postgres};
use serde_json::json;
use telegram_sandbox::{Sandbox, Visitor};

fn with_panel(sandbox: &Sandbox) -> BotFile {
    BotFile {
        extra: "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into(),
        tables: "[limits]\npresses_per_minute = 1000".into(),
        ..BotFile::new(sandbox, "elweshaq", 100_001)
    }
}

/// The names of the keys in a host's key file, from `doctor`.
async fn key(farm: &FarmProcess) -> String {
    let (output, _) = farm.verb(&["doctor", "--json"]).await;
    let at = output.find("KeyRing(").unwrap() + "KeyRing(".len();
    output[at..].split(')').next().unwrap().to_owned()
}

/// Every place of the database and of the bots' directory in which a key's name stands.
async fn left_of(key: &str, farm: &FarmProcess) -> Vec<String> {
    let client = postgres::connect(&farm.url).await;
    let sql = "SELECT table_schema || '.' || table_name || '.' || column_name FROM information_schema.columns \
               WHERE (table_schema = 'farm' OR table_schema LIKE 'bot\\_%') AND data_type IN ('text', 'jsonb', 'ARRAY')";
    let mut left = Vec::new();
    for row in client.query(sql, &[]).await.unwrap() {
        let place: String = row.get(0);
        let [schema, table, column] = place.split('.').collect::<Vec<_>>()[..] else { panic!("{place}") };
        let sql = format!("SELECT count(*) FROM {schema}.{table} WHERE {column}::text LIKE '%v1.{key}.%'");
        if client.query_one(&sql, &[]).await.unwrap().get::<_, i64>(0) > 0 {
            left.push(place);
        }
    }
    for entry in std::fs::read_dir(farm.path("")).unwrap() {
        let path = entry.unwrap().path();
        if std::fs::read_to_string(&path).unwrap().contains(&format!("v1.{key}.")) {
            left.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    left.sort();
    left
}

/// An owner has added a provider with a key, and is in the middle of adding another.
async fn panel_secrets(owner: &Visitor) {
    enter(owner).await;
    let begin = async |name: &str, secret: &str, next: &str| {
        go(owner, "🔌", "🟢 يعمل · 🔴 متوقف").await;
        go(owner, "➕ مزود يُقرأ", "ما اسم المزود؟").await;
        for (text, next) in
            [(name, "ما عنوان قراءة الرسائل؟"), ("http://127.0.0.1:9/messages", "أرسل مفتاح القراءة"), (secret, next)]
        {
            owner.send(text);
            last(owner, next).await;
        }
    };
    begin("mine", "first-provider-key", "كل كم ثانية").await;
    owner.send("30");
    last(owner, "راجع ثم احفظ").await;
    go(owner, "✅ حفظ", "يُقرأ كل").await;
    crate::panel::home(owner).await;
    begin("second", "second-provider-key", "كل كم ثانية").await;
}

async fn post_code(farm: &FarmProcess, number: &str) {
    let url = format!("http://{}/hooks/elweshaq/sms1", farm.http);
    let message = json!({"messages": [{"to": number, "service": "WhatsApp", "text": "code 123456"}]});
    let request = http().post(url).bearer_auth("hook-token").body(message.to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
}

// SPEC: F6
#[tokio::test(flavor = "multi_thread")]
async fn a_running_farm_gets_another_key_and_nothing_is_left_of_the_old_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = with_panel(&sandbox);
    let mut farm = FarmProcess::launch(&sandbox, &bot, &[("BOTFARM_PRIVATE_PROVIDERS", "true")]).await;
    farm.wait_running("elweshaq").await;
    let old = key(&farm).await;
    let (output, _) = farm.verb(&["rekey"]).await;
    assert!(output.contains("`botfarm rekey --new` begins one"), "{output}");
    // A file with a sealed value, which an editor has written with care.
    let sealed = sealed_password(&farm).await;
    let text = bot.text(&sandbox).replace("file = \"panel.secret\"", &format!("sealed = \"{sealed}\"  "));
    std::fs::write(farm.path("elweshaq.toml"), &text).unwrap();
    let csv = farm.directory.path().join("numbers.csv");
    std::fs::write(&csv, "service,country_code,phone_number\nWhatsApp,20,+201000000001\n").unwrap();
    farm.verb(&["import", "--bot", "elweshaq", csv.to_str().unwrap()]).await;
    farm.verb(&["credit", "--bot", "elweshaq", "--user", "501", "30"]).await;
    let (owner, ahmed) = (sandbox.visitor(bot.id(), 700, "Owner", "ar"), sandbox.visitor(bot.id(), 501, "Ahmed", "ar"));
    panel_secrets(&owner).await;
    let number = reserve(&ahmed).await;
    let before = left_of(&old, &farm).await;
    let places =
        ["definitions.body", "telegram_keys.sealed_key", "providers.api_key", "dialogs.state", "elweshaq.toml"];
    assert!(places.iter().all(|place| before.iter().any(|p| p.ends_with(place))), "{before:?}");

    let (output, code) = farm.verb(&["rekey", "--new"]).await;
    assert_eq!(code, 0, "{output}");
    let new = key(&farm).await;
    assert!(output.contains(&format!("only key {new} is left")) && new != old, "{output}");
    assert_eq!(left_of(&old, &farm).await, Vec::<String>::new());
    assert_eq!(left_of(&new, &farm).await, before);
    let written = std::fs::read_to_string(farm.path("elweshaq.toml")).unwrap();
    let position = |text: &str| text.lines().position(|line| line.contains("sealed")).unwrap();
    let differing = written.lines().zip(text.lines()).filter(|(new, old)| new != old).count();
    assert_eq!((position(&written), differing), (position(&text), 1), "{written}");

    // The bot did not notice, the dialog goes on with the secret that it has, the code arrives.
    assert_eq!((sandbox.sign_ins(bot.id()), sandbox.connections(bot.id())), (1, 1));
    owner.send("30");
    last(&owner, "راجع ثم احفظ").await;
    go(&owner, "✅ حفظ", "يُقرأ كل").await;
    assert_eq!(farm.count(&bot, "providers WHERE api_key LIKE 'v1.%'").await, 2);
    // Started anew, with that key alone: no second sign-in.
    farm.terminate().await;
    farm.restart(&bot).await;
    post_code(&farm, &number).await;
    ahmed.sees("123456").await.unwrap();
    assert_eq!(sandbox.sign_ins(bot.id()), 1);
    farm.finish(&bot).await;
}

async fn sealed_password(farm: &FarmProcess) -> String {
    let (output, _) = farm.verb_fed("open sesame", &["seal", "--bot", "elweshaq", "--field", "admin_password"]).await;
    assert!(!output.contains("sesame"), "{output}");
    output.split('"').nth(1).unwrap().to_owned()
}

// SPEC: F6, F9
#[tokio::test(flavor = "multi_thread")]
async fn no_step_is_taken_before_every_host_is_ready_for_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let bot = BotFile::new(&sandbox, "elweshaq", 100_001);
    let mut first = FarmProcess::launch(&sandbox, &bot, &[]).await;
    first.wait_running("elweshaq").await;
    let mut second = FarmProcess::prepare(&first.url, &[]);
    second.start_again();
    let (hosts, old) = (names(&first, 2).await, key(&first).await);
    let other = hosts.iter().find(|name| !first_name(&first).contains(name.as_str())).unwrap();
    // The other host has not got the key: it does not seal.
    let (output, code) = first.verb(&["rekey", "--new"]).await;
    assert!(code == 1 && output.contains("copy farm.key to") && output.contains(other), "{output}");
    let (output, code) = first.verb(&["rekey", "--new"]).await;
    assert!(code == 1 && output.contains("a rekey is under way already"), "{output}");
    copy_key(&first, &second);
    // It has it, and still seals with the old one: that is not dropped.
    let (output, code) = first.verb(&["rekey"]).await;
    assert!(code == 1 && output.contains("still seals on") && output.contains(other), "{output}");
    assert!(key(&first).await.contains(&old));
    copy_key(&first, &second);
    let (output, code) = second.verb(&["rekey"]).await;
    assert_eq!(code, 0, "{output}");
    let (output, code) = first.verb(&["rekey"]).await;
    assert_eq!(code, 0, "{output}");
    assert_eq!(key(&first).await, key(&second).await);
    assert_eq!(left_of(&old, &first).await, Vec::<String>::new());
    assert!(second.terminate().await && first.terminate().await);
}

fn copy_key(from: &FarmProcess, to: &FarmProcess) {
    let path = |farm: &FarmProcess| farm.directory.path().join("data").join("farm.key");
    std::fs::copy(path(from), path(to)).unwrap();
}

fn first_name(farm: &FarmProcess) -> String {
    std::fs::read_to_string(farm.directory.path().join("data").join("host")).unwrap_or_default()
}

/// The names of the hosts that are alive, when there are so many.
async fn names(farm: &FarmProcess, count: usize) -> Vec<String> {
    let client = postgres::connect(&farm.url).await;
    eventually("the hosts are alive", || async {
        let rows = client.query("SELECT host FROM farm.hosts", &[]).await.unwrap();
        (rows.len() == count).then(|| rows.iter().map(|row| row.get(0)).collect())
    })
    .await
}

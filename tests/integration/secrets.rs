//! A farm that logs as much as it can goes through everything it does, and no secret comes out of it, in
//! no spelling: as text, hexadecimal, base64, or a list of decimal bytes (a database driver prints
//! parameters so).

use crate::panel::{enter, go, home, last};
use crate::rental::reserve;
use crate::support::provider::{Mood, Provider};
use crate::support::socks::socks5;
use crate::support::{BotFile, FarmProcess, eventually, http, postgres};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::json;
use telegram_sandbox::{Sandbox, Visitor};

const TOKEN: &str = "100001:AAE-token-of-the-bot";
const NEW_TOKEN: &str = "100009:AAE-token-of-the-new-bot";
const REVOKED_TOKEN: &str = "100010:AAE-token-of-nobody";
const PASSWORD: &str = "open sesame";
const WRONG_PASSWORD: &str = "nearly sesame";
const HOOK_TOKEN: &str = "hook-token";
const READ_KEY: &str = "key-with-which-sms1-is-read";
const PANEL_KEY: &str = "key-that-the-owner-typed";
const CHANGED_PASSWORD: &str = "sesame of another day";
const PROXY_PASSWORD: &str = "password-of-the-proxy";
const SIGNING_KEY: &str = "key-that-signs-what-is-posted";
const DATABASE_PASSWORD: &str = "password-of-the-database";
const API_HASH: &str = "hash-of-the-application";
const CLEAR: &str = "written-in-clear-by-mistake";
const CODE: &str = "73519462";

/// Every way in which a secret may be spelt, each without what comes before and after it.
fn spellings(secret: &[u8]) -> Vec<Vec<u8>> {
    let decimal: Vec<String> = secret.iter().map(u8::to_string).collect();
    let mut all = vec![
        secret.to_vec(),
        hex::encode(secret).into_bytes(),
        hex::encode_upper(secret).into_bytes(),
        decimal.join(",").into_bytes(),
    ];
    // In the middle of something longer it stands at one of three places of a group.
    for before in 0..3 {
        let padded = [vec![0; before], secret.to_vec()].concat();
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&padded).into_bytes();
            let (start, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
            all.push(encoded[start..end].to_vec());
        }
    }
    all
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn found(output: &str, secrets: &[(&str, Vec<u8>)]) -> Vec<String> {
    // Lists of bytes are printed with and without spaces.
    let (text, dense) = (output.as_bytes(), output.replace([' ', '\n'], ""));
    let is_in = |spelling: &Vec<u8>| holds(text, spelling) || holds(dense.as_bytes(), spelling);
    let leaks = secrets.iter().filter(|(_, secret)| spellings(secret).iter().any(is_in));
    leaks.map(|(name, _)| (*name).to_owned()).collect()
}

#[test]
fn every_spelling_is_found() {
    let secret = b"open sesame".to_vec();
    let secrets = [("password", secret.clone())];
    let framed = [b"xy=", secret.as_slice(), b"&z"].concat();
    for leak in [
        format!("a panic: {}", String::from_utf8_lossy(&framed)),
        format!("{framed:?}"),
        format!("{framed:#?}"),
        hex::encode(&framed),
        hex::encode_upper(&framed),
        STANDARD_NO_PAD.encode(&framed),
        STANDARD_NO_PAD.encode(&framed[1..]),
        URL_SAFE_NO_PAD.encode(&framed[2..]),
        format!("{:?}", String::from_utf8_lossy(&framed)),
    ] {
        assert_eq!(found(&leak, &secrets), ["password"], "{leak}");
    }
    assert!(found("open the sesame", &secrets).is_empty());
}

fn bot(sandbox: &Sandbox, provider: &Provider) -> BotFile {
    sandbox.add_bot(TOKEN, "elweshaq_bot");
    BotFile {
        token: TOKEN.to_owned(),
        extra: "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into(),
        telegram: "proxy = { file = \"proxy.secret\" }".into(),
        tables: "[[providers]]\nname = \"signed\"\nmode = \"webhook\"\nadapter = \"plivo\"\n\
            webhook_token = { env = \"SIGNING_KEY\" }\n[limits]\npresses_per_minute = 1000"
            .into(),
        provider: format!(
            "mode = \"both\"\nurl = \"{}\"\ninterval_sec = 1\nwebhook_token = {{ file = \"hook.secret\" }}",
            provider.url
        ),
        ..BotFile::new(sandbox, "elweshaq", 100_002)
    }
}

/// Rents, gets a code by webhook and one by polling; posts with a wrong token and a broken body; and the
/// provider refuses, repeating the key.
async fn customers(farm: &FarmProcess, [ahmed, mona]: [&Visitor; 2], provider: &Provider) {
    let number = reserve(ahmed).await;
    let url = format!("http://{}/hooks/elweshaq/sms1", farm.http);
    let message = json!({"messages": [{"to": number, "service": "WhatsApp", "text": format!("code {CODE}")}]});
    let post = async |token: &str, body: String| {
        http().post(&url).bearer_auth(token).body(body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post(CLEAR, message.to_string()).await, 401);
    assert_eq!(post(HOOK_TOKEN, format!("{{ {CLEAR}")).await, 400);
    assert_eq!(post(HOOK_TOKEN, message.to_string()).await, 200);
    ahmed.sees(CODE).await.unwrap();
    let forged = http().post(url.replace("sms1", "signed")).header("x-plivo-signature-v3", CLEAR).body("Text=1");
    assert_eq!(forged.send().await.unwrap().status(), 401);
    reserve(mona).await;
    for mood in [Mood::Status(500), Mood::Status(401), Mood::Body(READ_KEY.into()), Mood::Honest] {
        provider.set(mood);
        let polls = provider.polls();
        eventually("it was read", || async { (provider.polls() > polls).then_some(()) }).await;
    }
    assert_eq!(provider.authorization().unwrap(), format!("Bearer {READ_KEY}"));
}

/// A wrong and the right password, a provider with a key, two bots by their tokens, one that is created here.
async fn owners(owner: &Visitor) {
    let answer = async |text: &str, next: &str| {
        owner.send(text);
        last(owner, next).await;
    };
    owner.send("/admin");
    owner.sees("أرسل كلمة مرور اللوحة").await.unwrap();
    answer(WRONG_PASSWORD, "كلمة المرور غير صحيحة").await;
    enter(owner).await;
    stock_and_news(owner).await;
    another_password(owner).await;
    go(owner, "🔌", "🟢 يعمل · 🔴 متوقف").await;
    go(owner, "➕ مزود يُقرأ", "ما اسم المزود؟").await;
    answer("mine", "ما عنوان قراءة الرسائل؟").await;
    answer("http://127.0.0.1:9/messages", "أرسل مفتاح القراءة").await;
    answer(PANEL_KEY, "كل كم ثانية").await;
    answer("5", "راجع ثم احفظ").await;
    go(owner, "✅ حفظ", "يُقرأ كل").await;
    go(owner, "🧪", "لم ينجح الاختبار").await;
    for (token, name, next) in
        [(REVOKED_TOKEN, "@nobody_bot", "بوتاتك على هذه المزرعة"), (NEW_TOKEN, "@another_bot", "ويرد خلال ثوانٍ")]
    {
        home(owner).await;
        go(owner, "🤖", "بوتاتك على هذه المزرعة").await;
        go(owner, "➕ إضافة بوت", "أرسل رمز البوت").await;
        answer(token, "ما @اسم البوت؟").await;
        answer(name, "كلمة مرور لوحة البوت الجديد").await;
        answer(PASSWORD, "راجع ثم احفظ").await;
        owner.press("✅ حفظ").await.unwrap();
        owner.sees(next).await.unwrap();
    }
    home(owner).await;
    go(owner, "🤖", "بوتاتك على هذه المزرعة").await;
    owner.press("✨ إنشاء بوت").await.unwrap();
    owner.sees("يُنشأ البوت من هنا").await.unwrap();
    owner.create_bot(100_011, "made_bot").unwrap();
    last(owner, "كلمة مرور لوحة البوت الجديد").await;
    answer(PASSWORD, "راجع ثم احفظ").await;
    owner.press("✅ حفظ").await.unwrap();
    last(owner, "ويرد خلال ثوانٍ").await;
}

/// A file of numbers, one of which holds what it should not, and a message to everybody.
async fn stock_and_news(owner: &Visitor) {
    let rows = format!("service,country_code,phone_number\nWhatsApp,20,+201000000003\nWhatsApp,20,{CLEAR}\n");
    go(owner, "🔢", "أرقام أي دولة؟").await;
    go(owner, "📥", "أرسل ملف CSV").await;
    owner.send_file("numbers.csv", "text/csv", telegram_sandbox::Contents::of(&rows));
    owner.sees("✅ \u{2068}numbers.csv").await.unwrap();
    owner.sees("الأسطر المرفوضة").await.unwrap();
    home(owner).await;
    go(owner, "📣", "📣").await;
    go(owner, "➕ رسالة جماعية", "أرسل نص الرسالة").await;
    owner.send("news for all");
    last(owner, "هكذا ستصل الرسالة").await;
    owner.press("📣 أرسل الآن").await.unwrap();
    owner.sees("✅ تم الإرسال").await.unwrap();
}

/// The panel's password, changed in the panel; the one before opens it no more.
async fn another_password(owner: &Visitor) {
    home(owner).await;
    go(owner, "⚙️", "قيمة اللوحة تغلب").await;
    owner.press("⏭️").await.unwrap();
    owner.wait_for(|m| m.button("كلمة مرور اللوحة: •••").is_some()).await.unwrap();
    go(owner, "كلمة مرور اللوحة: •••", "المصدر").await;
    go(owner, "✏️", "8 أحرف على الأقل").await;
    owner.send(CHANGED_PASSWORD);
    last(owner, "عند الحفظ تنتهي كل الجلسات").await;
    owner.press("✅ حفظ").await.unwrap();
    last(owner, "يسري ذلك فورًا").await;
    eventually("asked again", || async {
        owner.send("/admin");
        let asked = last(owner, "أرسل كلمة مرور اللوحة");
        tokio::time::timeout(std::time::Duration::from_secs(5), asked).await.ok()
    })
    .await;
    owner.send(PASSWORD);
    last(owner, "كلمة المرور غير صحيحة").await;
    owner.send(CHANGED_PASSWORD);
    last(owner, "ماذا تريد أن تفعل؟").await;
}

/// A phone that posts to a secret address, with a body and without one; gives the secret part.
async fn phone(farm: &FarmProcess, owner: &Visitor) -> String {
    home(owner).await;
    go(owner, "🔌", "🟢 يعمل · 🔴 متوقف").await;
    go(owner, "➕ مزود يُرسل", "ما اسم المزود؟").await;
    owner.send("phone");
    last(owner, "ما نوع المصدر؟").await;
    go(owner, "Incoming SMS to URL", "أرسل الرمز أو مفتاح التوقيع").await;
    go(owner, "⏭", "راجع ثم احفظ").await;
    go(owner, "✅ حفظ", "/hooks/elweshaq/phone/").await;
    let shown = owner.messages().into_iter().rfind(|m| m.text.contains("/hooks/elweshaq/phone/")).unwrap();
    let secret: String =
        shown.text.split("/phone/").nth(1).unwrap().chars().take_while(char::is_ascii_hexdigit).collect();
    let url = format!("http://{}/hooks/elweshaq/phone/{secret}", farm.http);
    for body in ["{\"from\": \"INFO\", \"text\": \"hello\"}", "{"] {
        eventually("it is taken or refused", || async {
            let answer = http().post(&url).header("content-type", "application/json").body(body).send().await.ok()?;
            (answer.status() == 200 || answer.status() == 400).then_some(())
        })
        .await;
    }
    secret
}

/// Everything that the command line and the health routes tell.
async fn told(farm: &FarmProcess) -> String {
    let mut told = String::new();
    std::fs::write(farm.path("careless.toml"), format!("token = \"{CLEAR}\"\ntokn = \"{CLEAR}\"\n")).unwrap();
    let verbs = "check|check --format json|check --values|status|status --json|status --bot elweshaq|doctor|\
                 audit --bot elweshaq|provider test --bot elweshaq --provider sms1|\
                 provider test --bot elweshaq --provider mine|export --bot elweshaq users|\
                 export --bot elweshaq audit|export --bot elweshaq ledger|seal --bot elweshaq --field token|\
                 credit --bot nobody --user 1 1|migrate|rekey|--help|run --help|run --lease x";
    for verb in verbs.split('|') {
        let args: Vec<&str> = verb.split_whitespace().collect();
        told.push_str(&farm.verb(&args).await.0);
    }
    for path in ["metrics", "status", "healthz", "readyz"] {
        told.push_str(&http().get(format!("http://{}/{path}", farm.http)).send().await.unwrap().text().await.unwrap());
    }
    let backups = farm.directory.path().join("backups");
    let backup = ["backup", "--bot", "elweshaq", backups.to_str().unwrap()];
    told.push_str(&farm.verb(&backup).await.0);
    told.push_str(&std::fs::read_to_string(backups.join("elweshaq.toml")).unwrap());
    told.push_str(&farm.verb(&["drop-bot", "elweshaq", "--yes", "elweshaq"]).await.0);
    let client = postgres::connect(&farm.url).await;
    for table in ["bot_elweshaq.audit_log", "farm.hosts", "farm.definitions", "farm.leases", "farm.files"] {
        for row in client.query(&format!("SELECT t::text FROM {table} t"), &[]).await.unwrap() {
            told.push_str(row.get::<_, &str>(0));
        }
    }
    told
}

// SPEC: F6, S2
#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_comes_out_of_a_farm_that_logs_everything() {
    let (sandbox, provider) = (Sandbox::start().await.unwrap(), Provider::start().await);
    let bot = bot(&sandbox, &provider);
    sandbox.add_bot(NEW_TOKEN, "another_bot");
    sandbox.let_manage(bot.id(), true);
    let loud = "trace,tokio_postgres=trace,grammers_mtsender=trace,grammers_client::client=trace,hyper=trace,\
                reqwest=trace,botfarm::telegram=trace,diesel=trace";
    let url = postgres::fresh_database().await;
    let settings = [
        ("BOTFARM_LOG", loud),
        ("RUST_BACKTRACE", "full"),
        ("TELEGRAM_API_HASH", API_HASH),
        ("PROVIDER_SMS1_API_KEY", READ_KEY),
        ("SIGNING_KEY", SIGNING_KEY),
        ("BOTFARM_PRIVATE_PROVIDERS", "true"),
    ];
    let mut farm = FarmProcess::prepare(&format!("{url} password={DATABASE_PASSWORD}"), &settings);
    bot.write(&farm.path(""), &sandbox);
    let template = format!(
        "[telegram]\nserver = \"custom\"\naddress = \"{}\"\nauth_key = {{ file = \"{{slug}}.key.secret\" }}\n",
        sandbox.address()
    );
    std::fs::write(farm.path(".new-bot.toml"), template).unwrap();
    let keys = [bot.auth_key.clone(), sandbox.issue_key(), sandbox.issue_key(), sandbox.issue_key()];
    for (slug, key) in ["another_bot", "nobody_bot", "made_bot"].iter().zip(&keys[1..]) {
        std::fs::write(farm.path(&format!("{slug}.key.secret")), key).unwrap();
    }
    let (proxy, _) = socks5([127, 0, 0, 9]).await;
    std::fs::write(farm.path("proxy.secret"), format!("socks5://someone:{PROXY_PASSWORD}@{proxy}")).unwrap();
    farm.log_to("farm.log");
    farm.start_again();
    farm.wait_running("elweshaq").await;
    let csv = farm.directory.path().join("numbers.csv");
    std::fs::write(&csv, "service,country_code,phone_number\nWhatsApp,20,+201000000001\nWhatsApp,20,+201000000002\n")
        .unwrap();
    farm.verb(&["import", "--bot", "elweshaq", csv.to_str().unwrap()]).await;
    for user in ["501", "502"] {
        farm.verb(&["credit", "--bot", "elweshaq", "--user", user, "90"]).await;
    }
    let visitor = |id: i64, name: &str| sandbox.visitor(bot.id(), id, name, "ar");
    let (owner, ahmed, mona) = (visitor(700, "Owner"), visitor(501, "Ahmed"), visitor(502, "Mona"));
    customers(&farm, [&ahmed, &mona], &provider).await;
    owners(&owner).await;
    let url_key = phone(&farm, &owner).await;
    farm.wait_running("another_bot").await;
    farm.wait_running("made_bot").await;
    let made = sandbox.token(100_011).unwrap();
    owner.renew_token(100_011);
    last(&owner, "تغيّر رمز").await;
    let renewed = sandbox.token(100_011).unwrap();
    farm.wait_running("made_bot").await;
    // The Telegram library panics, the token is refused, another key seals.
    sandbox.garble(bot.id(), true);
    sandbox.cut(bot.id());
    eventually("it has failed", || async { (!farm.running().await.contains(&bot.slug)).then_some(()) }).await;
    let mut told = told(&farm).await;
    sandbox.garble(bot.id(), false);
    sandbox.revoke(bot.id());
    sandbox.cut(bot.id());
    told.push_str(&farm.verb(&["rekey", "--new"]).await.0);
    let farm_key = std::fs::read_to_string(farm.directory.path().join("data/farm.key")).unwrap();
    eventually("its token is refused", || async {
        farm.status().await.to_string().contains("ACCESS_TOKEN_INVALID").then_some(())
    })
    .await;
    told.push_str(&farm.status().await.to_string());
    farm.terminate().await;

    let log = farm.log();
    for sign in ["DEBUG", "panicked at", "elweshaq", "ACCESS_TOKEN_INVALID"] {
        assert!(log.contains(sign), "the log does not say {sign}");
    }
    let mut secrets: Vec<(&str, Vec<u8>)> = [
        TOKEN,
        NEW_TOKEN,
        REVOKED_TOKEN,
        &TOKEN[7..],
        &NEW_TOKEN[7..],
        PASSWORD,
        WRONG_PASSWORD,
        HOOK_TOKEN,
        READ_KEY,
        PANEL_KEY,
        CHANGED_PASSWORD,
        PROXY_PASSWORD,
        SIGNING_KEY,
        DATABASE_PASSWORD,
        API_HASH,
        CLEAR,
        &url_key,
        &made,
        &made[7..],
        &renewed,
        &renewed[7..],
    ]
    .map(|secret| (secret, secret.as_bytes().to_vec()))
    .into();
    secrets.extend(keys.iter().map(|key| ("a key to Telegram", hex::decode(&key[..64]).unwrap())));
    secrets.push(("the old key of the farm", vec![0x5a; 32]));
    secrets.push(("the farm's key", hex::decode(farm_key.trim()).unwrap()));
    assert_eq!(found(&told, &secrets), Vec::<String>::new(), "told by the command line or the health routes");
    secrets.push(("a code", CODE.as_bytes().to_vec()));
    assert_eq!(found(&log, &secrets), Vec::<String>::new(), "in the log");
}

//! Sources in the panel: phones with secret addresses, their SIM lines, fields of JSON, words of services.

use crate::panel::{enter, farm, go, home, last};
use crate::rental::reserve;
use crate::support::{TestFarm, http};
use serde_json::json;
use telegram_sandbox::Visitor;

async fn at_the_providers(owner: &Visitor) {
    enter(owner).await;
    go(owner, "🔌", "🟢 يعمل · 🔴 متوقف").await;
}

async fn answer(owner: &Visitor, text: &str, next: &str) {
    owner.send(text);
    last(owner, next).await;
}

/// The path of the secret address that the newest screen shows.
fn address(owner: &Visitor) -> String {
    let shown = owner.messages().into_iter().rfind(|m| m.from_bot).unwrap().text;
    let at = shown.find("https://farm.example").expect("an address");
    let path = shown[at + "https://farm.example".len()..].split_whitespace().next().unwrap();
    path.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned()
}

async fn post(farm: &TestFarm, path: &str, code: &str) -> u16 {
    let body = json!({ "from": "WhatsApp", "text": format!("WhatsApp code {code}"), "sim": "SIM2", "device": "Pixel" });
    let url = format!("http://{}{path}", farm.http);
    http().post(url).body(body.to_string()).send().await.unwrap().status().as_u16()
}

// SPEC: A4, M5, M6
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_connects_a_phone_in_a_minute() {
    let (farm, bot) = farm().await;
    crate::panel_providers::telegram_service(&farm, &bot).await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 20).await);
    at_the_providers(&owner).await;
    go(&owner, "➕ مزود يُرسل", "ما اسم المزود؟").await;
    answer(&owner, "phone", "ما نوع المصدر؟").await;
    // What never posts is not offered.
    assert!(owner.messages().iter().all(|m| m.button("gammu-smsd").is_none()));
    go(&owner, "Incoming SMS to URL", "أرسل الرمز أو مفتاح").await;
    // Its user may set no secret: the address is one then.
    go(&owner, "⏭ تخطٍّ", "راجع ثم احفظ").await;
    go(&owner, "✅ حفظ", "https://farm.example/hooks/elweshaq/phone/").await;
    let first = address(&owner);
    assert!(first.len() > "/hooks/elweshaq/phone/".len() + 30, "{first}");
    owner.press("⬜ Telegram").await.unwrap();
    owner.wait_for(|m| m.button("✅ Telegram").is_some()).await.unwrap();
    assert_eq!(post(&farm, "/hooks/elweshaq/phone", "1").await, 401);
    assert_eq!(post(&farm, &first, "1").await, 200);
    // Its line is not known yet: the panel names it.
    go(&owner, "📱", "Pixel/SIM2").await;
    answer(&owner, "pixel/sim2 = 12", "بأرقام دولية صحيحة").await;
    answer(&owner, "pixel/sim2 = +20 100 000 0099", "📱 pixel/sim2 → \u{200e}+201000000099").await;
    ali.send("/start");
    ali.press("Telegram").await.unwrap();
    ali.press("مصر").await.unwrap();
    ali.press("📲").await.unwrap();
    ali.sees("+201000000099").await.unwrap();
    let body = json!({ "from": "Telegram", "text": "Telegram code 54321", "sim": "SIM2", "device": "Pixel" });
    let sent = http().post(format!("http://{}{first}", farm.http)).body(body.to_string()).send().await.unwrap();
    assert_eq!(sent.status(), 200);
    ali.sees("54321").await.unwrap();
    // What it posted last, and what became of it.
    go(&owner, "🧪", "آخر ما أرسله هذا المصدر").await;
    let shown = owner.sees("آخر ما أرسله هذا المصدر").await.unwrap().text;
    assert!(shown.contains("✅ 54321") && shown.contains("لا يوجد حجز مفتوح"), "{shown}");
    go(&owner, "🔙", "/hooks/elweshaq/phone/").await;
    // Another address: the first one is nobody's.
    go(&owner, "🔗", "عنوانًا سريًا جديدًا").await;
    go(&owner, "🔗 نعم", "/hooks/elweshaq/phone/").await;
    let second = address(&owner);
    assert_ne!(first, second);
    assert_eq!((post(&farm, &first, "2").await, post(&farm, &second, "2").await), (401, 200));
    // Secrets are in no audit row.
    let key = first.rsplit('/').next().unwrap();
    let leaks = format!("audit_log WHERE coalesce(before::text, '') || coalesce(after::text, '') LIKE '%{key}%'");
    assert_eq!(farm.count(&bot, &leaks).await, 0);
    assert_eq!(farm.count(&bot, "providers WHERE url_key LIKE 'v1.%'").await, 1);
    farm.finish(&[&bot]).await;
}

// SPEC: A4, M5
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_says_where_a_source_has_its_fields() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    crate::panel_providers::telegram_service(&farm, &bot).await;
    at_the_providers(&owner).await;
    go(&owner, "➕ مزود يُرسل", "ما اسم المزود؟").await;
    answer(&owner, "odd", "ما نوع المصدر؟").await;
    go(&owner, "JSON موقَّع HMAC", "أرسل الرمز أو مفتاح").await;
    answer(&owner, "hook-secret-9", "راجع ثم احفظ").await;
    go(&owner, "✅ حفظ", "/hooks/elweshaq/odd").await;
    owner.press("⬜ Telegram").await.unwrap();
    owner.wait_for(|m| m.button("✅ Telegram").is_some()).await.unwrap();
    go(&owner, "🧩", "اكتب مكان كل حقل").await;
    answer(&owner, "too = x", "بأسماء الحقول المذكورة").await;
    answer(&owner, "list = items\nto = nr\ntext = sms.0\nsignature_header = X-Odd", "/hooks/elweshaq/odd").await;
    let body = json!({ "items": [{ "nr": 201000000099_i64, "sms": ["Telegram code 54321"] }] }).to_string();
    let signature = {
        use hmac::{Hmac, KeyInit, Mac};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"hook-secret-9").unwrap();
        mac.update(body.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    };
    let url = format!("http://{}/hooks/elweshaq/odd", farm.http);
    let send = async |header: &str| {
        let sent = http().post(&url).header(header, &signature).body(body.clone()).send().await.unwrap();
        sent.status().as_u16()
    };
    assert_eq!((send("x-signature").await, send("x-odd").await), (401, 200));
    assert_eq!(
        farm.count(&bot, "provider_messages WHERE body = 'Telegram code 54321' AND reason = 'no_open_rental'").await,
        1
    );
    go(&owner, "🧩", "list = items").await;
    go(&owner, "⏭ تخطٍّ", "/hooks/elweshaq/odd").await;
    assert_eq!((send("x-signature").await, send("x-odd").await), (400, 401));
    farm.finish(&[&bot]).await;
}

// SPEC: A1, M2
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_says_by_which_words_messages_name_a_service() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    crate::panel_providers::telegram_service(&farm, &bot).await;
    enter(&owner).await;
    go(&owner, "🧩", "🟢 مفعّلة").await;
    go(&owner, "Telegram", "أسماء أخرى").await;
    go(&owner, "🔎", "تيليجرام").await;
    answer(&owner, "ط", "من كلمة إلى ثلاثين كلمة").await;
    answer(&owner, "الطائرة، =PLANE", "Telegram").await;
    assert_eq!(farm.count(&bot, "services WHERE words = '{الطائرة,=PLANE}'").await, 1);
    home(&owner).await;
    go(&owner, "🔌", "🟢 يعمل · 🔴 متوقف").await;
    go(&owner, "📄 sms1", "معرّف في ملف البوت").await;
    go(&owner, "🔬", "ألصق نص رسالة").await;
    answer(&owner, "رمز الطائرة: 54321", "لا تذكر الرسالة خدمة").await;
    owner.press("🔙").await.unwrap();
    owner.press("⬜ Telegram").await.unwrap();
    owner.wait_for(|m| m.button("✅ Telegram").is_some()).await.unwrap();
    go(&owner, "🔬", "ألصق نص رسالة").await;
    answer(&owner, "رمز الطائرة: 54321", "✅ \u{2068}Telegram\u{2069}: \u{2068}54321").await;
    farm.finish(&[&bot]).await;
}

// SPEC: A4
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_can_be_none_of_its_kind_is_refused_when_it_is_changed_too() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    at_the_providers(&owner).await;
    go(&owner, "➕ مزود يُرسل", "ما اسم المزود؟").await;
    answer(&owner, "telnyx", "ما نوع المصدر؟").await;
    go(&owner, "Telnyx", "أرسل الرمز أو مفتاح").await;
    answer(&owner, "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", "راجع ثم احفظ").await;
    go(&owner, "✅ حفظ", "/hooks/elweshaq/telnyx").await;
    go(&owner, "✏️ الرمز", "أرسل الرمز أو مفتاح").await;
    answer(&owner, "KEY0123456", "ليس هذا مفتاح Telnyx العام").await;
    farm.finish(&[&bot]).await;
}

// SPEC: M2
#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_a_service_that_is_not_sold_here_is_nobodys() {
    let (farm, bot) = farm().await;
    let ali = farm.visitor(&bot, 501, 20).await;
    let number = reserve(&ali).await;
    let send = async |from: &str, text: &str| {
        farm.post(&bot, "hook-token", vec![json!({ "to": number, "from": from, "text": text })]).await;
    };
    send("InfoSMS", "Instagram code 111111, or ask for one by WhatsApp").await;
    send("Instagram", "WhatsApp code 222222").await;
    send("MYBANK", "OTP 333333 to pay EUR 12.00 to WhatsApp").await;
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'ambiguous_service'").await, 1);
    assert_eq!(farm.count(&bot, "provider_messages WHERE reason = 'unknown_service'").await, 2);
    send("InfoSMS", "رمز واتساب الخاص بك: ٣١٤-١٥٩").await;
    ali.sees("314159").await.unwrap();
    farm.finish(&[&bot]).await;
}

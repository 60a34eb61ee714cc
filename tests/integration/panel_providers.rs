//! Providers in the panel: added, linked, tested, watched; unmatched messages assigned by hand.

use crate::panel::{enter, farm, last, step};
use crate::rental::reserve;
use crate::support::provider::Provider;
use crate::support::{BotFile, TestFarm, eventually};
use serde_json::json;
use telegram_sandbox::Visitor;

async fn answer(owner: &Visitor, text: &str, next: &str) {
    owner.send(text);
    last(owner, next).await;
}

async fn at_the_providers(owner: &Visitor) {
    enter(owner).await;
    step(owner, "🔌", "🟢 يعمل · 🔴 متوقف").await;
}

/// A service and a country that the panel has added, without a provider.
pub async fn telegram_service(farm: &TestFarm, bot: &BotFile) {
    use botfarm::service::shop::{self, CountryChange, ServiceChange};
    let (tenant, now) = (farm.tenant(bot), farm.app.clock.now());
    let service =
        ServiceChange { name: Some("Telegram".into()), default_price: Some(10.into()), ..ServiceChange::default() };
    let id = shop::add_service(&tenant, "test", &service, now).await.unwrap();
    let country = CountryChange {
        service_id: Some(id),
        country_name: Some("مصر".into()),
        country_code: Some("20".into()),
        ..CountryChange::default()
    };
    shop::add_country(&tenant, "test", &country, now).await.unwrap();
    let csv = "service,country_code,phone_number\nTelegram,20,+201000000099\n";
    crate::support::fill(&tenant, csv).await;
}

async fn rent_telegram(user: &Visitor) {
    user.send("/start");
    user.press("Telegram").await.unwrap();
    user.press("مصر").await.unwrap();
    user.press("📲").await.unwrap();
    user.sees("+201000000099").await.unwrap();
}

// SPEC: A4, M1, F6
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_adds_a_provider_that_is_read_and_a_code_arrives_by_it() {
    let (farm, bot) = farm().await;
    telegram_service(&farm, &bot).await;
    let provider = Provider::start().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 20).await);
    at_the_providers(&owner).await;
    step(&owner, "➕ مزود يُقرأ", "ما اسم المزود؟").await;
    answer(&owner, "my sms", "حروف لاتينية").await;
    answer(&owner, "sms1", "موجود من قبل، أرسل غيره").await;
    answer(&owner, "mine", "ما عنوان قراءة الرسائل؟").await;
    answer(&owner, "ftp://x", "ليس هذا عنوانًا").await;
    answer(&owner, &format!("{}?token=in-the-url", provider.url), "أرسل مفتاح القراءة").await;
    answer(&owner, "top-secret-key", "كل كم ثانية").await;
    answer(&owner, "0", "أرسل عددًا من 1 إلى 3600").await;
    answer(&owner, "١", "راجع ثم احفظ").await;
    let summary = owner.sees("راجع ثم احفظ").await.unwrap();
    assert!(summary.text.contains("•••") && !summary.text.contains("in-the-url"), "{}", summary.text);
    step(&owner, "✅ حفظ", "يُقرأ كل \u{2068}1\u{2069} ثانية").await;
    eventually("the key's messages are gone", || async {
        (!owner.messages().iter().any(|m| m.text.contains("top-secret-key"))).then_some(())
    })
    .await;
    assert_eq!(farm.count(&bot, "providers WHERE api_key LIKE 'v1.%'").await, 1);
    let leaks = "audit_log WHERE before::text || after::text LIKE '%secret%' OR after::text LIKE '%in-the-url%'";
    assert_eq!(farm.count(&bot, leaks).await, 0);
    owner.press("⬜ Telegram").await.unwrap();
    owner.wait_for(|m| m.button("✅ Telegram").is_some()).await.unwrap();
    step(&owner, "🔡", "أرسل نمط الكود").await;
    answer(&owner, "(", "النمط غير صالح").await;
    answer(&owner, "x*", "النمط غير صالح").await;
    answer(&owner, r"(\w{1,200}){1,200}x", "سيكون بطيئًا").await;
    answer(&owner, r"code (\d{4})", "يُقرأ كل").await;
    rent_telegram(&ali).await;
    provider.arrive(json!({ "to": "+201000000099", "text": "Telegram code 4321", "id": "m1" }));
    ali.sees("4321").await.unwrap();
    assert_eq!(provider.authorization().as_deref(), Some("Bearer top-secret-key"));
    step(&owner, "🧪", "وصل الرد، وفيه \u{2068}1").await;
    let tested = owner.sees("وصل الرد").await.unwrap().text;
    assert!(tested.contains("✅ 4321") && tested.contains("Telegram code 4321"), "{tested}");
    step(&owner, "🔙", "آخر قراءة ناجحة").await;
    farm.finish(&[&bot]).await;
}

// SPEC: A4, M2
#[tokio::test(flavor = "multi_thread")]
async fn a_message_can_be_tried_before_it_arrives() {
    let (farm, bot) = farm().await;
    let owner = farm.visitor(&bot, 700, 0).await;
    at_the_providers(&owner).await;
    step(&owner, "📄 sms1", "معرّف في ملف البوت").await;
    step(&owner, "🔬", "ألصق نص رسالة").await;
    answer(&owner, "Your WhatsApp code:\n١٢٣-٤٥٦", "✅ \u{2068}WhatsApp\u{2069}: \u{2068}123456").await;
    step(&owner, "🔬", "ألصق نص رسالة").await;
    answer(&owner, "Your code is 987654", "لا تذكر الرسالة خدمة").await;
    let said = owner.sees("لا تذكر الرسالة خدمة").await.unwrap().text;
    assert!(said.contains("987654"), "{said}");
    step(&owner, "🔬", "ألصق نص رسالة").await;
    answer(&owner, "WhatsApp says hello", "لا يوجد كود").await;
    farm.finish(&[&bot]).await;
}

// SPEC: A4, M6
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_adds_a_provider_that_posts_and_pauses_and_deletes_it() {
    let (farm, bot) = farm().await;
    telegram_service(&farm, &bot).await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 20).await);
    at_the_providers(&owner).await;
    step(&owner, "➕ مزود يُرسل", "ما اسم المزود؟").await;
    answer(&owner, "pushy", "ما نوع المصدر؟").await;
    answer(&owner, "nothing like it", "اختر النوع من الأزرار").await;
    // A key that can be none of its kind is refused before anything is saved.
    step(&owner, "Telnyx", "أرسل الرمز أو مفتاح").await;
    answer(&owner, "KEY0123456", "ليس هذا مفتاح Telnyx العام").await;
    owner.send("/cancel");
    owner.send("/admin");
    last(&owner, "ماذا تريد أن تفعل؟").await;
    step(&owner, "🔌", "🟢 يعمل · 🔴 متوقف").await;
    step(&owner, "➕ مزود يُرسل", "ما اسم المزود؟").await;
    answer(&owner, "pushy", "ما نوع المصدر؟").await;
    owner.press("JSON برمز Bearer").await.unwrap();
    last(&owner, "أرسل الرمز أو مفتاح").await;
    answer(&owner, "two words", "بلا مسافات").await;
    answer(&owner, "hook-secret-9", "راجع ثم احفظ").await;
    step(&owner, "✅ حفظ", "https://farm.example/hooks/elweshaq/pushy").await;
    // Its key would mean something else for another kind: a public key is nobody's secret.
    let shown = owner.sees("https://farm.example/hooks/elweshaq/pushy").await.unwrap();
    assert!(shown.button("✏️ الرمز").is_some() && shown.button("✏️ النوع").is_none());
    owner.press("⬜ Telegram").await.unwrap();
    owner.wait_for(|m| m.button("✅ Telegram").is_some()).await.unwrap();
    rent_telegram(&ali).await;
    let post = |token: &'static str| {
        let url = format!("http://{}/hooks/elweshaq/pushy", farm.http);
        let body = json!({ "messages": [{ "to": "+201000000099", "text": "Telegram 54321" }] }).to_string();
        async move {
            let sent = crate::support::http().post(url).bearer_auth(token).body(body).send().await.unwrap();
            sent.status().as_u16()
        }
    };
    assert_eq!(post("wrong").await, 401);
    // While a rental waits for it, it stays.
    step(&owner, "🗑 حذف", "حذف \u{2068}pushy").await;
    let (told, _) = owner.press("🗑 نعم").await.unwrap();
    assert!(told.text.unwrap().contains("حجوزات مفتوحة"));
    step(&owner, "🔙", "hooks/elweshaq/pushy").await;
    owner.press("⏸").await.unwrap();
    owner.wait_for(|m| m.button("▶️").is_some()).await.unwrap();
    // Paused: nobody rents, and the open rental still gets its code.
    assert_eq!(post("hook-secret-9").await, 200);
    ali.sees("54321").await.unwrap();
    ali.send("/start");
    eventually("the service is hidden", || async {
        let home = ali.messages().into_iter().rfind(|m| m.from_bot)?;
        (home.text.contains("اختر خدمة") && home.button("Telegram").is_none()).then_some(())
    })
    .await;
    step(&owner, "🗑 حذف", "حذف \u{2068}pushy").await;
    step(&owner, "🗑 نعم", "🟢 يعمل · 🔴 متوقف").await;
    eventually("its address is gone", || async { (post("hook-secret-9").await == 404).then_some(()) }).await;
    let acts =
        "audit_log WHERE action IN ('provider.add', 'provider.change', 'provider.delete') AND actor = 'owner:700'";
    assert_eq!(farm.count(&bot, acts).await, 3);
    farm.finish(&[&bot]).await;
}

// SPEC: M3, A4, B1
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_matched_nothing_is_assigned_by_hand_once_and_charged() {
    let (farm, bot) = farm().await;
    let (owner, ali) = (farm.visitor(&bot, 700, 0).await, farm.visitor(&bot, 501, 30).await);
    let number = reserve(&ali).await;
    let odd = json!({ "to": number, "from": "INFO", "text": "Use 778899 to sign in" });
    farm.post(&bot, "hook-token", vec![odd]).await;
    farm.post(&bot, "hook-token", vec![json!({ "to": "+201099999999", "service": "WhatsApp", "text": "12345" })]).await;
    at_the_providers(&owner).await;
    step(&owner, "📨", "رسائل وصلت ولم تطابق").await;
    step(&owner, "🔎", "اكتب جزءًا").await;
    owner.send("99999");
    owner.wait_for(|m| m.button("+201099999999").is_some() && m.button(&number).is_none()).await.unwrap();
    owner.press("✖️ 99999").await.unwrap();
    owner.wait_for(|m| m.button("+201099999999").is_some() && m.button(&number).is_some()).await.unwrap();
    step(&owner, "+201099999999", "لا يوجد حجز مفتوح لهذا الرقم").await;
    step(&owner, "🔙", "رسائل وصلت ولم تطابق").await;
    step(&owner, &number, "لا تذكر الرسالة خدمة").await;
    step(&owner, "🧾 501", "ما الكود؟").await;
    answer(&owner, "كود", "ليس هذا كودًا").await;
    owner.press("✅ الكود 778899").await.unwrap();
    ali.sees("778899").await.unwrap();
    assert_eq!(farm.count(&bot, "transactions WHERE type = 'purchase' AND amount = -10").await, 1);
    assert_eq!(farm.count(&bot, "provider_messages WHERE outcome = 'completed' AND reason = 'by_hand'").await, 1);
    assert_eq!(farm.count(&bot, "audit_log WHERE action = 'message.assign' AND actor = 'owner:700'").await, 1);
    assert_eq!(farm.count(&bot, "audit_log WHERE after::text LIKE '%778899%'").await, 0);
    farm.finish(&[&bot]).await;
}

// SPEC: A4
#[tokio::test(flavor = "multi_thread")]
async fn an_owner_cannot_name_machines_of_the_farms_own_network() {
    let mut farm = TestFarm::new().await;
    farm.stop().await;
    farm.app.fetcher = botfarm::provider::fetch::Fetcher::new(false).unwrap();
    farm.restart().await;
    let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into();
    farm.add(&bot).await;
    let owner = farm.visitor(&bot, 700, 0).await;
    at_the_providers(&owner).await;
    step(&owner, "➕ مزود يُقرأ", "ما اسم المزود؟").await;
    answer(&owner, "inside", "ما عنوان قراءة الرسائل؟").await;
    for inside in ["http://127.0.0.1:5432/", "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://0x7f.1/"] {
        owner.send(inside);
        last(&owner, "داخل شبكة الخادم نفسه").await;
    }
    // A name that stands for such a machine is found out when it is read.
    use botfarm::provider::fetch::{FetchError, Reach};
    let read = farm.app.fetcher.body("http://localhost.localdomain:1/", Reach::Public).await;
    assert!(matches!(read, Err(FetchError::Private | FetchError::Connection(_))), "{read:?}");
    let guarded = farm.app.fetcher.body("http://127.0.0.1:1/", Reach::Public).await;
    assert_eq!(guarded, Err(FetchError::Private));
    farm.finish(&[&bot]).await;
}

// SPEC: A0, A4
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_of_a_bot_with_many_services_is_shown_in_pages() {
    use botfarm::service::shop::{self, ServiceChange};
    let (farm, bot) = farm().await;
    let (tenant, now) = (farm.tenant(&bot), farm.app.clock.now());
    for n in 0..120 {
        let price = Some(10.into());
        let service = ServiceChange { name: Some(format!("Service {n}")), default_price: price, ..Default::default() };
        let id = shop::add_service(&tenant, "test", &service, now).await.unwrap();
        shop::set_link(&tenant, "test", id, 1, true, now).await.unwrap();
    }
    let owner = farm.visitor(&bot, 700, 0).await;
    at_the_providers(&owner).await;
    step(&owner, "📄 sms1", "معرّف في ملف البوت").await;
    owner.wait_for(|m| m.button("✅ Service 8").is_some() && m.button("Service 9").is_none()).await.unwrap();
    owner.press("⏭️").await.unwrap();
    owner.wait_for(|m| m.button("✅ Service 18").is_some()).await.unwrap();
    // What was changed stays in sight.
    owner.press("✅ Service 15").await.unwrap();
    owner.wait_for(|m| m.button("⬜ Service 15").is_some()).await.unwrap();
    farm.finish(&[&bot]).await;
}

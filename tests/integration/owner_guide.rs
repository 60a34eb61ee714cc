//! `docs/OWNER.md` and `docs/OWNER.ar.md` show the panel in pictures of its screens. This walks
//! through the panel in both languages and holds the pictures against what is on the screen:
//! `UPDATE_SCREENS=1` draws them anew, then look at them.

use crate::support::provider::Provider;
use crate::support::screen::Screen;
use crate::support::svg::svg;
use crate::support::{BotFile, TestFarm, eventually};
use regex::Regex;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use telegram_sandbox::{Action, Contents, Message, Profile, Visitor};

/// A walk through the panel: presses, answers, and the screens that were seen.
struct Walk {
    owner: Visitor,
    arabic: bool,
    screens: Vec<(&'static str, Screen)>,
    /// Every button that was seen.
    labels: BTreeSet<String>,
}

impl Walk {
    /// The newest screen; keyboards and files stand beside it.
    fn newest(&self) -> Option<Message> {
        self.owner.messages().into_iter().rfind(|m| m.from_bot && !m.rows().is_empty())
    }

    fn word(&self, arabic: &'static str, english: &'static str) -> &'static str {
        if self.arabic { arabic } else { english }
    }

    /// Waits until the newest message is another than this.
    async fn after(&mut self, before: Option<&Message>) -> Message {
        let look = |m: &Message| (m.id, m.text.clone(), format!("{:?}", m.markup));
        let before = before.map(look);
        let now =
            eventually("the next screen", || async { self.newest().filter(|now| Some(look(now)) != before) }).await;
        self.labels.extend(now.rows().into_iter().flatten().map(|b| b.label));
        now
    }

    /// Presses the newest message's button with this in its label.
    async fn press(&mut self, part: &str) -> Message {
        let has = || async { self.newest().filter(|m| m.button(part).is_some()) };
        let before = eventually(part, has).await;
        let Action::Callback(data) = before.button(part).unwrap().action else { panic!("{part} tells nothing") };
        self.owner.answer(self.owner.press_data(before.id, &data)).await.unwrap();
        self.after(Some(&before)).await
    }

    /// Presses, and keeps the screen.
    async fn show(&mut self, part: &str, name: &'static str) {
        let message = self.press(part).await;
        self.keep(name, &message);
    }

    /// Answers a question.
    async fn say(&mut self, text: &str) -> Message {
        let before = self.newest();
        self.owner.send(text);
        self.after(before.as_ref()).await
    }

    fn keep(&mut self, name: &'static str, message: &Message) {
        self.screens.push((name, Screen::from(message).map(settled)));
    }

    async fn home(&mut self) -> Message {
        self.say("/admin").await
    }
}

/// What differs each time is shown as it was on one day.
fn settled(text: &str) -> String {
    let moment = Regex::new(r"\d{1,2} (\S+) 20\d\d([،,]) \d\d:\d\d").unwrap();
    let days = Regex::new(r"\d{1,2} \S+ – \d{1,2} (\S+) 20\d\d").unwrap();
    let text = moment.replace_all(text, "24 $1 2026$2 18:30");
    let text = days.replace_all(&text, "18 – 24 $1 2026").into_owned();
    let address = Regex::new(r"http://127\.0\.0\.1:\d+").unwrap();
    let text = address.replace_all(&text, "https://sms.example");
    let secret = Regex::new(r"/phone/[0-9a-f]{32}").unwrap();
    let text = secret.replace_all(&text, "/phone/5f0c9a7e1b3d48629ac41f7d0e6b8352").into_owned();
    let month = Regex::new(&format!("({})", MONTHS.join("|"))).unwrap();
    month
        .replace_all(&text, |found: &regex::Captures<'_>| if found[0].is_ascii() { "November" } else { "نوفمبر" })
        .into_owned()
}

const MONTHS: [&str; 24] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

/// A reserved number, by the signs on the buttons: they are the same in every language.
async fn reserve(user: &Visitor) -> String {
    user.send("/start");
    for sign in ["🟢", "🇪🇬", "📲"] {
        let has = || async { user.messages().into_iter().rfind(|m| m.from_bot).filter(|m| m.button(sign).is_some()) };
        eventually(sign, has).await;
        user.press(sign).await.unwrap();
    }
    let reserved = user.wait_for(|m| m.button("❌").is_some()).await.unwrap();
    reserved.codes()[0].clone()
}

/// A bot with an owner, and a user whose code came without a rental that it matches.
async fn stage(language: &'static str) -> (TestFarm, BotFile, Walk) {
    let (farm, bot) = TestFarm::with_bot_like(3, |bot| {
        bot.language = language;
        bot.extra = "owners = [700]\nadmin_password = { file = \"panel.secret\" }".into();
        bot.tables =
            "[currency]\ncode = \"EGP\"\nar = \"جنيه\"\nen = \"EGP\"\n[limits]\nbroadcast_per_second = 1000".into();
        if language == "en" {
            bot.brand = "Weshaq".into();
        }
    })
    .await;
    farm.sandbox.add_channel(9001, if language == "ar" { "الأخبار" } else { "News" }, Some("elweshaq_news"));
    farm.sandbox.set_channel_admin(9001, bot.id(), true);
    farm.sandbox.let_manage(bot.id(), true);
    let ali = farm.visitor(&bot, 501, 30).await;
    let number = reserve(&ali).await;
    farm.sms(&bot, &number, "314159").await;
    ali.sees("🔐").await.unwrap();
    let waiting = reserve(&ali).await;
    let text = if language == "ar" { "رمزك هو 778899" } else { "Use 778899 to sign in" };
    let odd = serde_json::json!({ "to": waiting, "from": "INFO", "text": text });
    assert_eq!(farm.post(&bot, "hook-token", vec![odd]).await.0, 200);
    let name = if language == "ar" { "سارة" } else { "Sara" };
    let profile = Profile { first_name: name, username: Some("sara"), language: Some(language), deleted: false };
    let owner = farm.sandbox.visitor_like(bot.id(), 700, &profile);
    let walk = Walk { owner, arabic: language == "ar", screens: Vec::new(), labels: BTreeSet::new() };
    (farm, bot, walk)
}

async fn door(walk: &mut Walk) {
    walk.owner.send("/admin");
    let asked = walk.owner.sees("🔐").await.unwrap();
    walk.keep("password", &asked);
    let home = walk.say("open sesame").await;
    walk.keep("home", &home);
}

async fn services(walk: &mut Walk) {
    walk.show("🧩", "services").await;
    walk.show("➕", "service-name").await;
    walk.say("Telegram").await;
    walk.say("✈️").await;
    walk.say("12.50").await;
    walk.press("⏭").await;
    walk.say(walk.word("تيليجرام، TG", "TG, tele")).await;
    walk.show("⏭", "service-summary").await;
    walk.show("✅", "service-unlinked").await;
    walk.show("⬜ 🔌", "service").await;
    walk.press("🌍").await;
    walk.press("➕").await;
    walk.say(walk.word("مصر", "Egypt")).await;
    walk.say("20").await;
    walk.say("🇪🇬").await;
    walk.press("⏭").await;
    walk.show("✅", "country").await;
    walk.show("🔙", "countries").await;
    walk.press("🔙").await;
    walk.show("🗑", "service-delete").await;
}

async fn numbers(walk: &mut Walk) {
    walk.home().await;
    walk.show("🔢", "numbers").await;
    walk.show("📥", "upload").await;
    let rows = "Telegram,20,+201000000101,\nTelegram,20,01000000102,9.50\nTelegram,20,2.01E+11,\n";
    let file = format!("service,country_code,phone_number,price_override\n{rows}");
    walk.owner.send_file("stock.csv", "text/csv", Contents::of(file));
    let done = walk.owner.sees("✅ \u{2068}stock.csv").await.unwrap();
    walk.keep("import-done", &done);
    walk.owner.wait_for(|m| m.file().is_some()).await.unwrap();
    walk.home().await;
    walk.press("🔢").await;
    walk.show("WhatsApp", "country-numbers").await;
    walk.show("+201000000003", "number").await;
    walk.press("🔙").await;
    walk.show("🗑", "numbers-delete").await;
}

async fn providers(walk: &mut Walk, farm: &TestFarm, bot: &BotFile) {
    let bank = Provider::start().await;
    bank.arrive(serde_json::json!({ "to": "+201000000101", "text": "Telegram code 54321", "id": "m1" }));
    walk.home().await;
    walk.show("🔌", "providers").await;
    walk.show(walk.word("➕ مزود يُقرأ", "➕ Provider to read"), "provider-name").await;
    walk.say("simbank").await;
    walk.say(&bank.url).await;
    walk.say("key-of-the-bank").await;
    let summary = walk.say("5").await;
    walk.keep("provider-summary", &summary);
    walk.press("✅").await;
    eventually("it was read", || async {
        (farm.count(bot, "providers WHERE name = 'simbank' AND answered_at IS NOT NULL").await == 1).then_some(())
    })
    .await;
    walk.show("⬜ Telegram", "provider").await;
    walk.show("🔬", "provider-try").await;
    let tried = walk.say("Telegram code 54321").await;
    walk.keep("provider-tried", &tried);
    walk.press("🔙").await;
    walk.show("🧪", "provider-tested").await;
    walk.home().await;
    walk.press("🔌").await;
    walk.show("📨", "inbox").await;
    walk.show("778899", "inbox-message").await;
    walk.show("🧾", "inbox-assign").await;
}

/// A phone that posts to a secret address, and the number of its SIM card.
async fn phone(walk: &mut Walk) {
    walk.home().await;
    walk.press("🔌").await;
    walk.press(walk.word("➕ مزود يُرسل", "➕ Provider that posts")).await;
    let kinds = walk.say("phone").await;
    walk.keep("provider-kinds", &kinds);
    walk.press("Incoming SMS to URL").await;
    walk.press("⏭").await;
    walk.press("✅").await;
    walk.show("📱", "lines").await;
    let known = walk.say("sim1 = +201000000101").await;
    walk.keep("phone", &known);
}

async fn people(walk: &mut Walk) {
    walk.home().await;
    walk.show("👥", "users").await;
    walk.show("501", "user").await;
    walk.show("➕", "user-credit").await;
    walk.home().await;
    walk.show("📣", "broadcasts").await;
    walk.show("➕", "broadcast-text").await;
    let ready = walk.say(walk.word("عرض اليوم: خصم على كل الدول", "Today: every country for less")).await;
    walk.keep("broadcast-ready", &ready);
    walk.press("📣").await;
    let done = walk.owner.wait_for(|m| m.text.starts_with("📣 \u{2068}✅")).await.unwrap();
    walk.keep("broadcast-done", &done);
    walk.home().await;
    walk.press("📢").await;
    walk.show("➕", "channel-which").await;
    walk.say("@elweshaq_news").await;
    walk.say("5").await;
    walk.press(walk.word("مرة واحدة", "once")).await;
    walk.show("🔓", "channel-summary").await;
    walk.show("✅", "channels").await;
}

async fn the_rest(walk: &mut Walk) {
    walk.home().await;
    walk.show("📊", "statistics").await;
    walk.press("🔙").await;
    walk.show("📤", "export").await;
    walk.press("🔙").await;
    walk.press("📜").await;
    walk.show("💰", "audit-money").await;
    walk.show("501", "audit-movement").await;
    walk.home().await;
    walk.show("⚙️", "settings").await;
    walk.show(walk.word("مهلة وصول الكود", "Time limit"), "setting").await;
    walk.press("🔙").await;
    walk.press("✍️").await;
    walk.show("👋", "text").await;
    walk.home().await;
    walk.press("🤖").await;
    walk.show("elweshaq", "bot").await;
    walk.press("🔙").await;
    walk.show("✨", "bot-create").await;
    walk.press("🔙").await;
    walk.show("➕", "bot-token").await;
    walk.home().await;
    walk.press("🧑‍💼").await;
    walk.press("➕").await;
    walk.say("501").await;
    walk.show("✅", "admin").await;
    walk.home().await;
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The pictures are those of the screens, the guide shows all of them, and the buttons that it
/// names exist.
fn holds(walk: &Walk, language: &str, guide: &str) {
    let directory = docs().join("screens").join(language);
    let update = std::env::var_os("UPDATE_SCREENS").is_some();
    std::fs::create_dir_all(&directory).unwrap();
    let mut differ = Vec::new();
    for (name, screen) in &walk.screens {
        let (path, drawn) = (directory.join(format!("{name}.svg")), svg(screen, walk.arabic));
        if update {
            std::fs::write(&path, &drawn).unwrap();
        }
        if std::fs::read_to_string(&path).ok() != Some(drawn) {
            differ.push(*name);
        }
    }
    assert!(differ.is_empty(), "the pictures of {differ:?} are not the screens: UPDATE_SCREENS=1, then look");
    let text = std::fs::read_to_string(docs().join(guide)).unwrap();
    let all = |pattern: String| -> BTreeSet<String> {
        Regex::new(&pattern).unwrap().captures_iter(&text).map(|found| found[1].to_owned()).collect()
    };
    let kept: BTreeSet<String> = walk.screens.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(all(format!(r"\]\(screens/{language}/([a-z-]+)\.svg\)")), kept);
    let files = std::fs::read_dir(&directory).unwrap().flatten();
    let files: BTreeSet<String> =
        files.map(|f| f.file_name().to_string_lossy().trim_end_matches(".svg").to_owned()).collect();
    assert_eq!(files, kept, "pictures of no screen");
    let unknown: Vec<String> =
        all(r"\*\*([^*]+)\*\*".into()).into_iter().filter(|label| !walk.labels.contains(label)).collect();
    assert!(unknown.is_empty(), "no button has these labels: {unknown:?}");
}

async fn walked(language: &'static str) -> (TestFarm, BotFile, Walk) {
    let (farm, bot, mut walk) = stage(language).await;
    door(&mut walk).await;
    services(&mut walk).await;
    numbers(&mut walk).await;
    providers(&mut walk, &farm, &bot).await;
    phone(&mut walk).await;
    people(&mut walk).await;
    the_rest(&mut walk).await;
    (farm, bot, walk)
}

/// Every act of the walk stands in the log with what was before, or after.
async fn acts_are_told(farm: &TestFarm, bot: &BotFile) {
    let acts = "audit_log WHERE actor = 'owner:700'";
    assert!(farm.count(bot, acts).await > 8);
    let bare = format!("{acts} AND before IS NULL AND after IS NULL AND action <> 'panel.sign_in'");
    assert_eq!(farm.count(bot, &bare).await, 0);
}

fn text(walk: &Walk) -> String {
    walk.screens.iter().map(|(name, screen)| format!("== {name}\n{}", screen.reviewed())).collect::<Vec<_>>().join("\n")
}

// SPEC: A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13
#[tokio::test(flavor = "multi_thread")]
async fn the_arabic_guide_shows_the_screens_as_they_are() {
    let (farm, bot, walk) = walked("ar").await;
    insta::assert_snapshot!("the_arabic_panel", text(&walk));
    holds(&walk, "ar", "OWNER.ar.md");
    acts_are_told(&farm, &bot).await;
    farm.finish(&[&bot]).await;
}

// SPEC: A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11, A12, A13
#[tokio::test(flavor = "multi_thread")]
async fn the_english_guide_shows_the_screens_as_they_are() {
    let (farm, bot, walk) = walked("en").await;
    insta::assert_snapshot!("the_english_panel", text(&walk));
    holds(&walk, "en", "OWNER.md");
    farm.finish(&[&bot]).await;
}

//! The screens, as reviewed snapshots: `cargo insta review` after a change that is meant.

use crate::support::TestFarm;
use telegram_sandbox::{Action, Message};

/// A screen as people would review it: text, what a tap copies, buttons.
fn shown(message: &Message) -> String {
    let mut out = message.text.replace('\u{200e}', "‹LRM›").replace(['\u{2068}', '\u{2069}'], "·");
    out.push_str(&format!("\n\ncode: {:?}\n", message.codes()));
    for row in message.rows() {
        let button = |b: &telegram_sandbox::Button| match &b.action {
            Action::Copy(text) => format!("[{} ⧉ {text}]", b.label),
            Action::Url(url) => format!("[{} → {url}]", b.label),
            Action::Callback(_) => format!("[{}]", b.label),
        };
        out.push_str(&row.iter().map(button).collect::<Vec<_>>().join(" "));
        out.push('\n');
    }
    out
}

async fn journey(language: &'static str, country: &str, reserved: &str) -> Vec<String> {
    let (farm, bot) = TestFarm::with_bot_like(2, |bot| bot.language = language).await;
    let visitor = farm.visitor(&bot, 501, 15).await;
    let mut screens = Vec::new();
    visitor.send("/start");
    screens.push(shown(&visitor.wait_for(|m| m.button("WhatsApp").is_some()).await.unwrap()));
    visitor.press("WhatsApp").await.unwrap();
    screens.push(shown(&visitor.wait_for(|m| m.button(country).is_some()).await.unwrap()));
    visitor.press(country).await.unwrap();
    screens.push(shown(&visitor.wait_for(|m| m.button("📲").is_some()).await.unwrap()));
    visitor.press("📲").await.unwrap();
    let rental = visitor.sees(reserved).await.unwrap();
    screens.push(shown(&rental));
    farm.sms(&bot, &rental.codes()[0], "123456").await;
    screens.push(shown(&visitor.sees("🔐").await.unwrap()));
    visitor.send("/help");
    screens.push(shown(&visitor.wait_for(|m| m.text.contains("/balance")).await.unwrap()));
    visitor.send("/language");
    screens.push(shown(&visitor.sees("🌐").await.unwrap()));
    farm.finish(&[&bot]).await;
    screens
}

// SPEC: U1, U2, U3, U4, U10
#[tokio::test(flavor = "multi_thread")]
async fn the_arabic_journey() {
    insta::assert_snapshot!(journey("ar", "مصر", "تم حجز").await.join("\n────────\n"));
}

// SPEC: U1, U2, U3, U4, U10
#[tokio::test(flavor = "multi_thread")]
async fn the_english_journey() {
    insta::assert_snapshot!(journey("en", "مصر", "is reserved").await.join("\n────────\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_chooses_the_language_and_keeps_it() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let visitor = farm.sandbox.visitor(bot.id(), 501, "Grace", "en-GB");
    visitor.send("/start");
    visitor.sees("Welcome to").await.unwrap();
    visitor.send("/language");
    visitor.press("العربية").await.unwrap();
    visitor.sees("أهلًا بك").await.unwrap();
    visitor.send("/help");
    visitor.sees("اختر خدمة ثم دولة").await.unwrap();
    assert!(farm.sandbox.commands(bot.id(), "default", "ar").iter().any(|(c, d)| c == "balance" && d == "رصيدي"));
    farm.finish(&[&bot]).await;
}

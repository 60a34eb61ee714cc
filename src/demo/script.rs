//! The scripted visits: full rentals, a change of number, an expiry, a purchase that the balance
//! does not allow. Each step's expectation is kept, met or not.

use super::farm::DemoFarm;
use super::provider::Provider;
use super::report;
use telegram_sandbox::{NotSeen, Sandbox, Visitor};

/// Something that should have come out, and whether it did.
pub struct Expectation {
    /// What.
    pub what: &'static str,
    /// It did.
    pub met: bool,
}

type Seen<T> = Result<T, NotSeen>;

/// Plays every visit and prints each chat.
pub async fn play(sandbox: &Sandbox, provider: &Provider, farm: &DemoFarm) -> Vec<Expectation> {
    let ahmed = sandbox.visitor(900_001, 501, "أحمد", "ar");
    let mona = sandbox.visitor(900_001, 502, "منى", "ar");
    let grace = sandbox.visitor(900_002, 601, "Grace", "en");
    let oliver = sandbox.visitor(900_002, 602, "Oliver", "en");
    let mut expectations = Vec::new();
    let mut expect = |what, result: Seen<bool>| {
        if let Err(error) = &result {
            println!("{error}");
        }
        expectations.push(Expectation { what, met: matches!(result, Ok(true)) });
    };
    expect("أحمد changes his number once and pays once when the code arrives", rental_by_poll(&ahmed, provider).await);
    report::chat("الوشاق", "أحمد", &ahmed);
    expect("منى is told how much is missing, and nothing is reserved", too_poor(&mona).await);
    report::chat("الوشاق", "منى", &mona);
    expect("Grace gets her code by webhook", rental_by_webhook(&grace, provider, farm).await);
    report::chat("Harbor Numbers", "Grace", &grace);
    expect("Oliver's time runs out and he pays nothing", expiry(&oliver).await);
    report::chat("Harbor Numbers", "Oliver", &oliver);
    expectations
}

async fn to_offer(visitor: &Visitor, service: &str, country: &str) -> Seen<()> {
    visitor.send("/start");
    visitor.press(service).await?;
    visitor.press(country).await?;
    Ok(())
}

async fn rental_by_poll(ahmed: &Visitor, provider: &Provider) -> Seen<bool> {
    to_offer(ahmed, "WhatsApp", "مصر").await?;
    ahmed.press("📲").await?;
    let first = ahmed.sees("تم حجز رقمك").await?.codes()[0].clone();
    ahmed.press("🔄 تغيير الرقم").await?;
    let second = ahmed.wait_for(|m| m.text.contains("تم حجز") && !m.text.contains(&first)).await?;
    let number = second.codes()[0].clone();
    provider.arrive(&number, "WhatsApp", "كود واتساب الخاص بك: ١٢٣-٤٥٦");
    let code = ahmed.sees("🔐").await?;
    ahmed.send("/balance");
    let balance = ahmed.sees("💰 رصيدك").await?;
    Ok(code.codes() == [number, "123456".to_owned()] && balance.text.contains("40"))
}

async fn too_poor(mona: &Visitor) -> Seen<bool> {
    to_offer(mona, "WhatsApp", "السعودية").await?;
    let (answer, _) = mona.press("📲").await?;
    Ok(answer.text.is_some_and(|t| t.contains("ينقصك 14.50")))
}

async fn rental_by_webhook(grace: &Visitor, provider: &Provider, farm: &DemoFarm) -> Seen<bool> {
    to_offer(grace, "Google", "United Kingdom").await?;
    grace.press("📲").await?;
    let number = grace.sees("Your number is reserved").await?.codes()[0].clone();
    if let Err(error) = provider.post(farm.http, "harbor", &number, "Google", "G-654321 is your Google code.").await {
        println!("{error:#}");
        return Ok(false);
    }
    let code = grace.sees("🔐").await?;
    Ok(code.codes() == [number, "654321".to_owned()] && code.text.contains("4.20"))
}

async fn expiry(oliver: &Visitor) -> Seen<bool> {
    to_offer(oliver, "WhatsApp", "France").await?;
    oliver.press("📲").await?;
    oliver.sees("Your number is reserved").await?;
    println!("  (waiting for a time limit of six seconds …)");
    oliver.sees("Time is up").await?;
    oliver.send("/balance");
    Ok(oliver.sees("💰").await?.text.contains("3"))
}

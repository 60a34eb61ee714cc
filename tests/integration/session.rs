//! The bot's session with Telegram: signed in once, caught up, sealed, through a proxy, in order.

use crate::rental::reserve;
use crate::support::socks::socks5;
use crate::support::{TestFarm, eventually, postgres};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

// SPEC: F8
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_catches_up_and_signs_in_no_second_time() {
    let (mut farm, bot) = TestFarm::with_bot(2).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    reserve(&ahmed).await;
    farm.stop().await;
    ahmed.send("/balance");
    farm.restart().await;
    ahmed.sees("💰").await.unwrap();
    ahmed.press("❌ إلغاء").await.unwrap();
    assert_eq!(farm.sandbox.sign_ins(bot.id()), 1);
    // What was handled before the restart is not handled again.
    assert_eq!(ahmed.messages().iter().filter(|m| m.text.contains("💰")).count(), 1);
    farm.finish(&[&bot]).await;
}

// SPEC: F6
#[tokio::test(flavor = "multi_thread")]
async fn the_authorization_key_is_sealed_at_rest() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let client = postgres::connect(&farm.url).await;
    client.batch_execute("SET search_path TO bot_elweshaq").await.unwrap();
    let rows = client.query("SELECT sealed_key, signed_in, home FROM telegram_keys", &[]).await.unwrap();
    assert!(rows.iter().any(|r| r.get::<_, bool>("signed_in") && r.get::<_, bool>("home")));
    let key = hex::decode(&bot.auth_key).unwrap();
    for row in &rows {
        let sealed: String = row.get("sealed_key");
        assert!(sealed.starts_with("v1."), "{sealed}");
        assert!(!sealed.contains(&bot.auth_key[..32]));
    }
    assert_eq!(key.len(), 256);
    farm.finish(&[&bot]).await;
}

// SPEC: F3
#[tokio::test(flavor = "multi_thread")]
async fn what_one_user_writes_is_answered_in_order() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 0).await;
    let commands = ["/help", "/balance", "/language", "/history", "/help", "/balance"];
    let marks = ["ℹ️", "💰", "🌐", "🧾", "ℹ️", "💰"];
    commands.iter().for_each(|c| ahmed.send(c));
    let answers = eventually("all are answered", || async {
        let answers: Vec<String> = ahmed.messages().into_iter().filter(|m| m.from_bot).map(|m| m.text).collect();
        (answers.len() == commands.len()).then_some(answers)
    })
    .await;
    for (answer, mark) in answers.iter().zip(marks) {
        assert!(answer.starts_with(mark), "{answers:?}");
    }
    farm.finish(&[&bot]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socks5_proxy_can_stand_between() {
    let (address, count) = socks5([127, 0, 0, 1]).await;
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), format!("socks5://{address}")).unwrap();
    let line = format!("proxy = {{ file = {:?} }}\n[rental]", secret.path());
    let farm = TestFarm::new().await;
    let bot = crate::support::BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.write(farm.directory.path(), &farm.sandbox);
    let text = bot.text(&farm.sandbox).replace("[rental]", &line);
    std::fs::write(farm.path("elweshaq.toml"), text).unwrap();
    eventually("the bot came through the proxy", || async { (count.load(Ordering::SeqCst) > 0).then_some(()) }).await;
    farm.wait_state("elweshaq", botfarm::supervisor::status::State::Running).await;
    let ahmed = farm.visitor(&bot, 501, 0).await;
    ahmed.send("/help");
    ahmed.sees("ℹ️").await.unwrap();
    farm.finish(&[&bot]).await;
}

/// Somebody else uses the bot's key from another address: one encrypted ping.
async fn use_key_from(host: [u8; 4], server: SocketAddr, key: &str) -> TcpStream {
    use telegram_sandbox::wire::{AuthKey, Direction, encrypt, frame};
    let key = AuthKey::new(hex::decode(key).unwrap().try_into().unwrap());
    let mut ping = vec![0; 16];
    ping.extend([0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0]);
    ping.extend(0x7abe_77ec_u32.to_le_bytes());
    ping.extend([0; 8]);
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((host, 0))).unwrap();
    let mut stream = socket.connect(server).await.unwrap();
    stream.write_all(&frame(0, &encrypt(&key, Direction::ToServer, ping))).await.unwrap();
    stream
}

// SPEC: F3, F9
#[tokio::test(flavor = "multi_thread")]
async fn a_key_used_from_two_addresses_is_dead_and_the_bot_says_so() {
    use botfarm::supervisor::status::State;
    let (farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 0).await;
    let _other = use_key_from([127, 0, 0, 2], farm.sandbox.address(), &bot.auth_key).await;
    ahmed.send("/start");
    let failed = eventually("the bot failed", || async {
        farm.status("elweshaq").filter(|b| b.state == State::Failed && b.reason.is_some())
    })
    .await;
    assert!(failed.reason.unwrap().contains("two addresses"));
    farm.finish(&[&bot]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rentals_screen_is_closed_also_after_a_restart() {
    let (mut farm, bot) = TestFarm::with_bot(1).await;
    let ahmed = farm.visitor(&bot, 501, 10).await;
    let number = reserve(&ahmed).await;
    farm.restart().await;
    farm.wait_state("elweshaq", botfarm::supervisor::status::State::Running).await;
    farm.sms(&bot, &number, "123456").await;
    ahmed.sees("✅ وصل كود هذا الرقم").await.unwrap();
    assert!(!ahmed.messages().iter().any(|m| m.text.contains("تم حجز رقمك")), "{}", ahmed.transcript());
    farm.finish(&[&bot]).await;
}

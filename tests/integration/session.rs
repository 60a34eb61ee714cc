//! The bot's session with Telegram: signed in once, caught up, sealed, through a proxy, in order.

use crate::rental::reserve;
use crate::support::socks::socks5;
use crate::support::{BotFile, TestFarm, eventually, postgres};
use botfarm::service::session::{self, Key};
use botfarm::supervisor::status::State;
use botfarm::telegram::endpoint::Endpoint;
use botfarm::telegram::session::FarmSession;
use botfarm::telegram::store::{Peers, StoreFuture};
use botfarm::telegram::{SavedKey, SavedSession, SessionStore, UpdatePosition};
use grammers_client::session::Session;
use grammers_client::session::types::DcOption;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use telegram_sandbox::{Fault, Misbehave};
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
    let bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.write(farm.directory.path(), &farm.sandbox);
    let text = bot.text(&farm.sandbox).replace("[rental]", &line);
    std::fs::write(farm.path("elweshaq.toml"), text).unwrap();
    eventually("the bot came through the proxy", || async { (count.load(Ordering::SeqCst) > 0).then_some(()) }).await;
    farm.wait_state("elweshaq", State::Running).await;
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
    farm.wait_state("elweshaq", State::Running).await;
    farm.sms(&bot, &number, "123456").await;
    ahmed.sees("✅ وصل كود هذا الرقم").await.unwrap();
    assert!(!ahmed.messages().iter().any(|m| m.text.contains("تم حجز رقمك")), "{}", ahmed.transcript());
    farm.finish(&[&bot]).await;
}

/// Telegram has signed the key in, and what it answered was never heard.
// SPEC: F1, F8
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_was_cut_off_is_not_done_again() {
    let mut farm = TestFarm::new().await;
    farm.sandbox.fault(Fault::always("auth.importBotAuthorization", Misbehave::WithholdAnswer).times(1));
    let bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
    bot.write(farm.directory.path(), &farm.sandbox);
    eventually("it has signed in", || async { (farm.sandbox.sign_ins(bot.id()) == 1).then_some(()) }).await;
    farm.restart().await;
    farm.wait_state("elweshaq", State::Running).await;
    let ahmed = farm.visitor(&bot, 501, 0).await;
    ahmed.send("/help");
    ahmed.sees("ℹ️").await.unwrap();
    assert_eq!(farm.sandbox.sign_ins(bot.id()), 1);
    farm.finish(&[&bot]).await;
}

// SPEC: F8
#[tokio::test(flavor = "multi_thread")]
async fn one_data_centre_of_a_host_is_at_home() {
    let (farm, bot) = TestFarm::with_bot(1).await;
    let tenant = farm.tenant(&bot).unfenced();
    let holder = session::holder(1, "a");
    let key = |dc_id: i32, home: bool| {
        let (host, address, sealed_key) = (holder.clone(), String::new(), Some("sealed".to_owned()));
        Key { host, dc_id, address, home, sealed_key, signed_in: home }
    };
    for saved in [key(2, true), key(4, false), key(4, true), key(5, false)] {
        session::save_key(&tenant, &saved).await.unwrap();
    }
    let mut keys = session::load(&tenant, 1, "a").await.unwrap().keys;
    keys.sort_by_key(|key| key.dc_id);
    let told: Vec<_> = keys.iter().map(|k| (k.dc_id, k.home, k.signed_in)).collect();
    assert_eq!(told, [(2, false, false), (4, true, true), (5, false, false)]);
    farm.finish(&[&bot]).await;
}

/// Keeps keys in the order they were saved in; refuses them when told to.
#[derive(Clone, Default)]
struct Keys(Arc<Mutex<Vec<SavedKey>>>, Arc<AtomicBool>);

impl SessionStore for Keys {
    fn load(&self) -> StoreFuture<'_, SavedSession> {
        Box::pin(async { unreachable!() })
    }
    fn save_key(&self, key: SavedKey) -> StoreFuture<'_, ()> {
        let refused = self.1.load(Ordering::SeqCst);
        if !refused {
            self.0.lock().unwrap().push(key);
        }
        Box::pin(async move { if refused { Err("the database is away".into()) } else { Ok(()) } })
    }
    fn save_bot(&self, _: i64, _: UpdatePosition) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
    fn save_position(&self, _: UpdatePosition) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
    fn save_peers(&self, _: Peers) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
    fn peer(&self, _: &'static str, _: i64) -> StoreFuture<'_, Option<i64>> {
        Box::pin(async { Ok(None) })
    }
}

/// As the library does when an account lives in another data centre than the first that is asked.
// SPEC: F8
#[tokio::test]
async fn a_key_is_saved_before_it_is_used_and_one_data_centre_is_at_home() {
    let keys = Keys::default();
    let saved = || keys.0.lock().unwrap().clone();
    let of = |saved: &SavedSession| FarmSession::new(Arc::new(keys.clone()), saved, Endpoint::Production, None);
    let session = of(&SavedSession::default());
    let with = |dc: i32, byte: u8| DcOption { auth_key: Some([byte; 256]), ..session.dc_option(dc).unwrap().unwrap() };
    let first = session.home_dc_id().unwrap();
    let (second, new) = (with(4, 4), with(first, 1));
    keys.1.store(true, Ordering::SeqCst);
    let refused = session.set_dc_option(&new).await.unwrap_err().to_string();
    assert_eq!(refused, "the Telegram session cannot be saved: the database is away");
    assert!(session.dc_option(first).unwrap().unwrap().auth_key.is_none());
    keys.1.store(false, Ordering::SeqCst);
    session.set_dc_option(&new).await.unwrap();
    session.set_home_dc_id(4).await.unwrap();
    session.set_dc_option(&second).await.unwrap();
    let told: Vec<_> = saved().iter().map(|k| (k.dc_id, k.home, k.signed_in)).collect();
    // In the database the second takes the first one's home.
    assert_eq!(told, [(first, true, false), (4, true, false)]);
    // Here it was cut off: the next start asks with the key that Telegram has signed in.
    let next = of(&SavedSession { keys: saved()[1..].to_vec(), ..SavedSession::default() });
    assert_eq!((next.home_dc_id().unwrap(), next.is_signed_in()), (4, false));
    assert_eq!(next.dc_option(4).unwrap().unwrap().auth_key, Some([4; 256]));
    next.signed_in(100_001).await.unwrap();
    let noted = SavedSession { keys: saved()[1..].to_vec(), bot_id: Some(100_001), ..SavedSession::default() };
    assert!(saved().last().unwrap().signed_in && of(&noted).is_signed_in());
    // It lives where the host has a key already, for files.
    session.set_home_dc_id(first).await.unwrap();
    assert_eq!(saved().last().map(|k| (k.dc_id, k.home, k.signed_in)), Some((first, true, false)));
    // Another key of the same place is not signed in.
    next.set_dc_option(&with(4, 5)).await.unwrap();
    assert!(!next.is_signed_in() && !saved().last().unwrap().signed_in);
}

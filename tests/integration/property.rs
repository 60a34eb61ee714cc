//! Random users, providers, clocks and faults against one bot; the books are checked after each
//! step. `PROPERTY_SEED=n PROPERTY_STEPS=n` runs one again.

use crate::support::{BotFile, TestFarm, eventually};
use botfarm::service::audit;
use botfarm::supervisor::status::State;
use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};
use telegram_sandbox::{Action, Fault, Happening, Misbehave, Visitor};

const USERS: i64 = 6;
const NUMBERS: u32 = 400;
const CHANNEL: i64 = 9001;
const STEPS: u32 = 4_000;
/// Slow machines do fewer steps, but never fewer than this.
const LEAST: u32 = 1_000;
const LONGEST: Duration = Duration::from_secs(80);
/// Actions that a failure shows.
const TOLD: usize = 60;

struct Run {
    farm: TestFarm,
    bot: BotFile,
    users: Vec<Visitor>,
    rng: StdRng,
    /// Buttons that were once seen: message, data.
    seen: Vec<(usize, i32, Vec<u8>)>,
    story: VecDeque<String>,
    codes: u32,
    /// Where each code was shown: user, message.
    delivered: HashMap<String, HashSet<(i64, i32)>>,
}

/// The settings that the seed chooses, and changes while the bot runs.
fn rules(rng: &mut StdRng) -> String {
    let mut lines = vec![format!("further_codes_sec = {}", rng.random_range(1..600))];
    let one_of = |rng: &mut StdRng, words: &[&str]| (*words.choose(rng).unwrap()).to_owned();
    lines.push(one_of(
        rng,
        &["", "check_balance_at_reserve = false", "check_balance_at_reserve = false\nshort_balance = \"fail\""],
    ));
    lines.push(one_of(rng, &["", "on_expiry = \"replace\""]));
    lines.push(one_of(rng, &["", "free_changes = 1\nchange_fee = \"0.75\""]));
    lines.push(one_of(rng, &["", "erase_code_after_sec = 600"]));
    lines.join("\n")
}

impl Run {
    async fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let farm = TestFarm::new().await;
        let mut bot = BotFile::new(&farm.sandbox, "elweshaq", 100_001);
        bot.time_limit_sec = 600;
        bot.cooldown_sec = 60;
        bot.rental = rules(&mut rng);
        bot.extra = "owners = [700]".into();
        bot.tables = "[[channels]]\nname = \"@elweshaq_news\"\nreward = \"1.25\"\nevery_hours = 1\n\
                      [limits]\npresses_per_minute = 100000\nopen_rentals = 4\nchanges_per_hour = 1000"
            .into();
        farm.sandbox.add_channel(CHANNEL, "الأخبار", Some("elweshaq_news"));
        farm.sandbox.set_channel_admin(CHANNEL, bot.id(), true);
        farm.add(&bot).await;
        farm.stock(&bot, NUMBERS).await;
        let mut users = Vec::new();
        for n in 0..USERS {
            users.push(farm.visitor(&bot, 501 + n, 20).await);
        }
        Self { farm, bot, users, rng, seen: Vec::new(), story: VecDeque::new(), codes: 0, delivered: HashMap::new() }
    }

    fn tell(&mut self, what: String) {
        if self.story.len() == TOLD {
            self.story.pop_front();
        }
        self.story.push_back(what);
    }

    async fn step(&mut self) {
        let user = self.rng.random_range(0..self.users.len());
        match self.rng.random_range(0..100) {
            0..15 => self.write(user),
            15..60 => self.press(user).await,
            60..66 => self.press_old(),
            66..82 => self.sms().await,
            82..88 => self.pass_time(),
            88..92 => self.money(user).await,
            92..94 => self.channel(user),
            94..95 => self.ban(user).await,
            95..98 => self.misbehave(),
            98..99 => self.edit_file(),
            _ if self.rng.random_bool(0.15) => {
                self.tell("the farm restarts".into());
                self.farm.restart().await;
                self.farm.wait_state(&self.bot.slug, State::Running).await;
            }
            _ => {
                self.tell("the connection is cut".into());
                self.farm.sandbox.cut(self.bot.id());
            }
        }
    }

    fn write(&mut self, user: usize) {
        let texts = ["/start", "/balance", "/history", "/cancel", "/language", "🙂", "‏١٢٣", "/start x", "hello"];
        let text = *texts.choose(&mut self.rng).unwrap();
        self.tell(format!("{user} writes {text}"));
        self.users[user].send(text);
    }

    /// A button that the user sees; newer messages more often.
    async fn press(&mut self, user: usize) {
        let messages = self.users[user].messages();
        let recent: Vec<_> = messages.iter().rev().filter(|m| m.from_bot && !m.rows().is_empty()).take(3).collect();
        let Some(message) = recent.choose(&mut self.rng) else { return self.write(user) };
        let buttons: Vec<_> = message.rows().into_iter().flatten().collect();
        let leads_on =
            |b: &&telegram_sandbox::Button| ["📲", "WhatsApp", "مصر", "🔁"].iter().any(|l| b.label.contains(l));
        let onward: Vec<_> = buttons.iter().filter(leads_on).collect();
        let chosen = if self.rng.random_bool(0.7) { onward.choose(&mut self.rng).copied() } else { None };
        let Some(button) = chosen.or_else(|| buttons.choose(&mut self.rng)) else { return };
        let Action::Callback(data) = button.action.clone() else { return };
        self.tell(format!("{user} presses {}", button.label));
        self.seen.push((user, message.id, data.clone()));
        for _ in 0..self.rng.random_range(1..3) {
            let query = self.users[user].press_data(message.id, &data);
            if self.rng.random_bool(0.6) {
                let _ = tokio::time::timeout(Duration::from_millis(500), self.users[user].answer(query)).await;
            }
        }
    }

    /// A button from before, perhaps somebody else's.
    fn press_old(&mut self) {
        let Some((user, message, data)) = self.seen.choose(&mut self.rng).cloned() else { return };
        let user = if self.rng.random_bool(0.3) { self.rng.random_range(0..self.users.len()) } else { user };
        self.tell(format!("{user} presses an old button of message {message}"));
        self.users[user].press_data(message, &data);
    }

    /// A code for some number, reserved or not, once or twice, late or early.
    async fn sms(&mut self) {
        let shown: Vec<String> = { self.users.iter() }
            .flat_map(|user| user.messages())
            .filter(|m| m.from_bot && (m.button("❌").is_some() || m.text.starts_with("🔐")))
            .filter_map(|m| m.codes().into_iter().next())
            .collect();
        let number = match shown.choose(&mut self.rng) {
            Some(number) if self.rng.random_bool(0.85) => number.clone(),
            _ => format!("+20100000{:04}", self.rng.random_range(1..=NUMBERS)),
        };
        self.codes += 1;
        let code = format!("{:06}", 100_000 + self.codes);
        let mut message = json!({ "to": number, "service": "WhatsApp", "text": format!("Your code is {code}") });
        if self.rng.random_bool(0.3) {
            let sent = self.farm.app.clock.now() - TimeDelta::seconds(self.rng.random_range(0..300));
            message["ts"] = json!(sent.to_rfc3339());
        }
        let times = if self.rng.random_bool(0.2) { 2 } else { 1 };
        self.tell(format!("{times} × {code} for {number}"));
        for _ in 0..times {
            let (status, body) = self.farm.post(&self.bot, "hook-token", vec![message.clone()]).await;
            assert_eq!(status, 200, "{body}");
        }
    }

    fn pass_time(&mut self) {
        let seconds = self.rng.random_range(1..240);
        self.tell(format!("{seconds} s pass"));
        self.farm.advance(&self.bot, TimeDelta::seconds(seconds));
    }

    async fn money(&mut self, user: usize) {
        let amount = self.rng.random_range(-10..60);
        self.tell(format!("{user} gets {amount}"));
        let _ = self.farm.top_up(&self.bot, 501 + user as i64, amount).await;
    }

    fn channel(&mut self, user: usize) {
        self.tell(format!("{user} joins or leaves"));
        if self.rng.random_bool(0.6) { self.users[user].join(CHANNEL) } else { self.users[user].leave(CHANNEL) }
    }

    async fn ban(&mut self, user: usize) {
        let banned = self.rng.random_bool(0.3);
        self.tell(format!("{user} banned: {banned}"));
        if self.farm.count(&self.bot, &format!("users WHERE telegram_id = {}", 501 + user)).await == 1 {
            self.farm.ban(&self.bot, 501 + user as i64, banned).await;
        }
    }

    fn misbehave(&mut self) {
        let methods = ["messages.sendMessage", "messages.editMessage", "messages.setBotCallbackAnswer"];
        let method = *methods.choose(&mut self.rng).unwrap();
        let action = match self.rng.random_range(0..4) {
            0 => Misbehave::Delay(Duration::from_millis(200)),
            1 => Misbehave::CutAfter,
            2 => Misbehave::Refuse(420, "FLOOD_WAIT_1".into()),
            _ => Misbehave::Refuse(500, "INTERNAL".into()),
        };
        self.tell(format!("{method}: {action:?}"));
        self.farm.sandbox.fault(Fault::always(method, action).times(1));
    }

    fn edit_file(&mut self) {
        self.bot.rental = rules(&mut self.rng);
        self.tell(format!("the file says {:?}", self.bot.rental));
        self.bot.write(self.farm.directory.path(), &self.farm.sandbox);
    }

    async fn check(&self, step: u32) {
        let found = audit::check(&self.farm.tenant(&self.bot)).await.unwrap();
        assert!(found.is_empty(), "step {step}: the books disagree: {found:?}");
    }

    /// Notes the codes that the chats show; chats forget their oldest happenings.
    fn note_codes(&mut self) {
        for user in &self.users {
            for happening in user.story() {
                let Happening::Sent(message) = happening else { continue };
                if let [_, code] = message.codes().as_slice()
                    && message.text.starts_with("🔐")
                {
                    self.delivered.entry(code.clone()).or_default().insert((user.id, message.id));
                }
            }
        }
    }

    /// Codes were shown once each.
    async fn check_chats(&mut self) {
        self.note_codes();
        for (code, places) in &self.delivered {
            assert_eq!(places.len(), 1, "{code} went to {places:?}");
        }
        let sent = "outbox WHERE kind IN ('code', 'another_code') AND status = 'sent'";
        assert_eq!(self.delivered.len() as i64, self.farm.count(&self.bot, sent).await);
    }
}

// SPEC: U3, U4, U5, U6, U7, U11, B1, C4, M3, M8, F8
#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_the_books_agree() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let seed = number("PROPERTY_SEED").unwrap_or_else(rand::random);
    let steps = number("PROPERTY_STEPS").map_or(STEPS, |n| u32::try_from(n).unwrap());
    let mut run = Run::new(seed).await;
    let began = Instant::now();
    let outcome = tokio::spawn(async move {
        let mut done = 0;
        while done < steps && (done < LEAST || began.elapsed() < LONGEST) {
            run.step().await;
            let checked = std::panic::AssertUnwindSafe(run.check(done));
            if let Err(panic) = futures_util::FutureExt::catch_unwind(checked).await {
                eprintln!("the last actions:\n{}", run.story.make_contiguous().join("\n"));
                std::panic::resume_unwind(panic);
            }
            done += 1;
            if done % 50 == 0 {
                run.note_codes();
            }
        }
        run.farm.sandbox.heal();
        let tenant_idle = || async {
            (run.farm.count(&run.bot, "outbox WHERE kind <> 'erase_code' AND status = 'pending'").await == 0)
                .then_some(())
        };
        run.farm.advance(&run.bot, TimeDelta::minutes(2));
        eventually("everything is sent", tenant_idle).await;
        run.check_chats().await;
        let completed = run.farm.count(&run.bot, "reservations WHERE status = 'completed'").await;
        eprintln!("{done} steps, {completed} rentals completed, {:.0} s", began.elapsed().as_secs_f32());
        assert!(completed > 0 || done < 500, "the run did nothing");
        let Run { farm, bot, .. } = run;
        farm.finish(&[&bot]).await;
    })
    .await;
    if let Err(failed) = outcome {
        panic!("PROPERTY_SEED={seed} fails: {failed}");
    }
}

//! `[rental]`, `[limits]` and `[rewards]` of a bot's file.

use super::section::{Positive, Section};
use crate::domain::rental::{ChangeFee, Payment, RentalRules};
use chrono::TimeDelta;
use rust_decimal::Decimal;

/// Telegram lets a bot delete its messages for 48 hours; the request must come before.
const ERASABLE: TimeDelta = TimeDelta::hours(47);

/// How fast a bot may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Presses and messages of one user in a minute.
    pub presses_per_minute: u32,
    /// Presses and messages of all users in a second.
    pub bot_presses_per_second: u32,
    /// Messages of a broadcast in a second; Telegram allows about 30 of all kinds.
    pub broadcast_per_second: u32,
    /// A button is no longer valid after this time.
    pub button_lifetime: TimeDelta,
    /// The panel's password counts for this long.
    pub panel_session: TimeDelta,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            presses_per_minute: 60,
            bot_presses_per_second: 1000,
            broadcast_per_second: 20,
            button_lifetime: TimeDelta::hours(24),
            panel_session: TimeDelta::hours(8),
        }
    }
}

/// How free credit is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewards {
    /// The reward of a channel that names none, in the bot's currency.
    pub amount: Decimal,
    /// Each joined channel pays by itself; otherwise all must be joined.
    pub each: bool,
    /// Whether the forced channels let a user through whose membership cannot be seen.
    pub unknown_passes: bool,
}

fn seconds(section: &mut Section<'_>, key: &'static str) -> Option<TimeDelta> {
    section.optional::<Positive>(key).map(|n| TimeDelta::seconds(i64::from(n.0)))
}

/// Reads one of a few words; the first is the default.
fn word<const N: usize>(section: &mut Section<'_>, key: &'static str, words: [&str; N]) -> usize {
    let Some(text) = section.optional::<String>(key) else { return 0 };
    words.iter().position(|w| *w == text).unwrap_or_else(|| {
        section.fault_at(key, format!("`{key}`: expected one of {}", words.map(|w| format!("\"{w}\"")).join(", ")));
        0
    })
}

/// The rules of rentals, and what a user may have of them at once.
pub fn read_rules(root: &mut Section<'_>, limits: (u32, u32)) -> RentalRules {
    let (open_at_once, changes_per_hour) = limits;
    let mut rules = RentalRules { open_at_once, changes_per_hour, ..RentalRules::default() };
    let minutes = root.from_env::<Positive>("RESERVATION_TIMEOUT_MIN");
    rules.time_limit = minutes.map_or(rules.time_limit, |n| TimeDelta::minutes(n.0.into()));
    let Some(mut section) = root.section("rental") else { return rules };
    rules.time_limit = seconds(&mut section, "time_limit_sec").unwrap_or(rules.time_limit);
    rules.cooldown = seconds(&mut section, "cooldown_sec").unwrap_or(rules.cooldown);
    rules.same_user_pause = seconds(&mut section, "same_user_pause_sec").unwrap_or(rules.same_user_pause);
    rules.payment = read_payment(&mut section);
    rules.replace_expired = word(&mut section, "on_expiry", ["release", "replace"]) == 1;
    rules.change_fee = read_change_fee(&mut section);
    rules.further_codes = seconds(&mut section, "further_codes_sec").unwrap_or(rules.further_codes);
    rules.erase_code_after = seconds(&mut section, "erase_code_after_sec");
    if rules.erase_code_after.is_some_and(|after| after > ERASABLE) {
        let why = "`erase_code_after_sec`: at most 169200 (47 hours): Telegram lets a bot delete for 48 hours";
        section.fault_at("erase_code_after_sec", why);
    }
    if rules.erase_code_after.is_some_and(|after| after < rules.further_codes) {
        let why =
            "`further_codes_sec`: at most erase_code_after_sec: a code that was erased cannot be told from another";
        section.fault_at("further_codes_sec", why);
    }
    section.close();
    rules
}

fn read_payment(section: &mut Section<'_>) -> Payment {
    let held = section.optional("check_balance_at_reserve").unwrap_or(true);
    let fails = word(section, "short_balance", ["hold", "fail"]) == 1;
    if held && section.has("short_balance") {
        section
            .fault_at("short_balance", "`short_balance` means nothing while check_balance_at_reserve holds the price");
    }
    if held { Payment::Held } else { Payment::OnArrival { waits: !fails } }
}

fn read_change_fee(section: &mut Section<'_>) -> Option<ChangeFee> {
    let free = section.optional::<i64>("free_changes");
    let fee = section.optional::<Decimal>("change_fee").filter(|fee| !fee.is_zero());
    match free.map(u32::try_from) {
        Some(Err(_)) => {
            section.fault_at("free_changes", "`free_changes`: expected a whole number of 0 or more");
            None
        }
        Some(Ok(_)) if fee.is_none() => {
            section.fault_at("free_changes", "`free_changes` means nothing without change_fee = \"1.00\"");
            None
        }
        free => Some(ChangeFee { free: free.and_then(Result::ok).unwrap_or(0), fee: fee? }),
    }
}

/// `[limits]`: how fast a bot may be used; open rentals at once, and changes of number in an hour.
pub fn read_limits(root: &mut Section<'_>) -> (Limits, (u32, u32)) {
    let standard = RentalRules::default();
    let mut limits = Limits::default();
    let mut rentals = (standard.open_at_once, standard.changes_per_hour);
    let Some(mut section) = root.section("limits") else { return (limits, rentals) };
    let mut count = |key| section.optional::<Positive>(key).map(|n| n.0);
    limits.presses_per_minute = count("presses_per_minute").unwrap_or(limits.presses_per_minute);
    limits.bot_presses_per_second = count("bot_presses_per_second").unwrap_or(limits.bot_presses_per_second);
    limits.broadcast_per_second = count("broadcast_per_second").unwrap_or(limits.broadcast_per_second);
    rentals.0 = count("open_rentals").unwrap_or(rentals.0);
    rentals.1 = count("changes_per_hour").unwrap_or(rentals.1);
    limits.button_lifetime = seconds(&mut section, "button_lifetime_sec").unwrap_or(limits.button_lifetime);
    limits.panel_session = seconds(&mut section, "panel_session_sec").unwrap_or(limits.panel_session);
    section.close();
    (limits, rentals)
}

/// `[rewards]`: how free credit is given.
pub fn read_rewards(root: &mut Section<'_>) -> Rewards {
    let mut rewards = Rewards { amount: Decimal::from(5), each: false, unknown_passes: true };
    rewards.amount = root.from_env("DEFAULT_REWARD_AMOUNT").unwrap_or(rewards.amount);
    let Some(mut section) = root.section("rewards") else { return rewards };
    rewards.amount = section.optional("amount").unwrap_or(rewards.amount);
    if rewards.amount.is_zero() {
        section.fault_at("amount", "`amount`: a reward is more than nothing");
    }
    rewards.each = word(&mut section, "mode", ["all", "each"]) == 1;
    rewards.unknown_passes = word(&mut section, "when_unknown", ["pass", "close"]) == 0;
    section.close();
    rewards
}

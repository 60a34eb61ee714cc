//! What is measured, for Prometheus: every name and label of it stands here.
//!
//! Labels are the bot and words from a fixed list, or a provider's name, of which a bot has a bounded
//! number; nothing that a user wrote, and no secret, is ever a label.

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_util::MetricKindMask;
use std::sync::OnceLock;
use std::time::Duration;

/// What nobody has touched for so long is no longer told: its bot has gone.
const IDLE: Duration = Duration::from_secs(3600);
/// The upper bounds of answers, in seconds.
const ANSWERS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts measuring, once for this process.
fn handle() -> Option<&'static PrometheusHandle> {
    let start = || {
        let builder = PrometheusBuilder::new().idle_timeout(MetricKindMask::ALL, Some(IDLE));
        let answers = Matcher::Full("botfarm_answer_seconds".to_owned());
        let recorder = builder.set_buckets_for_metric(answers, &ANSWERS).ok()?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok()?;
        Some(handle)
    };
    HANDLE.get_or_init(start).as_ref()
}

/// Starts measuring.
pub fn start() {
    handle();
}

/// Everything measured, in Prometheus' text format.
pub fn render() -> String {
    handle().map_or_else(String::new, |handle| {
        handle.run_upkeep();
        handle.render()
    })
}

/// A user's update was taken.
pub fn update(bot: &str) {
    counter!("botfarm_updates_total", "bot" => bot.to_owned()).increment(1);
}

/// A user was answered, so long after their update was taken up.
pub fn answer(bot: &str, took: Duration) {
    histogram!("botfarm_answer_seconds", "bot" => bot.to_owned()).record(took.as_secs_f64());
}

/// Something became of rentals: `reserved`, `changed`, `canceled`, `completed`, `withheld`, `failed` or
/// `expired`.
pub fn rentals(bot: &str, outcome: &'static str, count: usize) {
    counter!("botfarm_rentals_total", "bot" => bot.to_owned(), "outcome" => outcome).increment(count as u64);
}

/// A provider was read.
pub fn poll(bot: &str, provider: &str, is_good: bool) {
    let labels = [("bot", bot.to_owned()), ("provider", provider.to_owned()), ("result", word(is_good).to_owned())];
    counter!("botfarm_provider_polls_total", &labels).increment(1);
}

fn word(is_good: bool) -> &'static str {
    if is_good { "ok" } else { "error" }
}

/// What waits in a bot's outbox: how many messages, and how old the oldest is.
pub fn outbox(bot: &str, waiting: i64, oldest: Duration) {
    gauge!("botfarm_outbox_messages", "bot" => bot.to_owned()).set(waiting as f64);
    gauge!("botfarm_outbox_oldest_seconds", "bot" => bot.to_owned()).set(oldest.as_secs_f64());
}

/// Telegram has asked a bot to wait.
pub fn flood_wait(bot: &str) {
    counter!("botfarm_flood_waits_total", "bot" => bot.to_owned()).increment(1);
}

/// Whether a bot answers on this host.
pub fn bot_up(bot: &str, is_up: bool) {
    gauge!("botfarm_bot_up", "bot" => bot.to_owned()).set(f64::from(u8::from(is_up)));
}

/// A bot has gone from this host: another one tells of it now.
pub fn gone(bot: &str) {
    bot_up(bot, false);
    outbox(bot, 0, Duration::ZERO);
}

/// The connections of the pool to the database, and those that nobody uses.
pub fn pool(open: u32, idle: u32) {
    gauge!("botfarm_pool_connections").set(f64::from(open));
    gauge!("botfarm_pool_idle_connections").set(f64::from(idle));
}

/// Whether this host holds its lease, and how far its clock is from the database's.
pub fn host(holds_lease: bool, offset_seconds: f64) {
    gauge!("botfarm_host_lease_held").set(f64::from(u8::from(holds_lease)));
    gauge!("botfarm_host_clock_offset_seconds").set(offset_seconds);
}

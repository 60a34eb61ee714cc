//! Charts on their way: drawn beside the async threads, a few at once in the whole farm.

use super::BotShared;
use super::works::Job;
use crate::chart::{self, Chart};
use crate::domain::message::Message;
use crate::telegram::files::Outgoing;
use tokio::sync::Semaphore;

/// Charts drawn at once in this process: one takes a tenth of a second of a processor.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Draws a chart and sends it.
pub async fn run(shared: &BotShared, job: &Job, chart: Chart, caption: &str) {
    let Ok(_slot) = AT_ONCE.acquire().await else { return };
    let drawn = match tokio::task::spawn_blocking(move || chart::draw(&chart)).await {
        Ok(Ok(drawn)) => drawn,
        failed => {
            tracing::error!(bot = %shared.tenant.slug(), ?failed, "a chart could not be drawn");
            return;
        }
    };
    let outgoing = Outgoing {
        name: "statistics.png",
        mime_type: "image/png",
        size: drawn.len() as u64,
        bytes: std::io::Cursor::new(drawn),
    };
    let caption = Message::compose(caption, &[]);
    if let Err(error) = shared.telegram.send_file(job.user, outgoing, &caption, rand::random()).await {
        tracing::warn!(bot = %shared.tenant.slug(), %error, "a chart could not be sent");
    }
}

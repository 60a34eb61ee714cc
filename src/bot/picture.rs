//! Charts on their way: drawn beside the async threads, a few at once in the whole farm.

use super::works::Job;
use super::{BotShared, export};
use crate::chart::{self, Chart};
use crate::domain::message::Message;
use crate::telegram::files::Outgoing;
use tokio::sync::Semaphore;

/// Charts drawn at once in this process: one takes a tenth of a second of a processor.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Draws a chart and sends it.
pub async fn run(shared: &BotShared, job: &Job, chart: Chart, caption: &str) {
    if let Err(why) = draw_and_send(shared, job, chart, caption).await {
        tracing::warn!(bot = %shared.tenant.slug(), why, "a chart could not be sent");
        export::tell_failed(shared, job).await;
    }
}

async fn draw_and_send(shared: &BotShared, job: &Job, chart: Chart, caption: &str) -> Result<(), String> {
    let _slot = AT_ONCE.acquire().await.map_err(|e| e.to_string())?;
    let drawing = tokio::task::spawn_blocking(move || chart::draw(&chart));
    let drawn = drawing.await.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?;
    let outgoing = Outgoing {
        name: "statistics.png",
        mime_type: "image/png",
        size: drawn.len() as u64,
        bytes: std::io::Cursor::new(drawn),
    };
    let caption = Message::compose(caption, &[]);
    let sent = shared.telegram.send_file(job.user, outgoing, &caption, rand::random()).await;
    sent.map(|_| ()).map_err(|e| e.to_string())
}

//! Tables on their way to somebody's chat, through a file that has no name.

use super::BotShared;
use super::works::Job;
use crate::domain::message::Message;
use crate::service::admins;
use crate::service::export::{self, Table};
use crate::telegram::TelegramError;
use crate::telegram::files::{LARGEST, Outgoing};
use std::io::{Seek, SeekFrom};
use std::time::Duration;

/// How often a file is sent.
const TRIES: u32 = 4;
/// Between two tries, unless Telegram names a longer wait.
const RETRY: Duration = Duration::from_secs(2);

/// Writes a table and sends it.
pub async fn run(shared: &BotShared, job: &Job, table: Table, actor: &str) {
    let live = shared.live.load_full();
    let voice = live.brand.voice(job.language.as_deref());
    let now = shared.app.clock.now();
    let failed = match write(shared, table, actor).await {
        Ok(file) => {
            let caption = voice.label(&format!("export-{}", table.word()), &[]);
            let caption = Message::compose(&format!("{caption} · {}", voice.moment(now)), &[]);
            let name = format!("{}-{}.csv", table.word(), now.format("%Y-%m-%d"));
            !send(shared, job.user, file, &name, &caption, rand::random()).await
        }
        Err(error) => {
            tracing::warn!(bot = %shared.tenant.slug(), %error, "a table could not be exported");
            true
        }
    };
    if failed {
        tell_failed(shared, job).await;
    }
}

/// Tells that what was asked for does not come.
pub async fn tell_failed(shared: &BotShared, job: &Job) {
    let live = shared.live.load_full();
    let voice = live.brand.voice(job.language.as_deref());
    let told = Message::compose(&voice.say("export-failed", &[]), &[]);
    let _ = shared.telegram.send(job.user, &told, rand::random()).await;
}

async fn write(shared: &BotShared, table: Table, actor: &str) -> Result<std::fs::File, String> {
    let file = tempfile::tempfile().map_err(|e| e.to_string())?;
    let mut out = tokio::io::BufWriter::new(tokio::fs::File::from_std(file));
    let now = shared.app.clock.now();
    export::write(&shared.tenant, actor, table, &mut out, now).await.map_err(|e| e.to_string())?;
    Ok(out.into_inner().into_std().await)
}

/// Sends a file from its beginning. False when it cannot be sent.
pub async fn send(
    shared: &BotShared,
    user: i64,
    file: std::fs::File,
    name: &str,
    caption: &Message,
    random_id: i64,
) -> bool {
    if !runs_the_bot(shared, user).await {
        return true;
    }
    for _ in 0..TRIES {
        let pause = match try_send(shared, user, &file, name, caption, random_id).await {
            Ok(()) => return true,
            Err(TelegramError::FloodWait(wait)) => wait,
            Err(TelegramError::Unavailable(why)) => {
                tracing::debug!(bot = %shared.tenant.slug(), why, "a file was not sent yet");
                RETRY
            }
            Err(error) => {
                tracing::warn!(bot = %shared.tenant.slug(), %error, "a file could not be sent");
                return false;
            }
        };
        tokio::time::sleep(pause).await;
    }
    false
}

/// Whether somebody still runs the bot: who was dismissed meanwhile gets no table and no report.
async fn runs_the_bot(shared: &BotShared, user: i64) -> bool {
    let is_owner = shared.live.load().brand.policy.owners.contains(&user);
    is_owner || admins::is_one(&shared.tenant, user).await.unwrap_or(false)
}

async fn try_send(
    shared: &BotShared,
    user: i64,
    file: &std::fs::File,
    name: &str,
    caption: &Message,
    random_id: i64,
) -> Result<(), TelegramError> {
    let local = |error: std::io::Error| TelegramError::Refused(error.to_string());
    let mut file = file.try_clone().map_err(local)?;
    let size = file.seek(SeekFrom::End(0)).map_err(local)?;
    file.rewind().map_err(local)?;
    if size > LARGEST {
        return Err(TelegramError::Refused(format!("{size} bytes are more than Telegram takes")));
    }
    let bytes = tokio::io::BufReader::new(tokio::fs::File::from_std(file));
    let outgoing = Outgoing { name, mime_type: "text/csv", size, bytes };
    match shared.telegram.send_file(user, outgoing, caption, random_id).await {
        Ok(_) | Err(TelegramError::AlreadySent) => Ok(()),
        Err(error) => Err(error),
    }
}

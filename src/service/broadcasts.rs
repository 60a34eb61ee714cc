//! Messages to many users: written down with everybody who gets them, then sent by the bot at its
//! own pace. Audited.

use super::browse::{Page, window};
use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{TenantTx, broadcasts};
use crate::domain::audience::Audience;
use chrono::{DateTime, Utc};
use serde_json::json;

pub use crate::db::broadcasts::{Broadcast, Languages, Recipient, Tally};

/// A broadcast to be begun.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// Who begins it, for the audit log.
    pub actor: &'a str,
    /// Telegram's id of them.
    pub telegram_id: i64,
    /// The text.
    pub body: &'a str,
    /// Who gets it.
    pub audience: &'a Audience,
    /// The languages that the bot speaks.
    pub languages: &'a Languages,
    /// Names what is begun, so that it is begun once.
    pub request_key: &'a str,
}

/// How many users match.
pub async fn count(
    tenant: &Tenant,
    audience: &Audience,
    languages: &Languages,
    now: DateTime<Utc>,
) -> ServiceResult<i64> {
    transact!(tenant, |tx| Ok(broadcasts::count(tx, audience, languages, now).await?))
}

/// Begins a broadcast, once for its key. Refused when nobody would get it.
pub async fn begin(tenant: &Tenant, new: &New<'_>, now: DateTime<Utc>) -> ServiceResult<i64> {
    // A million users are more than a usual statement has time for.
    crate::db::retry(async || {
        let mut tx = tenant.begin_audit().await?;
        let begun = begin_in(&mut tx, new, now).await;
        tx.finish(begun).await
    })
    .await
}

async fn begin_in(tx: &mut TenantTx, new: &New<'_>, now: DateTime<Utc>) -> ServiceResult<i64> {
    let begun = broadcasts::begin(tx, new.telegram_id, new.body, new.request_key, now).await?;
    let Some(id) = begun else {
        return Ok(broadcasts::of_key(tx, new.request_key).await?.ok_or(Refusal::KeyInUse)?);
    };
    let count = broadcasts::gather(tx, id, new.audience, new.languages, now).await?;
    if count == 0 {
        return Err(Refusal::Nobody.into());
    }
    let (after, subject) = (json!({ "text": new.body, "to": new.audience, "users": count }), id.to_string());
    audit_log::note(tx, &Act { after: Some(after), ..Act::new(new.actor, "broadcast.begin", &subject) }, now).await?;
    Ok(id)
}

/// A page of broadcasts, the newest first.
pub async fn page(tenant: &Tenant, page: u32, size: u32) -> ServiceResult<Page<Broadcast>> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| Ok(Page::cut(broadcasts::page(tx, offset, limit).await?, page, size)))
}

/// A broadcast, and how far it is.
pub async fn find(tenant: &Tenant, id: i64) -> ServiceResult<(Broadcast, Tally)> {
    transact!(tenant, |tx| {
        let broadcast = broadcasts::find(tx, id).await?.ok_or(Refusal::NotFound)?;
        Ok((broadcast, broadcasts::tally(tx, id).await?))
    })
}

/// Pauses, resumes or cancels a broadcast: `paused`, `running`, `canceled`. Refused at its end.
pub async fn set_status(
    tenant: &Tenant,
    actor: &str,
    id: i64,
    status: &'static str,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let before = broadcasts::find(tx, id).await?.ok_or(Refusal::NotFound)?.status;
        if !broadcasts::set_status(tx, id, status, (status == "canceled").then_some(now)).await? {
            return Err(Refusal::BroadcastEnded.into());
        }
        let (before, after) = (json!({ "status": before }), json!({ "status": status }));
        let subject = id.to_string();
        let act = Act::between(actor, "broadcast.change", &subject, before, after);
        Ok(audit_log::note(tx, &act, now).await?)
    })
}

/// The oldest broadcast that runs, and the language of whom began it.
pub async fn next(tenant: &Tenant) -> ServiceResult<Option<(Broadcast, Option<String>)>> {
    transact!(tenant, |tx| Ok(broadcasts::next(tx).await?))
}

/// The next recipients, while the broadcast runs.
pub async fn pending(tenant: &Tenant, id: i64, limit: i64) -> ServiceResult<Vec<Recipient>> {
    transact!(tenant, |tx| Ok(broadcasts::pending(tx, id, limit).await?))
}

/// What became of a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They got it.
    Sent,
    /// They have stopped the bot.
    Blocked,
    /// Telegram refused it.
    Failed,
}

/// Notes what became of recipients.
pub async fn settle(tenant: &Tenant, id: i64, fates: &[(i64, Fate)]) -> ServiceResult<()> {
    let of = |fate: Fate| -> Vec<i64> { fates.iter().filter(|(_, f)| *f == fate).map(|(user, _)| *user).collect() };
    transact!(tenant, |tx| {
        for (fate, word) in [(Fate::Sent, "sent"), (Fate::Blocked, "blocked"), (Fate::Failed, "failed")] {
            let users = of(fate);
            if !users.is_empty() {
                broadcasts::settle(tx, id, &users, word).await?;
            }
        }
        Ok(())
    })
}

/// Ends a broadcast when nobody waits for it any more; audited with its report.
pub async fn finish(tenant: &Tenant, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let tally = broadcasts::tally(tx, id).await?;
        if tally.pending == 0 && broadcasts::set_status(tx, id, "done", Some(now)).await? {
            let after = Some(json!({ "sent": tally.sent, "blocked": tally.blocked, "failed": tally.failed }));
            let subject = id.to_string();
            audit_log::note(tx, &Act { after, ..Act::new("farm", "broadcast.done", &subject) }, now).await?;
        }
        Ok(())
    })
}

/// Notes the message that shows the progress.
pub async fn note_screen(tenant: &Tenant, id: i64, message_id: i32) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(broadcasts::note_screen(tx, id, message_id).await?))
}

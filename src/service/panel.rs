//! The panel's door and its dialogs: sessions, wrong passwords, what somebody is in the middle of.

use super::{Refusal, ServiceError, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{panel, retry};
use chrono::{DateTime, TimeDelta, Utc};

pub use crate::db::panel::Session;
use serde_json::Value;

/// Wrong passwords that are free.
const FREE: i32 = 5;
/// The first lock; each further wrong password doubles it.
const FIRST_LOCK: TimeDelta = TimeDelta::minutes(1);
/// No lock is longer.
const LONGEST_DOUBLING: i32 = 10;

/// Whether somebody is signed in with the password that counts now.
pub async fn is_signed_in(tenant: &Tenant, user_id: i64, mark: &str, now: DateTime<Utc>) -> ServiceResult<bool> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let session = panel::session(&mut tx, user_id).await;
        Ok(tx.finish(session).await?.is_some_and(|s| s.until > now && s.mark == mark))
    })
    .await
}

/// Refuses when somebody has to wait before the next password.
pub async fn may_try(tenant: &Tenant, user_id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let failures = panel::failures(&mut tx, user_id).await;
        let (_, locked_until) = tx.finish(failures).await?;
        match locked_until.filter(|until| *until > now) {
            Some(until) => Err(Refusal::TooFast { seconds: (until - now).num_seconds().max(1) }.into()),
            None => Ok(()),
        }
    })
    .await
}

/// Signs somebody in, and ends the dialog that asked; audited.
pub async fn sign_in(
    tenant: &Tenant,
    user_id: i64,
    actor: &str,
    session: &Session,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let signed = async {
            panel::sign_in(&mut tx, user_id, session).await?;
            panel::end_dialog(&mut tx, user_id).await?;
            audit_log::note(&mut tx, &Act::new(actor, "panel.sign_in", ""), now).await
        };
        let signed = signed.await;
        Ok(tx.finish(signed).await?)
    })
    .await
}

/// Notes a wrong password; after a few in a row the next must wait, longer each time. Audited.
pub async fn wrong_password(tenant: &Tenant, user_id: i64, actor: &str, now: DateTime<Utc>) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let noted = async {
            let failures = panel::failures(&mut tx, user_id).await?.0 + 1;
            let lock = (failures >= FREE).then(|| now + FIRST_LOCK * (1 << (failures - FREE).min(LONGEST_DOUBLING)));
            panel::note_failures(&mut tx, user_id, failures, lock).await?;
            audit_log::note(&mut tx, &Act::new(actor, "panel.wrong_password", ""), now).await
        };
        let noted = noted.await;
        Ok(tx.finish(noted).await?)
    })
    .await
}

/// Signs somebody out and ends their dialog.
pub async fn sign_out(tenant: &Tenant, user_id: i64) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let signed = async {
            panel::sign_out(&mut tx, user_id).await?;
            panel::end_dialog(&mut tx, user_id).await
        };
        let signed = signed.await;
        tx.finish(signed).await?;
        Ok(())
    })
    .await
}

/// The dialog that somebody is in.
pub async fn dialog(tenant: &Tenant, user_id: i64) -> ServiceResult<Option<Value>> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let state = panel::dialog(&mut tx, user_id).await;
        Ok(tx.finish(state).await?)
    })
    .await
}

/// Puts somebody into a dialog, or on its next step.
pub async fn put_dialog(tenant: &Tenant, user_id: i64, state: &Value, now: DateTime<Utc>) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let put = panel::put_dialog(&mut tx, user_id, state, now).await;
        Ok(tx.finish(put).await?)
    })
    .await
}

/// Ends somebody's dialog. False when they were in none.
pub async fn end_dialog(tenant: &Tenant, user_id: i64) -> ServiceResult<bool> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let ended = panel::end_dialog(&mut tx, user_id).await;
        Ok::<_, ServiceError>(tx.finish(ended).await?)
    })
    .await
}

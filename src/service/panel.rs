//! The panel's door and its dialogs: sessions, wrong passwords, what somebody is in the middle of.

use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::panel;
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
    transact!(tenant, |tx| Ok(panel::session(tx, user_id).await?.is_some_and(|s| s.until > now && s.mark == mark)))
}

/// Refuses when somebody has to wait before the next password.
pub async fn may_try(tenant: &Tenant, user_id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let (_, locked_until) = panel::failures(tx, user_id).await?;
        match locked_until.filter(|until| *until > now) {
            Some(until) => Err(Refusal::TooFast { seconds: (until - now).num_seconds().max(1) }.into()),
            None => Ok(()),
        }
    })
}

/// Signs somebody in, and ends the dialog that asked; audited.
pub async fn sign_in(
    tenant: &Tenant,
    user_id: i64,
    actor: &str,
    session: &Session,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        panel::sign_in(tx, user_id, session).await?;
        panel::end_dialog(tx, user_id).await?;
        Ok(audit_log::note(tx, &Act::new(actor, "panel.sign_in", ""), now).await?)
    })
}

/// Notes a wrong password; after a few in a row the next must wait, longer each time. Audited.
pub async fn wrong_password(tenant: &Tenant, user_id: i64, actor: &str, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let failures = panel::failures(tx, user_id).await?.0 + 1;
        let lock = (failures >= FREE).then(|| now + FIRST_LOCK * (1 << (failures - FREE).min(LONGEST_DOUBLING)));
        panel::note_failures(tx, user_id, failures, lock).await?;
        Ok(audit_log::note(tx, &Act::new(actor, "panel.wrong_password", ""), now).await?)
    })
}

/// Signs somebody out and ends their dialog.
pub async fn sign_out(tenant: &Tenant, user_id: i64, actor: &str, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        panel::sign_out(tx, user_id).await?;
        panel::end_dialog(tx, user_id).await?;
        Ok(audit_log::note(tx, &Act::new(actor, "panel.sign_out", ""), now).await?)
    })
}

/// The dialog that somebody is in.
pub async fn dialog(tenant: &Tenant, user_id: i64) -> ServiceResult<Option<Value>> {
    transact!(tenant, |tx| Ok(panel::dialog(tx, user_id).await?))
}

/// Puts somebody into a dialog, or on its next step.
pub async fn put_dialog(tenant: &Tenant, user_id: i64, state: &Value, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(panel::put_dialog(tx, user_id, state, now).await?))
}

/// Ends somebody's dialog. False when they were in none.
pub async fn end_dialog(tenant: &Tenant, user_id: i64) -> ServiceResult<bool> {
    transact!(tenant, |tx| Ok(panel::end_dialog(tx, user_id).await?))
}

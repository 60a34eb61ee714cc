//! The owner's assistants: appointed, given areas, dismissed. Audited.

use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{TenantTx, admins, panel, users};
use chrono::{DateTime, Utc};
use serde_json::json;

pub use crate::db::admins::Admin;

/// Every assistant.
pub async fn all(tenant: &Tenant) -> ServiceResult<Vec<Admin>> {
    transact!(tenant, |tx| Ok(admins::all(tx).await?))
}

/// An assistant and their areas.
pub async fn find(tenant: &Tenant, id: i64) -> ServiceResult<(Admin, Vec<String>)> {
    transact!(tenant, |tx| {
        let admin = admins::find(tx, id).await?.ok_or(Refusal::NotFound)?;
        Ok((admin, admins::areas(tx, id).await?))
    })
}

/// The areas that somebody may use; none for who is no assistant.
pub async fn areas(tenant: &Tenant, id: i64) -> ServiceResult<Vec<String>> {
    transact!(tenant, |tx| {
        Ok(match admins::find(tx, id).await? {
            Some(_) => admins::areas(tx, id).await?,
            None => Vec::new(),
        })
    })
}

/// Whether a user is an assistant now.
pub async fn is_one(tenant: &Tenant, telegram_id: i64) -> ServiceResult<bool> {
    transact!(tenant, |tx| {
        Ok(match users::find(tx, telegram_id).await? {
            Some(id) => admins::find(tx, id).await?.is_some(),
            None => false,
        })
    })
}

/// Makes a user an assistant, without an area at first.
pub async fn appoint(tenant: &Tenant, actor: &str, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        // Somebody who is one already keeps the areas.
        let was = if admins::find(tx, id).await?.is_some() { "admin" } else { "user" };
        admins::set_admin(tx, id, true).await?;
        let (subject, before, after) = (id.to_string(), json!({ "role": was }), json!({ "role": "admin" }));
        Ok(audit_log::note(tx, &Act::between(actor, "admin.appoint", &subject, before, after), now).await?)
    })
}

async fn note(
    tx: &mut TenantTx,
    actor: &str,
    action: &str,
    id: i64,
    before: &[String],
    after: &[String],
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let subject = id.to_string();
    let act = Act { before: Some(json!(before)), after: Some(json!(after)), ..Act::new(actor, action, &subject) };
    Ok(audit_log::note(tx, &act, now).await?)
}

/// Opens or closes an area to an assistant.
pub async fn set_area(
    tenant: &Tenant,
    actor: &str,
    id: i64,
    area: &str,
    open: bool,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        admins::find(tx, id).await?.ok_or(Refusal::NotFound)?;
        let before = admins::areas(tx, id).await?;
        admins::set_area(tx, id, area, open).await?;
        let after = admins::areas(tx, id).await?;
        note(tx, actor, "admin.areas", id, &before, &after, now).await
    })
}

/// Dismisses an assistant: their areas, their session and their dialog end at once.
pub async fn dismiss(tenant: &Tenant, actor: &str, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        admins::find(tx, id).await?.ok_or(Refusal::NotFound)?;
        let before = admins::areas(tx, id).await?;
        admins::close_all(tx, id).await?;
        admins::set_admin(tx, id, false).await?;
        panel::sign_out(tx, id).await?;
        panel::end_dialog(tx, id).await?;
        note(tx, actor, "admin.dismiss", id, &before, &[], now).await
    })
}

//! The owner's assistants: appointed, given areas, dismissed. Audited.

use super::{Refusal, ServiceError, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{TenantTx, admins, panel, retry};
use chrono::{DateTime, Utc};
use serde_json::json;

pub use crate::db::admins::Admin;

/// Every assistant.
pub async fn all(tenant: &Tenant) -> ServiceResult<Vec<Admin>> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let all = admins::all(&mut tx).await;
        Ok(tx.finish(all).await?)
    })
    .await
}

/// An assistant and their areas.
pub async fn find(tenant: &Tenant, id: i64) -> ServiceResult<(Admin, Vec<String>)> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let found = async {
            let admin = admins::find(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
            Ok::<_, ServiceError>((admin, admins::areas(&mut tx, id).await?))
        };
        let found = found.await;
        tx.finish(found).await
    })
    .await
}

/// The areas that somebody may use; none for who is no assistant.
pub async fn areas(tenant: &Tenant, id: i64) -> ServiceResult<Vec<String>> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let areas = async {
            match admins::find(&mut tx, id).await? {
                Some(_) => admins::areas(&mut tx, id).await,
                None => Ok(Vec::new()),
            }
        };
        let areas = areas.await;
        Ok(tx.finish(areas).await?)
    })
    .await
}

/// Makes a user an assistant, without an area at first.
pub async fn appoint(tenant: &Tenant, actor: &str, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let appointed = async {
            admins::set_admin(&mut tx, id, true).await?;
            note(&mut tx, actor, "admin.appoint", id, &[], &[], now).await
        };
        let appointed = appointed.await;
        tx.finish(appointed).await
    })
    .await
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
    retry(async || {
        let mut tx = tenant.begin().await?;
        let set = async {
            admins::find(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
            let before = admins::areas(&mut tx, id).await?;
            admins::set_area(&mut tx, id, area, open).await?;
            let after = admins::areas(&mut tx, id).await?;
            note(&mut tx, actor, "admin.areas", id, &before, &after, now).await
        };
        let set = set.await;
        tx.finish(set).await
    })
    .await
}

/// Dismisses an assistant: their areas, their session and their dialog end at once.
pub async fn dismiss(tenant: &Tenant, actor: &str, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let dismissed = async {
            admins::find(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
            let before = admins::areas(&mut tx, id).await?;
            admins::close_all(&mut tx, id).await?;
            admins::set_admin(&mut tx, id, false).await?;
            panel::sign_out(&mut tx, id).await?;
            panel::end_dialog(&mut tx, id).await?;
            note(&mut tx, actor, "admin.dismiss", id, &before, &[], now).await
        };
        let dismissed = dismissed.await;
        tx.finish(dismissed).await
    })
    .await
}

//! What owners set in Telegram; it wins over the file.

use super::{ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{retry, settings};
use chrono::{DateTime, Utc};
use serde_json::json;

const TERMS: &str = "terms_accepted";

/// The settings of a bot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// An owner has accepted the terms of use.
    pub terms_accepted: bool,
}

/// Reads them.
pub async fn load(tenant: &Tenant) -> ServiceResult<Settings> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let all = settings::all(&mut tx).await;
        let all = tx.finish(all).await?;
        Ok(Settings { terms_accepted: all.iter().any(|(key, _)| key == TERMS) })
    })
    .await
}

/// Notes that an owner accepted the terms of use; audited.
pub async fn accept_terms(tenant: &Tenant, owner: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    let actor = format!("owner:{owner}");
    retry(async || {
        let mut tx = tenant.begin().await?;
        let accepted = async {
            settings::put(&mut tx, TERMS, &json!(true), &actor, now).await?;
            audit_log::note(&mut tx, &Act::new(&actor, "terms.accept", ""), now).await
        };
        let accepted = accepted.await;
        Ok(tx.finish(accepted).await?)
    })
    .await
}

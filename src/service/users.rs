//! Meeting users, and what they choose for themselves.

use super::{ServiceResult, Tenant};
use crate::db::{retry, users};
use chrono::{DateTime, Utc};

pub use crate::db::users::Profile;

/// A user whom the bot has met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Their row.
    pub id: i64,
    /// The language they chose, or their client's at first.
    pub language: Option<String>,
}

/// Inserts or refreshes a user.
pub async fn meet(tenant: &Tenant, profile: &Profile, now: DateTime<Utc>) -> ServiceResult<Known> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let met = users::meet(&mut tx, profile.clone(), now).await;
        let (id, language) = tx.finish(met).await?;
        Ok(Known { id, language })
    })
    .await
}

/// Sets a user's language.
pub async fn set_language(tenant: &Tenant, user_id: i64, language: &str) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let set = users::set_language(&mut tx, user_id, language).await;
        Ok(tx.finish(set).await?)
    })
    .await
}

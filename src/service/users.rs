//! Meeting users, and what they choose for themselves.

use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::users;
use chrono::{DateTime, Utc};
use serde_json::json;

pub use crate::db::users::Profile;

/// A user whom the bot has met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Their row.
    pub id: i64,
    /// Telegram's id of them.
    pub telegram_id: i64,
    /// The language they chose, or their client's at first.
    pub language: Option<String>,
    /// The owner appointed them as an admin.
    pub is_admin: bool,
    /// They may not use the bot.
    pub is_banned: bool,
}

/// Inserts or refreshes a user.
pub async fn meet(tenant: &Tenant, profile: &Profile, now: DateTime<Utc>) -> ServiceResult<Known> {
    transact!(tenant, |tx| {
        let (id, language, role, is_banned) = users::meet(tx, profile.clone(), now).await?;
        Ok(Known { id, telegram_id: profile.telegram_id, language, is_admin: role == "admin", is_banned })
    })
}

/// Bans a user or lets them back; audited. Nothing happens when it was so before.
pub async fn set_banned(
    tenant: &Tenant,
    telegram_id: i64,
    banned: bool,
    actor: &str,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let id = users::find(tx, telegram_id).await?.ok_or(Refusal::NotFound)?;
        if users::set_banned(tx, id, banned).await? {
            let action = if banned { "user.ban" } else { "user.unban" };
            let (before, after) = (json!({ "banned": !banned }), json!({ "banned": banned }));
            audit_log::note(tx, &Act::between(actor, action, &telegram_id.to_string(), before, after), now).await?;
        }
        Ok(())
    })
}

/// Sets a user's language.
pub async fn set_language(tenant: &Tenant, user_id: i64, language: &str) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(users::set_language(tx, user_id, language).await?))
}

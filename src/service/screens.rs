//! Which state of a rental its screen has shown. A crash between a commit and its screen would
//! otherwise hide a reserved number.

use super::{ServiceResult, Tenant};
use crate::db::{rentals, retry};
use chrono::{DateTime, Utc};

pub use crate::db::rentals::ShownRental;

/// Rentals rendered again at one start.
const BATCH: i64 = 500;

/// Notes what was shown.
pub async fn note_shown(tenant: &Tenant, shown: &[ShownRental]) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let noted = rentals::note_shown(&mut tx, shown).await;
        Ok(tx.finish(noted).await?)
    })
    .await
}

/// An open rental whose present state no screen has shown.
#[derive(Clone, Debug)]
pub struct Unshown {
    /// The rental's row.
    pub rental: i64,
    /// Its user's row.
    pub user_id: i64,
    /// The user's Telegram id.
    pub telegram_id: i64,
    /// The user's language.
    pub language: Option<String>,
}

/// Open rentals made before this time that are to be rendered again.
pub async fn unshown(tenant: &Tenant, before: DateTime<Utc>) -> ServiceResult<Vec<Unshown>> {
    let mut tx = tenant.begin().await?;
    let rows = rentals::unshown(&mut tx, before, BATCH).await;
    let rows = tx.finish(rows).await?;
    let unshown = |(rental, user_id, telegram_id, language)| Unshown { rental, user_id, telegram_id, language };
    Ok(rows.into_iter().map(unshown).collect())
}

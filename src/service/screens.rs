//! Which state of a rental its screen has shown. A crash between a commit and its screen would
//! otherwise hide a reserved number.

use super::{ServiceResult, Tenant};
use crate::db::rentals;
use chrono::{DateTime, TimeDelta, Utc};

pub use crate::db::rentals::ShownRental;

/// Rentals rendered again at one start.
const BATCH: i64 = 500;
/// Screens drawn again at one moment; more would crowd out answers.
const AT_ONCE: i64 = 100;

/// Notes what was shown.
pub async fn note_shown(tenant: &Tenant, shown: &[ShownRental]) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(rentals::note_shown(tx, shown).await?))
}

/// A rental whose screen is to be drawn.
#[derive(Clone, Debug)]
pub struct ToShow {
    /// The rental's row.
    pub rental: i64,
    /// Its user's row.
    pub user_id: i64,
    /// The user's Telegram id.
    pub telegram_id: i64,
    /// The user's language.
    pub language: Option<String>,
}

fn to_show((rental, user_id, telegram_id, language): rentals::ToShow) -> ToShow {
    ToShow { rental, user_id, telegram_id, language }
}

/// Open rentals made before this time whose present state no screen has shown.
pub async fn unshown(tenant: &Tenant, before: DateTime<Utc>) -> ServiceResult<Vec<ToShow>> {
    let mut tx = tenant.begin().await?;
    let rows = rentals::unshown(&mut tx, before, BATCH).await;
    Ok(tx.finish(rows).await?.into_iter().map(to_show).collect())
}

/// Rentals whose time left has come to one of a few moments.
#[derive(Clone, Debug)]
pub struct AtMoments {
    /// Those rentals.
    pub due: Vec<ToShow>,
    /// There are rentals that wait.
    pub waiting: bool,
}

/// Finds the waiting rentals on screens that came to one of these moments, counted in time left,
/// since the last look.
pub async fn at_moments(
    tenant: &Tenant,
    moments: &[TimeDelta],
    last: DateTime<Utc>,
    now: DateTime<Utc>,
) -> ServiceResult<AtMoments> {
    let mut tx = tenant.begin().await?;
    let found = async {
        let waiting = rentals::next_expiry(&mut tx).await?.is_some();
        let mut due: Vec<ToShow> = Vec::new();
        for left in moments.iter().filter(|_| waiting && last < now) {
            let rows = rentals::ending_between(&mut tx, last + *left, now + *left, AT_ONCE).await?;
            due.extend(rows.into_iter().map(to_show));
        }
        due.sort_by_key(|r| r.rental);
        due.dedup_by_key(|r| r.rental);
        Ok::<_, crate::db::DbError>(AtMoments { due, waiting })
    };
    let found = found.await;
    Ok(tx.finish(found).await?)
}

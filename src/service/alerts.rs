//! What owners are told without asking: low stock, unpaid codes, lost rights, providers.

use super::{Policy, ServiceResult, Tenant};
use crate::db::outbox::{self, Kind, NewRow};
use crate::db::{DbError, TenantTx, alerts, catalog, users};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Something that an owner should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alert", rename_all = "snake_case")]
pub enum Alert {
    /// A country has fewer free numbers than the owner wants.
    LowStock {
        /// The service's name.
        service: String,
        /// The country's name.
        country: String,
        /// Free numbers.
        free: i64,
    },
    /// A code arrived whose price its user cannot pay.
    Unpaid {
        /// The user's Telegram id.
        user: i64,
        /// The number in E.164.
        number: String,
        /// What is missing, in the bot's currency.
        missing: Decimal,
    },
    /// The bot no longer sees the members of a channel.
    RightsLost {
        /// The channel's title.
        channel: String,
    },
    /// A provider does not answer, or not as it should.
    ProviderDown {
        /// The provider's name.
        provider: String,
        /// Why, for people.
        reason: String,
    },
    /// The provider answers again.
    ProviderUp {
        /// The provider's name.
        provider: String,
    },
    /// The farm was restarted while a file was being imported.
    ImportInterrupted {
        /// The file's name.
        file: String,
    },
}

/// Queues an alert for every owner whom the bot has met.
pub(super) async fn tell(tx: &mut TenantTx, policy: &Policy, alert: &Alert, now: DateTime<Utc>) -> ServiceResult<()> {
    if policy.owners.is_empty() {
        return Ok(());
    }
    let details = serde_json::to_value(alert).map_err(|error| DbError::Other(error.to_string()))?;
    for telegram_id in users::met(tx, &policy.owners).await? {
        let row = NewRow { kind: Kind::Alert, telegram_id, rental: None, details: Some(details.clone()), due: now };
        outbox::enqueue(tx, row, now).await?;
    }
    Ok(())
}

/// Something that lasts: told once when it begins.
#[derive(Clone, Copy, Debug)]
pub struct Lasting<'a> {
    /// What kind: `stock`, `channel`, `provider`.
    pub kind: &'static str,
    /// Of what.
    pub subject: &'a str,
}

/// Tells owners when something begins. Nothing when it was told before.
pub async fn begin(
    tenant: &Tenant,
    policy: &Policy,
    lasting: Lasting<'_>,
    alert: &Alert,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| begin_in(tx, policy, lasting, alert, now).await)
}

async fn begin_in(
    tx: &mut TenantTx,
    policy: &Policy,
    lasting: Lasting<'_>,
    alert: &Alert,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    // Noted only when somebody hears of it: an owner who comes later is told then.
    let is_heard = !users::met(tx, &policy.owners).await?.is_empty();
    if is_heard && alerts::raise(tx, lasting.kind, lasting.subject, now).await? {
        tell(tx, policy, alert, now).await?;
    }
    Ok(())
}

/// Notes that something is over; tells owners if there is something to tell.
pub async fn end(
    tenant: &Tenant,
    policy: &Policy,
    lasting: Lasting<'_>,
    alert: Option<&Alert>,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        if alerts::clear(tx, lasting.kind, lasting.subject).await?
            && let Some(alert) = alert
        {
            tell(tx, policy, alert, now).await?;
        }
        Ok(())
    })
}

/// After a reservation: tells owners when few numbers of a country are left, once until it is
/// filled up.
pub(super) async fn check_stock(
    tx: &mut TenantTx,
    policy: &Policy,
    country_id: i64,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    if policy.low_stock == 0 || policy.owners.is_empty() {
        return Ok(());
    }
    let free = catalog::free_upto(tx, country_id, now, policy.low_stock).await?;
    let subject = country_id.to_string();
    if free >= policy.low_stock {
        return Ok(alerts::clear(tx, "stock", &subject).await.map(|_| ())?);
    }
    let Some(offer) = catalog::offer(tx, country_id, now).await? else { return Ok(()) };
    let alert = Alert::LowStock { service: offer.service, country: offer.country, free };
    begin_in(tx, policy, Lasting { kind: "stock", subject: &subject }, &alert, now).await
}

//! Channels to join: what the file declares, what is due to a user, paying it once.

use super::{Refusal, ServiceError, ServiceResult, Tenant};
use crate::db::ledger::{self, Movement};
use crate::db::{TenantTx, channels, retry, users};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

pub use crate::db::channels::{Channel, NewChannel};

/// Every channel, paused ones too.
pub async fn all(tenant: &Tenant) -> ServiceResult<Vec<Channel>> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let all = channels::all(&mut tx).await;
        Ok(tx.finish(all).await?)
    })
    .await
}

/// Makes the table say what the file says of its channels.
pub async fn apply(tenant: &Tenant, declared: &[NewChannel], now: DateTime<Utc>) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let applied = async {
            let mut rows = Vec::with_capacity(declared.len());
            for channel in declared {
                rows.push(channels::put(&mut tx, channel).await?);
            }
            channels::retire_file_rows(&mut tx, &rows, now).await
        };
        let applied = applied.await;
        Ok(tx.finish(applied).await?)
    })
    .await
}

/// An active channel that pays, as a user stands to it.
#[derive(Clone, Debug)]
pub struct Reward {
    /// The channel.
    pub channel: Channel,
    /// What it pays.
    pub amount: Decimal,
    /// When it pays this user again; `None` when it does now.
    pub due_at: Option<DateTime<Utc>>,
    /// It has paid this user, and never will again.
    pub is_spent: bool,
}

impl Reward {
    /// Whether it pays now.
    pub fn is_due(&self) -> bool {
        self.due_at.is_none() && !self.is_spent
    }
}

/// The rewards of a bot as a user stands to them.
pub async fn rewards(tenant: &Tenant, user_id: i64, now: DateTime<Utc>) -> ServiceResult<Vec<Reward>> {
    let (all, awards) = retry(async || {
        let mut tx = tenant.begin().await?;
        let read =
            async { Ok::<_, ServiceError>((channels::all(&mut tx).await?, channels::awards(&mut tx, user_id).await?)) };
        let read = read.await;
        tx.finish(read).await
    })
    .await?;
    let last = |id| awards.iter().find(|(channel, _)| *channel == id).map(|(_, at)| *at);
    let paying = all.into_iter().filter(|c| c.active);
    Ok(paying.filter_map(|c| Some(stand(c.reward_amount?, last(c.id), c, now))).collect())
}

fn stand(amount: Decimal, last: Option<DateTime<Utc>>, channel: Channel, now: DateTime<Utc>) -> Reward {
    let cutoff = channel.frequency().cutoff(now);
    let is_spent = last.is_some() && cutoff.is_none();
    let due_at = last.zip(cutoff).filter(|(last, cutoff)| last > cutoff).map(|(last, cutoff)| last + (now - cutoff));
    Reward { channel, amount, due_at, is_spent }
}

/// What was paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Awarded {
    /// Together, in the bot's currency; zero when nothing was due.
    pub amount: Decimal,
    /// The balance after it.
    pub balance: Decimal,
}

/// Pays the rewards of these channels, as far as they are due. However many presses arrive at
/// once, each is paid once.
pub async fn award(tenant: &Tenant, user_id: i64, joined: &[i64], now: DateTime<Utc>) -> ServiceResult<Awarded> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let awarded = award_in(&mut tx, user_id, joined, now).await;
        tx.finish(awarded).await
    })
    .await
}

async fn award_in(tx: &mut TenantTx, user_id: i64, joined: &[i64], now: DateTime<Utc>) -> ServiceResult<Awarded> {
    let mut awarded = Awarded::default();
    for channel in channels::all(tx).await?.iter().filter(|c| c.active && joined.contains(&c.id)) {
        let Some(amount) = channel.reward_amount else { continue };
        let Some(times) = channels::award(tx, user_id, channel, now).await? else { continue };
        let movement = Movement {
            user_id,
            kind: "reward",
            amount,
            released: Decimal::ZERO,
            reason: format!("channel:{}", channel.id),
            actor: format!("user:{user_id}"),
            bought: None,
            request_key: Some(format!("reward:{user_id}:{}:{times}", channel.id)),
        };
        ledger::record(tx, movement, now).await?.ok_or(Refusal::NotFound)?;
        awarded.amount += amount;
    }
    if !awarded.amount.is_zero() {
        users::note_reward(tx, user_id, now).await?;
    }
    awarded.balance = users::funds(tx, user_id).await?.balance;
    Ok(awarded)
}

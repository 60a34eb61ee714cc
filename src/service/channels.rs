//! Channels to join: what the file declares, what is due to a user, paying it once.

use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::ledger::{self, Movement};
use crate::db::{TenantTx, channels, users};
use crate::domain::channel::{Frequency, MOST_CHANNELS};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

pub use crate::db::channels::{Channel, NewChannel};

/// Every channel, paused ones too.
pub async fn all(tenant: &Tenant) -> ServiceResult<Vec<Channel>> {
    transact!(tenant, |tx| Ok(channels::all(tx).await?))
}

/// Makes the table say what the file says of its channels.
pub async fn apply(tenant: &Tenant, declared: &[NewChannel], now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let mut rows = Vec::with_capacity(declared.len());
        for channel in declared {
            rows.push(channels::put(tx, channel).await?);
        }
        Ok(channels::retire_file_rows(tx, &rows, now).await?)
    })
}

/// One channel.
pub async fn find(tenant: &Tenant, id: i64) -> ServiceResult<Channel> {
    transact!(tenant, |tx| Ok(channels::find(tx, id).await?.ok_or(Refusal::NotFound)?))
}

/// Adds a channel; audited. One that is there already is refused.
pub async fn add(tenant: &Tenant, actor: &str, channel: &NewChannel, now: DateTime<Utc>) -> ServiceResult<i64> {
    transact!(tenant, |tx| add_in(tx, actor, channel, now).await)
}

async fn add_in(tx: &mut TenantTx, actor: &str, channel: &NewChannel, now: DateTime<Utc>) -> ServiceResult<i64> {
    let is_same = |c: &Channel| {
        c.username_or_link.eq_ignore_ascii_case(&channel.username_or_link)
            || (c.chat_id.is_some() && c.chat_id == channel.chat_id)
    };
    let all = channels::all(tx).await?;
    if all.iter().any(is_same) {
        return Err(Refusal::Exists.into());
    }
    if all.len() >= MOST_CHANNELS {
        return Err(Refusal::TooMany { limit: MOST_CHANNELS as u32 }.into());
    }
    let id = channels::put(tx, channel).await?;
    let after = channels::find(tx, id).await?.map(|c| c.facts());
    let subject = id.to_string();
    audit_log::note(tx, &Act { after, ..Act::new(actor, "channel.add", &subject) }, now).await?;
    Ok(id)
}

/// What an owner changes about a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// In use or paused.
    Active(bool),
    /// Must be joined before the bot can be used.
    Required(bool),
    /// What joining pays, if anything.
    Reward(Option<Decimal>),
    /// How often it pays.
    Frequency(Frequency),
    /// Not listed any more; what it paid stays written.
    Remove,
}

/// Changes a channel; audited. Those that the file declares are changed in the file only.
pub async fn change(tenant: &Tenant, actor: &str, id: i64, change: Change, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| change_in(tx, actor, id, change, now).await)
}

async fn change_in(tx: &mut TenantTx, actor: &str, id: i64, change: Change, now: DateTime<Utc>) -> ServiceResult<()> {
    let before = channels::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    if before.origin == "file" {
        return Err(Refusal::FromFile.into());
    }
    let action = match change {
        Change::Active(active) => {
            channels::set_active(tx, id, active).await?;
            if active { "channel.resume" } else { "channel.pause" }
        }
        Change::Required(required) => {
            channels::set_required(tx, id, required).await?;
            "channel.require"
        }
        Change::Reward(reward) => {
            let (word, every) = before.frequency().parts();
            channels::set_reward(tx, id, reward, (word, every.cast_signed())).await?;
            "channel.reward"
        }
        Change::Frequency(frequency) => {
            let (word, every) = frequency.parts();
            channels::set_reward(tx, id, before.reward_amount, (word, every.cast_signed())).await?;
            "channel.frequency"
        }
        Change::Remove => {
            channels::remove(tx, id, now).await?;
            "channel.remove"
        }
    };
    let after = channels::find(tx, id).await?.map(|c| c.facts());
    let subject = id.to_string();
    let act = Act { before: Some(before.facts()), after, ..Act::new(actor, action, &subject) };
    Ok(audit_log::note(tx, &act, now).await?)
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
    let (all, awards) = transact!(tenant, |tx| Ok((channels::all(tx).await?, channels::awards(tx, user_id).await?)))?;
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
    transact!(tenant, |tx| award_in(tx, user_id, joined, now).await)
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

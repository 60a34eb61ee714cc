//! Channels to join, and what was paid for joining them.

use super::retry::DbError;
use super::scope::TenantTx;
use super::{schema, schema::channels as c};
use crate::domain::channel::{ChannelRef, Frequency};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use rust_decimal::Decimal;

statement! {
    Award {
        user_id: i64 => BigInt, channel_id: i64 => BigInt, now: DateTime<Utc> => Timestamptz,
        cutoff: Option<DateTime<Utc>> => Nullable<Timestamptz>,
    } -> Integer =
    "INSERT INTO user_channel_rewards (user_id, channel_id, last_award_at) VALUES (?, ?, ?) \
     ON CONFLICT (user_id, channel_id) DO UPDATE SET last_award_at = excluded.last_award_at, \
         times_awarded = user_channel_rewards.times_awarded + 1 \
     WHERE user_channel_rewards.last_award_at <= ? RETURNING times_awarded"
}

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = c)]
pub struct Channel {
    /// Its row.
    pub id: i64,
    /// Telegram's id of it, if it is known.
    pub chat_id: Option<i64>,
    /// What users see.
    pub title: String,
    /// `@name`, or an invite link.
    pub username_or_link: String,
    /// Must be joined before the bot can be used.
    pub required: bool,
    /// In use.
    pub active: bool,
    /// What joining pays, if anything.
    pub reward_amount: Option<Decimal>,
    frequency: String,
    every: i32,
    /// `file` or `panel`.
    pub origin: String,
}

impl Channel {
    /// How often it pays.
    pub fn frequency(&self) -> Frequency {
        Frequency::of(&self.frequency, self.every)
    }

    /// What the audit log keeps of it.
    pub fn facts(&self) -> serde_json::Value {
        serde_json::json!({
            "title": self.title, "where": self.username_or_link, "required": self.required, "active": self.active,
            "reward": self.reward_amount, "frequency": self.frequency, "every": self.every,
        })
    }

    /// How Telegram finds it.
    pub fn reference(&self) -> ChannelRef {
        ChannelRef::of(self.chat_id, &self.username_or_link)
    }
}

/// A channel to be written.
#[derive(Clone, Debug, Insertable, AsChangeset)]
#[diesel(table_name = schema::channels, treat_none_as_null = true)]
pub struct NewChannel {
    /// Telegram's id of it, if it is known.
    pub chat_id: Option<i64>,
    /// What users see.
    pub title: String,
    /// `@name`, or an invite link.
    pub username_or_link: String,
    /// Must be joined before the bot can be used.
    pub required: bool,
    /// In use.
    pub active: bool,
    /// What joining pays, if anything.
    pub reward_amount: Option<Decimal>,
    /// `once`, `hours` or `days`.
    pub frequency: &'static str,
    /// Every so many of them.
    pub every: i32,
    /// `file` or `panel`.
    pub origin: &'static str,
    /// When it was removed.
    pub removed_at: Option<DateTime<Utc>>,
}

/// Every channel that was not removed.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<Channel>, DbError> {
    Ok(c::table.filter(c::removed_at.is_null()).order(c::id).select(Channel::as_select()).load(tx).await?)
}

/// One channel that was not removed.
pub async fn find(tx: &mut TenantTx, id: i64) -> Result<Option<Channel>, DbError> {
    let found = c::table.find(id).filter(c::removed_at.is_null());
    Ok(found.select(Channel::as_select()).first(tx).await.optional()?)
}

/// Writes a channel. One with the same id, or else the same name or link, is changed, removed or
/// not: what it has paid still counts. Returns its row.
pub async fn put(tx: &mut TenantTx, channel: &NewChannel) -> Result<i64, DbError> {
    let same_id = match channel.chat_id {
        Some(id) => c::table.filter(c::chat_id.eq(id)).select(c::id).first(tx).await.optional()?,
        None => None,
    };
    let same_link: Option<i64> = {
        let found = c::table.filter(c::username_or_link.eq(&channel.username_or_link));
        found.select(c::id).first(tx).await.optional()?
    };
    if let (Some(id), Some(other)) = (same_id, same_link.filter(|other| Some(*other) != same_id)) {
        retire(tx, other, id).await?;
    }
    match same_id.or(same_link) {
        Some(id) => {
            diesel::update(c::table.find(id)).set(channel).execute(tx).await?;
            Ok(id)
        }
        None => Ok(diesel::insert_into(c::table).values(channel).returning(c::id).get_result(tx).await?),
    }
}

/// Takes its link from a channel that is really another one.
async fn retire(tx: &mut TenantTx, other: i64, by: i64) -> Result<(), DbError> {
    let link = format!("replaced:{other}:{by}");
    let retired = (c::username_or_link.eq(link), c::active.eq(false));
    diesel::update(c::table.find(other)).set(retired).execute(tx).await?;
    Ok(())
}

/// Switches off the file's channels that the file no longer names.
pub async fn retire_file_rows(tx: &mut TenantTx, named: &[i64], now: DateTime<Utc>) -> Result<(), DbError> {
    let gone = c::table.filter(c::origin.eq("file")).filter(c::removed_at.is_null()).filter(c::id.ne_all(named));
    diesel::update(gone).set((c::active.eq(false), c::removed_at.eq(now))).execute(tx).await?;
    Ok(())
}

/// Pauses or resumes a channel.
pub async fn set_active(tx: &mut TenantTx, id: i64, active: bool) -> Result<(), DbError> {
    diesel::update(c::table.find(id)).set(c::active.eq(active)).execute(tx).await?;
    Ok(())
}

/// Changes what joining pays, and how often.
pub async fn set_reward(
    tx: &mut TenantTx,
    id: i64,
    reward: Option<Decimal>,
    (frequency, every): (&str, i32),
) -> Result<(), DbError> {
    let change = (c::reward_amount.eq(reward), c::frequency.eq(frequency), c::every.eq(every));
    diesel::update(c::table.find(id)).set(change).execute(tx).await?;
    Ok(())
}

/// Changes whether a channel must be joined.
pub async fn set_required(tx: &mut TenantTx, id: i64, required: bool) -> Result<(), DbError> {
    diesel::update(c::table.find(id)).set(c::required.eq(required)).execute(tx).await?;
    Ok(())
}

/// Removes a channel; what it paid stays written.
pub async fn remove(tx: &mut TenantTx, id: i64, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(c::table.find(id)).set((c::active.eq(false), c::removed_at.eq(now))).execute(tx).await?;
    Ok(())
}

/// When a user was last paid for each channel.
pub async fn awards(tx: &mut TenantTx, user_id: i64) -> Result<Vec<(i64, DateTime<Utc>)>, DbError> {
    use schema::user_channel_rewards as r;
    Ok(r::table.filter(r::user_id.eq(user_id)).select((r::channel_id, r::last_award_at)).load(tx).await?)
}

/// Notes an award if one is due; the row's lock lets one of many through. Returns which one it is,
/// counted from 1, or `None` when none is due.
pub async fn award(
    tx: &mut TenantTx,
    user_id: i64,
    channel: &Channel,
    now: DateTime<Utc>,
) -> Result<Option<i32>, DbError> {
    let cutoff = channel.frequency().cutoff(now);
    Ok(Award { user_id, channel_id: channel.id, now, cutoff }.get_result(tx).await.optional()?)
}

//! The bot's Telegram session: update state, keys (sealed), access hashes.

use super::scope::TenantTx;
use super::{retry::DbError, schema};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

/// How far the account's updates were handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = schema::telegram_session)]
pub struct UpdateState {
    /// Telegram's `pts`; 0 is "none".
    pub pts: i32,
    /// Telegram's `qts`.
    pub qts: i32,
    /// Telegram's `date`.
    pub date: i32,
    /// Telegram's `seq`.
    pub seq: i32,
}

/// A data centre as one host knows it.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = schema::telegram_keys, treat_none_as_null = true)]
pub struct Key {
    /// The host whose key it is.
    pub host: String,
    /// The data centre.
    pub dc_id: i32,
    /// Its address.
    pub address: String,
    /// The account lives there.
    pub home: bool,
    /// The authorization key, sealed.
    pub sealed_key: Option<String>,
    /// The token was used with this key.
    pub signed_in: bool,
}

/// The row of the account that has the bot; earlier ones have their own, by their own ids.
const PRESENT: i64 = 1;

/// The account that has the bot, if one was signed in.
pub async fn account(tx: &mut TenantTx) -> Result<Option<i64>, DbError> {
    use schema::telegram_session as t;
    Ok(t::table.find(PRESENT).select(t::bot_id).first(tx).await.optional()?.flatten())
}

/// An account's update state, whether it has the bot or had it before.
pub async fn state(tx: &mut TenantTx, account: i64) -> Result<Option<UpdateState>, DbError> {
    use schema::telegram_session as t;
    let own = t::table.filter(t::bot_id.eq(account).and(t::pts.ne(0))).order(t::id);
    Ok(own.select((t::pts, t::qts, t::date, t::seq)).first(tx).await.optional()?)
}

/// Saves the update state of the account that has the bot, if it is this one.
pub async fn save_state(tx: &mut TenantTx, account: i64, state: UpdateState) -> Result<(), DbError> {
    use schema::telegram_session as t;
    diesel::update(t::table.find(PRESENT).filter(t::bot_id.eq(account))).set(state).execute(tx).await?;
    Ok(())
}

/// Saves which account has the bot, and its update state. The one before keeps its own.
pub async fn save_bot(tx: &mut TenantTx, account: i64, update_state: UpdateState) -> Result<(), DbError> {
    if let Some(before) = self::account(tx).await?.filter(|before| *before != account)
        && let Some(left) = state(tx, before).await?
    {
        put(tx, before, before, left).await?;
    }
    put(tx, PRESENT, account, update_state).await
}

async fn put(tx: &mut TenantTx, id: i64, account: i64, state: UpdateState) -> Result<(), DbError> {
    use schema::telegram_session as t;
    let row = (t::bot_id.eq(account), state);
    diesel::insert_into(t::table)
        .values((t::id.eq(id), row))
        .on_conflict(t::id)
        .do_update()
        .set(row)
        .execute(tx)
        .await?;
    Ok(())
}

/// The keys of one host; one that is signed in comes last.
pub async fn keys(tx: &mut TenantTx, host: &str) -> Result<Vec<Key>, DbError> {
    use schema::telegram_keys as k;
    let columns = (k::host, k::dc_id, k::address, k::home, k::sealed_key, k::signed_in);
    Ok(k::table.filter(k::host.eq(host.to_owned())).order(k::signed_in).select(columns).load(tx).await?)
}

/// Saves a key. No other one of its host is at home then.
pub async fn save_key(tx: &mut TenantTx, key: &Key) -> Result<(), DbError> {
    use schema::telegram_keys as k;
    if key.home {
        let others = k::table.filter(k::host.eq(&key.host).and(k::dc_id.ne(key.dc_id)));
        diesel::update(others).set((k::home.eq(false), k::signed_in.eq(false))).execute(tx).await?;
    }
    diesel::insert_into(k::table).values(key).on_conflict((k::host, k::dc_id)).do_update().set(key).execute(tx).await?;
    Ok(())
}

/// Throws the keys of one host away: the next start signs in again.
pub async fn forget_keys(tx: &mut TenantTx, host: &str) -> Result<(), DbError> {
    use schema::telegram_keys as k;
    diesel::delete(k::table.filter(k::host.eq(host.to_owned()))).execute(tx).await?;
    Ok(())
}

/// An access hash: `user` or `channel`, its id, the hash.
pub type Peer = (String, i64, i64);

/// One peer's access hash.
pub async fn peer(tx: &mut TenantTx, kind: &'static str, id: i64) -> Result<Option<i64>, DbError> {
    use schema::telegram_peers as p;
    Ok(p::table.find((kind, id)).select(p::access_hash).first(tx).await.optional()?)
}

/// Saves access hashes.
pub async fn save_peers(tx: &mut TenantTx, peers: &[Peer]) -> Result<(), DbError> {
    use schema::telegram_peers as p;
    let rows: Vec<_> =
        peers.iter().map(|(kind, id, hash)| (p::kind.eq(kind), p::peer_id.eq(id), p::access_hash.eq(hash))).collect();
    diesel::insert_into(p::table)
        .values(rows)
        .on_conflict((p::kind, p::peer_id))
        .do_update()
        .set(p::access_hash.eq(excluded(p::access_hash)))
        .execute(tx)
        .await?;
    Ok(())
}

//! The bot's Telegram session: update state, keys (sealed), access hashes.

use super::scope::TenantTx;
use super::{retry::DbError, schema};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

/// How far the account's updates were handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Queryable)]
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

/// The saved update state and the bot's id.
pub async fn load(tx: &mut TenantTx) -> Result<(Option<i64>, UpdateState), DbError> {
    use schema::telegram_session as t;
    let row = t::table.find(1).select((t::bot_id, (t::pts, t::qts, t::date, t::seq))).first(tx).await.optional()?;
    Ok(row.unwrap_or_default())
}

/// Saves the update state of the account that was signed in last.
pub async fn save_state(tx: &mut TenantTx, state: UpdateState) -> Result<(), DbError> {
    use schema::telegram_session as t;
    let values =
        (t::id.eq(1), t::pts.eq(state.pts), t::qts.eq(state.qts), t::date.eq(state.date), t::seq.eq(state.seq));
    diesel::insert_into(t::table)
        .values(values)
        .on_conflict(t::id)
        .do_update()
        .set((
            t::pts.eq(excluded(t::pts)),
            t::qts.eq(excluded(t::qts)),
            t::date.eq(excluded(t::date)),
            t::seq.eq(excluded(t::seq)),
        ))
        .execute(tx)
        .await?;
    Ok(())
}

/// Saves which bot this is, and its update state.
pub async fn save_bot(tx: &mut TenantTx, bot_id: i64, state: UpdateState) -> Result<(), DbError> {
    use schema::telegram_session as t;
    save_state(tx, state).await?;
    diesel::update(t::table.find(1)).set(t::bot_id.eq(bot_id)).execute(tx).await?;
    Ok(())
}

/// The keys of one host.
pub async fn keys(tx: &mut TenantTx, host: &str) -> Result<Vec<Key>, DbError> {
    use schema::telegram_keys as k;
    let columns = (k::host, k::dc_id, k::address, k::home, k::sealed_key, k::signed_in);
    Ok(k::table.filter(k::host.eq(host.to_owned())).select(columns).load(tx).await?)
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

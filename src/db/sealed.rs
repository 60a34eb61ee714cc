//! Every sealed value of the database, for a farm that is rekeyed. Each is replaced only if it is still
//! the one that was read.

use super::farm_schema::definitions;
use super::retry::DbError;
use super::schema::{dialogs, providers, telegram_keys};
use super::scope::{FarmTx, TenantTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;

type Three = (Option<String>, Option<String>, Option<String>);

/// The secrets of a provider of the panel: its row, and the three that it may have.
pub type ProviderSecrets = (i64, [Option<String>; 3]);

/// The keys to Telegram: whose, of which data centre, sealed.
pub async fn telegram(tx: &mut TenantTx) -> Result<Vec<(String, i32, String)>, DbError> {
    use telegram_keys as k;
    let known = k::table.filter(k::sealed_key.is_not_null());
    Ok(known.select((k::host, k::dc_id, k::sealed_key.assume_not_null())).load(tx).await?)
}

/// Replaces a key to Telegram.
pub async fn put_telegram(tx: &mut TenantTx, of: (&str, i32), old: &str, new: &str) -> Result<(), DbError> {
    use telegram_keys as k;
    let row = k::table.find((of.0, of.1)).filter(k::sealed_key.eq(old));
    diesel::update(row).set(k::sealed_key.eq(new)).execute(tx).await?;
    Ok(())
}

/// The providers' secrets, of deleted ones too.
pub async fn providers(tx: &mut TenantTx) -> Result<Vec<ProviderSecrets>, DbError> {
    use providers as p;
    let known = p::table.select((p::id, (p::api_key, p::webhook_token, p::url_key))).order(p::id);
    let rows: Vec<(i64, Three)> = known.load(tx).await?;
    Ok(rows.into_iter().map(|(id, (key, token, url))| (id, [key, token, url])).collect())
}

/// Replaces a provider's secrets.
pub async fn put_provider(
    tx: &mut TenantTx,
    id: i64,
    old: &ProviderSecrets,
    new: &ProviderSecrets,
) -> Result<(), DbError> {
    use providers as p;
    let [key, token, url] = &old.1;
    let row = p::table
        .find(id)
        .filter(p::api_key.is_not_distinct_from(key))
        .filter(p::webhook_token.is_not_distinct_from(token))
        .filter(p::url_key.is_not_distinct_from(url));
    let [key, token, url] = &new.1;
    let values = (p::api_key.eq(key), p::webhook_token.eq(token), p::url_key.eq(url));
    diesel::update(row).set(values).execute(tx).await?;
    Ok(())
}

/// The dialogs that people are in.
pub async fn dialogs(tx: &mut TenantTx) -> Result<Vec<(i64, Value)>, DbError> {
    Ok(dialogs::table.select((dialogs::user_id, dialogs::state)).load(tx).await?)
}

/// Replaces the state of a dialog.
pub async fn put_dialog(tx: &mut TenantTx, user_id: i64, old: &Value, new: &Value) -> Result<(), DbError> {
    let row = dialogs::table.find(user_id).filter(dialogs::state.eq(old));
    diesel::update(row).set(dialogs::state.eq(new)).execute(tx).await?;
    Ok(())
}

/// Every definition's text, of deleted ones too.
pub async fn definitions(tx: &mut FarmTx) -> Result<Vec<(String, String)>, DbError> {
    use definitions as d;
    Ok(d::table.select((d::slug, d::body)).order(d::slug).load(tx).await?)
}

/// Replaces a definition's text by one that says the same.
pub async fn put_definition(tx: &mut FarmTx, slug: &str, old: &str, new: &str) -> Result<(), DbError> {
    use definitions as d;
    diesel::update(d::table.find(slug).filter(d::body.eq(old))).set(d::body.eq(new)).execute(tx).await?;
    Ok(())
}

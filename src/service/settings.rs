//! What owners set in Telegram; it wins over the file until it is taken back. Audited.

use super::{Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::settings;
use crate::domain::setting::Setting;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;

const TERMS: &str = "terms_accepted";
const OWNER: &str = "owner";
/// In front of a text's language and key.
const TEXT: &str = "text:";

/// The settings of a bot, as far as the panel set them.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// An owner has accepted the terms of use.
    pub terms_accepted: bool,
    /// The Telegram id of who became owner by giving the panel's password first.
    pub owner: Option<i64>,
    values: HashMap<Setting, Value>,
    /// The bot's own texts: language, key, text.
    pub texts: Vec<(String, String, String)>,
}

impl Settings {
    /// The panel's value of a setting, if it has one.
    pub fn get(&self, setting: Setting) -> Option<&Value> {
        self.values.get(&setting)
    }

    /// The settings that the panel has set.
    pub fn set_here(&self) -> Vec<Setting> {
        self.values.keys().copied().collect()
    }
}

/// Reads them.
pub async fn load(tenant: &Tenant) -> ServiceResult<Settings> {
    transact!(tenant, |tx| {
        let all = settings::all(tx).await?;
        let terms_accepted = all.iter().any(|(key, _)| key == TERMS);
        let owner = all.iter().find(|(key, _)| key == OWNER).and_then(|(_, value)| value.as_i64());
        let known = |key: &str| Setting::ALL.into_iter().find(|(_, word)| *word == key).map(|(setting, _)| setting);
        let text = |(key, value): &(String, Value)| {
            let (language, key) = key.strip_prefix(TEXT)?.split_once(':')?;
            Some((language.to_owned(), key.to_owned(), value.as_str()?.to_owned()))
        };
        let texts = all.iter().filter_map(text).collect();
        let values = all.into_iter().filter_map(|(key, value)| Some((known(&key)?, value))).collect();
        Ok(Settings { terms_accepted, owner, values, texts })
    })
}

/// Sets a value, or takes it back to the file's.
pub async fn set(
    tenant: &Tenant,
    actor: &str,
    setting: Setting,
    value: Option<&Value>,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    put(tenant, actor, setting.word(), value, setting.is_secret(), now).await
}

/// Sets a text of the bot's own, or takes it back.
pub async fn set_text(
    tenant: &Tenant,
    actor: &str,
    (language, key): (&str, &str),
    text: Option<&str>,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let (key, value) = (format!("{TEXT}{language}:{key}"), text.map(|text| json!(text)));
    put(tenant, actor, &key, value.as_ref(), false, now).await
}

async fn put(
    tenant: &Tenant,
    actor: &str,
    key: &str,
    value: Option<&Value>,
    is_secret: bool,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let before = settings::all(tx).await?.into_iter().find(|(k, _)| k == key).map(|(_, value)| value);
        match value {
            Some(value) => settings::put(tx, key, value, actor, now).await?,
            None => settings::take_back(tx, key).await?,
        }
        let action = if value.is_some() { "setting.change" } else { "setting.take_back" };
        // That a secret was changed is noted, never what it was.
        let shown = |value: Option<Value>| value.filter(|_| !is_secret);
        let act = Act { before: shown(before), after: shown(value.cloned()), ..Act::new(actor, action, key) };
        Ok(audit_log::note(tx, &act, now).await?)
    })
}

/// Notes that an owner accepted the terms of use; audited.
pub async fn accept_terms(tenant: &Tenant, owner: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    let actor = format!("owner:{owner}");
    transact!(tenant, |tx| {
        settings::put(tx, TERMS, &json!(true), &actor, now).await?;
        Ok(audit_log::note(tx, &Act::new(&actor, "terms.accept", ""), now).await?)
    })
}

/// Makes somebody the owner of a bot that has none, once; audited. Refused when another was faster.
pub async fn claim(tenant: &Tenant, user: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    let actor = format!("owner:{user}");
    transact!(tenant, |tx| {
        if !settings::put_once(tx, OWNER, &json!(user), &actor, now).await? {
            return Err(Refusal::NotAllowed.into());
        }
        Ok(audit_log::note(tx, &Act::new(&actor, "owner.claim", ""), now).await?)
    })
}

//! Providers as owners handle them in the panel: added, linked, watched, their unmatched messages
//! assigned by hand. Audited; secrets are sealed before they come here and are in no audit row.

use super::browse::{Page, window};
use super::complete::{self, Outcome, Reading};
use super::{Policy, Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{TenantTx, inbox, providers, shop};
use crate::domain::address::shown_address;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::collections::HashMap;
use url::Url;

pub use crate::db::providers::{Candidate, Provider, ProviderChange, Recent, Served, Unmatched};

/// Providers of one bot's panel: each polled one asks by itself.
pub const MOST_PROVIDERS: u32 = 50;
/// A line is unknown when a message came on it within this time, and the table does not have it.
const LATELY: TimeDelta = TimeDelta::days(7);

fn facts(provider: &Provider) -> Value {
    json!({
        "name": provider.name, "url": provider.base_url.as_deref().map(shown_address), "mode": provider.mode, "active": provider.active,
        "interval": provider.poll_interval_sec, "adapter": provider.adapter, "has_key": provider.api_key.is_some(),
        "options": provider.options,
    })
}

/// A page of providers.
pub async fn page(tenant: &Tenant, page: u32, size: u32) -> ServiceResult<Page<Provider>> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| Ok(Page::cut(providers::page(tx, offset, limit).await?, page, size)))
}

/// Those that the panel has added.
pub async fn of_panel(tenant: &Tenant) -> ServiceResult<Vec<Provider>> {
    transact!(tenant, |tx| Ok(providers::of_panel(tx).await?))
}

/// The rows of those that the bot's file declares, by name.
pub async fn of_file(tenant: &Tenant) -> ServiceResult<HashMap<String, i64>> {
    transact!(tenant, |tx| Ok(providers::of_file(tx).await?.into_iter().collect()))
}

/// A provider, and every service with how it is linked to it.
pub async fn find(tenant: &Tenant, id: i64) -> ServiceResult<(Provider, Vec<Served>)> {
    transact!(tenant, |tx| {
        let provider = providers::find(tx, id).await?.ok_or(Refusal::NotFound)?;
        Ok((provider, providers::served(tx, id).await?))
    })
}

/// Adds a provider. A name that exists is refused.
pub async fn add(tenant: &Tenant, actor: &str, new: &ProviderChange, now: DateTime<Utc>) -> ServiceResult<i64> {
    transact!(tenant, |tx| {
        if providers::count(tx).await? >= i64::from(MOST_PROVIDERS) {
            return Err(Refusal::TooMany { limit: MOST_PROVIDERS }.into());
        }
        let id = providers::add(tx, new).await?.ok_or(Refusal::Exists)?;
        note(tx, actor, "provider.add", None, id, now).await?;
        Ok(id)
    })
}

async fn note(
    tx: &mut TenantTx,
    actor: &str,
    action: &str,
    before: Option<Value>,
    id: i64,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let (after, subject) = (providers::find(tx, id).await?.as_ref().map(facts), id.to_string());
    Ok(audit_log::note(tx, &Act { before, after, ..Act::new(actor, action, &subject) }, now).await?)
}

async fn own(tx: &mut TenantTx, id: i64) -> ServiceResult<Provider> {
    let provider = providers::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    if provider.origin == "file" { Err(Refusal::FromFile.into()) } else { Ok(provider) }
}

/// Changes a provider.
pub async fn change(
    tenant: &Tenant,
    actor: &str,
    id: i64,
    change: &ProviderChange,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let known = own(tx, id).await?;
        let before = facts(&known);
        let change = &safely(&known, change);
        providers::change(tx, id, change).await?;
        if change.base_url.is_some() && change.base_url != known.base_url {
            // What another source has said means nothing here.
            providers::set_position(tx, id, None, None).await?;
        }
        let mut after = facts(&own(tx, id).await?);
        // That a secret was changed is noted, never what it was.
        after["secret_changed"] =
            json!(change.api_key.is_some() || change.webhook_token.is_some() || change.url_key.is_some());
        let subject = id.to_string();
        let act = Act::between(actor, "provider.change", &subject, before, after);
        Ok(audit_log::note(tx, &act, now).await?)
    })
}

/// A change, without the key when it would go to another machine: who may change the address may not read
/// the key.
fn safely(known: &Provider, change: &ProviderChange) -> ProviderChange {
    let origin = |url: &Option<String>| url.as_deref().and_then(|url| Url::parse(url).ok()).map(|url| url.origin());
    let moves = change.base_url.is_some() && origin(&change.base_url) != origin(&known.base_url);
    let api_key = change.api_key.clone().or_else(|| moves.then_some(None));
    ProviderChange { api_key, ..change.clone() }
}

/// Deletes a provider: its messages stay, its name is free again. Refused while rentals wait for it.
pub async fn delete(tenant: &Tenant, actor: &str, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let provider = own(tx, id).await?;
        if providers::has_open(tx, id).await? {
            return Err(Refusal::OpenRentals.into());
        }
        let change = ProviderChange {
            name: Some(format!("{}#{id}", provider.name)),
            deleted_name: Some(provider.name.clone()),
            active: Some(false),
            api_key: Some(None),
            webhook_token: Some(None),
            url_key: Some(None),
            ..ProviderChange::default()
        };
        providers::change(tx, id, &change).await?;
        for served in providers::served(tx, id).await?.iter().filter(|s| s.link.is_some()) {
            shop::set_link(tx, served.service_id, id, false).await?;
        }
        note(tx, actor, "provider.delete", Some(facts(&provider)), id, now).await
    })
}

/// Sets how codes look in a provider's messages for a service.
pub async fn set_pattern(
    tenant: &Tenant,
    actor: &str,
    link: i64,
    pattern: Option<&str>,
    now: DateTime<Utc>,
) -> ServiceResult<i64> {
    transact!(tenant, |tx| {
        let (provider, service, before, origin) = providers::link(tx, link).await?.ok_or(Refusal::NotFound)?;
        if origin == "file" {
            return Err(Refusal::FromFile.into());
        }
        providers::set_pattern(tx, link, pattern).await?;
        let subject = format!("{service}/{provider}");
        let act = Act {
            before: Some(json!(before)),
            after: Some(json!(pattern)),
            ..Act::new(actor, "service.pattern", &subject)
        };
        audit_log::note(tx, &act, now).await?;
        Ok(provider)
    })
}

/// Notes that a provider answered or posted.
pub async fn note_answer(tenant: &Tenant, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(providers::note_answer(tx, id, now).await?))
}

/// Notes that a provider failed, and why.
pub async fn note_failure(tenant: &Tenant, id: i64, why: &str, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(providers::note_failure(tx, id, why, now).await?))
}

/// The last messages of a provider, the newest first.
pub async fn recent(tenant: &Tenant, id: i64, limit: i64) -> ServiceResult<Vec<Recent>> {
    transact!(tenant, |tx| Ok(providers::recent(tx, id, limit).await?))
}

/// Lines of a provider that messages came on lately, and that its table does not have.
pub async fn unknown_lines(tenant: &Tenant, id: i64, now: DateTime<Utc>) -> ServiceResult<Vec<String>> {
    transact!(tenant, |tx| Ok(providers::unknown_lines(tx, id, now - LATELY).await?))
}

/// How far a polled provider has been read: what it said itself, and the newest time of a message.
pub async fn position(tenant: &Tenant, id: i64) -> ServiceResult<(Option<String>, Option<DateTime<Utc>>)> {
    transact!(tenant, |tx| Ok(providers::position(tx, id).await?))
}

/// Notes how far a polled provider has been read, once its messages are stored.
pub async fn set_position(
    tenant: &Tenant,
    id: i64,
    cursor: Option<&str>,
    until: Option<DateTime<Utc>>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| Ok(providers::set_position(tx, id, cursor, until).await?))
}

/// A page of the messages that matched nothing, of which number, sender or text holds a text, the
/// newest first.
pub async fn unmatched(tenant: &Tenant, named: &str, page: u32, size: u32) -> ServiceResult<Page<Unmatched>> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| Ok(Page::cut(providers::unmatched(tx, named, offset, limit).await?, page, size)))
}

/// A message that matched nothing, and a page of the open rentals that it may be for: those of its
/// number, or the newest if its number could not be read.
pub async fn message(tenant: &Tenant, id: i64, page: u32, size: u32) -> ServiceResult<(Unmatched, Page<Candidate>)> {
    let window = window(page, size);
    transact!(tenant, |tx| {
        let message = providers::message(tx, id).await?.ok_or(Refusal::NotFound)?;
        let candidates = providers::candidates(tx, message.phone_number.as_deref(), None, window).await?;
        Ok((message, Page::cut(candidates, page, size)))
    })
}

/// The code that a message which matched nothing holds for a rental's service, as its provider's
/// messages are read.
pub async fn code_for(tenant: &Tenant, message: i64, rental: i64) -> ServiceResult<Option<String>> {
    let (message, candidate) = transact!(tenant, |tx| {
        let message = providers::message(tx, message).await?.ok_or(Refusal::Ended)?;
        let candidate = providers::candidates(tx, None, Some(rental), (0, 1)).await?.into_iter().next();
        Ok((message, candidate.ok_or(Refusal::Ended)?))
    })?;
    let rules = super::shop::rules(tenant).await?;
    let rule = rules.iter().find(|r| r.service_id == candidate.service_id && r.provider_id == message.provider_id);
    let patterns = match rule {
        Some(rule) => rule.service_rule().patterns,
        // Without a link the service's own pattern counts.
        None => super::shop::patterns(tenant, candidate.service_id).await?,
    };
    Ok(message.body.and_then(|text| patterns.extract(&text)))
}

/// Gives the code of a message that matched nothing to an open rental, by the same completion as if
/// it had matched. Refused when somebody else was faster.
pub async fn assign(
    tenant: &Tenant,
    policy: &Policy,
    actor: &str,
    (message, rental): (i64, i64),
    code: &str,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let before = providers::message(tx, message).await?.ok_or(Refusal::Ended)?.reason;
        if !providers::take_unmatched(tx, message).await? {
            return Err(Refusal::Ended.into());
        }
        let found = providers::candidates(tx, None, Some(rental), (0, 1)).await?.into_iter().next();
        let found = found.ok_or(Refusal::Ended)?;
        let (phone_number, service_id) = (found.phone_number, found.service_id);
        let reading = Reading { phone_number, service_id, code: code.to_owned() };
        let outcome = complete::deliver(tx, policy, rental, &reading, now).await?;
        let word = match outcome {
            Outcome::Completed(_) => "completed",
            Outcome::Withheld(_) => "withheld",
            Outcome::Failed(_) => "failed",
            _ => return Err(Refusal::Ended.into()),
        };
        inbox::settle(tx, message, word, Some(rental), Some("by_hand")).await?;
        let before = json!({ "outcome": "unmatched", "reason": before });
        let after = json!({ "outcome": word, "rental": rental });
        let subject = message.to_string();
        let act = Act::between(actor, "message.assign", &subject, before, after);
        Ok(audit_log::note(tx, &act, now).await?)
    })
}

/// The provider of a name.
pub async fn by_name(tenant: &Tenant, name: &str) -> ServiceResult<Option<Provider>> {
    transact!(tenant, |tx| Ok(providers::by_name(tx, name).await?))
}

/// Whether a provider has this name.
pub async fn is_named(tenant: &Tenant, name: &str) -> ServiceResult<bool> {
    transact!(tenant, |tx| Ok(providers::is_named(tx, name).await?))
}

//! Services and their countries, as owners handle them in the panel. Everything is audited with
//! before and after. What the bot's file declares is changed in the file only.

use super::browse::{Page, window};
use super::{DbError, Refusal, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{TenantTx, shop};
use crate::domain::code::{CodePattern, CodePatterns};
use crate::domain::known_services::usual_words;
use crate::domain::matching::ServiceRule;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub use crate::db::shop::{Country, CountryChange, Link, Rule, Service, ServiceChange};

fn facts(row: &impl serde::Serialize) -> ServiceResult<Option<Value>> {
    serde_json::to_value(row).map(Some).map_err(|error| DbError::Other(error.to_string()).into())
}

impl Rule {
    /// What matching needs to know of the service.
    pub fn service_rule(&self) -> ServiceRule {
        let own = self.pattern.as_deref().and_then(|p| CodePattern::new(p).ok());
        ServiceRule {
            id: self.service_id,
            name: self.service.clone(),
            aliases: self.aliases.clone(),
            words: self.words.as_ref().map_or_else(
                || usual_words(&self.service).iter().map(|word| (*word).to_owned()).collect(),
                |own| own.iter().map(|word| word.to_lowercase()).collect(),
            ),
            patterns: own.map_or_else(CodePatterns::standard, CodePatterns::only),
        }
    }
}

/// Every link of a service with a provider.
pub async fn rules(tenant: &Tenant) -> ServiceResult<Vec<Rule>> {
    transact!(tenant, |tx| Ok(shop::rules(tx).await?))
}

/// A page of services whose names hold a text, each with its free numbers.
pub async fn services(
    tenant: &Tenant,
    named: &str,
    page: u32,
    size: u32,
    now: DateTime<Utc>,
) -> ServiceResult<Page<(Service, i64)>> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| {
        let mut rows = Vec::new();
        for service in shop::services(tx, named, offset, limit).await? {
            let free = shop::free_of(tx, service.id, now).await?;
            rows.push((service, free));
        }
        Ok(Page::cut(rows, page, size))
    })
}

/// A service, its free numbers and its providers.
pub async fn service(tenant: &Tenant, id: i64, now: DateTime<Utc>) -> ServiceResult<(Service, i64, Vec<Link>)> {
    transact!(tenant, |tx| {
        let service = shop::service(tx, id).await?.ok_or(Refusal::NotFound)?;
        let free = shop::free_of(tx, id, now).await?;
        Ok((service, free, shop::links(tx, id).await?))
    })
}

/// Adds a service. A name that exists is refused.
pub async fn add_service(tenant: &Tenant, actor: &str, new: &ServiceChange, now: DateTime<Utc>) -> ServiceResult<i64> {
    transact!(tenant, |tx| {
        refuse_clash(tx, new, 0).await?;
        let id = shop::add_service(tx, new).await?.ok_or(Refusal::Exists)?;
        note_service(tx, actor, "service.add", None, id, now).await?;
        Ok(id)
    })
}

async fn note_service(
    tx: &mut TenantTx,
    actor: &str,
    action: &str,
    before: Option<Value>,
    id: i64,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let after = match shop::service(tx, id).await? {
        Some(service) => facts(&service)?,
        None => None,
    };
    let subject = id.to_string();
    Ok(audit_log::note(tx, &Act { before, after, ..Act::new(actor, action, &subject) }, now).await?)
}

/// Refuses a name or alias by which messages call another service: such messages would belong to
/// neither, and its rentals would get no codes.
async fn refuse_clash(tx: &mut TenantTx, change: &ServiceChange, id: i64) -> ServiceResult<()> {
    let aliases = change.aliases.iter().flatten();
    let own: Vec<String> = change.name.iter().chain(aliases).map(|name| name.to_lowercase()).collect();
    let is_taken = |name: &str| own.contains(&name.to_lowercase());
    let others = shop::names(tx, id).await?;
    let clashes = others.iter().any(|(name, aliases)| is_taken(name) || aliases.iter().flatten().any(|a| is_taken(a)));
    if clashes { Err(Refusal::Exists.into()) } else { Ok(()) }
}

async fn own_service(tx: &mut TenantTx, id: i64) -> ServiceResult<Service> {
    let service = shop::service(tx, id).await?.ok_or(Refusal::NotFound)?;
    if service.origin == "file" { Err(Refusal::FromFile.into()) } else { Ok(service) }
}

/// Changes a service.
pub async fn change_service(
    tenant: &Tenant,
    actor: &str,
    id: i64,
    change: &ServiceChange,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let before = facts(&own_service(tx, id).await?)?;
        refuse_clash(tx, change, id).await?;
        shop::change_service(tx, id, change).await?;
        note_service(tx, actor, "service.change", before, id, now).await
    })
}

/// Deletes a service: kept for history, its name is free again. Refused while rentals are open.
pub async fn delete_service(tenant: &Tenant, actor: &str, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let service = own_service(tx, id).await?;
        if shop::has_open(tx, id, None).await? {
            return Err(Refusal::OpenRentals.into());
        }
        let before = facts(&service)?;
        let change = ServiceChange {
            name: Some(format!("{}#{id}", service.name)),
            deleted_name: Some(service.name),
            active: Some(false),
            ..ServiceChange::default()
        };
        shop::change_service(tx, id, &change).await?;
        note_service(tx, actor, "service.delete", before, id, now).await
    })
}

/// Links a service to a provider, or undoes it.
pub async fn set_link(
    tenant: &Tenant,
    actor: &str,
    id: i64,
    provider: i64,
    linked: bool,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        own_service(tx, id).await?;
        // Without the link their codes would match nothing: pausing stops new rentals.
        if !linked && shop::has_open(tx, id, None).await? {
            return Err(Refusal::OpenRentals.into());
        }
        let was_linked = shop::set_link(tx, id, provider, linked).await?;
        let (action, subject) = (if linked { "service.link" } else { "service.unlink" }, format!("{id}/{provider}"));
        let act = Act::between(actor, action, &subject, json!({ "linked": was_linked }), json!({ "linked": linked }));
        Ok(audit_log::note(tx, &act, now).await?)
    })
}

/// How a service's codes look, whatever its provider.
pub async fn patterns(tenant: &Tenant, id: i64) -> ServiceResult<CodePatterns> {
    let service = transact!(tenant, |tx| Ok(shop::service(tx, id).await?.ok_or(Refusal::NotFound)?))?;
    let own = service.code_regex.as_deref().and_then(|pattern| CodePattern::new(pattern).ok());
    Ok(own.map_or_else(CodePatterns::standard, CodePatterns::only))
}

/// Refuses names and aliases of a new service by which another one is called.
pub async fn may_be_called(tenant: &Tenant, change: &ServiceChange) -> ServiceResult<()> {
    transact!(tenant, |tx| refuse_clash(tx, change, 0).await)
}

/// Refuses a name that a country of a service has.
pub async fn may_have_country(tenant: &Tenant, service: i64, name: &str) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        if shop::has_country(tx, service, name, 0).await? { Err(Refusal::Exists.into()) } else { Ok(()) }
    })
}

/// A page of a service's countries, each with its free numbers.
pub async fn countries(
    tenant: &Tenant,
    of: i64,
    page: u32,
    size: u32,
    now: DateTime<Utc>,
) -> ServiceResult<(Service, Page<(Country, i64)>)> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| {
        let service = shop::service(tx, of).await?.ok_or(Refusal::NotFound)?;
        let mut rows = Vec::new();
        for country in shop::countries(tx, of, offset, limit).await? {
            let free = shop::free_in(tx, country.id, now).await?;
            rows.push((country, free));
        }
        Ok((service, Page::cut(rows, page, size)))
    })
}

/// A page of every service's countries, with the service's name, of which one holds a text.
pub async fn all_countries(
    tenant: &Tenant,
    named: &str,
    page: u32,
    size: u32,
) -> ServiceResult<Page<(Country, String)>> {
    let (offset, limit) = window(page, size);
    transact!(tenant, |tx| Ok(Page::cut(shop::all_countries(tx, named, offset, limit).await?, page, size)))
}

/// A country, its service and its free numbers.
pub async fn country(tenant: &Tenant, id: i64, now: DateTime<Utc>) -> ServiceResult<(Country, Service, i64)> {
    transact!(tenant, |tx| {
        let country = shop::country(tx, id).await?.ok_or(Refusal::NotFound)?;
        let service = shop::service(tx, country.service_id).await?.ok_or(Refusal::NotFound)?;
        let free = shop::free_in(tx, id, now).await?;
        Ok((country, service, free))
    })
}

async fn note_country(
    tx: &mut TenantTx,
    actor: &str,
    action: &str,
    before: Option<Value>,
    id: i64,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let after = match shop::country(tx, id).await? {
        Some(country) => facts(&country)?,
        None => None,
    };
    let subject = id.to_string();
    Ok(audit_log::note(tx, &Act { before, after, ..Act::new(actor, action, &subject) }, now).await?)
}

/// Adds a country to a service. A name that the service has is refused.
pub async fn add_country(tenant: &Tenant, actor: &str, new: &CountryChange, now: DateTime<Utc>) -> ServiceResult<i64> {
    transact!(tenant, |tx| {
        own_service(tx, new.service_id.unwrap_or_default()).await?;
        let id = shop::add_country(tx, new).await?.ok_or(Refusal::Exists)?;
        note_country(tx, actor, "country.add", None, id, now).await?;
        Ok(id)
    })
}

async fn own_country(tx: &mut TenantTx, id: i64) -> ServiceResult<Country> {
    let country = shop::country(tx, id).await?.ok_or(Refusal::NotFound)?;
    if country.origin == "file" { Err(Refusal::FromFile.into()) } else { Ok(country) }
}

/// Changes a country.
pub async fn change_country(
    tenant: &Tenant,
    actor: &str,
    id: i64,
    change: &CountryChange,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let country = own_country(tx, id).await?;
        if let Some(name) = &change.country_name
            && shop::has_country(tx, country.service_id, name, id).await?
        {
            return Err(Refusal::Exists.into());
        }
        let before = facts(&country)?;
        shop::change_country(tx, id, change).await?;
        note_country(tx, actor, "country.change", before, id, now).await
    })
}

/// Deletes a country: kept for history. Refused while its rentals are open.
pub async fn delete_country(tenant: &Tenant, actor: &str, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    transact!(tenant, |tx| {
        let country = own_country(tx, id).await?;
        if shop::has_open(tx, country.service_id, Some(id)).await? {
            return Err(Refusal::OpenRentals.into());
        }
        let before = facts(&country)?;
        let change = CountryChange {
            country_name: Some(format!("{}#{id}", country.country_name)),
            deleted_name: Some(country.country_name),
            active: Some(false),
            ..CountryChange::default()
        };
        shop::change_country(tx, id, &change).await?;
        note_country(tx, actor, "country.delete", before, id, now).await
    })
}

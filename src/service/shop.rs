//! Services and their countries, as owners handle them in the panel. Everything is audited with
//! before and after. What the bot's file declares is changed in the file only.

use super::browse::{Page, window};
use super::{DbError, Refusal, ServiceError, ServiceResult, Tenant};
use crate::db::audit_log::{self, Act};
use crate::db::{TenantTx, retry, shop};
use chrono::{DateTime, Utc};
use serde_json::Value;

pub use crate::db::shop::{Country, CountryChange, Link, Rule, Service, ServiceChange};

fn facts(row: &impl serde::Serialize) -> ServiceResult<Option<Value>> {
    serde_json::to_value(row).map(Some).map_err(|error| DbError::Other(error.to_string()).into())
}

/// Every link of a service with a provider.
pub async fn rules(tenant: &Tenant) -> ServiceResult<Vec<Rule>> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let rules = shop::rules(&mut tx).await;
        Ok(tx.finish(rules).await?)
    })
    .await
}

/// A page of services, each with its free numbers.
pub async fn services(
    tenant: &Tenant,
    page: u32,
    size: u32,
    now: DateTime<Utc>,
) -> ServiceResult<Page<(Service, i64)>> {
    let (offset, limit) = window(page, size);
    retry(async || {
        let mut tx = tenant.begin().await?;
        let read = async {
            let mut rows = Vec::new();
            for service in shop::services(&mut tx, offset, limit).await? {
                let free = shop::free_of(&mut tx, service.id, now).await?;
                rows.push((service, free));
            }
            Ok::<_, ServiceError>(Page::cut(rows, page, size))
        };
        let read = read.await;
        tx.finish(read).await
    })
    .await
}

/// A service, its free numbers and its providers.
pub async fn service(tenant: &Tenant, id: i64, now: DateTime<Utc>) -> ServiceResult<(Service, i64, Vec<Link>)> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let read = async {
            let service = shop::service(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
            let free = shop::free_of(&mut tx, id, now).await?;
            Ok::<_, ServiceError>((service, free, shop::links(&mut tx, id).await?))
        };
        let read = read.await;
        tx.finish(read).await
    })
    .await
}

/// Adds a service. A name that exists is refused.
pub async fn add_service(tenant: &Tenant, actor: &str, new: &ServiceChange, now: DateTime<Utc>) -> ServiceResult<i64> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let added = async {
            refuse_clash(&mut tx, new, 0).await?;
            let id = shop::add_service(&mut tx, new).await?.ok_or(Refusal::Exists)?;
            note_service(&mut tx, actor, "service.add", None, id, now).await?;
            Ok::<_, ServiceError>(id)
        };
        let added = added.await;
        tx.finish(added).await
    })
    .await
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
    retry(async || {
        let mut tx = tenant.begin().await?;
        let changed = async {
            let before = facts(&own_service(&mut tx, id).await?)?;
            refuse_clash(&mut tx, change, id).await?;
            shop::change_service(&mut tx, id, change).await?;
            note_service(&mut tx, actor, "service.change", before, id, now).await
        };
        let changed = changed.await;
        tx.finish(changed).await
    })
    .await
}

/// Deletes a service: kept for history, its name is free again. Refused while rentals are open.
pub async fn delete_service(tenant: &Tenant, actor: &str, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let deleted = async {
            let service = own_service(&mut tx, id).await?;
            if shop::has_open(&mut tx, id, None).await? {
                return Err(Refusal::OpenRentals.into());
            }
            let before = facts(&service)?;
            let change = ServiceChange {
                name: Some(format!("{}#{id}", service.name)),
                deleted_name: Some(service.name),
                active: Some(false),
                ..ServiceChange::default()
            };
            shop::change_service(&mut tx, id, &change).await?;
            note_service(&mut tx, actor, "service.delete", before, id, now).await
        };
        let deleted = deleted.await;
        tx.finish(deleted).await
    })
    .await
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
    retry(async || {
        let mut tx = tenant.begin().await?;
        let set = async {
            own_service(&mut tx, id).await?;
            // Without the link their codes would match nothing: pausing stops new rentals.
            if !linked && shop::has_open(&mut tx, id, None).await? {
                return Err(Refusal::OpenRentals.into());
            }
            shop::set_link(&mut tx, id, provider, linked).await?;
            let action = if linked { "service.link" } else { "service.unlink" };
            Ok::<_, ServiceError>(
                audit_log::note(&mut tx, &Act::new(actor, action, &format!("{id}/{provider}")), now).await?,
            )
        };
        let set = set.await;
        tx.finish(set).await
    })
    .await
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
    retry(async || {
        let mut tx = tenant.begin().await?;
        let read = async {
            let service = shop::service(&mut tx, of).await?.ok_or(Refusal::NotFound)?;
            let mut rows = Vec::new();
            for country in shop::countries(&mut tx, of, offset, limit).await? {
                let free = shop::free_in(&mut tx, country.id, now).await?;
                rows.push((country, free));
            }
            Ok::<_, ServiceError>((service, Page::cut(rows, page, size)))
        };
        let read = read.await;
        tx.finish(read).await
    })
    .await
}

/// A page of every service's countries, with the service's name.
pub async fn all_countries(tenant: &Tenant, page: u32, size: u32) -> ServiceResult<Page<(Country, String)>> {
    let (offset, limit) = window(page, size);
    retry(async || {
        let mut tx = tenant.begin().await?;
        let rows = shop::all_countries(&mut tx, offset, limit).await;
        Ok(Page::cut(tx.finish(rows).await?, page, size))
    })
    .await
}

/// A country, its service and its free numbers.
pub async fn country(tenant: &Tenant, id: i64, now: DateTime<Utc>) -> ServiceResult<(Country, Service, i64)> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let read = async {
            let country = shop::country(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
            let service = shop::service(&mut tx, country.service_id).await?.ok_or(Refusal::NotFound)?;
            let free = shop::free_in(&mut tx, id, now).await?;
            Ok::<_, ServiceError>((country, service, free))
        };
        let read = read.await;
        tx.finish(read).await
    })
    .await
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
    retry(async || {
        let mut tx = tenant.begin().await?;
        let added = async {
            own_service(&mut tx, new.service_id.unwrap_or_default()).await?;
            let id = shop::add_country(&mut tx, new).await?.ok_or(Refusal::Exists)?;
            note_country(&mut tx, actor, "country.add", None, id, now).await?;
            Ok::<_, ServiceError>(id)
        };
        let added = added.await;
        tx.finish(added).await
    })
    .await
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
    retry(async || {
        let mut tx = tenant.begin().await?;
        let changed = async {
            let country = own_country(&mut tx, id).await?;
            if let Some(name) = &change.country_name
                && shop::has_country(&mut tx, country.service_id, name, id).await?
            {
                return Err(Refusal::Exists.into());
            }
            let before = facts(&country)?;
            shop::change_country(&mut tx, id, change).await?;
            note_country(&mut tx, actor, "country.change", before, id, now).await
        };
        let changed = changed.await;
        tx.finish(changed).await
    })
    .await
}

/// Deletes a country: kept for history. Refused while its rentals are open.
pub async fn delete_country(tenant: &Tenant, actor: &str, id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let deleted = async {
            let country = own_country(&mut tx, id).await?;
            if shop::has_open(&mut tx, country.service_id, Some(id)).await? {
                return Err(Refusal::OpenRentals.into());
            }
            let before = facts(&country)?;
            let change = CountryChange {
                country_name: Some(format!("{}#{id}", country.country_name)),
                deleted_name: Some(country.country_name),
                active: Some(false),
                ..CountryChange::default()
            };
            shop::change_country(&mut tx, id, &change).await?;
            note_country(&mut tx, actor, "country.delete", before, id, now).await
        };
        let deleted = deleted.await;
        tx.finish(deleted).await
    })
    .await
}

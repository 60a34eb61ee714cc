//! The services and countries that a file may name, and those that it brings along.

use super::rows::Row;
use super::{Order, Reason};
use crate::db::{catalog, shop as shop_rows};
use crate::domain::phone::region_of;
use crate::service::shop::{self, CountryChange, ServiceChange};
use crate::service::{Refusal, ServiceResult, Tenant};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};
use tokio::runtime::Handle;

/// Unknown services and countries are created, as this person. A service has no price yet, so it
/// is paused.
#[derive(Clone, Debug)]
pub struct Creation {
    /// Who wants it, for the audit log.
    pub actor: String,
    /// The only services that may be created, if the bot's file limits them.
    pub allowed: Option<Vec<String>>,
    /// When.
    pub now: DateTime<Utc>,
}

/// A service's name in lower case, and a calling code.
type Key = (String, String);

/// What files may name.
pub(super) struct Places {
    tenant: Tenant,
    /// Countries with their names; a calling code does not name one: +1 may be several.
    countries: HashMap<Key, Vec<(String, i64)>>,
    services: HashMap<String, i64>,
    only: Option<(i64, String)>,
    create: Option<Creation>,
    /// What could not be created: asked once, not for each line.
    refused: HashSet<Key>,
    runtime: Handle,
}

impl Places {
    /// Everything that is not deleted.
    pub(super) async fn load(tenant: &Tenant, order: &Order) -> ServiceResult<Self> {
        let (rows, services, only) = transact!(tenant, |tx| {
            let only = match order {
                Order::Lines { country } => {
                    let country = shop_rows::country(tx, *country).await?.ok_or(Refusal::NotFound)?;
                    Some((country.id, country.country_code))
                }
                Order::Table { .. } => None,
            };
            Ok((catalog::country_index(tx).await?, catalog::service_index(tx).await?, only))
        })?;
        let mut countries: HashMap<Key, Vec<(String, i64)>> = HashMap::new();
        for (service, code, name, id) in rows {
            countries.entry((service.to_lowercase(), code)).or_default().push((name, id));
        }
        let create = match order {
            Order::Table { create } => create.clone(),
            Order::Lines { .. } => None,
        };
        let services = services.into_iter().map(|(name, id)| (name.to_lowercase(), id)).collect();
        let (tenant, runtime) = (tenant.clone(), Handle::current());
        Ok(Self { tenant, countries, services, only, create, refused: HashSet::new(), runtime })
    }

    /// Lines name their service and country.
    pub(super) fn is_table(&self) -> bool {
        self.only.is_none()
    }

    /// The one country of a file without a table, and its calling code.
    pub(super) fn only(&self) -> (i64, &str) {
        self.only.as_ref().map_or((0, ""), |(id, code)| (*id, code))
    }

    /// The country's row that a line means. Called from a thread that may wait.
    pub(super) fn find(&mut self, row: &Row) -> Result<i64, Reason> {
        let key = (row.service.to_lowercase(), row.code.clone());
        let known = self.countries.get(&key).map_or(&[][..], Vec::as_slice);
        let named = row.country.as_ref().and_then(|name| known.iter().find(|(n, _)| n == name));
        match (named, known, &row.country) {
            (Some((_, id)), ..) => Ok(*id),
            (None, [(_, id)], _) if row.country.is_none() || self.create.is_none() => Ok(*id),
            (None, [_, _, ..], _) if row.country.is_none() || self.create.is_none() => {
                Err(Reason::SeveralCountries(row.code.clone()))
            }
            _ => self.create(key, row),
        }
    }

    fn create(&mut self, key: Key, row: &Row) -> Result<i64, Reason> {
        let unknown = || Reason::Unknown { service: row.service.clone(), code: row.code.clone() };
        let Some(create) = self.create.clone().filter(|_| !self.refused.contains(&key)) else { return Err(unknown()) };
        let is_allowed = create.allowed.as_ref().is_none_or(|names| names.contains(&row.service));
        let Some((region, flag)) = region_of(&row.code).filter(|_| is_allowed && !row.service.is_empty()) else {
            return Err(unknown());
        };
        let name = row.country.clone().unwrap_or(region);
        let service = self.services.get(&key.0).copied();
        let made = self.runtime.block_on(make(&self.tenant, &create, service, row, (&name, &flag)));
        let Ok((service, country)) = made else {
            self.refused.insert(key);
            return Err(unknown());
        };
        self.services.insert(key.0.clone(), service);
        self.countries.entry(key).or_default().push((name, country));
        Ok(country)
    }
}

async fn make(
    tenant: &Tenant,
    create: &Creation,
    service: Option<i64>,
    row: &Row,
    (name, flag): (&str, &str),
) -> ServiceResult<(i64, i64)> {
    let service = match service {
        Some(id) => id,
        None => {
            let new = ServiceChange {
                name: Some(row.service.chars().take(40).collect()),
                default_price: Some(Decimal::ZERO),
                active: Some(false),
                ..ServiceChange::default()
            };
            shop::add_service(tenant, &create.actor, &new, create.now).await?
        }
    };
    let new = CountryChange {
        service_id: Some(service),
        country_name: Some(name.to_owned()),
        country_code: Some(row.code.clone()),
        flag: Some(flag.to_owned()),
        ..CountryChange::default()
    };
    let country = shop::add_country(tenant, &create.actor, &new, create.now).await?;
    Ok((service, country))
}

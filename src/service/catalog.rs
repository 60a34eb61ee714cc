//! The services, countries and providers that a bot's file declares, brought into its tables.

use super::{ServiceResult, Tenant};
use crate::db::TenantTx;
use crate::db::catalog::{self, FileCountry, FileProvider, FileService};
use std::collections::HashMap;

pub use crate::db::catalog::{FileCountry as Country, FileProvider as Provider, FileService as Service};

/// Everything a file declares.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// The providers.
    pub providers: Vec<FileProvider>,
    /// The services, each with its countries and its providers' names and patterns.
    pub services: Vec<DeclaredService>,
}

/// A service of a file.
#[derive(Clone, Debug)]
pub struct DeclaredService {
    /// The service.
    pub service: FileService,
    /// Its countries; the service's row is filled in here.
    pub countries: Vec<FileCountry>,
    /// Its providers by name, each with its own pattern if it has one.
    pub providers: Vec<(String, Option<String>)>,
}

/// The rows of what was declared, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Providers.
    pub providers: HashMap<String, i64>,
    /// Services.
    pub services: HashMap<String, i64>,
}

/// Makes the tables say what the file says. What the file no longer names is switched off, never
/// deleted: rentals and history refer to it.
pub async fn apply(tenant: &Tenant, declared: &Declared) -> ServiceResult<Rows> {
    transact!(tenant, |tx| apply_in(tx, declared).await)
}

async fn apply_in(tx: &mut TenantTx, declared: &Declared) -> ServiceResult<Rows> {
    let mut rows = Rows::default();
    catalog::retire_file_rows(tx).await?;
    for provider in &declared.providers {
        rows.providers.insert(provider.name.clone(), catalog::put_provider(tx, provider).await?);
    }
    for declared in &declared.services {
        let service_id = catalog::put_service(tx, &declared.service).await?;
        rows.services.insert(declared.service.name.clone(), service_id);
        for country in &declared.countries {
            catalog::put_country(tx, &FileCountry { service_id, ..country.clone() }).await?;
        }
        catalog::unlink(tx, service_id).await?;
        for (name, pattern) in &declared.providers {
            if let Some(provider) = rows.providers.get(name) {
                catalog::link(tx, service_id, *provider, pattern.as_deref()).await?;
            }
        }
    }
    Ok(rows)
}

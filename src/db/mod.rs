//! The database: the pool, the tenant scope, and the queries beside their rows.
//!
//! A query takes a [`TenantTx`] or a [`FarmTx`], and those can only be had from a scope: no query
//! can forget its tenant. Only `service` opens transactions. What this wall cannot stop: a pool
//! connection logs in as the farm, so SQL that changes role on purpose would get past it
//! (`docs/ARCHITECTURE.md`).

#[macro_use]
mod statement;
pub mod admins;
pub mod alerts;
pub mod audit_log;
pub mod bell;
pub mod broadcasts;
pub mod catalog;
pub mod channels;
pub mod completion;
pub mod connection;
pub mod copy;
pub mod created_bots;
pub mod customers;
pub mod definitions;
pub mod dump;
mod farm_schema;
pub mod hosts;
pub mod imports;
pub mod inbox;
pub mod invariants;
pub mod ledger;
pub mod migrations;
pub mod numbers;
pub mod outbox;
pub mod panel;
pub mod parts;
pub mod providers;
pub mod provision;
pub mod registry;
pub mod rentals;
pub mod retry;
#[allow(missing_docs, reason = "generated from the migrations: `make schema`")]
#[rustfmt::skip]
pub mod schema;
pub mod scope;
pub mod sealed;
pub mod settings;
pub mod shop;
pub mod statistics;
pub mod stock;
pub mod telegram_session;
pub mod users;

pub use retry::{DbError, retry};
pub use scope::{Database, FarmTx, Tenant, TenantTx};

/// The pattern of texts that hold this one, whatever the case.
fn containing(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

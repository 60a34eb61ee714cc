//! The farm as its users meet it: through the Telegram sandbox, webhooks and files.
//!
//! One binary; `support` holds the farm under test, every other file one behaviour.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs, reason = "tests")]

mod books;
mod broadcasts;
mod channels;
mod codes;
mod corpus;
mod crash;
mod database_url;
mod demo;
mod embedded;
mod faults;
mod fencing;
mod files;
mod hosts;
mod hot_reload;
mod imports;
mod isolation;
mod limits;
mod money;
mod money_screens;
mod odd;
mod operator_guide;
mod ops;
mod owner_guide;
mod panel;
mod panel_admins;
mod panel_bots;
mod panel_files;
mod panel_numbers;
mod panel_providers;
mod panel_search;
mod panel_settings;
mod panel_shop;
mod panel_sources;
mod panel_statistics;
mod panel_users;
mod panel_walls;
mod pictures;
mod polling;
mod property;
mod providers;
mod races;
mod rekey;
mod rental;
mod screens;
mod secrets;
mod session;
mod signatures;
mod sources;
mod stale;
mod stock;
mod support;
mod tenants;
mod tls;

//! botfarm: one host for many branded Telegram bots that rent out their owners' phone numbers and
//! deliver the codes that arrive on them.
//!
//! The modules in reading order; a test checks who may use whom (`tests/integration/imports.rs`).

pub mod domain;

pub mod chart;
pub mod clock;
pub mod config;
pub mod health;
pub mod lease;
pub mod meter;
pub mod password;
pub mod postgres;
pub mod seal;
pub mod telegram;
pub mod watchdog;

pub mod db;
pub mod service;

pub mod provider;
pub mod ui;

pub mod definition;
pub mod inbound;
pub mod jobs;
pub mod sources;
pub mod trial;

pub mod app;
pub mod lifecycle;

pub mod bot;

pub mod fleet;
pub mod supervisor;

pub mod web;

pub mod serve;

pub mod embedded_pg;
pub mod host;
pub mod identity;
pub mod open;

pub mod cli;
pub mod demo;

//! botfarm: one host for many branded Telegram bots that rent out their owners' phone numbers and
//! deliver the codes that arrive on them.
//!
//! The modules in reading order; a test checks who may use whom (`tests/integration/imports.rs`).

pub mod domain;

pub mod clock;
pub mod config;
pub mod seal;
pub mod telegram;

pub mod db;
pub mod service;

pub mod inbound;
pub mod jobs;
pub mod provider;
pub mod ui;

pub mod app;
pub mod bot;
pub mod lifecycle;

pub mod cli;
pub mod demo;
pub mod embedded_pg;
pub mod serve;
pub mod supervisor;
pub mod web;

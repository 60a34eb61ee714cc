//! Timed jobs: idempotent, bounded in each run, and silent on success. They change state and fill
//! the outbox; they never send.

pub mod expiry;

//! Refusals as sentences.

use super::brand::Voice;
use crate::service::Refusal;

/// The sentence of a refusal.
pub fn sentence(voice: &Voice<'_>, refusal: &Refusal) -> String {
    match refusal {
        Refusal::NoStock => voice.label("no-stock", &[]),
        Refusal::NoOtherNumber => voice.label("no-other-number", &[]),
        Refusal::NotAvailable => voice.label("no-provider", &[]),
        Refusal::Short { missing } => voice.label("short", &[("missing", &voice.amount(*missing))]),
        Refusal::TooMuch { free } => voice.label("too-much", &[("free", &voice.amount(*free))]),
        Refusal::PriceChanged => voice.label("price-changed", &[]),
        Refusal::TooManyOpen { limit } => voice.count("too-many-open", "limit", i64::from(*limit)),
        Refusal::TooMany { limit } => voice.label("too-many-of-them", &[("limit", &limit.to_string())]),
        Refusal::TooFast { seconds } => voice.too_fast(*seconds),
        Refusal::Ended => voice.label("rental-ended", &[]),
        Refusal::Exists => voice.label("exists", &[]),
        Refusal::BadNumber => voice.label("bad-number", &[]),
        Refusal::OutsideList => voice.label("outside-list", &[]),
        Refusal::ImportRuns => voice.label("import-runs", &[]),
        Refusal::Nobody => voice.label("nobody", &[]),
        Refusal::BroadcastEnded => voice.label("broadcast-ended", &[]),
        Refusal::Ambiguous => voice.label("ambiguous", &[]),
        Refusal::NotAllowed => voice.label("not-allowed", &[]),
        Refusal::OpenRentals => voice.label("open-rentals-of-it", &[]),
        Refusal::FromFile => voice.label("from-file", &[]),
        Refusal::Busy => voice.label("busy", &[]),
        Refusal::NotFound | Refusal::KeyInUse => voice.label("not-found", &[]),
    }
}

//! Which polled providers fail right now, for the panel.

use crate::ui::outside::Circuit;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The failing ones by their rows.
#[derive(Debug, Default)]
pub struct Circuits(Mutex<HashMap<i64, Circuit>>);

impl Circuits {
    /// Notes how a provider fails, or that it answers.
    pub fn note(&self, provider: i64, failing: Option<Circuit>) {
        let mut circuits = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match failing {
            Some(circuit) => circuits.insert(provider, circuit),
            None => circuits.remove(&provider),
        };
    }

    /// How a provider fails, if it does.
    pub fn of(&self, provider: i64) -> Option<Circuit> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&provider).copied()
    }
}

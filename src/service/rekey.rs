//! Sealing everything anew that the database holds, to the key that seals now.

use super::hosts::on_farm;
use super::session;
use super::{Database, DbError, ServiceResult, Tenant};
use crate::db::{retry, sealed};
use crate::domain::sealed::Sealed;
use serde_json::Value;
use std::ops::AddAssign;

/// What was found of sealed values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sealed anew.
    pub resealed: usize,
    /// Opened by no key at all: they were so before.
    pub unreadable: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.resealed += other.resealed;
        self.unreadable += other.unreadable;
    }
}

/// What became of a sealed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resealed {
    /// The key that seals now has sealed it.
    Current,
    /// The same, sealed anew.
    Anew(String),
    /// No key opens it in this place.
    Unreadable,
}

/// Seals a value of a place anew.
pub trait Resealer: Sync {
    /// What becomes of it.
    fn anew(&self, place: &str, sealed: &str) -> Resealed;
}

struct Pass<'a> {
    with: &'a dyn Resealer,
    counts: Counts,
}

impl Pass<'_> {
    /// The new value, if there is one.
    fn value(&mut self, place: &str, sealed: &str) -> Option<String> {
        match self.with.anew(place, sealed) {
            Resealed::Current => None,
            Resealed::Anew(new) => {
                self.counts.resealed += 1;
                Some(new)
            }
            Resealed::Unreadable => {
                self.counts.unreadable += 1;
                None
            }
        }
    }

    /// The same of every sealed text inside a value; each is of one of these places.
    fn inside(&mut self, places: &[String], value: &mut Value) {
        match value {
            Value::String(text) if is_sealed(text) => {
                let fits = |place: &&String| self.with.anew(place, text) != Resealed::Unreadable;
                let place = places.iter().find(fits).map_or("", String::as_str);
                if let Some(fresh) = self.value(place, text) {
                    *text = fresh;
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.inside(places, value)),
            Value::Object(values) => values.values_mut().for_each(|value| self.inside(places, value)),
            _ => {}
        }
    }
}

fn is_sealed(text: &str) -> bool {
    let mut parts = text.splitn(3, '.');
    parts.next() == Some("v1") && parts.next().is_some_and(|id| id.len() == 8) && parts.next().is_some()
}

/// Seals a bot's secrets anew.
pub async fn bot(tenant: &Tenant, with: &dyn Resealer) -> ServiceResult<Counts> {
    let slug = tenant.slug().as_str();
    transact!(tenant, |tx| {
        let mut pass = Pass { with, counts: Counts::default() };
        for (holder, dc, old) in sealed::telegram(tx).await? {
            if let Some(new) = pass.value(&session::key_place(slug, &holder, dc), &old) {
                sealed::put_telegram(tx, (&holder, dc), &old, &new).await?;
            }
        }
        for old in sealed::providers(tx).await? {
            let mut new = old.clone();
            let places = [Sealed::ProviderKey, Sealed::ProviderToken, Sealed::UrlKey];
            for (value, place) in new.1.iter_mut().zip(places) {
                if let Some(fresh) = value.as_deref().and_then(|sealed| pass.value(&place.place(slug), sealed)) {
                    *value = Some(fresh);
                }
            }
            if new != old {
                sealed::put_provider(tx, old.0, &old, &new).await?;
            }
        }
        let places = Sealed::ALL.map(|field| field.place(slug));
        for (user, old) in sealed::dialogs(tx).await? {
            let mut new = old.clone();
            pass.inside(&places, &mut new);
            if new != old {
                sealed::put_dialog(tx, user, &old, &new).await?;
            }
        }
        Ok(pass.counts)
    })
}

/// Seals the secrets of a bot's text anew: given the bot and its text, the new one if it changes, and what
/// was found in it.
pub type ResealText<'a> = dyn Fn(&str, &str) -> (Option<String>, Counts) + Sync + 'a;

/// Seals the published definitions anew; `resealed` gives a bot's text anew, if it changes, and what was
/// found in it.
pub async fn definitions(database: &Database, resealed: &ResealText<'_>) -> Result<Counts, DbError> {
    on_farm!(database, |tx| {
        crate::db::definitions::one_at_a_time(tx).await?;
        let mut counts = Counts::default();
        for (slug, old) in sealed::definitions(tx).await? {
            let (new, found) = resealed(&slug, &old);
            counts += found;
            if let Some(new) = new {
                sealed::put_definition(tx, &slug, &old, &new).await?;
            }
        }
        Ok(counts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake;

    impl Resealer for Fake {
        fn anew(&self, place: &str, sealed: &str) -> Resealed {
            match (place, sealed) {
                ("a/x", "v1.00000000.old") => Resealed::Anew("v1.11111111.new".to_owned()),
                ("a/y", "v1.11111111.new") => Resealed::Current,
                _ => Resealed::Unreadable,
            }
        }
    }

    // SPEC: F6
    #[test]
    fn every_value_of_a_dialog_is_sealed_anew_in_its_place() {
        let mut pass = Pass { with: &Fake, counts: Counts::default() };
        let text = r#"{"a":"v1.00000000.old","b":["v1.11111111.new"],"c":"v1.22222222.gone","d":"v1.x"}"#;
        let mut value = serde_json::from_str(text).unwrap();
        pass.inside(&["a/y".to_owned(), "a/x".to_owned()], &mut value);
        assert_eq!(value.to_string(), text.replace("v1.00000000.old", "v1.11111111.new"));
        assert_eq!(pass.counts, Counts { resealed: 1, unreadable: 1 });
    }
}

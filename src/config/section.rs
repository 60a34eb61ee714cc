//! Reading TOML tables key by key, collecting every fault instead of stopping at the first.
//!
//! serde stops at its first error; an operator wants the whole list. So a file is parsed into
//! spanned values, and a [`Section`] hands them out by key and remembers which were asked for: what
//! is left at the end is unknown.

use super::environment::Environment;
use super::fault::{self, Fault};
use crate::domain::money::parse_amount;
use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a value looks like in TOML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole,
    /// A whole number of 1 or more.
    Count,
    /// An amount of money.
    Amount,
    /// A list of texts.
    Texts,
    /// A list of whole numbers.
    Wholes,
    /// A secret, which never stands in the file itself.
    Secret,
    /// A text, or a secret.
    Address,
    /// A table of texts by free names.
    Names,
    /// A table.
    Table,
    /// A list of tables.
    Tables,
}

/// What the reading of one file has found: its faults, and every key that was asked for.
#[derive(Debug, Default)]
pub struct Reading {
    faults: RefCell<Vec<Fault>>,
    asked: RefCell<BTreeMap<(String, &'static str), Shape>>,
    given: RefCell<BTreeSet<(String, &'static str)>>,
    environment: OnceCell<Environment>,
    used: RefCell<Environment>,
}

impl Reading {
    /// What the environment says; nothing before that is set.
    pub fn environment(&self) -> &Environment {
        self.environment.get_or_init(Environment::default)
    }

    /// Sets what the environment says.
    pub fn set_environment(&self, environment: Environment) {
        let _ = self.environment.set(environment);
    }

    /// What was asked of the environment and said by it; it is taken out.
    pub fn take_used(&self) -> Environment {
        self.used.take()
    }

    /// The faults; they are taken out.
    pub fn take_faults(&self) -> Vec<Fault> {
        self.faults.take()
    }

    /// Whether a key stands in the file.
    pub fn is_given(&self, table: &str, key: &'static str) -> bool {
        self.given.borrow().contains(&(table.to_owned(), key))
    }

    /// Every key that was asked for, with its table and its shape.
    pub fn asked(&self) -> BTreeMap<(String, &'static str), Shape> {
        self.asked.borrow().clone()
    }
}

/// A table that is being read.
pub struct Section<'a> {
    table: &'a DeTable<'a>,
    span: Range<usize>,
    path: String,
    asked: Vec<&'static str>,
    reading: &'a Reading,
}

/// A value that can be read from TOML.
pub trait FromToml: Sized {
    /// What it looks like there.
    const SHAPE: Shape;

    /// Reads the value, or says what to write instead.
    fn from_toml(value: &DeValue<'_>) -> Result<Self, String>;
}

fn expected<T>(what: &str, value: &DeValue<'_>) -> Result<T, String> {
    Err(format!("expected {what}, found {}", value.type_str()))
}

impl FromToml for String {
    const SHAPE: Shape = Shape::Text;

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        match value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => expected("a text in quotes", value),
        }
    }
}

impl FromToml for bool {
    const SHAPE: Shape = Shape::Flag;

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        value.as_bool().map_or_else(|| expected("true or false", value), Ok)
    }
}

impl FromToml for i64 {
    const SHAPE: Shape = Shape::Whole;

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        let number = value.as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        number.map_or_else(|| expected("a whole number", value), Ok)
    }
}

/// A whole number of 1 or more.
#[derive(Clone, Copy, Debug)]
pub struct Positive(pub u32);

impl FromToml for Positive {
    const SHAPE: Shape = Shape::Count;

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        match u32::try_from(i64::from_toml(value)?) {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err("expected a whole number of 1 or more".to_owned()),
        }
    }
}

/// Money: a text or a whole number. A number with a point would pass through floating point.
impl FromToml for Decimal {
    const SHAPE: Shape = Shape::Amount;

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        let text = match value {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) => number.as_str().to_owned(),
            DeValue::Float(number) => return Err(format!("write the amount in quotes: \"{}\"", number.as_str())),
            other => return expected("an amount in quotes, for example \"10.50\"", other),
        };
        parse_amount(&text).map_err(|why| why.to_string())
    }
}

impl<T: FromToml> FromToml for Vec<T> {
    const SHAPE: Shape = if matches!(T::SHAPE, Shape::Whole) { Shape::Wholes } else { Shape::Texts };

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Array(items) => items.iter().map(|item| T::from_toml(item.get_ref())).collect(),
            other => expected("a list in square brackets", other),
        }
    }
}

impl<'a> Section<'a> {
    /// The whole file.
    pub fn root(table: &'a Spanned<DeTable<'a>>, reading: &'a Reading) -> Self {
        Self { table: table.get_ref(), span: 0..0, path: String::new(), asked: Vec::new(), reading }
    }

    /// Notes a fault at this table's place.
    pub fn fault_here(&self, message: impl Into<String>) {
        self.fault(self.span.clone(), message);
    }

    /// Notes a fault at the value of a key.
    pub fn fault_at(&self, key: &str, message: impl Into<String>) {
        let span = self.table.get(key).map_or_else(|| self.span.clone(), Spanned::span);
        self.fault(span, message);
    }

    fn fault(&self, span: Range<usize>, message: impl Into<String>) {
        self.reading.faults.borrow_mut().push(Fault { span, message: message.into() });
    }

    fn value(&mut self, key: &'static str, shape: Shape) -> Option<&'a Spanned<DeValue<'a>>> {
        self.note(key, shape);
        let value = self.table.get(key);
        if value.is_some() {
            self.reading.given.borrow_mut().insert((self.path.clone(), key));
        }
        value
    }

    /// Notes that a key is known here, and what it looks like.
    pub fn note(&mut self, key: &'static str, shape: Shape) {
        self.asked.push(key);
        self.reading.asked.borrow_mut().entry((self.path.clone(), key)).or_insert(shape);
    }

    /// Reads a key that may be missing.
    pub fn optional<T: FromToml>(&mut self, key: &'static str) -> Option<T> {
        let value = self.value(key, T::SHAPE)?;
        match T::from_toml(value.get_ref()) {
            Ok(read) => Some(read),
            Err(why) => {
                self.fault(value.span(), format!("`{key}`: {why}"));
                None
            }
        }
    }

    /// Reads a key that must be there.
    pub fn required<T: FromToml>(&mut self, key: &'static str, example: &str) -> Option<T> {
        if !self.table.contains_key(key) {
            self.note(key, T::SHAPE);
            self.fault_here(format!("`{key}` is missing: write {key} = {example}"));
            return None;
        }
        self.optional(key)
    }

    /// Leaves keys unread, because the value that says what they mean has a fault of its own.
    pub fn skip(&mut self, keys: &[&'static str]) {
        self.asked.extend(keys);
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether a table is there.
    pub fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|value| value.get_ref().is_table())
    }

    /// Reads a table.
    pub fn section(&mut self, key: &'static str) -> Option<Section<'a>> {
        let value = self.value(key, Shape::Table)?;
        self.table_of(key, value)
    }

    /// Reads a list of tables (`[[key]]`, or inline ones).
    pub fn sections(&mut self, key: &'static str) -> Vec<Section<'a>> {
        let Some(value) = self.value(key, Shape::Tables) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.table_of(key, item)).collect(),
            _ => {
                self.fault(value.span(), format!("`{key}`: expected a list of tables: [[{key}]]"));
                Vec::new()
            }
        }
    }

    /// Every entry of a table whose keys are free, read as texts.
    pub fn texts(&mut self, key: &'static str) -> Vec<(String, String, Range<usize>)> {
        self.note(key, Shape::Names);
        let Some(section) = self.section(key) else { return Vec::new() };
        let mut read = Vec::new();
        for (name, value) in section.table {
            match String::from_toml(value.get_ref()) {
                Ok(text) => read.push((name.get_ref().to_string(), text, value.span())),
                Err(why) => self.fault(value.span(), why),
            }
        }
        read
    }

    /// Reads what the environment says where a file says nothing.
    pub fn from_env<T: FromToml>(&self, variable: &str) -> Option<T> {
        let text = self.said(variable)?;
        let text = text.expose_secret();
        let number = DeValue::parse(text).ok().map(Spanned::into_inner).filter(|value| value.as_integer().is_some());
        let value = match T::SHAPE {
            Shape::Whole | Shape::Count => number,
            _ => None,
        };
        let read = T::from_toml(&value.unwrap_or_else(|| DeValue::String(text.into())));
        read.map_err(|why| self.fault_here(format!("the environment variable {variable}: {why}"))).ok()
    }

    /// What a variable of the environment says; from here on it is part of the definition.
    pub fn said(&self, variable: &str) -> Option<SecretString> {
        let value = self.reading.environment().get(variable)?.clone();
        self.reading.used.borrow_mut().set(variable.to_owned(), value.clone());
        Some(value)
    }

    /// Every table in a table whose keys are free.
    pub fn tables(&self) -> Vec<(String, Section<'a>)> {
        let named = |(name, value): (&Spanned<_>, &'a _)| {
            let name: &std::borrow::Cow<'_, str> = name.get_ref();
            Some((name.to_string(), self.table_of(name, value)?))
        };
        self.table.iter().filter_map(named).collect()
    }

    /// Notes a fault at a span that was handed out.
    pub fn fault_span(&self, span: Range<usize>, message: impl Into<String>) {
        self.fault(span, message);
    }

    fn table_of(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Option<Section<'a>> {
        match value.get_ref() {
            DeValue::Table(table) => {
                let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
                Some(Section { table, span: value.span(), path, asked: Vec::new(), reading: self.reading })
            }
            other => {
                self.fault(value.span(), format!("`{key}`: expected a table, found {}", other.type_str()));
                None
            }
        }
    }

    /// Ends the reading: every key that was not asked for is a fault.
    pub fn close(self) {
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !self.asked.contains(&name) {
                let hint = nearest(name, &self.asked).map(|n| format!(", did you mean `{n}`?")).unwrap_or_default();
                // A secret that was pasted alone reads as a key.
                let name = if fault::is_name(name) { format!("`{name}`") } else { "this".to_owned() };
                self.fault(key.span(), format!("{name} is not a key here{hint}"));
            }
        }
    }
}

/// The known key that differs least, if it differs little.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    let best = known.iter().map(|k| (distance(name, k), *k)).min()?;
    (best.0 <= 1 + name.len() / 4).then_some(best.1)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

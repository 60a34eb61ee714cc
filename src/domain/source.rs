//! What an owner says of a source beyond its kind: where its JSON holds what, which header carries its
//! signature, and which number each of its SIM cards has.

use crate::domain::phone::PhoneNumber;
use std::collections::BTreeMap;
use std::fmt;

/// What may be found in a source's JSON, by its name in files.
pub const FIELDS: [&str; 11] =
    ["list", "to", "from", "text", "id", "time", "service", "device", "slot", "next", "cursor"];
/// The header of a signature, unless another is named.
pub const SIGNATURE: &str = "x-signature";
/// In a table of lines: every message whose line is not in it.
pub const ANY_LINE: &str = "*";
/// The longest path, header or name of a line, in bytes.
const LONGEST: usize = 100;

/// What a source is told apart by, besides its kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceOptions {
    /// Paths to the fields of its JSON; what is not named has its usual name.
    fields: BTreeMap<&'static str, String>,
    /// The header of its signature, in lower case.
    signature_header: Option<String>,
    /// The number of each line in E.164.
    lines: BTreeMap<String, String>,
}

/// Why an option is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOption {
    /// No such field.
    #[error("{0:?} is no field: expected one of {fields}", fields = FIELDS.join(", "))]
    Field(String),
    /// No path.
    #[error("{0:?} is no path: expected names and places with points between them, like data.items or to.0.number")]
    Path(String),
    /// No header.
    #[error("{0:?} is no name of a header")]
    Header(String),
    /// No line.
    #[error("{0:?} is no line: expected device/slot, the device or the slot alone, or *")]
    Line(String),
    /// No number.
    #[error("{0:?} is no number: expected its international form, like +201234567890")]
    Number(String),
    /// Not `name = value`.
    #[error("{0:?}: expected name = value")]
    Form(String),
}

impl SourceOptions {
    /// The path of a field.
    pub fn path(&self, field: &str) -> Option<&str> {
        self.fields.get(field).map(String::as_str)
    }

    /// The header of the signature.
    pub fn signature_header(&self) -> &str {
        self.signature_header.as_deref().unwrap_or(SIGNATURE)
    }

    /// The number that the table has for a line, in E.164: for device and slot; else for the device, unless
    /// the table tells its slots apart; else for the slot.
    pub fn number_of(&self, line: &str) -> Option<&str> {
        let line = key_of(line);
        let (device, slot) = line.rsplit_once('/').unwrap_or((&line, ""));
        let has_slots =
            || self.lines.keys().any(|known| known.strip_prefix(device).is_some_and(|s| s.starts_with('/')));
        let found = self.lines.get(&line);
        let found = found.or_else(|| self.lines.get(device).filter(|_| !has_slots()));
        let found = found.or_else(|| self.lines.get(slot).filter(|_| !has_slots()));
        found.map(String::as_str)
    }

    /// The number of every line that is not in the table.
    pub fn number_of_others(&self) -> Option<&str> {
        self.lines.get(ANY_LINE).map(String::as_str)
    }

    /// The lines and their numbers, in order.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines.iter().map(|(line, number)| (line.as_str(), number.as_str()))
    }

    /// Names the path of a field.
    pub fn set_field(&mut self, name: &str, path: &str) -> Result<(), BadOption> {
        let field = FIELDS.into_iter().find(|f| *f == name).ok_or_else(|| BadOption::Field(name.to_owned()))?;
        let is_path = path.len() <= LONGEST && path.split('.').all(|part| !part.trim().is_empty());
        if !is_path {
            return Err(BadOption::Path(path.to_owned()));
        }
        self.fields.insert(field, path.to_owned());
        Ok(())
    }

    /// Names the header of the signature.
    pub fn set_signature_header(&mut self, name: &str) -> Result<(), BadOption> {
        let is_name = (1..=LONGEST).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !is_name {
            return Err(BadOption::Header(name.to_owned()));
        }
        self.signature_header = Some(name.to_ascii_lowercase());
        Ok(())
    }

    /// Says which number a line has.
    pub fn set_line(&mut self, line: &str, number: &str) -> Result<(), BadOption> {
        let key = key_of(line);
        if key.is_empty() || key.len() > LONGEST || key.chars().any(char::is_control) {
            return Err(BadOption::Line(line.to_owned()));
        }
        let number = PhoneNumber::international(number).map_err(|_| BadOption::Number(number.to_owned()))?;
        self.lines.insert(key, number.to_string());
        Ok(())
    }

    /// Puts other lines in the place of all: a row for each, `device/slot = number`.
    pub fn set_lines(&mut self, rows: &str) -> Result<(), BadOption> {
        let mut others = Self::default();
        for (line, number) in pairs(rows) {
            others.set_line(line, number.ok_or_else(|| BadOption::Form(line.to_owned()))?)?;
        }
        self.lines = others.lines;
        Ok(())
    }

    /// Puts other field paths, and another signature header, in the place of all: a row for each,
    /// `name = value`.
    pub fn set_fields(&mut self, rows: &str) -> Result<(), BadOption> {
        let others = Self::parse(rows)?;
        if let Some((line, _)) = others.lines.first_key_value() {
            return Err(BadOption::Field(format!("line:{line}")));
        }
        *self = Self { lines: std::mem::take(&mut self.lines), ..others };
        Ok(())
    }

    /// The lines as [`SourceOptions::set_lines`] reads them.
    pub fn line_rows(&self) -> String {
        self.lines.iter().map(|(line, number)| format!("{line} = {number}\n")).collect()
    }

    /// The field paths and the signature header as [`SourceOptions::set_fields`] reads them.
    pub fn field_rows(&self) -> String {
        Self { lines: BTreeMap::new(), ..self.clone() }.to_string()
    }

    /// Reads what the panel keeps: a row for each option, `name = value`; a field by its name, the
    /// header as `signature_header`, a line as `line:device/slot`.
    pub fn parse(text: &str) -> Result<Self, BadOption> {
        let mut options = Self::default();
        for (name, value) in pairs(text) {
            let value = value.ok_or_else(|| BadOption::Form(name.to_owned()))?;
            match name.strip_prefix("line:") {
                Some(line) => options.set_line(line, value)?,
                None if name == "signature_header" => options.set_signature_header(value)?,
                None => options.set_field(name, value)?,
            }
        }
        Ok(options)
    }
}

/// As the panel keeps it, and [`SourceOptions::parse`] reads it.
impl fmt::Display for SourceOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, path) in &self.fields {
            writeln!(f, "{name} = {path}")?;
        }
        if let Some(header) = &self.signature_header {
            writeln!(f, "signature_header = {header}")?;
        }
        for (line, number) in &self.lines {
            writeln!(f, "line:{line} = {number}")?;
        }
        Ok(())
    }
}

/// The rows of a text, each `name = value`; without a value where there is no `=`.
fn pairs(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    text.lines().map(str::trim).filter(|row| !row.is_empty()).map(|row| match row.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (row, None),
    })
}

/// A line as it is looked up: a phone may write its name in any way.
fn key_of(line: &str) -> String {
    line.trim().to_lowercase()
}

/// The line of a message: its device and the slot of the SIM card, of which one may be missing.
pub fn line(device: Option<&str>, slot: Option<&str>) -> Option<String> {
    let part = |text: Option<&str>| text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    match (part(device), part(slot)) {
        (Some(device), Some(slot)) => Some(format!("{device}/{slot}")),
        (device, slot) => device.or(slot),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: M5
    #[test]
    fn options_are_read_row_by_row() {
        let options = SourceOptions::parse(
            "list = data.items\n\nto = number.full\nsignature_header = X-My-Sign\nline:Pixel/1 = +20 100 000 0001\n",
        )
        .unwrap();
        assert_eq!((options.path("list"), options.path("to")), (Some("data.items"), Some("number.full")));
        assert_eq!(options.path("text"), None);
        assert_eq!(options.signature_header(), "x-my-sign");
        assert_eq!(options.number_of("pixel/1"), Some("+201000000001"));
        assert_eq!(options.number_of("pixel/2"), None);
        assert_eq!(SourceOptions::parse(&options.to_string()), Ok(options));
    }

    #[test]
    fn a_wrong_option_is_named() {
        assert!(matches!(SourceOptions::parse("too = x"), Err(BadOption::Field(f)) if f == "too"));
        assert!(matches!(SourceOptions::parse("to = a..b"), Err(BadOption::Path(_))));
        assert!(matches!(SourceOptions::parse("to"), Err(BadOption::Form(_))));
        assert!(matches!(SourceOptions::parse("line:a = 5"), Err(BadOption::Number(_))));
        assert!(matches!(SourceOptions::parse("line: = +201000000001"), Err(BadOption::Line(_))));
        assert!(matches!(SourceOptions::parse("signature_header = a b"), Err(BadOption::Header(_))));
    }

    #[test]
    fn lines_and_fields_are_changed_apart() {
        let mut options = SourceOptions::parse("to = a\nline:x = +201000000001").unwrap();
        options.set_lines("y/1 = +201000000002").unwrap();
        options.set_fields("text = b").unwrap();
        assert_eq!(
            (options.line_rows().as_str(), options.field_rows().as_str()),
            ("y/1 = +201000000002\n", "text = b\n")
        );
        assert!(options.set_fields("line:x = +201000000001").is_err() && options.set_lines("y").is_err());
        options.set_lines("").unwrap();
        assert_eq!(options.lines().count(), 0);
    }

    // SPEC: M2
    #[test]
    fn a_device_alone_stands_for_its_only_card() {
        let options = SourceOptions::parse(
            "line:a = +201000000001\nline:b/1 = +201000000002\nline:b = +201000000003\nline:sim2 = +201000000004",
        )
        .unwrap();
        assert_eq!(options.number_of("A/7"), Some("+201000000001"));
        assert_eq!((options.number_of("b/1"), options.number_of("b/2")), (Some("+201000000002"), None));
        assert_eq!(options.number_of("c/SIM2"), Some("+201000000004"));
    }

    #[test]
    fn a_line_is_device_and_slot_or_what_is_known_of_them() {
        assert_eq!(line(Some("d"), Some("2")).as_deref(), Some("d/2"));
        assert_eq!(line(None, Some(" SIM1 ")).as_deref(), Some("SIM1"));
        assert_eq!(line(Some(""), None), None);
    }
}

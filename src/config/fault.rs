//! Faults of a file, each with its place and what to write instead.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// A mark under a longer place breaks off.
const WIDEST: usize = 60;

/// One fault, by its place in the file's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, in bytes.
    pub span: Range<usize>,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// The faults of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFaults {
    /// The file.
    pub path: PathBuf,
    /// Its text, for the lines around a fault.
    pub text: String,
    /// What is wrong with it, in the order of the file.
    pub faults: Vec<Fault>,
}

impl FileFaults {
    /// A fault of the file as a whole.
    pub fn whole(path: PathBuf, message: String) -> Self {
        Self { path, text: String::new(), faults: vec![Fault { span: 0..0, message }] }
    }

    /// A fault at a key of the top, or of the file as a whole where the key does not stand.
    pub fn at_key(path: PathBuf, text: String, key: &str, message: String) -> Self {
        let line = text.lines().position(|line| line.trim_start().starts_with(key));
        let start = text.lines().take(line.unwrap_or(0)).map(|line| line.len() + 1).sum();
        let span = line.map_or(0..0, |_| start..start + key.len());
        Self { path, text, faults: vec![Fault { span, message }] }
    }

    /// A line as it may be shown, counted from 1: what stands in it may be a secret.
    pub fn excerpt(&self, line: usize) -> Option<String> {
        self.text.lines().nth(line - 1).map(hide_values)
    }

    /// Line and column of a place, counted from 1; columns are characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (line, column)
    }
}

/// A longer key is none of ours.
const LONGEST_NAME: usize = 30;

/// Each fault as `file:line:column: message`, with the line and a mark under the place.
impl fmt::Display for FileFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            let (line, column) = self.position(fault.span.start);
            writeln!(f, "{}:{line}:{column}: {}", self.path.display(), fault.message)?;
            if let Some(excerpt) = self.excerpt(line) {
                let place = self.text.get(fault.span.clone()).unwrap_or_default();
                let width = place.lines().next().map_or(1, |l| l.chars().count().clamp(1, WIDEST));
                writeln!(f, "    {excerpt}")?;
                writeln!(f, "    {}{}", " ".repeat(column - 1), "^".repeat(width))?;
            }
        }
        Ok(())
    }
}

/// What stands right of a key may be a secret that somebody wrote in clear, perhaps behind a
/// misspelt key: it is never repeated. Nor is a line without a key that names no table.
fn hide_values(line: &str) -> String {
    match line.split_once('=') {
        Some((key, _)) if is_name(key) => format!("{key}= …"),
        None if is_name(line) && line.trim_start().starts_with('[') => line.to_owned(),
        _ => "…".to_owned(),
    }
}

/// A key or the head of a table: short, and of the characters of ours.
pub(super) fn is_name(text: &str) -> bool {
    let text = text.trim();
    text.len() <= LONGEST_NAME && text.chars().all(|c| c.is_ascii_lowercase() || "_.[] 0123456789".contains(c))
}

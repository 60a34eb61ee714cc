//! The lines of a file, each within bounds, with its number. Nothing of the file is kept.

use super::BadFile;
use std::io::{BufRead, BufReader, Read};

/// A line may not be longer than this, in bytes: bounds the memory.
const LONGEST: usize = 64 * 1024;
/// So much of the file's beginning is looked at before anything is read, in bytes.
const HEAD: usize = 64 * 1024;

/// A line as it stands in the file, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Its text.
    Text(String),
    /// It is longer than lines may be.
    TooLong,
    /// It is not UTF-8; what can be read of it.
    Foreign(String),
}

/// Reads lines.
pub(super) struct Lines<R> {
    inner: BufReader<std::io::Chain<std::io::Cursor<Vec<u8>>, R>>,
    number: u64,
}

impl<R: Read> Lines<R> {
    /// Looks at the beginning of a file; what is no text in UTF-8 is refused as a whole.
    pub(super) fn open(mut file: R) -> Result<Self, BadFile> {
        let mut head = Vec::new();
        file.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|e| BadFile::Unreadable(e.to_string()))?;
        check(&head)?;
        let start = if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let mut first = std::io::Cursor::new(head);
        first.set_position(start);
        Ok(Self { inner: BufReader::with_capacity(HEAD, first.chain(file)), number: 0 })
    }

    /// The number of the line that was read last, counted from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line, if there is one.
    pub(super) fn next(&mut self) -> Result<Option<Line>, BadFile> {
        let mut bytes = Vec::new();
        let read = self.inner.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut bytes);
        if read.map_err(|e| BadFile::Unreadable(e.to_string()))? == 0 {
            return Ok(None);
        }
        self.number += 1;
        if bytes.len() > LONGEST && bytes.last() != Some(&b'\n') {
            self.inner.skip_until(b'\n').map_err(|e| BadFile::Unreadable(e.to_string()))?;
            return Ok(Some(Line::TooLong));
        }
        while matches!(bytes.last(), Some(b'\n' | b'\r')) {
            bytes.pop();
        }
        Ok(Some(match String::from_utf8(bytes) {
            Ok(text) => Line::Text(text),
            Err(foreign) => Line::Foreign(String::from_utf8_lossy(foreign.as_bytes()).into_owned()),
        }))
    }
}

/// Refuses what is no text in UTF-8, as far as its beginning tells.
fn check(head: &[u8]) -> Result<(), BadFile> {
    if head.is_empty() || head == b"\xef\xbb\xbf" {
        return Err(BadFile::Empty);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(BadFile::Workbook);
    }
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || head.contains(&0) {
        return Err(BadFile::Utf16);
    }
    match std::str::from_utf8(head) {
        // The last character may be cut off where the beginning ends.
        Err(error) if head.len() < HEAD || error.error_len().is_some() => Err(BadFile::Encoding),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(file: &[u8]) -> Vec<(u64, Line)> {
        let mut lines = Lines::open(file).unwrap();
        std::iter::from_fn(|| lines.next().unwrap().map(|line| (lines.number(), line))).collect()
    }

    // SPEC: I3
    #[test]
    fn lines_have_their_numbers_whatever_ends_them() {
        let text = |n, text: &str| (n, Line::Text(text.to_owned()));
        assert_eq!(texts(b"\xef\xbb\xbfa\r\n\r\nb"), [text(1, "a"), text(2, ""), text(3, "b")]);
        let long = [b"a\n".to_vec(), vec![b'x'; 200_000], b"\nb\n".to_vec()].concat();
        assert_eq!(texts(&long), [text(1, "a"), (2, Line::TooLong), text(3, "b")]);
    }

    #[test]
    fn what_is_no_text_in_utf8_is_refused_as_a_whole() {
        let bad = |bytes: &[u8]| Lines::open(bytes).err().unwrap();
        assert_eq!(bad(b""), BadFile::Empty);
        assert_eq!(bad(b"PK\x03\x04..."), BadFile::Workbook);
        assert_eq!(bad(b"\xff\xfea\0b\0"), BadFile::Utf16);
        assert_eq!(bad(b"a\0b\0"), BadFile::Utf16);
        // "واتساب" in Windows-1256.
        assert_eq!(bad(b"service\n\xe6\xc7\xca\xd3\xc7\xc8,20\n"), BadFile::Encoding);
        // A character across the end of what is looked at is fine.
        let long = format!("{}\u{0648}\n", "x".repeat(HEAD - 1));
        assert!(Lines::open(long.as_bytes()).is_ok());
    }
}

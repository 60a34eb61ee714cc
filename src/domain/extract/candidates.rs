//! What may be a code in a text, by its shape alone.

use regex::Regex;
use std::sync::LazyLock;

/// How a candidate looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A mark of some letters, a dash, and digits: `G-123456`.
    Marked,
    /// So many digits.
    Digits(usize),
    /// Digits in two or three groups: `123-456`, `12 34 56`.
    Groups,
    /// Letters and digits.
    Mixed,
    /// Capitals, or small letters that can be no word.
    Letters,
}

/// Something that may be a code.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Without separators and marks.
    pub code: String,
    /// How it looks.
    pub shape: Shape,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// A mark and its digits, digits in groups, or letters and digits of ASCII.
static RUN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"[A-Z]{1,2}-[0-9]+(?-u:\b)|[0-9]+(?:[ -][0-9]+)*(?-u:\b)|[A-Za-z0-9]{3,5}-[A-Za-z0-9]{3,5}(?-u:\b)|[A-Za-z0-9]+",
    )
    .ok()
});

/// Codes have so many characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=10;
/// Digits in groups are a telephone number from so many on.
const TELEPHONE: usize = 9;

/// Everything in a text that may be a code.
pub fn candidates(text: &str) -> Vec<Candidate> {
    let Some(run) = RUN.as_ref() else { return Vec::new() };
    let is_free = |at: usize, end: usize| {
        let is_number = text[at..end].bytes().all(|b| !b.is_ascii_alphabetic());
        let before = text[..at].chars().next_back();
        let mut after = text[end..].chars();
        let next = after.next();
        // A part of an address, a name of a file, a word of another script with an accent.
        let is_joined = |c: Option<char>| c.is_some_and(|c| c == '_' || c == '@' || c == '/' || c == '\\');
        let beyond = after.next();
        // `4399.com` goes on, `123456.Do not share` is the end of a sentence.
        let goes_on = next == Some('.')
            && beyond.is_some_and(|c| {
                if is_number { c.is_ascii_lowercase() || c.is_ascii_digit() } else { c.is_ascii_alphanumeric() }
            });
        let is_accented = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && ('\u{c0}'..'\u{250}').contains(&c));
        !is_joined(before)
            && !is_joined(next)
            && !goes_on
            && !is_accented(before)
            && !is_accented(next)
            && (is_number || before != Some('.'))
    };
    let runs = run.find_iter(text).filter(|found| is_free(found.start(), found.end()));
    runs.flat_map(|found| of_run(found.as_str(), found.start())).collect()
}

fn of_run(run: &str, start: usize) -> Vec<Candidate> {
    let candidate =
        |code: String, shape, from: usize, to: usize| Candidate { code, shape, start: start + from, end: start + to };
    let parts: Vec<&str> = run.split([' ', '-']).collect();
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if let [mark, digits] = parts.as_slice()
        && run.contains('-')
        && (1..=2).contains(&mark.len())
        && mark.bytes().all(|b| b.is_ascii_uppercase())
        && LENGTHS.contains(&digits.len())
    {
        return vec![candidate((*digits).to_owned(), Shape::Marked, 0, run.len())];
    }
    let is_mixed =
        |part: &&str| part.bytes().any(|b| b.is_ascii_digit()) && part.bytes().any(|b| b.is_ascii_alphabetic());
    let are_short = parts.iter().all(|part| (3..=5).contains(&part.len()));
    if parts.len() == 2 && run.contains('-') && are_short && parts.iter().any(is_mixed) {
        return vec![candidate(parts.concat(), Shape::Mixed, 0, run.len())];
    }
    let lengths: Vec<usize> = parts.iter().filter(|part| is_number(part)).map(|part| part.len()).collect();
    if lengths.len() == parts.len() && is_grouped(&lengths, run.contains('-')) {
        return vec![candidate(parts.concat(), Shape::Groups, 0, run.len())];
    }
    if lengths.len() > 1 && lengths.iter().sum::<usize>() >= TELEPHONE {
        return Vec::new();
    }
    let mut at = 0;
    let mut found = Vec::new();
    for part in parts {
        if let Some(shape) = shape_of(part) {
            found.push(candidate(part.to_owned(), shape, at, at + part.len()));
        }
        at += part.len() + 1;
    }
    found
}

/// Whether codes are written in such groups of digits.
fn is_grouped(lengths: &[usize], has_dash: bool) -> bool {
    let usual: &[&[usize]] = &[
        &[3, 3],
        &[2, 2, 2],
        &[4, 4],
        &[3, 4],
        &[4, 3],
        &[3, 2],
        &[2, 3],
        &[3, 2, 2],
        &[2, 2, 3],
        &[3, 3, 2],
        &[2, 2, 2, 2],
    ];
    usual.contains(&lengths) || (has_dash && lengths == [2, 2])
}

fn shape_of(part: &str) -> Option<Shape> {
    let count = |is: fn(&u8) -> bool| part.as_bytes().iter().filter(|b| is(b)).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    let is_long_enough = LENGTHS.contains(&part.len());
    match (digits, letters) {
        _ if !is_long_enough => None,
        (digits, 0) => Some(Shape::Digits(digits)),
        (0, _) => are_signs(part).then_some(Shape::Letters),
        _ => Some(Shape::Mixed),
    }
}

/// Whether letters may be a code: capitals, or small ones that can be no word.
fn are_signs(part: &str) -> bool {
    let is_word = part.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let is_all = |is: fn(&u8) -> bool| part.as_bytes().iter().all(is);
    ((5..=8).contains(&part.len()) && is_all(u8::is_ascii_uppercase))
        || ((4..=8).contains(&part.len()) && is_all(u8::is_ascii_lowercase) && !is_word)
}

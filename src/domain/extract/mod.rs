//! Finding the code in a message of whatever service: the numbers and words that may be it are weighed
//! by what stands around them. A wrong code is worse than none, so one that hardly stands out is none.
//!
//! [`text`] blanks what is no code (links, dates, prices, telephone numbers), [`candidates`] lists what
//! may be one, [`words`] knows how languages speak of codes, and here the candidates are weighed.

mod candidates;
mod text;
mod words;

use candidates::{Candidate, Shape, candidates};
use text::{BLANK, Cleaned};
use words::{Cue, cues, is_advertisement, is_called, is_reference, is_telephone, is_unit, is_value};

/// A candidate that weighs less is no code.
const ENOUGH: i32 = 50;
/// Candidates that are weighed: a message with more is no message of a code.
const MOST: usize = 100;
/// Where a sentence ends.
const ENDS: [&str; 8] = [". ", "! ", "? ", "\n\n", "।", "。", "؟", "！"];
/// Two that weigh nearly the same cannot be told apart.
const CLEAR: i32 = 5;

/// Whether a text asks for a payment: it names an amount and its currency.
pub fn is_payment(text: &str) -> bool {
    words::names_amount(text)
}

/// The code, as plain ASCII letters and digits.
pub fn find(message: &str) -> Option<String> {
    let cleaned = Cleaned::new(message);
    if let Some(code) = cleaned.bound_code() {
        return Some(code);
    }
    let cues = cues(&cleaned.text);
    let advertises = is_advertisement(&cleaned.whole);
    let weigh = |candidate: Candidate| (weight(&candidate, &cleaned, &cues, advertises), candidate.code);
    let mut weighed: Vec<(i32, String)> = candidates(&cleaned.text).into_iter().take(MOST).map(weigh).collect();
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let (best, code) = weighed.first()?.clone();
    let is_clear = weighed.iter().skip(1).all(|(other, value)| *value == code || other + CLEAR <= best);
    (best >= ENOUGH && is_clear).then_some(code)
}

/// How much speaks for a candidate.
fn weight(candidate: &Candidate, cleaned: &Cleaned, cues: &[Cue], advertises: bool) -> i32 {
    let text = cleaned.text.as_str();
    let (before, after) = (&text[..candidate.start], &text[candidate.end..]);
    let nearest =
        |cues: &mut dyn Iterator<Item = &Cue>| cues.map(|cue| closeness(cue, candidate, text)).max().unwrap_or(0);
    let near = nearest(&mut cues.iter());
    let named = nearest(&mut cues.iter().filter(|cue| cue.is_name()));
    let mut weight = shape(candidate) + near;
    if stands_apart(before, after) {
        weight += 10;
    }
    let is_named = is_value(before);
    if near > 0 && is_named {
        weight += 20;
    }
    // Capitals are loud as often as they are codes.
    if candidate.shape == Shape::Letters && (is_shouted(before, after) || !(is_named || stands_apart(before, after))) {
        weight -= 60;
    }
    if begins(before) && candidate.shape != Shape::Marked {
        weight += 12;
    }
    if is_terse(before, after) {
        weight += 30;
    }
    if matches!(candidate.shape, Shape::Digits(4 | 5)) && trails(before, after) {
        weight -= 25;
    }
    if cleaned.repeats(&candidate.code) {
        weight += 15;
    }
    if is_reference(before, named >= 20) || is_telephone(before) || is_called(after) {
        weight -= 50;
    }
    if is_unit(before, after) {
        weight -= 60;
    }
    if advertises {
        weight -= 60;
    }
    weight
}

fn shape(candidate: &Candidate) -> i32 {
    match candidate.shape {
        Shape::Marked => 45,
        Shape::Digits(6) | Shape::Groups => 30,
        Shape::Digits(5) => 28,
        Shape::Digits(4) if is_year(&candidate.code) => 15,
        Shape::Digits(4) => 25,
        Shape::Digits(7 | 8) => 22,
        Shape::Digits(_) => -10,
        Shape::Mixed => 15,
        Shape::Letters => 5,
    }
}

fn is_year(code: &str) -> bool {
    code.parse().is_ok_and(|year: u32| (1950..2060).contains(&year))
}

/// Cues farther away count for nothing, in bytes: they are not looked at, or a long text would cost the cube
/// of its length.
const FAR: usize = 800;

/// How near a cue stands, and on which side.
fn closeness(cue: &Cue, candidate: &Candidate, text: &str) -> i32 {
    if candidate.start.saturating_sub(cue.end) > FAR || cue.start.saturating_sub(candidate.end) > FAR {
        return 0;
    }
    let (gap, steps): (&str, &[(usize, i32)]) = if cue.end <= candidate.start {
        (&text[cue.end..candidate.start], &[(4, 60), (14, 52), (30, 44), (60, 32), (120, 18), (200, 10)])
    } else if candidate.end <= cue.start {
        (&text[candidate.end..cue.start], &[(6, 50), (28, 46), (50, 36), (90, 18)])
    } else {
        return 0;
    };
    let far = gap.chars().take(FAR).count();
    let Some((_, near)) = steps.iter().find(|(most, _)| far <= *most) else { return 0 };
    let has_number = gap.chars().filter(char::is_ascii_digit).count() >= 3;
    let ends = ENDS.iter().any(|end| gap.contains(end));
    let is_named = cue.end <= candidate.start && is_value(gap);
    let cost = i32::from(has_number) * if is_named { 8 } else { 20 } + i32::from(ends) * 18;
    (near * i32::from(cue.strength) / 100 - cost).max(0)
}

/// Whether a message begins with it, perhaps behind the sender's name.
fn begins(before: &str) -> bool {
    let before = before.trim_matches([' ', '<', '>', '#', '*', '\n']);
    let is_brand =
        |end: char| before.ends_with(end) && before.chars().count() <= 24 && !before.contains(['.', '!', '\n']);
    before.is_empty() || is_brand(':') || is_brand(']') || is_brand('】')
}

/// Whether hardly anything stands beside it: a name at most, and nothing with digits.
fn is_terse(before: &str, after: &str) -> bool {
    const FEW: usize = 2;
    let is_plain = |text: &str| !text.contains(|c: char| c.is_ascii_digit() || BLANK.contains(c));
    is_plain(before) && is_plain(after) && before.split_whitespace().chain(after.split_whitespace()).count() <= FEW
}

/// Whether it stands alone behind the last sentence, as the numbers of hotlines do.
fn trails(before: &str, after: &str) -> bool {
    let left = before.trim_end_matches(' ');
    after.trim_matches([' ', '.', '\n']).is_empty() && left.ends_with(['.', '!', '?', '।', '。', ')'])
}

/// Whether another word of capitals stands beside it.
fn is_shouted(before: &str, after: &str) -> bool {
    let is_loud = |word: Option<&str>| {
        word.is_some_and(|word| {
            word.chars().filter(|c| c.is_ascii_uppercase()).count() >= 2 && word.to_uppercase() == word
        })
    };
    let last = before.split_whitespace().next_back().filter(|word| !word.ends_with(':'));
    is_loud(after.strip_prefix(' ').and_then(|after| after.split_whitespace().next())) || is_loud(last)
}

/// Whether it stands in a line, in brackets or in quotes of its own.
fn stands_apart(before: &str, after: &str) -> bool {
    let (left, right) = (before.trim_end_matches(' '), after.trim_start_matches([' ', '.']));
    let (last, first) = (left.chars().next_back(), right.chars().next());
    let alone = last.is_none_or(|c| c == '\n') && first.is_none_or(|c| c == '\n');
    let pairs = [
        ('(', ')'),
        ('[', ']'),
        ('«', '»'),
        ('"', '"'),
        ('“', '”'),
        ('「', '」'),
        ('*', '*'),
        ('→', '←'),
        ('\'', '\''),
    ];
    alone || pairs.iter().any(|(open, close)| last == Some(*open) && first == Some(*close))
}

//! The corpus of messages (`tests/corpus/`): which code each holds, and whose it is.

use botfarm::domain::code::CodePatterns;
use botfarm::domain::known_services;
use botfarm::domain::matching::{ServiceRule, find_service};
use serde::Deserialize;

#[derive(Deserialize)]
struct Line {
    lang: String,
    sender: String,
    text: String,
    service: Option<String>,
    code: Option<String>,
}

fn half(text: &str) -> Vec<Line> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn tuning() -> Vec<Line> {
    half(include_str!("../corpus/tuning.jsonl"))
}

fn held_out() -> Vec<Line> {
    half(include_str!("../corpus/held_out.jsonl"))
}

fn practice() -> Vec<Line> {
    half(include_str!("../corpus/practice.jsonl"))
}

fn hard() -> Vec<Line> {
    half(include_str!("../corpus/hard.jsonl"))
}

/// How well something was told.
#[derive(Default)]
struct Score {
    right: u32,
    wrong: u32,
    expected: u32,
    misses: Vec<String>,
}

impl Score {
    fn of(lines: &[Line], told: impl Fn(&Line) -> Option<String>, expected: fn(&Line) -> Option<&String>) -> Self {
        let mut score = Self::default();
        for line in lines {
            let (told, expected) = (told(line), expected(line));
            score.expected += u32::from(expected.is_some());
            score.right += u32::from(told.is_some() && told.as_ref() == expected);
            score.wrong += u32::from(told.is_some() && told.as_ref() != expected);
            if told.as_ref() != expected {
                score.misses.push(format!("{} {told:?} instead of {expected:?}: {}", line.lang, line.text));
            }
        }
        score
    }

    fn precision(&self) -> f64 {
        f64::from(self.right) / f64::from(self.right + self.wrong)
    }

    fn recall(&self) -> f64 {
        f64::from(self.right) / f64::from(self.expected)
    }

    fn holds(&self, what: &str, precision: f64, recall: f64) {
        println!("{what}: precision {:.4}, recall {:.4}", self.precision(), self.recall());
        self.misses.iter().for_each(|miss| println!("  {miss}"));
        assert!(self.precision() >= precision && self.recall() >= recall, "{what}: {}", self.misses.join("\n"));
    }
}

fn code_of(line: &Line) -> Option<String> {
    CodePatterns::standard().extract(&line.text)
}

/// A rule for each known service, as if a bot sold them all.
fn all_services() -> Vec<ServiceRule> {
    let rule = |(id, (name, words)): (i64, (&str, &[&str]))| ServiceRule {
        id,
        name: name.to_owned(),
        aliases: Vec::new(),
        words: words.iter().map(|word| (*word).to_owned()).collect(),
        patterns: CodePatterns::standard(),
    };
    (0..).zip(known_services::all()).map(rule).collect()
}

// SPEC: M2, M4
#[test]
fn codes_are_found_in_the_corpus_and_wrong_ones_are_not() {
    let sets = [
        ("tuning", tuning(), 0.97),
        ("held out", held_out(), 0.97),
        ("practice", practice(), 0.97),
        ("hard", hard(), 0.7),
    ];
    for (name, lines, recall) in sets {
        assert!(lines.len() >= 150 && lines.iter().any(|line| line.code.is_none()));
        Score::of(&lines, code_of, |line| line.code.as_ref()).holds(name, 0.99, recall);
    }
}

// SPEC: M2
#[test]
fn the_service_of_a_message_is_told_and_never_another() {
    let rules = all_services();
    let told = |line: &Line| {
        let found = find_service(&rules, None, Some(&line.sender), &line.text);
        found.ok().map(|rule| rule.name.clone())
    };
    for (name, mut lines) in [("tuning", tuning()), ("held out", held_out())] {
        // What no table knows cannot be told; a service that it knows must not be told for another.
        let is_known = |line: &Line| line.service.as_ref().is_none_or(|s| !known_services::usual_words(s).is_empty());
        lines.retain(|line| line.code.is_some() && is_known(line));
        for line in &mut lines {
            line.service = line.service.as_ref().and_then(|s| canonical(s));
        }
        Score::of(&lines, told, |line| line.service.as_ref()).holds(name, 0.97, 0.9);
    }
}

fn canonical(name: &str) -> Option<String> {
    let words = known_services::usual_words(name);
    known_services::all().find(|(_, known)| *known == words).map(|(name, _)| name.to_owned())
}

// SPEC: M2
#[test]
fn the_corpus_speaks_ten_languages_and_no_two_lines_are_the_same() {
    let mut all = tuning();
    all.extend(held_out());
    let languages: std::collections::BTreeSet<&str> = all.iter().map(|line| line.lang.as_str()).collect();
    let texts: std::collections::HashSet<&str> = all.iter().map(|line| line.text.as_str()).collect();
    assert!(all.len() >= 300 && languages.len() >= 10 && texts.len() == all.len());
}

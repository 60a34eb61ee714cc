//! The sentences of the screens: Fluent files for each language, with a bot's own texts on top.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::collections::{BTreeMap, BTreeSet};
use unic_langid::LanguageIdentifier;

const SOURCES: [(&str, &str); 2] =
    [("ar", include_str!("../../locales/ar.ftl")), ("en", include_str!("../../locales/en.ftl"))];

/// The texts of one bot, in every language.
pub struct Texts {
    bundles: BTreeMap<&'static str, FluentBundle<FluentResource>>,
    fallback: &'static str,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").field("languages", &self.bundles.keys()).finish_non_exhaustive()
    }
}

/// A value in a sentence.
#[derive(Clone, Debug)]
pub enum Arg<'a> {
    /// A text.
    Text(&'a str),
    /// A count, which chooses the plural form.
    Count(i64),
}

impl Texts {
    /// The built-in texts, with a bot's own on top; `fallback` is the bot's first language.
    pub fn new(fallback: &'static str, own: &[(String, String, String)]) -> Self {
        let bundles = SOURCES
            .into_iter()
            .map(|(language, source)| {
                let own =
                    own.iter().filter(|(l, ..)| l == language).map(|(_, key, text)| (key.as_str(), text.as_str()));
                (language, bundle(language, source, own))
            })
            .collect();
        Self { bundles, fallback }
    }

    /// The languages there are.
    pub fn languages(&self) -> impl Iterator<Item = &'static str> {
        self.bundles.keys().copied()
    }

    /// The language to use for somebody who asks for `wanted` (ISO 639-1, perhaps with a region).
    pub fn choose(&self, wanted: Option<&str>) -> &'static str {
        let wanted = wanted.map(|w| w.split(['-', '_']).next().unwrap_or(w));
        self.bundles.keys().copied().find(|l| Some(*l) == wanted).unwrap_or(self.fallback)
    }

    /// A sentence. A key that does not exist shows itself; a test keeps that from happening.
    pub fn say(&self, language: &str, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        let Some(bundle) = self.bundles.get(language).or_else(|| self.bundles.get(self.fallback)) else {
            return key.to_owned();
        };
        let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else { return key.to_owned() };
        let mut values = FluentArgs::new();
        for (name, arg) in args {
            let value = match arg {
                Arg::Text(text) => FluentValue::from((*text).to_owned()),
                Arg::Count(count) => FluentValue::from(*count),
            };
            values.set((*name).to_owned(), value);
        }
        let mut errors = Vec::new();
        bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned()
    }
}

fn bundle<'a>(
    language: &str,
    source: &str,
    own: impl Iterator<Item = (&'a str, &'a str)>,
) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    add(&mut bundle, source.to_owned());
    for (key, text) in own {
        // What `check_override` refuses never comes here.
        if let Ok(pieces) = pieces(text) {
            add(&mut bundle, override_source(key, &pieces));
        }
    }
    bundle
}

fn add(bundle: &mut FluentBundle<FluentResource>, source: String) {
    let resource = FluentResource::try_new(source).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
}

/// A bot's own text is at most so long, in UTF-16 units: what fills its variables must fit too.
const LONGEST_OWN: usize = 3000;

/// A button's text, and a command's, which Telegram takes up to 256.
fn longest(key: &str) -> usize {
    match key {
        _ if key.starts_with("button-") => 64,
        _ if key.starts_with("command-") => 200,
        _ => LONGEST_OWN,
    }
}

/// A piece of a bot's own text.
enum Piece<'a> {
    Literal(&'a str),
    Variable(&'a str),
}

/// Takes a bot's own text apart: `{name}` is a variable, everything else stands for itself.
fn pieces(text: &str) -> Result<Vec<Piece<'_>>, String> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, tail) = after.split_once('}').ok_or("a { is never closed")?;
        let name = name.trim().trim_start_matches('$').trim();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(format!("{{{name}}} is no variable"));
        }
        found.extend([Piece::Literal(literal), Piece::Variable(name)]);
        rest = tail;
    }
    found.push(Piece::Literal(rest));
    let is_open = |piece: &Piece<'_>| matches!(piece, Piece::Literal(text) if text.contains('}'));
    if found.iter().any(is_open) { Err("a } has no { before it".to_owned()) } else { Ok(found) }
}

/// A bot's own text as Fluent. Every literal is quoted line by line, so that nothing in it means
/// anything to Fluent.
fn override_source(key: &str, pieces: &[Piece<'_>]) -> String {
    let mut out = format!("{key} =\n    ");
    for piece in pieces {
        match piece {
            Piece::Variable(name) => out.push_str(&format!("{{ ${name} }}")),
            Piece::Literal(text) => {
                for (n, line) in text.split('\n').enumerate() {
                    if n > 0 {
                        out.push_str("\n    ");
                    }
                    if !line.is_empty() || n > 0 {
                        let quoted = line.trim_end_matches('\r').replace('\\', "\\\\").replace('"', "\\\"");
                        out.push_str(&format!("{{\"{quoted}\"}}"));
                    }
                }
            }
        }
    }
    out
}

/// Checks a bot's own text: the key exists, and the text has the built-in text's variables.
pub fn check_override(language: &str, key: &str, text: &str) -> Result<(), String> {
    let source = SOURCES.iter().find(|(l, _)| *l == language).map_or("", |(_, s)| s);
    let messages = messages(source);
    let known = messages.get(key).ok_or("there is no text of this name")?;
    if text.trim().is_empty() {
        return Err("the text is empty".to_owned());
    }
    let longest = longest(key);
    if super::message::utf16(text) > longest {
        return Err(format!("the text is longer than {longest} characters"));
    }
    if longest < LONGEST_OWN && text.contains('\n') {
        return Err("the text of a button has one line".to_owned());
    }
    let variable = |piece: Piece<'_>| match piece {
        Piece::Variable(name) => Some(name.to_owned()),
        Piece::Literal(_) => None,
    };
    let own: BTreeSet<String> = pieces(text)?.into_iter().filter_map(variable).collect();
    if let Some(extra) = own.difference(known).next() {
        return Err(format!("the text has no variable {{{extra}}}"));
    }
    match known.difference(&own).next() {
        Some(missing) => Err(format!("the variable {{{missing}}} is missing")),
        None => Ok(()),
    }
}

/// Texts that only those who run the bot see begin so.
const OF_THE_PANEL: [&str; 42] = [
    "alert-",
    "audit-",
    "kind-",
    "ask-",
    "assign",
    "audience-",
    "back-to",
    "bad-",
    "broadcast-",
    "export-",
    "field-",
    "form-",
    "health-",
    "import-",
    "inbox-",
    "line-",
    "number-",
    "origin-",
    "panel",
    "period-",
    "person-",
    "picture-",
    "provider-",
    "reason-",
    "report-",
    "search",
    "setting-",
    "statistics",
    "switch-",
    "test-",
    "tile-",
    "try-",
    "upload-",
    "saved",
    "dialog-",
    "numbers-",
    "channel-",
    "terms",
    "button-save",
    "button-skip",
    "button-leave",
    "button-change",
];

/// The texts that users see and a bot may have its own of, in their order.
pub fn user_texts() -> Vec<&'static str> {
    let is_key = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphabetic());
    let keys = SOURCES[0].1.lines().filter(is_key).filter_map(|line| line.split(" =").next());
    keys.filter(|key| !OF_THE_PANEL.iter().any(|start| key.starts_with(start)) || *key == "button-change-number")
        .collect()
}

/// A built-in text as one would write it: `{name}` is a variable. Of plural forms, the general one.
pub fn built_in(language: &str, key: &str) -> Option<String> {
    let source = SOURCES.iter().find(|(l, _)| *l == language)?.1;
    let start = format!("{key} =");
    let mut lines = source.lines().skip_while(|line| !line.starts_with(&start));
    let first = lines.next()?.strip_prefix(&start)?.trim();
    let rest: Vec<&str> = lines.take_while(|line| line.starts_with(' ') || line.is_empty()).collect();
    let general = rest.iter().find_map(|line| line.trim().strip_prefix("*[other]"));
    let text = match general {
        Some(form) => form.trim().to_owned(),
        None => std::iter::once(first).chain(rest.iter().map(|l| l.trim())).collect::<Vec<_>>().join("\n"),
    };
    let text = text.replace("{\"{\"}", "{").replace("{\"}\"}", "}").replace("{ $", "{").replace(" }", "}");
    Some(text.trim().to_owned())
}

/// The variables of a text.
pub fn variables(language: &str, key: &str) -> Vec<String> {
    keys(language).remove(key).unwrap_or_default().into_iter().collect()
}

/// Every message of a source with its variables.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in source.lines().filter(|l| !l.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            current = line.split('=').next().unwrap_or_default().trim().to_owned();
        }
        found.entry(current.clone()).or_default().extend(messages_variables(line));
    }
    found.remove("");
    found
}

fn messages_variables(text: &str) -> BTreeSet<String> {
    let names = text.split('$').skip(1);
    names.map(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()).collect()
}

/// Every key of a language: for the test that compares the languages.
pub fn keys(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    SOURCES.iter().find(|(l, _)| *l == language).map(|(_, s)| messages(s)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_variables() {
        assert_eq!(keys("ar"), keys("en"));
        assert!(keys("ar").len() > 60);
    }

    // SPEC: A7
    #[test]
    fn every_text_of_users_can_be_written_again_as_it_is() {
        assert!((60..200).contains(&user_texts().len()), "{}", user_texts().len());
        for (language, _) in SOURCES {
            for key in user_texts() {
                let text = built_in(language, key).unwrap();
                let is_plural = SOURCES[0].1.contains(&format!("\n{key} = {{ $")) || text.contains("->");
                assert!(is_plural || check_override(language, key, &text).is_ok(), "{language} {key}: {text}");
            }
        }
        assert_eq!(built_in("ar", "no-stock").as_deref(), Some("لا توجد أرقام متاحة لهذه الدولة/الخدمة حاليًا"));
    }

    #[test]
    fn arabic_has_six_plural_forms() {
        let texts = Texts::new("ar", &[]);
        let say = |n| texts.say("ar", "minutes", &[("count", Arg::Count(n))]).replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(say(0), "أقل من دقيقة");
        assert_eq!(say(1), "دقيقة واحدة");
        assert_eq!(say(2), "دقيقتان");
        assert_eq!(say(5), "5 دقائق");
        assert_eq!(say(20), "20 دقيقة");
        assert_eq!(say(100), "100 دقيقة");
    }

    // A number alone looks the same in every form.
    #[test]
    fn every_arabic_sentence_with_a_count_has_all_six_forms() {
        let source = SOURCES[0].1;
        let blocks = source.split("->\n").skip(1).zip(source.split("->\n"));
        let mut checked = 0;
        for (forms, head) in blocks {
            let forms = forms.split("\n }").next().unwrap();
            let key = head.lines().last().unwrap();
            for form in ["[zero]", "[one]", "[two]", "[few]", "[many]", "*[other]"] {
                assert!(forms.contains(form) || key.starts_with("free-count"), "{key}: {form} is missing");
            }
            checked += 1;
        }
        assert!(checked > 4, "{checked}");
    }

    #[test]
    fn a_bots_own_text_wins_and_must_have_the_variables() {
        let own = vec![("en".to_owned(), "welcome".to_owned(), "Hi, this is {brand}\nPick one:".to_owned())];
        let texts = Texts::new("en", &own);
        let said = texts.say("en", "welcome", &[("brand", Arg::Text("X"))]);
        assert_eq!(said.replace(['\u{2068}', '\u{2069}'], ""), "Hi, this is X\nPick one:");
        assert!(check_override("en", "welcome", "Hi").unwrap_err().contains("{brand}"));
        assert!(check_override("en", "welcome", "Hi {brand} {x}").unwrap_err().contains("{x}"));
        assert!(check_override("en", "wellcome", "Hi").is_err());
        for bad in ["Hi $brand", "Hi {brand", "Hi {brand} } ok", "Hi { brand } {}", &"{brand}".repeat(1000)] {
            assert!(check_override("en", "welcome", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_means_something_to_fluent_stands_for_itself_in_a_bots_own_text() {
        let odd = "[new] {brand}, 5$ each\n* \"star\" \\ .a = b\n\n  # no comment";
        assert_eq!(check_override("en", "welcome", odd), Ok(()));
        let texts = Texts::new("en", &[("en".to_owned(), "welcome".to_owned(), odd.to_owned())]);
        let said = texts.say("en", "welcome", &[("brand", Arg::Text("X"))]).replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(said, odd.replace("{brand}", "X"));
    }
}

//! The reference of a bot's file: as a table for people, as a JSON Schema for editors, and as a first
//! file to begin with. What keys there are, and what their values look like, is taken from the readers.

mod keys;

use super::bot;
use super::section::Shape;
use crate::seal::KeyRing;
use keys::KEYS;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A key of a bot's file.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its table; empty for the top.
    pub table: &'static str,
    /// Its name.
    pub key: &'static str,
    /// The words that it may be, if it is one of a few.
    pub words: &'static [&'static str],
    /// What it means.
    pub what: &'static str,
    /// What counts without it.
    pub default: &'static str,
}

/// Every table once, so that each of the readers asks for its keys.
const EVERYTHING: &str = "[currency]\n[rental]\n[limits]\n[rewards]\n[texts]\n[telegram]\nserver = \"custom\"\n\
    [[providers]]\nmode = \"both\"\n[[services]]\ncountries = [{}]\n[[channels]]\n";

/// Tables that may stand several times.
const LISTS: [&str; 4] = ["providers", "services", "services.countries", "channels"];

type Asked = BTreeMap<(String, &'static str), Shape>;

/// What the readers ask for.
fn asked() -> Asked {
    let mut asked = bot::asked(EVERYTHING, &KeyRing::new(&[0; 32]));
    let is_table = |shape: &Shape| matches!(shape, Shape::Table | Shape::Tables);
    // How a secret is named is the same everywhere.
    asked.retain(|(_, key), shape| !(super::secret::FORMS.contains(key) || is_table(shape) && *key != "countries"));
    asked
}

fn word(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "text",
        Shape::Flag => "true or false",
        Shape::Whole => "whole number",
        Shape::Count => "whole number above 0",
        Shape::Amount => "amount",
        Shape::Texts => "list of texts",
        Shape::Wholes => "list of whole numbers",
        Shape::Secret => "secret",
        Shape::Address => "text or secret",
        Shape::Names => "table of texts",
        Shape::Table => "table",
        Shape::Tables => "list of tables",
    }
}

/// The reference as Markdown: a table of keys for each table of the file.
pub fn markdown() -> String {
    let asked = asked();
    let mut text = String::new();
    let mut table = None;
    for key in KEYS {
        if table != Some(key.table) {
            table = Some(key.table);
            let title = match key.table {
                "" => "At the top".to_owned(),
                list if LISTS.contains(&list) => format!("`[[{list}]]`"),
                table => format!("`[{table}]`"),
            };
            let _ = write!(text, "\n### {title}\n\n| key | value | what | without it |\n|---|---|---|---|\n");
        }
        let shape = asked.get(&(key.table.to_owned(), key.key)).copied().map_or("", word);
        let words: Vec<String> = key.words.iter().map(|word| format!("`\"{word}\"`")).collect();
        let value = if words.is_empty() { shape.to_owned() } else { words.join(", ") };
        let _ = writeln!(text, "| `{}` | {value} | {} | {} |", key.key, key.what, key.default);
    }
    text
}

/// The reference as JSON Schema (draft 7), for editors.
pub fn schema() -> Value {
    let asked = asked();
    let mut schema = object("", &asked);
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!("A bot's file of botfarm");
    schema["definitions"] = json!({
        "secret": {
            "description": "A secret: it never stands in the file itself.",
            "oneOf": super::secret::FORMS.map(|form| json!({
                "type": "object", "required": [form], "additionalProperties": false,
                "properties": { form: { "type": "string" } },
            })),
        },
    });
    schema
}

fn object(table: &str, asked: &Asked) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for key in KEYS.iter().filter(|key| key.table == table) {
        let shape = asked.get(&(table.to_owned(), key.key)).copied().unwrap_or(Shape::Text);
        let mut value = match shape {
            Shape::Tables => json!({ "type": "array", "items": object(&format!("{table}.{}", key.key), asked) }),
            shape => of_shape(shape),
        };
        if !key.words.is_empty() {
            value["enum"] = json!(key.words);
        }
        value["description"] = json!(format!("{} Without it: {}.", key.what, key.default));
        properties.insert(key.key.to_owned(), value);
        if key.default == "needed" {
            required.push(key.key);
        }
    }
    if table.is_empty() {
        let mut tables: Vec<&str> =
            KEYS.iter().map(|key| key.table).filter(|t| !t.is_empty() && !t.contains('.')).collect();
        tables.dedup();
        for table in tables {
            let inner = object(table, asked);
            let value = if LISTS.contains(&table) { json!({ "type": "array", "items": inner }) } else { inner };
            properties.insert(table.to_owned(), value);
        }
    }
    if table.is_empty() {
        let sealed = json!({
            "type": "object", "required": ["sealed"], "additionalProperties": false,
            "properties": { "sealed": { "type": "string" } },
        });
        let said = json!({ "type": "object", "additionalProperties": sealed });
        properties.insert(super::environment::TABLE.to_owned(), said);
    }
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

fn of_shape(shape: Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Whole => json!({ "type": "integer" }),
        Shape::Count => json!({ "type": "integer", "minimum": 1 }),
        Shape::Amount => json!({ "type": ["string", "integer"] }),
        Shape::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::Wholes => json!({ "type": "array", "items": { "type": "integer" } }),
        Shape::Secret => json!({ "allOf": [{ "$ref": "#/definitions/secret" }] }),
        Shape::Address => json!({ "anyOf": [{ "type": "string" }, { "$ref": "#/definitions/secret" }] }),
        Shape::Names => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Shape::Table | Shape::Tables => json!({ "type": "object" }),
    }
}

/// A first file for a bot: what it needs, and every other key as a comment.
pub fn scaffold(slug: &str) -> String {
    let env = slug.to_uppercase();
    let mut text = format!(
        "# The bot {slug}. Lines that begin with # say what could stand there; `botfarm check` says what is wrong.\n\n\
         name = \"My brand\"\n# From @BotFather. A secret never stands here: {{ env }}, {{ file }} or {{ sealed }}.\n\
         token = {{ env = \"{env}_TOKEN\" }}\n# Your Telegram id: owners accept the terms of use and use /admin.\n\
         owners = [123456789]\nadmin_password = {{ env = \"{env}_PASSWORD\" }}\n"
    );
    let given = ["name", "token", "owners", "admin_password"];
    let mut table = "";
    for key in KEYS.iter().filter(|key| !(key.table.is_empty() && given.contains(&key.key))) {
        if table != key.table {
            table = key.table;
            let title = if LISTS.contains(&table) { format!("[[{table}]]") } else { format!("[{table}]") };
            let _ = writeln!(text, "\n# {title}");
        }
        let words = key.words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        let value = if words.is_empty() { key.default.replace('`', "") } else { words };
        let _ = writeln!(text, "# {} = {value}  # {}", key.key, key.what.replace('`', ""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::section::Shape;
    use std::collections::BTreeSet;
    use std::path::Path;

    // SPEC: F10
    #[test]
    fn the_reference_has_every_key_that_is_read_and_no_other() {
        let written: BTreeSet<(String, &str)> = KEYS.iter().map(|key| (key.table.to_owned(), key.key)).collect();
        let read: BTreeSet<(String, &str)> = asked().into_keys().collect();
        let missing: Vec<_> = read.difference(&written).collect();
        let unknown: Vec<_> = written.difference(&read).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "missing: {missing:?}; unknown: {unknown:?}");
        assert_eq!(written.len(), KEYS.len(), "none stands twice");
        assert_eq!(asked()[&(String::new(), "token")], Shape::Secret);
    }

    // SPEC: F10
    #[test]
    fn the_document_is_the_generated_one() {
        const BEGIN: &str = "<!-- generated by `botfarm schema --markdown` -->\n";
        const END: &str = "<!-- end of what is generated -->";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/CONFIG.md");
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = text.split_once(BEGIN).unwrap();
        let (generated, tail) = rest.split_once(END).unwrap();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, format!("{head}{BEGIN}{}\n{END}{tail}", markdown())).unwrap();
        } else {
            assert_eq!(generated.trim(), markdown().trim(), "UPDATE_DOCS=1 cargo test --lib reference writes it anew");
        }
    }

    #[test]
    fn a_first_file_lacks_its_secrets_only() {
        let text = scaffold("my_bot");
        let faults = bot::check(Path::new("my_bot.toml"), &text, &KeyRing::new(&[0; 32])).unwrap_err();
        for fault in &faults.faults {
            assert!(fault.message.contains("is not set"), "{faults}");
        }
        for Key { table, key, .. } in KEYS {
            let place =
                if table.is_empty() { text.as_str() } else { text.split(&format!("[{table}]")).nth(1).unwrap() };
            assert!(
                place.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{key} = "))),
                "{table} {key}"
            );
        }
    }

    #[test]
    fn the_schema_knows_every_table_and_what_is_needed() {
        let schema = schema();
        assert_eq!(schema["required"], json!(["name", "token"]));
        assert_eq!(
            schema["properties"]["services"]["items"]["properties"]["countries"]["items"]["required"][1],
            "dial_code"
        );
        assert_eq!(schema["properties"]["rental"]["properties"]["short_balance"]["enum"], json!(["hold", "fail"]));
    }
}

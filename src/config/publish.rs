//! A bot's file as every host of the farm may know it: its text, with each secret sealed in its place.

use super::environment::{self, Environment};
use super::secret::{FORMS, SEALED, SecretSource};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// A text that can be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The text, secrets sealed.
    pub body: String,
    /// Tells its secrets from others without telling them.
    pub secrets: String,
}

/// Tells a file's text from another. Secrets do not stand in it, and may differ from host to host.
pub fn mark(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Seals the secrets of a text that was checked; they are resolved as on this host. What the environment
/// says of the bot is written into it.
pub fn sealed(text: &str, source: &SecretSource<'_>, environment: &Environment) -> Result<Published, String> {
    let mut found = Vec::new();
    let text = with_environment(text, source, environment)?;
    let body = replaced(&text, &mut |key, form, text| {
        let secret = source.resolve(key, form, text)?;
        let sealed = source.key.seal_text(&source.place(key), &secret).map_err(|e| e.to_string())?;
        found.push((key.to_owned(), secret));
        Ok(Some(sealed))
    })?;
    let told_apart =
        |(key, s): &(String, SecretString)| format!("{key} {} {}", s.expose_secret().len(), s.expose_secret());
    let all = SecretString::from(found.iter().map(told_apart).collect::<String>());
    let secrets = source.key.mark(&source.place("definition"), &all).map_err(|e| e.to_string())?;
    Ok(Published { body, secrets })
}

fn with_environment(text: &str, source: &SecretSource<'_>, environment: &Environment) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| e.message().to_owned())?;
    document.remove(environment::TABLE);
    let mut table = Table::new();
    for (name, value) in environment.iter() {
        let sealed = source.key.seal_text(&source.place(name), value).map_err(|e| e.to_string())?;
        table.insert(name, Item::Value(Value::InlineTable(InlineTable::from_iter([(SEALED, sealed)]))));
    }
    if !table.is_empty() {
        document.insert(environment::TABLE, Item::Table(table));
    }
    Ok(document.to_string())
}

/// A text whose sealed secrets are replaced; `change` is given a secret's key and its sealed value.
pub fn resealed(text: &str, change: &mut dyn FnMut(&str, &str) -> Option<String>) -> Result<String, String> {
    replaced(text, &mut |key, form, text| Ok(if form == SEALED { change(key, text) } else { None }))
}

/// The slug that a text names, if it does.
pub fn slug(text: &str) -> Option<String> {
    Some(text.parse::<DocumentMut>().ok()?.get("slug")?.as_str()?.to_owned())
}

/// What becomes of a secret: given its key, its form and its text, its sealed value if it gets another.
type Change<'a> = dyn FnMut(&str, &str, &str) -> Result<Option<String>, String> + 'a;

fn replaced(text: &str, change: &mut Change<'_>) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| e.message().to_owned())?;
    replace_in(document.as_table_mut(), change)?;
    Ok(document.to_string())
}

fn replace_in(table: &mut dyn TableLike, change: &mut Change<'_>) -> Result<(), String> {
    for (key, item) in table.iter_mut() {
        match item.as_table_like().and_then(named) {
            None => replace_inside(item, change)?,
            Some((form, text)) => {
                if let Some(sealed) = change(key.get(), &form, &text)? {
                    put(item, &form, sealed);
                }
            }
        }
    }
    Ok(())
}

/// A sealed value stays where it stands; another form becomes one.
fn put(item: &mut Item, form: &str, sealed: String) {
    match item.as_table_like_mut().and_then(|table| table.get_mut(SEALED)).and_then(Item::as_value_mut) {
        Some(value) if form == SEALED => {
            let decor = value.decor().clone();
            *value = Value::from(sealed);
            *value.decor_mut() = decor;
        }
        _ => *item = Item::Value(Value::InlineTable(InlineTable::from_iter([(SEALED, sealed)]))),
    }
}

fn replace_inside(item: &mut Item, change: &mut Change<'_>) -> Result<(), String> {
    if let Some(table) = item.as_table_like_mut() {
        return replace_in(table, change);
    }
    if let Some(tables) = item.as_array_of_tables_mut() {
        return tables.iter_mut().try_for_each(|table| replace_in(table, change));
    }
    let values = item.as_array_mut().into_iter().flat_map(|array| array.iter_mut());
    let mut tables = values.filter_map(Value::as_inline_table_mut);
    tables.try_for_each(|table| replace_in(table, change))
}

/// The secret that a table names, if that is all it does.
fn named(table: &dyn TableLike) -> Option<(String, String)> {
    let mut entries = table.iter();
    match (entries.next(), entries.next()) {
        (Some((form, text)), None) if FORMS.contains(&form) => Some((form.to_owned(), text.as_str()?.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::bot;
    use crate::seal::KeyRing;
    use std::path::Path;

    const TEXT: &str = "name = \"One\" # the brand\nterms_accepted = true\ntoken = { file = \"token\" }\n\
        [admin_password]\nfile = \"password\"\n\
        [[providers]]\nname = \"a\"\nmode = \"poll\"\nurl = { file = \"url\" }\napi_key = { file = \"key\" }\n";

    // SPEC: F5, F6
    #[test]
    fn a_published_text_says_the_same_on_a_host_that_has_none_of_the_secrets() {
        let key = KeyRing::new(&[7; 32]);
        let here = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(here.path().join(name), text).unwrap();
        write("token", "123456789:AAH-token-long-enough");
        write("password", "open sesame");
        write("url", "https://sms.example/?key=in-the-address");
        write("key", "api-key");
        let source = SecretSource { key: &key, slug: "one", directory: here.path() };
        let original = bot::check(&here.path().join("one.toml"), TEXT, &key).unwrap();
        let published = sealed(TEXT, &source, &original.environment).unwrap();
        for secret in ["AAH-token", "open sesame", "in-the-address", "api-key", "file ="] {
            assert!(!published.body.contains(secret), "{}", published.body);
        }
        assert!(published.body.contains("# the brand"));
        let elsewhere = bot::check_published(Path::new("/nowhere/one.toml"), &published.body, &key).unwrap();
        assert!(original.says_the_same(&elsewhere));
        // Sealed anew each time, and still the same secrets; another secret is told.
        assert_eq!(sealed(TEXT, &source, &Environment::default()).unwrap().secrets, published.secrets);
        write("key", "another-key");
        assert_ne!(sealed(TEXT, &source, &Environment::default()).unwrap().secrets, published.secrets);
        // So is what the environment says, and which of its variables does.
        let with = |variable: &str| {
            let mut environment = Environment::default();
            environment.set(variable.to_owned(), SecretString::from("5"));
            sealed(TEXT, &source, &environment).unwrap().secrets
        };
        assert_ne!(with("POLL_INTERVAL_SEC"), with("DEFAULT_REWARD_AMOUNT"));
        assert_eq!(with("POLL_INTERVAL_SEC"), with("POLL_INTERVAL_SEC"));
        // Sealed anew, nothing else of a text changes.
        let body = published.body.replace("token = {", "token   = {");
        let anew = resealed(&body, &mut |key, _| (key == "token").then(|| "v1.new".to_owned())).unwrap();
        let old = body.lines().find(|line| line.starts_with("token")).unwrap();
        assert_eq!(anew, body.replace(old, "token   = { sealed = \"v1.new\" }"));
        // What was published is published again as it is.
        let again = SecretSource { directory: Path::new("/nowhere"), ..source };
        assert_eq!(sealed(&published.body, &again, &Environment::default()).unwrap().secrets, published.secrets);
    }
}

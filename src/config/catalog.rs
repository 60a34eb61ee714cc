//! `[[services]]` of a bot's file.

use super::section::Section;
use crate::domain::code::CodePattern;
use rust_decimal::Decimal;

/// A service of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceConfig {
    /// Its name.
    pub name: String,
    /// In front of the name.
    pub emoji: String,
    /// More about it.
    pub description: Option<String>,
    /// The price of countries without one.
    pub price: Decimal,
    /// Other names in messages.
    pub aliases: Vec<String>,
    /// The words by which messages name it, instead of the usual ones.
    pub words: Option<Vec<String>>,
    /// How its codes look; checked.
    pub code_regex: Option<String>,
    /// The providers that show its codes, by name.
    pub providers: Vec<String>,
    /// Its countries.
    pub countries: Vec<CountryConfig>,
}

/// A country of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct CountryConfig {
    /// Its name.
    pub name: String,
    /// Its calling code, digits.
    pub dial_code: String,
    /// Its flag.
    pub flag: String,
    /// Its price, if it differs.
    pub price: Option<Decimal>,
}

/// Reads every service; its providers must be among the named ones.
pub fn read_services(root: &mut Section<'_>, providers: &[String]) -> Vec<ServiceConfig> {
    let mut read: Vec<ServiceConfig> = Vec::new();
    for mut section in root.sections("services") {
        let service = read_service(&mut section, providers);
        if service.as_ref().is_some_and(|s| read.iter().any(|other| other.name == s.name)) {
            section.fault_at("name", "`name`: another service of this file has the same name");
        }
        section.close();
        read.extend(service);
    }
    read
}

fn read_service(section: &mut Section<'_>, providers: &[String]) -> Option<ServiceConfig> {
    let name = section.required::<String>("name", "\"WhatsApp\"");
    let price = section.required::<Decimal>("price", "\"10.00\"");
    let linked = section.optional::<Vec<String>>("providers").unwrap_or_default();
    for name in linked.iter().filter(|n| !providers.contains(n)) {
        section.fault_at("providers", format!("`providers`: no [[providers]] of this file is called {name:?}"));
    }
    let code_regex = section.optional::<String>("code_regex");
    if let Some(Err(why)) = code_regex.as_deref().map(CodePattern::new) {
        section.fault_at("code_regex", format!("`code_regex`: {why}"));
    }
    let emoji = section.optional("emoji").unwrap_or_default();
    let description = section.optional("description");
    let aliases = section.optional("aliases").unwrap_or_default();
    let words = section.optional("words");
    let mut countries: Vec<CountryConfig> = Vec::new();
    for country in section.sections("countries").into_iter().filter_map(read_country) {
        if countries.iter().any(|known| known.name == country.name) {
            section.fault_at("countries", format!("`countries`: {:?} stands there twice", country.name));
        }
        countries.push(country);
    }
    Some(ServiceConfig {
        name: name?,
        emoji,
        description,
        price: price?,
        aliases,
        words,
        code_regex,
        providers: linked,
        countries,
    })
}

fn read_country(mut section: Section<'_>) -> Option<CountryConfig> {
    let name = section.required::<String>("name", "\"مصر\"");
    let dial_code = section.required::<String>("dial_code", "\"20\"");
    let is_code = |c: &str| (1..=4).contains(&c.len()) && c.bytes().all(|b| b.is_ascii_digit()) && !c.starts_with('0');
    if dial_code.as_deref().is_some_and(|c| !is_code(c)) {
        section.fault_at("dial_code", "`dial_code`: expected the calling code's digits without +, for example \"20\"");
    }
    let flag = section.optional("flag").unwrap_or_default();
    let price = section.optional("price");
    section.close();
    Some(CountryConfig { name: name?, dial_code: dial_code?, flag, price })
}

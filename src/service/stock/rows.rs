//! What a line of a stock file says: its columns by the header, or one number a line.

use super::{BadFile, Reason};
use crate::domain::money::parse_amount;
use crate::domain::phone::PhoneNumber;
use csv_core::{ReadFieldResult, Reader, ReaderBuilder};
use rust_decimal::Decimal;

/// More columns than this are another kind of table.
const MOST_COLUMNS: usize = 16;

/// A line that can be taken, if its service and country are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The service's name.
    pub service: String,
    /// The calling code, digits.
    pub code: String,
    /// The country's name, in files that were exported.
    pub country: Option<String>,
    /// The number, spelt as in the file.
    pub number: String,
    /// Its own price.
    pub price: Option<Decimal>,
    /// Its state.
    pub status: &'static str,
}

/// The columns of a table.
pub(super) struct Header {
    separator: u8,
    service: usize,
    code: usize,
    number: usize,
    price: Option<usize>,
    status: Option<usize>,
    country: Option<usize>,
}

/// The separator that a spreadsheet announces in a line of its own, for example `sep=;`.
pub(super) fn announced(line: &str) -> Option<u8> {
    let separator = line.trim().strip_prefix("sep=")?;
    separator.bytes().next().filter(|_| separator.len() == 1)
}

/// The separator of a header: `,` `;` or tab.
fn separator_of(line: &str) -> u8 {
    let count = |c: u8| line.bytes().filter(|b| *b == c).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|c| count(*c)).unwrap_or(b',')
}

impl Header {
    /// Reads the header. Without one the first number of a file would be lost silently.
    pub(super) fn read(line: &str, announced: Option<u8>) -> Result<Self, BadFile> {
        let separator = announced.unwrap_or_else(|| separator_of(line));
        let names: Vec<String> = fields(line, separator).iter().map(|name| name.trim().to_lowercase()).collect();
        if names.len() > MOST_COLUMNS {
            return Err(BadFile::Columns(names.len()));
        }
        let find = |wanted: &str| names.iter().position(|name| name == wanted);
        let needed = |wanted| find(wanted).ok_or(BadFile::NoHeader);
        Ok(Self {
            separator,
            service: needed("service")?,
            code: needed("country_code")?,
            number: needed("phone_number")?,
            price: find("price_override"),
            status: find("status"),
            country: find("country_name"),
        })
    }

    /// Reads a line.
    pub(super) fn row(&self, line: &str) -> Result<Row, Reason> {
        let fields = fields(line, self.separator);
        let field = |at: usize| fields.get(at).map_or("", |text| text.trim());
        let status = match self.status.map_or("", field) {
            // A number that was being rented when it was exported is free in the next stock.
            "" | "available" | "reserved" => "available",
            "used" => "used",
            "deleted" => "deleted",
            other => return Err(Reason::Status(other.to_owned())),
        };
        let price = match self.price.map_or("", field) {
            "" => None,
            text => Some(parse_amount(text).map_err(|_| Reason::Price(text.to_owned()))?),
        };
        Ok(Row {
            service: field(self.service).to_owned(),
            code: field(self.code).trim_start_matches(['\'', '+']).to_owned(),
            country: self.country.map(field).filter(|name| !name.is_empty()).map(str::to_owned),
            number: field(self.number).to_owned(),
            price,
            status,
        })
    }
}

/// The fields of one line; a quoted field cannot reach into the next, so a stray quote spoils its
/// own line only.
fn fields(line: &str, separator: u8) -> Vec<String> {
    let mut reader: Reader = ReaderBuilder::new().delimiter(separator).build();
    let (mut rest, mut found, mut field) = (line.as_bytes(), Vec::new(), Vec::new());
    let mut buffer = [0; 1024];
    loop {
        let (result, read, written) = reader.read_field(rest, &mut buffer);
        rest = &rest[read..];
        field.extend_from_slice(&buffer[..written]);
        match result {
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
            ReadFieldResult::Field { .. } => {
                found.push(String::from_utf8_lossy(&std::mem::take(&mut field)).into_owned())
            }
            ReadFieldResult::End => return found,
        }
    }
}

/// The number that a line means in a country. A spreadsheet's leading `'` says "text".
pub(super) fn number(text: &str, code: &str) -> Result<PhoneNumber, Reason> {
    let text = text.trim().trim_matches('"').trim_start_matches('\'').trim();
    if text.is_empty() {
        return Err(Reason::NoNumber);
    }
    let is_rounded = |text: &str| text.parse::<f64>().is_ok() && text.contains(['e', 'E']);
    if is_rounded(&text.replace(',', ".")) {
        return Err(Reason::Rounded(text.to_owned()));
    }
    PhoneNumber::of_country(text, code).map_err(|why| Reason::Number(text.to_owned(), why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phone::BadNumber;

    const PLAIN: &str = "service,country_code,phone_number,price_override";

    fn row(header: &str, line: &str) -> Result<Row, Reason> {
        Header::read(header, None).unwrap().row(line)
    }

    // SPEC: I1, I3
    #[test]
    fn columns_are_found_by_their_names_with_every_separator() {
        for separator in [",", ";", "\t"] {
            let line = ["WhatsApp", "+20", "'01000000001", "7.50"].join(separator);
            let found = row(&PLAIN.replace(',', separator), &line).unwrap();
            assert_eq!((found.code.as_str(), found.number.as_str()), ("20", "'01000000001"));
            assert_eq!(found.price, Some(Decimal::new(750, 2)));
        }
        let quoted =
            row("Country_Name,status,phone_number,SERVICE,country_code", "\"a,b\",used,1,\"x \"\"y\"\"\",1").unwrap();
        assert_eq!(
            (quoted.country.as_deref(), quoted.status, quoted.service.as_str()),
            (Some("a,b"), "used", "x \"y\"")
        );
        assert_eq!(announced("sep=;"), Some(b';'));
    }

    // SPEC: I1
    #[test]
    fn another_table_is_refused_by_its_header() {
        let bad = |header: &str| Header::read(header, None).err();
        assert_eq!(bad("WhatsApp,20,+201000000077,"), Some(BadFile::NoHeader));
        assert_eq!(bad(&["service"; 500].join(",")), Some(BadFile::Columns(500)));
    }

    // SPEC: I2
    #[test]
    fn a_spreadsheets_habits_are_understood_or_named() {
        assert_eq!(number("'00201000000001", "20").unwrap().as_str(), "+201000000001");
        assert_eq!(number("=\"x\"", "20"), Err(Reason::Number("=\"x".into(), BadNumber::NotDigits)));
        assert_eq!(number("2.01235E+11", "20"), Err(Reason::Rounded("2.01235E+11".into())));
        assert_eq!(number("2,01235E+11", "20"), Err(Reason::Rounded("2,01235E+11".into())));
        assert_eq!(number(" ", "20"), Err(Reason::NoNumber));
        assert_eq!(row(PLAIN, "WhatsApp,20,1,\"10,50\""), Err(Reason::Price("10,50".into())));
    }
}

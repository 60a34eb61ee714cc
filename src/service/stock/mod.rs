//! Filling the stock from files of any size: streamed, staged with COPY, merged in batches.

mod lines;
mod places;
mod rows;

use super::{ServiceError, ServiceResult, Tenant};
use crate::db::{catalog, copy};
use crate::domain::phone::BadNumber;
use lines::{Line, Lines};
use places::Places;
use rows::Header;
use std::fmt::Write as _;
use std::io::Read;
use std::ops::ControlFlow;
use tokio::sync::mpsc;

pub use places::Creation;

/// Rows sent to the database at once.
const CHUNK: usize = 2_000;
/// Lines after which the reader says how far it is, also when it takes none of them.
const TOLD: u64 = 2_000;
/// Lines merged into the stock in one transaction.
const MERGED: i64 = 20_000;
/// Chunks that may wait between reading and sending: bounds the memory.
const QUEUED: usize = 4;

/// What a file is, and what is done with services that are not known.
#[derive(Clone, Debug)]
pub enum Order {
    /// A table with a header: `service,country_code,phone_number,price_override`.
    Table {
        /// Unknown services and countries are created; without it their rows are rejected.
        create: Option<Creation>,
    },
    /// One number a line, all of this country's row.
    Lines {
        /// The country's row.
        country: i64,
    },
}

impl Order {
    /// A table whose services and countries are all known.
    pub const KNOWN: Self = Self::Table { create: None };
}

/// Why a file is not imported at all; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFile {
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// A workbook of Excel or LibreOffice.
    #[error("this is a spreadsheet's workbook: save it as CSV in UTF-8")]
    Workbook,
    /// Text in UTF-16, or no text at all.
    #[error("this is UTF-16 or no text: save it as CSV in UTF-8")]
    Utf16,
    /// Text in another encoding, Windows-1256 for example.
    #[error("the text is not UTF-8: save it as CSV in UTF-8")]
    Encoding,
    /// The first line names no columns.
    #[error("the first line must be service,country_code,phone_number,price_override")]
    NoHeader,
    /// A table of another kind.
    #[error("the first line has {0} columns: it must be service,country_code,phone_number,price_override")]
    Columns(usize),
    /// The file stopped coming.
    #[error("reading the file: {0}")]
    Unreadable(String),
}

/// Why a line was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It is not UTF-8.
    #[error("the line is not UTF-8")]
    Foreign,
    /// It is longer than 64 KB.
    #[error("the line is longer than 64 KB")]
    TooLong,
    /// It has no number.
    #[error("the phone number is missing")]
    NoNumber,
    /// A spreadsheet has rounded the number.
    #[error("{0:?} was rounded by a spreadsheet: format the column as text")]
    Rounded(String),
    /// It is no number of its country.
    #[error("{0:?} {1}")]
    Number(String, BadNumber),
    /// Not a price.
    #[error("price {0:?}: write the amount with digits and a point, for example 10.50")]
    Price(String),
    /// Not a state.
    #[error("status {0:?}: expected available, used or deleted")]
    Status(String),
    /// Nothing is known by this name and code.
    #[error("no service {service:?} with country code {code:?} is known")]
    Unknown {
        /// The service's name.
        service: String,
        /// The calling code.
        code: String,
    },
    /// A calling code may stand for several countries.
    #[error("code {0:?} stands for several countries of this service")]
    SeveralCountries(String),
}

/// A line that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// Why.
    pub reason: Reason,
    /// As it stands in the file.
    pub text: String,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// New numbers.
    pub added: u64,
    /// Numbers that were there already, or twice in the file.
    pub duplicates: u64,
    /// Lines that were not taken.
    pub rejected: u64,
}

/// Why an import did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no file of numbers.
    #[error(transparent)]
    File(#[from] BadFile),
    /// It was stopped; nothing was added.
    #[error("stopped")]
    Stopped,
    /// The database, or a country that is gone.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<crate::db::DbError> for ImportError {
    fn from(error: crate::db::DbError) -> Self {
        Self::Service(error.into())
    }
}

enum Chunk {
    Rows { copy: Vec<u8>, last_line: u64 },
    Rejected(Rejected),
}

/// Imports a file; `import_id` is no other import's. `reject` hears of each line that is not taken, `progress` of the lines read so
/// far, and may stop it: then nothing was added.
pub async fn import(
    tenant: &Tenant,
    import_id: i64,
    order: Order,
    file: impl Read + Send + 'static,
    mut reject: impl FnMut(&Rejected) + Send,
    mut progress: impl FnMut(u64) -> ControlFlow<()> + Send,
) -> Result<Imported, ImportError> {
    let places = Places::load(tenant, &order).await?;
    let (chunks_in, mut chunks) = mpsc::channel(QUEUED);
    let reading = tokio::task::spawn_blocking(move || read(file, places, import_id, &chunks_in));
    let mut upload = copy::Upload::begin(tenant).await?;
    let (mut imported, mut last) = (Imported::default(), 0);
    while let Some(chunk) = chunks.recv().await {
        match chunk {
            Chunk::Rows { copy, last_line } => {
                upload.send(copy).await?;
                last = last_line;
                if progress(last_line).is_break() {
                    return Err(ImportError::Stopped);
                }
            }
            Chunk::Rejected(line) => {
                imported.rejected += 1;
                reject(&line);
            }
        }
    }
    match reading.await {
        Ok(read) => read?,
        Err(_) => return Err(BadFile::Unreadable("the reader failed".to_owned()).into()),
    }
    let staged = upload.finish().await?;
    imported.added = merge(tenant, import_id, last).await?;
    imported.duplicates = staged - imported.added;
    if let Err(error) = clear(tenant, import_id).await {
        // The numbers are in: what is left of the file goes at the next start.
        tracing::warn!(bot = %tenant.slug(), %error, "the rows of a file could not be cleared");
    }
    Ok(imported)
}

async fn merge(tenant: &Tenant, import_id: i64, last_line: u64) -> ServiceResult<u64> {
    let last = i64::try_from(last_line).unwrap_or(i64::MAX);
    let mut added = 0;
    let mut from = 0;
    while from <= last {
        let upto = from + MERGED;
        added += transact!(tenant, |tx| Ok(copy::merge(tx, import_id, from, upto).await?))? as u64;
        from = upto;
    }
    Ok(added)
}

/// Reads a file to its end, or until nobody listens.
fn read(file: impl Read, mut places: Places, import_id: i64, out: &mpsc::Sender<Chunk>) -> Result<(), BadFile> {
    let mut lines = Lines::open(file)?;
    let header = if places.is_table() { Some(header(&mut lines)?) } else { None };
    let (mut copy, mut rows, mut told) = (String::new(), 0, 0);
    while let Some(line) = lines.next()? {
        let number = lines.number();
        match take(&line, header.as_ref(), &mut places) {
            Ok(None) => {}
            Ok(Some(staged)) => {
                let _ = writeln!(copy, "{import_id}\t{number}\t{staged}");
                rows += 1;
            }
            Err(reason) => {
                let text = if let Line::Text(text) | Line::Foreign(text) = line { text } else { String::new() };
                if out.blocking_send(Chunk::Rejected(Rejected { line: number, reason, text })).is_err() {
                    return Ok(());
                }
            }
        }
        if rows >= CHUNK || number - told >= TOLD {
            (rows, told) = (0, number);
            let copy = std::mem::take(&mut copy).into_bytes();
            if out.blocking_send(Chunk::Rows { copy, last_line: number }).is_err() {
                return Ok(());
            }
        }
    }
    let _ = out.blocking_send(Chunk::Rows { copy: copy.into_bytes(), last_line: lines.number() });
    Ok(())
}

fn header(lines: &mut Lines<impl Read>) -> Result<Header, BadFile> {
    let mut announced = None;
    loop {
        match lines.next()? {
            Some(Line::Text(line)) if line.trim().is_empty() => {}
            Some(Line::Text(line)) if announced.is_none() && rows::announced(&line).is_some() => {
                announced = rows::announced(&line);
            }
            Some(Line::Text(line)) => return Header::read(&line, announced),
            _ => return Err(BadFile::NoHeader),
        }
    }
}

/// A line as a row of the staging table, in PostgreSQL's text format; `None` for an empty line.
fn take(line: &Line, header: Option<&Header>, places: &mut Places) -> Result<Option<String>, Reason> {
    let text = match line {
        Line::Text(text) => text,
        Line::TooLong => return Err(Reason::TooLong),
        Line::Foreign(_) => return Err(Reason::Foreign),
    };
    if text.trim_matches([' ', '\t', ',', ';']).is_empty() {
        return Ok(None);
    }
    let Some(header) = header else {
        let (country, code) = places.only();
        return Ok(Some(format!("{country}\t{}\t\\N\tavailable", rows::number(text, code)?)));
    };
    let row = header.row(text)?;
    if row.number.is_empty() {
        return Err(Reason::NoNumber);
    }
    let country = places.find(&row)?;
    let number = rows::number(&row.number, &row.code)?;
    let price = row.price.map_or_else(|| "\\N".to_owned(), |price| price.to_string());
    Ok(Some(format!("{country}\t{number}\t{price}\t{}", row.status)))
}

/// An id for an import that is written down nowhere else.
pub fn fresh_id() -> i64 {
    // Far from the ids of the table of imports.
    rand::random_range(1 << 40..i64::MAX)
}

/// Takes what is left of an import out of the staging table.
pub(super) async fn clear(tenant: &Tenant, import_id: i64) -> ServiceResult<()> {
    while transact!(tenant, |tx| Ok(copy::clear_some(tx, import_id).await?))? > 0 {}
    Ok(())
}

/// How many numbers are in each state.
pub async fn count(tenant: &Tenant) -> ServiceResult<Vec<(String, i64)>> {
    let mut tx = tenant.begin().await?;
    let rows = catalog::stock(&mut tx).await;
    Ok(tx.finish(rows).await?)
}

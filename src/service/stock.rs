//! Filling the stock from files of any size: streamed, staged with COPY, merged in batches.

use super::{ServiceResult, Tenant};
use crate::db::{catalog, copy};
use crate::domain::money::parse_amount;
use crate::domain::phone::PhoneNumber;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Read;
use tokio::sync::mpsc;

/// Rows sent to the database at once.
const CHUNK: usize = 2_000;
/// Lines merged into the stock in one transaction.
const MERGED: i64 = 20_000;
/// Chunks that may wait between reading and sending: bounds the memory.
const QUEUED: usize = 4;

/// A line that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The line in the file, counted from 1.
    pub line: u64,
    /// Why, as a sentence.
    pub reason: String,
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

enum Chunk {
    Rows { copy: Vec<u8>, last_line: u64 },
    Rejected(Rejected),
    Broken(String),
}

/// Imports `service,country_code,phone_number,price_override` rows. `reject` hears of each line
/// that is not taken, `progress` of the lines read so far.
pub async fn import(
    tenant: &Tenant,
    file: impl Read + Send + 'static,
    mut reject: impl FnMut(&Rejected) + Send,
    mut progress: impl FnMut(u64) + Send,
) -> ServiceResult<Imported> {
    let countries = countries(tenant).await?;
    let import_id: i64 = rand::random_range(1..i64::MAX);
    let (chunks_in, mut chunks) = mpsc::channel(QUEUED);
    let reading = tokio::task::spawn_blocking(move || read(file, &countries, import_id, &chunks_in));
    let mut upload = copy::Upload::begin(tenant).await?;
    let (mut imported, mut last, mut broken) = (Imported::default(), 0, None);
    while let Some(chunk) = chunks.recv().await {
        match chunk {
            Chunk::Rows { copy, last_line } => {
                upload.send(copy).await?;
                last = last_line;
                progress(last_line);
            }
            Chunk::Rejected(line) => {
                imported.rejected += 1;
                reject(&line);
            }
            Chunk::Broken(why) => broken = Some(why),
        }
    }
    if reading.await.is_err() {
        broken = Some("the reader failed".to_owned());
    }
    let staged = upload.finish().await?;
    imported.added = merge(tenant, import_id, last).await?;
    imported.duplicates = staged - imported.added;
    match broken {
        Some(why) => Err(super::DbError::Other(format!("reading the file: {why}")).into()),
        None => Ok(imported),
    }
}

type Countries = HashMap<(String, String), Option<i64>>;

async fn countries(tenant: &Tenant) -> ServiceResult<Countries> {
    let mut tx = tenant.begin().await?;
    let rows = catalog::country_index(&mut tx).await;
    let mut index = Countries::new();
    for (service, code, id) in tx.finish(rows).await? {
        // A calling code does not name a country: +1 may be two of them, and then a row is refused.
        index.entry((service.to_lowercase(), code)).and_modify(|known| *known = None).or_insert(Some(id));
    }
    Ok(index)
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
    let mut tx = tenant.begin().await?;
    let cleared = copy::clear(&mut tx, import_id).await;
    tx.finish(cleared).await?;
    Ok(added)
}

/// Finds the delimiter by the header: `,` `;` or tab.
fn delimiter(header: &[u8]) -> u8 {
    let line = header.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |c: u8| line.iter().filter(|b| **b == c).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|c| count(*c)).unwrap_or(b',')
}

fn read(mut file: impl Read, countries: &Countries, import_id: i64, out: &mpsc::Sender<Chunk>) {
    let mut head = Vec::new();
    if let Err(error) = file.by_ref().take(1024).read_to_end(&mut head) {
        let _ = out.blocking_send(Chunk::Broken(error.to_string()));
        return;
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).to_vec();
    let separator = delimiter(&head);
    // With CRLF the reader is still before the line's LF when it tells its line.
    let shift = u64::from(head.split(|b| *b == b'\n').next().is_some_and(|line| line.ends_with(b"\r")));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        // A stray quote would make the rest of the file one field.
        .quoting(false)
        .trim(csv::Trim::All)
        .from_reader(ShortLines { inner: std::io::Cursor::new(head).chain(file), since_line_feed: 0 });
    let is_header = |header: &csv::ByteRecord| {
        let names = ["service", "country_code", "phone_number"];
        let is = |(n, name): (usize, &str)| {
            header.get(n).is_some_and(|h| String::from_utf8_lossy(h).trim_matches('"').eq_ignore_ascii_case(name))
        };
        names.into_iter().enumerate().all(is)
    };
    // Without the check a file without a header would lose its first number silently.
    if !reader.byte_headers().is_ok_and(is_header) {
        let wanted = "the first line must be service,country_code,phone_number,price_override";
        let _ = out.blocking_send(Chunk::Broken(wanted.to_owned()));
        return;
    }
    let (mut copy, mut rows) = (String::new(), 0);
    let mut record = csv::ByteRecord::new();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                let _ = out.blocking_send(Chunk::Broken(error.to_string()));
                break;
            }
        }
        let line = record.position().map_or(0, csv::Position::line) + shift;
        let sent = match row(&record, countries) {
            Ok((country, number, price)) => {
                let _ = writeln!(copy, "{import_id}\t{line}\t{country}\t{number}\t{price}");
                rows += 1;
                if rows < CHUNK {
                    continue;
                }
                rows = 0;
                out.blocking_send(Chunk::Rows { copy: std::mem::take(&mut copy).into_bytes(), last_line: line })
            }
            Err(reason) => out.blocking_send(Chunk::Rejected(Rejected { line, reason })),
        };
        if sent.is_err() {
            return;
        }
    }
    let last_line = reader.position().line() + shift;
    let _ = out.blocking_send(Chunk::Rows { copy: copy.into_bytes(), last_line });
}

/// A line may not be longer than this, in bytes: bounds the memory.
const LONGEST_LINE: usize = 64 * 1024;

/// Fails on a line that is too long.
struct ShortLines<R> {
    inner: R,
    since_line_feed: usize,
}

impl<R: Read> Read for ShortLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.since_line_feed = match buffer[..length].iter().rposition(|b| *b == b'\n') {
            Some(at) => length - at,
            None => self.since_line_feed + length,
        };
        if self.since_line_feed > LONGEST_LINE {
            return Err(std::io::Error::other("a line is longer than 64 KB: this is no CSV file"));
        }
        Ok(length)
    }
}

type Row = (i64, PhoneNumber, String);

fn row(record: &csv::ByteRecord, countries: &Countries) -> Result<Row, String> {
    let field = |i: usize| -> Result<&str, String> {
        let bytes = record.get(i).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| "the line is not UTF-8".to_owned())?;
        Ok(text.trim_matches('"').trim())
    };
    let (service, code) = (field(0)?.to_lowercase(), field(1)?.trim_start_matches('+').to_owned());
    let number = field(2)?.trim_start_matches('\'');
    if number.is_empty() {
        return Err("the phone number is missing".to_owned());
    }
    let key = (service, code);
    let country = countries.get(&key).ok_or_else(|| {
        format!("no service {:?} with country code {:?} is known", field(0).unwrap_or_default(), key.1)
    })?;
    let country = country.ok_or_else(|| format!("code {:?} stands for several countries of this service", key.1))?;
    let number = PhoneNumber::of_country(number, &key.1).map_err(|why| format!("{number:?} {why}"))?;
    let price = match field(3)? {
        "" => "\\N".to_owned(),
        text => parse_amount(text).map_err(|why| format!("price {text:?}: {why}"))?.to_string(),
    };
    Ok((country, number, price))
}

/// How many numbers are in each state.
pub async fn count(tenant: &Tenant) -> ServiceResult<Vec<(String, i64)>> {
    let mut tx = tenant.begin().await?;
    let rows = catalog::stock(&mut tx).await;
    Ok(tx.finish(rows).await?)
}

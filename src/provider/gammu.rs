//! The inbox of gammu-smsd, with a modem of this machine: a directory of files
//! (<https://docs.gammu.org/smsd/files.html>) or a table of PostgreSQL
//! (<https://docs.gammu.org/smsd/tables.html>). It does not know its SIM's number: the table of lines
//! does, by the directory's name or smsd's `PhoneID`.

use super::poll::{PollError, Position, Reading};
use super::{Item, Part};
use crate::postgres;
use chrono::{DateTime, Utc};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};
use tokio_postgres::Row;
use url::Url;

/// Files or rows that are read at once, the newest or next ones.
const MOST: usize = 200;
/// Batches of rows that are read at once.
const BATCHES: usize = 5;
/// A longer file is no SMS, in bytes.
const LARGEST: u64 = 64 * 1024;
/// A younger file may still be written, and more parts of it may follow.
const SETTLED: Duration = Duration::from_millis(1500);
/// What was written so much later than usual has waited, in seconds.
const LATE: i64 = 300;
/// Connecting and reading may take this long.
const TIME: Duration = Duration::from_secs(10);
const LAST: &str = r#"SELECT coalesce(max("ID"), 0) FROM inbox"#;
const ROWS: &str = r#"SELECT "ID", "SenderNumber", "TextDecoded", "RecipientID", "UDH", extract(epoch FROM "UpdatedInDB"::timestamptz)::bigint,
        "ReceivingDateTime"::text, extract(epoch FROM "ReceivingDateTime"::timestamptz)::bigint
    FROM inbox WHERE "ID" > $1 ORDER BY "ID" LIMIT 200"#;
/// Ids are given before their rows are there, and several daemons write at once: so many are looked at again.
const AGAIN: i32 = 50;

/// Reads what is new.
pub async fn read(url: &str, from: &Position, now: DateTime<Utc>) -> Result<Reading, PollError> {
    let failed = |error: String| PollError::Inbox(error);
    let url = Url::parse(url).map_err(|error| failed(error.to_string()))?;
    if url.scheme() == "file" {
        let path = url.to_file_path().map_err(|()| failed("expected file:///the/inbox".to_owned()))?;
        let read = tokio::task::spawn_blocking(move || files(&path, now.into()))
            .await
            .map_err(|error| failed(error.to_string()))?;
        return read.map(|items| Reading { items, position: from.clone(), ..Reading::default() }).map_err(failed);
    }
    let rows = tokio::time::timeout(TIME, rows(url.as_str(), from));
    rows.await.map_err(|_| failed(format!("no answer within {} s", TIME.as_secs())))?.map_err(failed)
}

/// A message's file by its name: when it came, from whom, and which part it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    /// What the parts of a message have in common, and what orders messages.
    message: String,
    sender: String,
    part: String,
}

/// `IN<date>_<time>_<serial>_<sender>_<sequence>.txt`.
fn name(file: &str) -> Option<Name> {
    let (message, part) = file.strip_prefix("IN")?.strip_suffix(".txt")?.rsplit_once('_')?;
    let sender = message.splitn(4, '_').nth(3)?.to_owned();
    Some(Name { message: message.to_owned(), sender, part: part.to_owned() })
}

fn files(directory: &Path, now: SystemTime) -> Result<Vec<Item>, String> {
    let mut found: BTreeMap<Name, std::fs::DirEntry> = BTreeMap::new();
    for entry in std::fs::read_dir(directory).map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        if let Some(name) = entry.file_name().to_str().and_then(name) {
            found.insert(name, entry);
        }
        // The oldest go: whoever never empties the inbox still gets what is new.
        if found.len() > MOST {
            found.pop_first();
        }
    }
    let device = directory.file_name().and_then(|name| name.to_str());
    let mut messages: BTreeMap<String, Option<File>> = BTreeMap::new();
    for (name, entry) in found {
        let Name { message, sender, .. } = name;
        let whole = messages.entry(message).or_insert(Some(File { sender, ..File::default() }));
        match (whole.as_mut(), text(&entry, now)) {
            (Some(file), Some((text, written))) => file.add(&text, written),
            _ => *whole = None,
        }
    }
    Ok(messages.into_iter().filter_map(|(message, file)| Some(of_file(&message, file?, device))).collect())
}

/// A message of one file or more.
#[derive(Debug, Default)]
struct File {
    sender: String,
    text: String,
    written: Option<SystemTime>,
}

impl File {
    fn add(&mut self, text: &str, written: SystemTime) {
        self.text.push_str(text);
        self.written = self.written.max(Some(written));
    }
}

/// The text of a file: UTF-8, or UTF-16 as the daemon writes it when its inbox format is `unicode`; and
/// when it was written. Nothing while it is being written.
fn text(entry: &std::fs::DirEntry, now: SystemTime) -> Option<(String, SystemTime)> {
    let about = entry.metadata().ok()?;
    let written = about.modified().ok()?;
    let age = now.duration_since(written).ok()?;
    if !about.is_file() || about.len() > LARGEST || age < SETTLED {
        return None;
    }
    let bytes = std::fs::read(entry.path()).ok()?;
    let units = |from: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]])).collect()
    };
    let text = match bytes.get(..2) {
        Some([0xfe, 0xff]) => String::from_utf16_lossy(&units(u16::from_be_bytes)),
        Some([0xff, 0xfe]) => String::from_utf16_lossy(&units(u16::from_le_bytes)),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    };
    Some((text, written))
}

fn of_file(message: &str, file: File, device: Option<&str>) -> Item {
    let File { sender, text, written } = file;
    let raw = json!({ "file": format!("IN{message}"), "sender": sender, "text": text, "inbox": device });
    // The time in the name is the network's, in nobody's zone; that of the file is this machine's.
    let sent_at = written.map(DateTime::<Utc>::from);
    Item { sender: Some(sender), id: Some(message.to_owned()), sent_at, ..Item::new("", &text, raw).on(device, None) }
}

async fn rows(url: &str, from: &Position) -> Result<Reading, String> {
    let (client, connection) = postgres::connect(url).await.map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let _ends = AbortOnDrop(connection.abort_handle());
    let last = client.query_one(LAST, &[]).await.map_err(|error| error.to_string())?;
    let last: i32 = last.try_get(0).map_err(|error| error.to_string())?;
    let mut reading = Reading { position: from.clone(), ..Reading::default() };
    let Some(Known { floor, mut after }) = from.cursor.as_deref().and_then(Known::parse) else {
        // Messages that were there before the farm are not its own.
        reading.position.cursor = Some(Known { floor: last, after: last }.to_string());
        return Ok(reading);
    };
    // A table that begins anew has smaller ids.
    let floor = if last < after { 0 } else { floor };
    after = after.min(last);
    let mut found = Vec::new();
    for _ in 0..BATCHES {
        let rows = client.query(ROWS, &[&(after - AGAIN).max(floor)]).await.map_err(|error| error.to_string())?;
        for row in &rows {
            let received = of_row(row).map_err(|error| error.to_string())?;
            after = after.max(received.id);
            found.push(received);
        }
        if rows.len() < MOST {
            break;
        }
    }
    reading.items = timed(found);
    reading.position.cursor = Some(Known { floor, after }.to_string());
    Ok(reading)
}

/// How far a table was read: nothing up to `floor` is wanted, and everything up to `after` has been seen.
#[derive(Clone, Copy, Debug)]
struct Known {
    floor: i32,
    after: i32,
}

impl Known {
    fn parse(cursor: &str) -> Option<Self> {
        let (floor, after) = cursor.split_once('/')?;
        Some(Self { floor: floor.parse().ok()?, after: after.parse().ok()? })
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.floor, self.after)
    }
}

/// Ends the connection whatever happens.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What there is now, for a trial: of a table the last rows.
pub async fn last(url: &str, at: DateTime<Utc>) -> Result<Reading, PollError> {
    let now = read(url, &Position::default(), at).await?;
    let Some(Known { after, .. }) = now.position.cursor.as_deref().and_then(Known::parse) else { return Ok(now) };
    let cursor = Known { floor: (after - 5).max(0), after };
    read(url, &Position { cursor: Some(cursor.to_string()), ..Position::default() }, at).await
}

/// A row: the message, when the daemon wrote it, and when the network says that it was sent.
struct Received {
    id: i32,
    item: Item,
    written: i64,
    network: i64,
}

/// The messages with their times. What came through much later than usual on its line has waited, because
/// the modem was off: it is as much older. How wrong the network's own clock is does not matter so.
fn timed(found: Vec<Received>) -> Vec<Item> {
    let mut usual: BTreeMap<Option<String>, i64> = BTreeMap::new();
    for Received { item, written, network, .. } in &found {
        let lag = usual.entry(item.line.clone()).or_insert(i64::MAX);
        *lag = (*lag).min(written - network);
    }
    let time = |received: Received| {
        let Received { item, written, network, .. } = received;
        let late = written - network - usual.get(&item.line).copied().unwrap_or_default();
        let sent = if late > LATE { written - late } else { written };
        Item { sent_at: DateTime::from_timestamp(sent, 0), ..item }
    };
    found.into_iter().map(time).collect()
}

fn of_row(row: &Row) -> Result<Received, tokio_postgres::Error> {
    let id: i32 = row.try_get(0)?;
    let text = |n: usize| row.try_get::<_, String>(n);
    let (sender, body, device, udh, received) = (text(1)?, text(2)?, text(3)?, text(4)?, text(6)?);
    let (written, network): (i64, i64) = (row.try_get(5)?, row.try_get(7)?);
    let raw = json!({ "id": id, "sender": sender, "text": body, "phone": device, "udh": udh, "received": received });
    let part = part(&udh, &sender);
    // A table that begins anew gives the same ids again.
    let name = Some(format!("{id}/{received}"));
    let item = Item::new("", &body, raw).on(Some(&device), None);
    Ok(Received { id, written, network, item: Item { sender: Some(sender), id: name, part, ..item } })
}

/// The part that a user data header tells of, in hexadecimal digits: reference, total and number
/// (3GPP TS 23.040, 9.2.3.24.1 and .8).
fn part(udh: &str, sender: &str) -> Option<Part> {
    let bytes = hex::decode(udh).ok()?;
    let (reference, total, number) = match bytes.as_slice() {
        [5, 0, 3, reference, total, number] => (u16::from(*reference), total, number),
        [6, 8, 4, high, low, total, number] => (u16::from_be_bytes([*high, *low]), total, number),
        _ => return None,
    };
    let is_part = *total > 1 && (1..=*total).contains(number);
    is_part.then(|| Part {
        reference: format!("{sender}/{reference}"),
        number: (*number).into(),
        total: (*total).into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::write;

    fn old(path: &Path) {
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    }

    // SPEC: M5
    #[test]
    fn the_files_of_an_inbox_are_read_part_by_part() {
        let inbox = tempfile::tempdir().unwrap();
        let put = |name: &str, bytes: &[u8]| {
            let path = inbox.path().join(name);
            write(&path, bytes).unwrap();
            old(&path);
        };
        put("IN20261125_100000_00_+201000000009_00.txt", "Your WhatsApp code is 314".as_bytes());
        put("IN20261125_100000_00_+201000000009_01.txt", "-159".as_bytes());
        let utf16: Vec<u8> =
            [0xfeff_u16].into_iter().chain("رمزك 77".encode_utf16()).flat_map(u16::to_be_bytes).collect();
        put("IN20261125_100500_00_Telegram_00.txt", &utf16);
        put("OUT20261125.txt", b"never");
        let fresh = inbox.path().join("IN20261125_100600_00_x_00.txt");
        write(&fresh, b"being written").unwrap();
        let now = fresh.metadata().unwrap().modified().unwrap();
        let items = files(inbox.path(), now).unwrap();
        let seen: Vec<_> = items.iter().map(|i| (i.sender.as_deref().unwrap(), i.text.as_str())).collect();
        assert_eq!(seen, [("+201000000009", "Your WhatsApp code is 314-159"), ("Telegram", "رمزك 77")]);
        assert_eq!(items[0].line.as_deref(), inbox.path().file_name().unwrap().to_str());
    }

    // SPEC: M2
    #[test]
    fn a_message_that_waited_in_the_network_is_old() {
        let received = |id: i32, written: i64, network: i64| Received {
            id,
            item: Item::new("", "x", json!({})).on(Some("m"), None),
            written,
            network,
        };
        // The network's clock is an hour behind; the third message waited for half an hour.
        let found = vec![received(1, 5000, 1400), received(2, 6000, 2390), received(3, 9000, 3600)];
        let times: Vec<i64> = timed(found).into_iter().map(|item| item.sent_at.unwrap().timestamp()).collect();
        assert_eq!(times, [5000, 6000, 7200]);
    }

    #[test]
    fn a_part_is_told_by_its_header() {
        assert_eq!(part("0500032A0201", "s"), Some(Part { reference: "s/42".into(), number: 1, total: 2 }));
        assert_eq!(part("060804012A0302", "s"), Some(Part { reference: "s/298".into(), number: 2, total: 3 }));
        assert_eq!(part("", "s"), None);
        assert_eq!(part("0500032A0203", "s"), None);
    }

    #[test]
    fn the_name_of_a_file_tells_the_sender() {
        let name = name("IN20021130_021531_00_+45409000931640979_00.txt").unwrap();
        assert_eq!(name.sender, "+45409000931640979");
        assert_eq!(super::name("IN20021130.bin"), None);
    }
}

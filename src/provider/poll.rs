//! Reading a source that does not post: where its messages are, page by page, and from where on.

use super::fetch::{Auth, FetchError, Fetched, Fetcher, Reach, Wanted};
use super::{BadBody, Item, gammu, generic, twilio};
use crate::domain::adapter::Adapter;
use crate::domain::source::SourceOptions;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use secrecy::SecretString;
use url::{Url, form_urlencoded};

/// Pages that are read at once; the rest is read the next time.
const PAGES: usize = 10;
/// Bytes that are read at once, over all pages.
const BYTES: usize = 1024 * 1024;
/// How far a window reaches back behind what was read: clocks differ, and messages come out of order.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);
/// How far the first window reaches back.
const FIRST: TimeDelta = TimeDelta::hours(1);

/// Where a source is read, and what is needed for it.
#[derive(Clone, Copy, Debug)]
pub struct Polled<'a> {
    /// What kind of source it is.
    pub adapter: Adapter,
    /// Where it is: an address of the web, or `file:` and `postgres:` for a modem of this machine.
    /// `{cursor}`, `{since}` and `{since_unix}` in it say from where on.
    pub url: &'a str,
    /// Its key.
    pub key: Option<&'a SecretString>,
    /// What else is known of it.
    pub options: &'a SourceOptions,
    /// Where its address may lead.
    pub reach: Reach,
}

/// How far a source has been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// What the source itself said.
    pub cursor: Option<String>,
    /// Everything sent before this is known.
    pub until: Option<DateTime<Utc>>,
    /// The address and mark of the last answer, of this process only.
    pub etag: Option<(String, String)>,
    /// Where reading goes on that was left at the limit of pages, of this process only.
    pub resume: Option<String>,
    /// The last reading went on there: the next one begins at the first page, where new messages may be.
    pub resumed: bool,
    /// The newest time of a message before that.
    pub seen: Option<DateTime<Utc>>,
}

/// A page of messages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The messages.
    pub items: Vec<Item>,
    /// Where the next page is.
    pub next: Option<String>,
    /// From where to go on the next time.
    pub cursor: Option<String>,
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// The messages of all pages.
    pub items: Vec<Item>,
    /// The answer's beginning, as it came.
    pub raw: Vec<u8>,
    /// How far it has been read, once these messages are stored.
    pub position: Position,
    /// What follows on later pages is older.
    pub is_newest_first: bool,
}

/// Why a source could not be read. Holds no address: keys may stand in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PollError {
    /// It did not answer as it should.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Its answer is no list of messages.
    #[error("{0}")]
    Body(BadBody, Vec<u8>),
    /// The modem's inbox of this machine cannot be read.
    #[error("the inbox cannot be read: {0}")]
    Inbox(String),
}

impl PollError {
    /// What the source said, as far as it was heard. May repeat a key: masked before it is shown.
    pub fn said(&self) -> &[u8] {
        match self {
            Self::Body(_, said) | Self::Fetch(FetchError::Status { said, .. } | FetchError::Busy { said, .. }) => said,
            Self::Fetch(_) | Self::Inbox(_) => &[],
        }
    }

    /// How long the source wants to be left alone.
    pub fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::Fetch(FetchError::Busy { after, .. }) => *after,
            _ => None,
        }
    }
}

impl Position {
    /// From where to go on after a failure: the address of the rest may be what fails.
    pub fn after(self, error: &PollError) -> Self {
        let is_gone = matches!(error, PollError::Fetch(FetchError::Status { status: 400..500, .. }));
        Self { resume: self.resume.filter(|_| !is_gone), resumed: true, ..self }
    }
}

/// Reads what is new since a position. Nothing is remembered here: the caller keeps the new position
/// after it has stored the messages, so that none is lost in between.
pub async fn read(
    fetcher: &Fetcher,
    source: &Polled<'_>,
    from: &Position,
    now: DateTime<Utc>,
) -> Result<Reading, PollError> {
    if source.adapter == Adapter::Gammu {
        return gammu::read(source.url, from, now).await;
    }
    let (first, auth, since) = address(source, from, now)?;
    let resume = from.resume.as_deref().filter(|_| !from.resumed).and_then(|next| following(&first, next));
    let resumed = resume.is_some();
    let mut url = resume.unwrap_or_else(|| first.clone());
    let mut all = Reading { position: Position { resumed, ..from.clone() }, ..Reading::default() };
    let mut read_bytes = 0;
    for number in 0..PAGES {
        let etag =
            from.etag.as_ref().filter(|(of, _)| number == 0 && of == url.as_str()).map(|(_, mark)| mark.as_str());
        let wanted = Wanted { url: url.as_str(), auth: auth.clone(), etag, reach: source.reach };
        let Fetched::Body { body, etag } = fetcher.get(&wanted).await? else { return Ok(all) };
        read_bytes += body.len();
        let page = page(source, &body).map_err(|why| PollError::Body(why, body.clone()))?;
        if number == 0 {
            all.raw = body;
            // Of an answer with more pages no mark is kept: those may change while the first does not.
            all.position.etag = etag.filter(|_| page.next.is_none()).map(|mark| (url.to_string(), mark));
        }
        let is_past = is_past(&page.items, since);
        all.items.extend(page.items);
        all.position.cursor = page.cursor.or(all.position.cursor);
        let next = page.next.and_then(|next| following(&url, &next)).filter(|_| !is_past);
        let Some(next) = next else {
            let newest = all.position.seen.max(newest(&all.items, now));
            if resumed {
                all.position.resume = None;
            }
            match all.position.resume {
                Some(_) => all.position.seen = newest,
                None => (all.position.until, all.position.seen) = (all.position.until.max(newest), None),
            }
            return Ok(all);
        };
        url = next;
        if read_bytes > BYTES {
            break;
        }
    }
    // The rest is read the next time; from the first page it is read in turn with that.
    all.position.seen = all.position.seen.max(newest(&all.items, now));
    all.is_newest_first = is_newest_first(&all.items);
    if resumed || all.position.resume.is_none() {
        all.position.resume = Some(url.to_string());
    }
    Ok(all)
}

/// When the newest of the messages was sent; what is from the future says nothing.
fn newest(items: &[Item], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    items.iter().filter_map(|item| item.sent_at).filter(|at| *at <= now).max()
}

/// Whether a page is older than what is wanted: those behind it are older still.
fn is_past(items: &[Item], since: DateTime<Utc>) -> bool {
    is_newest_first(items) && items.iter().all(|item| item.sent_at.is_some_and(|at| at < since))
}

fn is_newest_first(items: &[Item]) -> bool {
    let times: Vec<_> = items.iter().filter_map(|item| item.sent_at).collect();
    times.first() > times.last()
}

/// Where reading begins, with what, and since when messages are wanted.
fn address<'a>(
    source: &Polled<'a>,
    from: &Position,
    now: DateTime<Utc>,
) -> Result<(Url, Auth<'a>, DateTime<Utc>), PollError> {
    let since = from.until.unwrap_or(now - FIRST) - OVERLAP;
    let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let filled = source
        .url
        .replace("{cursor}", &escaped(from.cursor.as_deref().unwrap_or_default()))
        .replace("{since}", &escaped(&since.to_rfc3339_opts(SecondsFormat::Secs, true)))
        .replace("{since_unix}", &since.timestamp().to_string());
    let url = Url::parse(&filled).map_err(|_| FetchError::NoAddress)?;
    let bearer = source.key.map_or(Auth::None, Auth::Bearer);
    match source.adapter {
        Adapter::Twilio | Adapter::SignalWire => {
            let auth = match (source.key, twilio::account(&url)) {
                (Some(key), Some(account)) => Auth::Basic { user: account.to_owned(), password: key },
                _ => bearer,
            };
            Ok((twilio::listing(url, since), auth, since))
        }
        _ => Ok((url, bearer, since)),
    }
}

fn page(source: &Polled<'_>, body: &[u8]) -> Result<Page, BadBody> {
    match source.adapter {
        Adapter::Twilio | Adapter::SignalWire => twilio::page(body),
        _ => generic::parse(body, source.options),
    }
}

/// The next page's address: at the same place only, because the key goes with it.
fn following(url: &Url, next: &str) -> Option<Url> {
    let next = url.join(next).ok().filter(|_| !next.trim().is_empty())?;
    let is_same = next.origin() == url.origin() && next != *url;
    is_same.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polled(adapter: Adapter, url: &str) -> (Polled<'_>, DateTime<Utc>) {
        static NONE: std::sync::LazyLock<SourceOptions> = std::sync::LazyLock::new(SourceOptions::default);
        let now = DateTime::from_timestamp(1_795_600_000, 0).unwrap();
        (Polled { adapter, url, key: None, options: &NONE, reach: Reach::Anywhere }, now)
    }

    // SPEC: M5
    #[test]
    fn an_address_says_from_where_on() {
        let (source, now) = polled(Adapter::Generic, "https://a.example/sms?after={cursor}&since={since_unix}");
        let at = |from: &Position| address(&source, from, now).unwrap().0.to_string();
        assert_eq!(at(&Position::default()), "https://a.example/sms?after=&since=1795595800");
        let later = Position { cursor: Some("7+/=&7".into()), until: Some(now), ..Position::default() };
        assert_eq!(at(&later), "https://a.example/sms?after=7%2B%2F%3D%267&since=1795599400");
        let (source, now) = polled(Adapter::Twilio, "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json");
        let url = address(&source, &Position::default(), now).unwrap().0;
        assert_eq!(url.query(), Some("PageSize=100&DateSent%3E=2026-11-25"));
        assert_eq!(twilio::account(&url), Some("AC1"));
    }

    #[test]
    fn a_page_that_is_older_than_what_is_wanted_is_the_last() {
        let now = DateTime::from_timestamp(1_795_600_000, 0).unwrap();
        let at = |minutes: i64| Item {
            sent_at: Some(now - TimeDelta::minutes(minutes)),
            ..Item::new("", "", serde_json::Value::Null)
        };
        let since = now - TimeDelta::minutes(30);
        assert!(is_past(&[at(40), at(50)], since));
        assert!(!is_past(&[at(20), at(50)], since));
        // The oldest first: newer ones follow.
        assert!(!is_past(&[at(50), at(40)], since));
        assert!(is_newest_first(&[at(1), at(2)]) && !is_newest_first(&[at(2), at(1)]) && !is_newest_first(&[]));
    }

    // SPEC: M6
    #[test]
    fn the_next_page_is_at_the_same_place() {
        let url = Url::parse("https://a.example/sms?page=1").unwrap();
        assert_eq!(following(&url, "/sms?page=2").unwrap().as_str(), "https://a.example/sms?page=2");
        assert_eq!(following(&url, "https://b.example/sms?page=2"), None);
        assert_eq!(following(&url, "http://a.example/sms?page=2"), None);
        assert_eq!(following(&url, "https://a.example/sms?page=1"), None);
        assert_eq!(following(&url, " "), None);
    }
}

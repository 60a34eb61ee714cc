//! Numbers from a file: what is asked for, what is refused at once, and how it goes on.

use super::dialog::{self, Dialog};
use super::{Answer, Area, Panel, Verb, actor, button, leave_row, numbers};
use crate::domain::message::{Message, Style, cut};
use crate::domain::money::format_amount;
use crate::service::stock::{BadFile, Creation, ImportError, Imported, Order, Reason};
use crate::service::{ServiceResult, imports, shop};
use crate::ui::brand::Voice;
use crate::ui::view::{self, styled};
use crate::ui::work::Offered;
use crate::ui::{Callback, Ctx, Reply, Work, refusal};
use serde::{Deserialize, Serialize};

/// Telegram takes no larger file, in bytes.
const LARGEST: u64 = 4_000 * 512 * 1024;
/// A file's name on a screen is at most so long, in UTF-16 units.
const LONGEST_NAME: usize = 60;

/// What is to be uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The numbers are all of this country's row.
    country: Option<i64>,
    /// Unknown services and countries are created.
    create: bool,
}

/// Asks for a file: of one country, or with services and countries in it (0).
pub async fn begin(ctx: Ctx<'_>, country: i64) -> ServiceResult<Reply> {
    ask(ctx, Upload { country: (country > 0).then_some(country), create: false }).await
}

async fn ask(ctx: Ctx<'_>, upload: Upload) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let text = match upload.country {
        Some(id) => {
            let (country, service, _) = shop::country(ctx.tenant, id, ctx.now()).await?;
            voice.say("ask-upload-country", &[("service", &service.name), ("country", &country.country_name)])
        }
        None => voice.say("ask-upload", &[]),
    };
    let mut message = voice.compose(&text, &[]);
    let tag = dialog::put(ctx, &Dialog::Upload(upload.clone())).await?;
    if upload.country.is_none() {
        let mark = if upload.create { "✅" } else { "⬜" };
        let label = format!("{mark} {}", voice.label("upload-create", &[]));
        message.rows.push(vec![view::button(label, &Callback::Panel(Panel::Choose(0, tag)))]);
    }
    message.rows.push(leave_row(&voice));
    Ok(Reply::screen(message))
}

/// Creates what is not known, or no longer.
pub async fn choose(ctx: Ctx<'_>, upload: Upload) -> ServiceResult<Reply> {
    let create = !upload.create && upload.country.is_none();
    ask(ctx, Upload { create, ..upload }).await
}

/// Takes the file, if it may be one of numbers.
pub async fn take(ctx: Ctx<'_>, upload: Upload, answer: Answer<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let Answer::File(file) = answer else { return Ok(Reply::notice(voice.label("bad-upload", &[]))) };
    if let Some(why) = unfit(&upload, file) {
        return Ok(Reply::notice(voice.label(why, &[])));
    }
    let id = imports::begin(ctx.tenant, ctx.user.telegram_id, &file.name, ctx.now()).await?;
    dialog::end(ctx).await?;
    Ok(Reply { work: Some(Work::Import { id, order: order(ctx, &upload, file) }), ..Reply::default() })
}

/// Why a file is refused before it is read.
fn unfit(upload: &Upload, file: &Offered) -> Option<&'static str> {
    let name = file.name.to_lowercase();
    let is_table = [".csv", ".tsv"].iter().any(|ending| name.ends_with(ending));
    let is_text = name.ends_with(".txt");
    match () {
        () if !is_table && !is_text => Some("bad-upload"),
        () if file.size == 0 => Some("bad-file-empty"),
        () if file.size > LARGEST => Some("bad-file-large"),
        () if is_text && upload.country.is_none() => Some("bad-upload-text"),
        () => None,
    }
}

fn order(ctx: Ctx<'_>, upload: &Upload, file: &Offered) -> Order {
    match upload.country {
        Some(country) if file.name.to_lowercase().ends_with(".txt") => Order::Lines { country },
        _ => Order::Table {
            create: upload.create.then(|| Creation {
                actor: actor(ctx),
                allowed: ctx.brand.allowed_services.clone(),
                now: ctx.now(),
            }),
        },
    }
}

/// How an import goes on.
pub fn progress(voice: &Voice<'_>, id: i64, name: &str, lines: u64) -> Message {
    let lines = format_amount(lines.into());
    let args = [("file", cut(name, LONGEST_NAME)), ("lines", &lines)];
    let mut message = voice.compose(&voice.say("import-progress", &args), &[]);
    let stop = Panel::In(Area::Numbers, Verb::Do(id, numbers::STOP));
    message.rows = vec![vec![styled(button(voice, "import-stop", stop), Style::Danger)]];
    message
}

/// How an import ended.
pub fn finished(voice: &Voice<'_>, name: &str, result: &Result<Imported, ImportError>) -> Message {
    let name = cut(name, LONGEST_NAME);
    let text = match result {
        Ok(Imported { added, duplicates, rejected }) => {
            let count = |n: &u64| format_amount((*n).into());
            let (added, duplicates, rejected) = (count(added), count(duplicates), count(rejected));
            let args = [("file", name), ("added", &added), ("duplicates", &duplicates), ("rejected", &rejected)];
            voice.say("import-done", &args)
        }
        Err(error) => voice.say("import-failed", &[("file", name), ("why", &failure(voice, error))]),
    };
    let mut message = voice.compose(&text, &[]);
    message.rows = vec![
        vec![button(voice, "panel-numbers", Panel::In(Area::Numbers, Verb::List { of: 0, page: 0 }))],
        vec![button(voice, "button-back", Panel::Home)],
    ];
    message
}

fn failure(voice: &Voice<'_>, error: &ImportError) -> String {
    match error {
        ImportError::Stopped => voice.label("import-stopped", &[]),
        ImportError::Service(crate::service::ServiceError::Refused(refused)) => refusal::sentence(voice, refused),
        ImportError::Service(_) => voice.label("import-broken", &[]),
        ImportError::File(bad) => match bad {
            BadFile::Empty => voice.label("bad-file-empty", &[]),
            BadFile::Workbook => voice.label("bad-file-workbook", &[]),
            BadFile::Utf16 => voice.label("bad-file-utf16", &[]),
            BadFile::Encoding => voice.label("bad-file-encoding", &[]),
            BadFile::NoHeader => voice.label("bad-file-header", &[]),
            BadFile::Columns(count) => voice.label("bad-file-columns", &[("count", &count.to_string())]),
            BadFile::Unreadable(_) => voice.label("import-broken", &[]),
        },
    }
}

/// Why a line was not taken, for the report.
pub fn reason(voice: &Voice<'_>, reason: &Reason) -> String {
    match reason {
        Reason::Foreign => voice.label("line-foreign", &[]),
        Reason::TooLong => voice.label("line-too-long", &[]),
        Reason::NoNumber => voice.label("line-no-number", &[]),
        Reason::Rounded(text) => voice.label("line-rounded", &[("text", text)]),
        Reason::Number(text, why) => {
            use crate::domain::phone::BadNumber as Bad;
            let key = match why {
                Bad::NotDigits => "line-not-digits",
                Bad::Impossible => "line-impossible",
                Bad::OtherCountry => "line-other-country",
            };
            voice.label(key, &[("text", text)])
        }
        Reason::Price(text) => voice.label("line-price", &[("text", text)]),
        Reason::Status(text) => voice.label("line-status", &[("text", text)]),
        Reason::Unknown { service, code } => voice.label("line-unknown", &[("service", service), ("code", code)]),
        Reason::SeveralCountries(code) => voice.label("line-several", &[("code", code)]),
    }
}

/// Stops an import; it tells so itself.
pub fn stop(ctx: Ctx<'_>, id: i64) -> Reply {
    let reply = Reply::notice(ctx.voice().label("import-stopping", &[]));
    Reply { work: Some(Work::StopImport(id)), quiet: true, ..reply }
}

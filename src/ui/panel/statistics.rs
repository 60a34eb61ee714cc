//! How the bot does: over a period, as text and as a picture.

use super::dialog::{self, Dialog};
use super::{Answer, Area, Panel, Verb, button, leave_row};
use crate::chart::{Chart, Series, Value};
use crate::domain::message::{Button, Style};
use crate::domain::money::format_amount;
use crate::domain::phone::ascii_digits;
use crate::service::ServiceResult;
use crate::service::browse::Page;
use crate::service::statistics::{self, Line, Period, Statistics};
use crate::ui::brand::Voice;
use crate::ui::view::{pager, styled};
use crate::ui::{Callback, Ctx, Reply, Work};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, TimeZone, Utc};
use rust_decimal::prelude::ToPrimitive;

/// The periods that buttons offer, as days until now; 0 is everything.
const OFFERED: [(u32, &str); 4] = [(1, "period-today"), (7, "period-7"), (30, "period-30"), (0, "period-all")];
/// A chosen period is at most so long, in days.
const LONGEST: i64 = 3700;
/// More days than this are drawn as months.
const MOST_BARS: usize = 62;
/// Lines of a ranking in the text; the whole list has pages.
const RANKED: usize = 5;
/// What is shown of a period: its picture, or every service or country.
const PICTURE: u8 = 0;
const SERVICES: u8 = 1;
const COUNTRIES: u8 = 2;
/// Days and page of a list in one number.
const PAGES: u32 = 1_000;
/// A chosen period is two days in one number.
const PLACE: i64 = 1_000_000;

/// Days of the bot's time zone, both included; without a first day, everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    first: Option<NaiveDate>,
    last: NaiveDate,
}

fn to(verb: Verb) -> Panel {
    Panel::In(Area::Statistics, verb)
}

fn today(ctx: Ctx<'_>) -> NaiveDate {
    ctx.now().with_timezone(&ctx.brand.time_zone).date_naive()
}

/// The period that a button names.
fn span(ctx: Ctx<'_>, of: i64, days: u32) -> Span {
    let last = today(ctx);
    let day = |n: i64| i32::try_from(n).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
    match (of, days) {
        (1.., _) => Span { first: day(of / PLACE), last: day(of % PLACE).unwrap_or(last) },
        (_, 0) => Span { first: None, last },
        (_, days) => Span { first: last.checked_sub_days(Days::new(u64::from(days) - 1)), last },
    }
}

/// Midnight of the bot's time zone; a clock that is set forward then begins its day later.
fn midnight(ctx: Ctx<'_>, day: NaiveDate) -> DateTime<Utc> {
    let local = (0..4).find_map(|hour| {
        let time = day.and_hms_opt(hour, 0, 0)?;
        ctx.brand.time_zone.from_local_datetime(&time).earliest()
    });
    local.map_or_else(|| ctx.now(), |at| at.with_timezone(&Utc))
}

fn period(ctx: Ctx<'_>, span: Span) -> Period {
    let from = span.first.map_or(DateTime::UNIX_EPOCH, |day| midnight(ctx, day));
    let to = span.last.succ_opt().map_or_else(|| ctx.now(), |day| midnight(ctx, day));
    Period { from, to }
}

/// A press in the area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { of, page } => show(ctx, of, page).await,
        Verb::Set(of, PICTURE, days) => picture(ctx, of, days).await,
        Verb::Set(of, field, place) => every(ctx, of, field, place).await,
        Verb::Add(_) => ask(ctx).await,
        _ => show(ctx, 0, 1).await,
    }
}

async fn counted(ctx: Ctx<'_>, span: Span) -> ServiceResult<Statistics> {
    statistics::over(ctx.tenant, period(ctx, span), ctx.brand.time_zone.name()).await
}

async fn show(ctx: Ctx<'_>, of: i64, days: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let span = span(ctx, of, days);
    let found = counted(ctx, span).await?;
    let mut message = voice.compose(&text(&voice, span, &found), &[]);
    let offered: Vec<Button> =
        OFFERED.iter().map(|(days, key)| button(&voice, key, to(Verb::List { of: 0, page: *days }))).collect();
    message.rows = offered.chunks(2).map(<[Button]>::to_vec).collect();
    message.rows.push(vec![
        button(&voice, "period-choose", to(Verb::Add(0))),
        styled(button(&voice, "statistics-picture", to(Verb::Set(of, PICTURE, days))), Style::Primary),
    ]);
    message.rows.push(vec![
        button(&voice, "statistics-every-service", to(Verb::Set(of, SERVICES, days.saturating_mul(PAGES)))),
        button(&voice, "statistics-every-country", to(Verb::Set(of, COUNTRIES, days.saturating_mul(PAGES)))),
    ]);
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

fn day(voice: &Voice<'_>, day: NaiveDate) -> String {
    format!("{} {}", day.day(), voice.label(&format!("month-{}", day.month()), &[]))
}

fn title(voice: &Voice<'_>, span: Span) -> String {
    match span.first {
        None => voice.label("period-all", &[]),
        Some(first) if first == span.last => format!("{} {}", day(voice, first), first.year()),
        Some(first) => format!("{} – {} {}", day(voice, first), day(voice, span.last), span.last.year()),
    }
}

fn count(n: i64) -> String {
    format_amount(n.into())
}

fn text(voice: &Voice<'_>, span: Span, found: &Statistics) -> String {
    let stock: Vec<String> = { found.stock.iter() }
        .map(|(state, n)| format!("{}: {}", voice.label(&format!("number-{state}"), &[]), count(*n)))
        .collect();
    let Line { codes, income, expired, canceled, failed, .. } = &found.total;
    let (users, new, seen) = found.users;
    let args = [
        ("period", title(voice, span)),
        ("codes", count(*codes)),
        ("income", voice.amount(*income)),
        ("expired", count(*expired)),
        ("canceled", count(*canceled)),
        ("failed", count(*failed)),
        ("users", count(users)),
        ("new", count(new)),
        ("seen", count(seen)),
        ("stock", if stock.is_empty() { "—".to_owned() } else { stock.join(" · ") }),
        ("rewards", format!("{} ({})", voice.amount(found.rewards.1), count(found.rewards.0))),
        ("added", voice.amount(found.added)),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let mut text = voice.say("statistics", &args);
    for (key, lines) in [("statistics-services", &found.services), ("statistics-countries", &found.countries)] {
        text.push_str(&rankings(voice, key, lines));
    }
    text
}

/// Every service or country of a period, page by page.
async fn every(ctx: Ctx<'_>, of: i64, field: u8, place: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (days, page) = (place / PAGES, place % PAGES);
    let span = span(ctx, of, days);
    let found = counted(ctx, span).await?;
    let (key, lines) = match field {
        COUNTRIES => ("statistics-every-country", found.countries),
        _ => ("statistics-every-service", found.services),
    };
    let page = Page::of(lines, page, ctx.brand.page_size);
    let mut text = format!("{} · {}", voice.label(key, &[]), title(&voice, span));
    page.rows.iter().for_each(|l| text.push_str(&format!("\n{}", line(&voice, l))));
    let mut message = voice.compose(&text, &[]);
    message.rows = vec![
        pager(&voice, &page, |page| {
            Callback::Panel(to(Verb::Set(of, field, days.saturating_mul(PAGES).saturating_add(page.min(PAGES - 1)))))
        }),
        vec![button(&voice, "button-back", to(Verb::List { of, page: days }))],
    ];
    Ok(Reply::screen(message))
}

fn line(voice: &Voice<'_>, l: &Line) -> String {
    let args = [
        ("name", l.name.clone()),
        ("codes", count(l.codes)),
        ("income", voice.amount(l.income)),
        ("expired", count(l.expired)),
        ("canceled", count(l.canceled)),
    ];
    let args: Vec<(&str, &str)> = args.iter().map(|(name, text)| (*name, text.as_str())).collect();
    voice.say("statistics-line", &args)
}

/// The best by codes, and the best by income where those are others.
fn rankings(voice: &Voice<'_>, key: &str, lines: &[Line]) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let by_codes: Vec<&Line> = lines.iter().take(RANKED).collect();
    let mut by_income: Vec<&Line> = lines.iter().collect();
    by_income.sort_by(|a, b| b.income.cmp(&a.income).then_with(|| a.name.cmp(&b.name)));
    by_income.truncate(RANKED);
    let mut text = format!("\n\n{}", voice.say(key, &[]));
    by_codes.iter().for_each(|l| text.push_str(&format!("\n{}", line(voice, l))));
    let names = |lines: &[&Line]| lines.iter().map(|l| l.name.clone()).collect::<Vec<_>>();
    if names(&by_codes) != names(&by_income) {
        let joined = { by_income.iter() }.map(|l| format!("{} ({})", l.name, voice.amount(l.income)));
        let joined = joined.collect::<Vec<_>>().join(voice.comma());
        text.push_str(&format!("\n{}", voice.say("statistics-by-income", &[("names", &joined)])));
    }
    text
}

async fn picture(ctx: Ctx<'_>, of: i64, days: u32) -> ServiceResult<Reply> {
    let span = span(ctx, of, days);
    let chart = chart(ctx, span, &counted(ctx, span).await?);
    let caption = format!("📊 {} · {}", ctx.brand.name, title(&ctx.voice(), span));
    let notice = ctx.voice().label("picture-begins", &[]);
    Ok(Reply { work: Some(Work::Picture { chart, caption }), quiet: true, ..Reply::notice(notice) })
}

fn chart(ctx: Ctx<'_>, span: Span, found: &Statistics) -> Chart {
    let voice = ctx.voice();
    let tile = |key: &str, shown: String| Value { name: voice.label(key, &[]), size: 0.0, shown };
    let ranking = |key: &str, lines: &[Line]| Series {
        title: voice.label(key, &[]),
        values: lines
            .iter()
            .filter(|l| l.codes > 0)
            .map(|l| Value {
                name: l.name.clone(),
                size: l.codes as f64,
                shown: format!("{} · {}", count(l.codes), voice.amount(l.income)),
            })
            .collect(),
    };
    let Line { codes, income, expired, .. } = &found.total;
    Chart {
        title: ctx.brand.name.clone(),
        subtitle: title(&voice, span),
        from_right: voice.is_from_right(),
        tiles: vec![
            tile("tile-codes", count(*codes)),
            tile("tile-income", voice.amount(*income)),
            tile("tile-users", count(found.users.1)),
            tile("tile-expired", count(*expired)),
        ],
        over_time: Series { title: voice.label("tile-over-time", &[]), values: bars(&voice, span, found) },
        rankings: [ranking("tile-services", &found.services), ranking("tile-countries", &found.countries)],
        nothing: voice.label("tile-nothing", &[]),
    }
}

/// A bar for each day of the period, or for each month of a long one.
fn bars(voice: &Voice<'_>, span: Span, found: &Statistics) -> Vec<Value> {
    let Some(first) = span.first.or_else(|| found.days.first().map(|(day, ..)| *day)) else { return Vec::new() };
    let days = (span.last - first).num_days().max(0).unsigned_abs() as usize + 1;
    let is_long = days > MOST_BARS;
    let begin = |day: NaiveDate| if is_long { day.with_day(1).unwrap_or(day) } else { day };
    let step = |day: NaiveDate| match is_long {
        true => day.checked_add_months(Months::new(1)),
        false => day.succ_opt(),
    };
    let mut bars = Vec::new();
    let mut at = Some(begin(first));
    while let Some(day_of) = at.filter(|day| *day <= span.last && bars.len() < 2 * MOST_BARS) {
        let codes: i64 = found.days.iter().filter(|(d, ..)| begin(*d) == day_of).map(|(_, codes, _)| codes).sum();
        let name = match is_long {
            true => voice.label(&format!("month-{}", day_of.month()), &[]),
            false => day(voice, day_of),
        };
        bars.push(Value { name, size: codes.to_f64().unwrap_or_default(), shown: count(codes) });
        at = step(day_of);
    }
    bars
}

async fn ask(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    dialog::put(ctx, &Dialog::StatisticsPeriod).await?;
    let mut message = voice.compose(&voice.say("ask-period", &[]), &[]);
    message.rows = vec![leave_row(&voice)];
    Ok(Reply::screen(message))
}

/// Two days, in whatever order and with whatever between them; one day alone is a period too.
fn read_days(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let text = ascii_digits(text);
    let words: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit() && c != '-' && c != '/').filter(|w| !w.is_empty()).collect();
    let read = |word: &str| {
        let parts: Vec<u32> = word.split(['-', '/']).map(str::parse).collect::<Result<_, _>>().ok()?;
        match parts.as_slice() {
            [year @ (1000..), month, day] | [day, month, year @ (1000..)] => {
                NaiveDate::from_ymd_opt(i32::try_from(*year).ok()?, *month, *day)
            }
            _ => None,
        }
    };
    let days: Vec<NaiveDate> = words.into_iter().filter(|w| *w != "-").map(read).collect::<Option<_>>()?;
    match days.as_slice() {
        [day] => Some((*day, *day)),
        [a, b] if (*a - *b).num_days().abs() <= LONGEST => Some((*a.min(b), *a.max(b))),
        _ => None,
    }
}

/// Takes the answer to that.
pub async fn take(ctx: Ctx<'_>, answer: Answer<'_>) -> ServiceResult<Reply> {
    let Some((first, last)) = answer.text().and_then(read_days) else {
        return Ok(Reply::notice(ctx.voice().label("bad-period", &[])));
    };
    dialog::end(ctx).await?;
    let of = i64::from(first.num_days_from_ce()) * PLACE + i64::from(last.num_days_from_ce());
    show(ctx, of, 0).await
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: A8
    #[test]
    fn periods_are_read_as_people_write_them() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let november = Some((day(2026, 11, 1), day(2026, 11, 15)));
        for text in ["2026-11-01 2026-11-15", "15/11/2026 - 1/11/2026", "من ٢٠٢٦-١١-٠١ إلى ٢٠٢٦-١١-١٥"]
        {
            assert_eq!(read_days(text), november, "{text}");
        }
        assert_eq!(read_days("2026-11-01"), Some((day(2026, 11, 1), day(2026, 11, 1))));
        for bad in ["", "11", "2026-13-01", "1/2/3", "2026-11-01 x 2026-11-40", "1990-01-01 2026-01-01"] {
            assert_eq!(read_days(bad), None, "{bad}");
        }
    }
}

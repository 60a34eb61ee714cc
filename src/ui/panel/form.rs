//! Forms: dialogs that ask one field after another, check each answer at once, and show what was
//! collected before it is saved. One field of something that exists is asked and saved alone.

use super::dialog::{self, Dialog};
use super::{Answer, Area, Panel, Verb, admins, bots, button, leave_row, numbers, providers, services, sign_in, users};
use crate::domain::adapter::Adapter;
use crate::domain::address::{BadAddress, read_address, shown_address};
use crate::domain::channel::is_username;
use crate::domain::code::{BadPattern, CodePattern};
use crate::domain::message::{Button, Style};
use crate::domain::money::parse_amount;
use crate::domain::phone::ascii_digits;
use crate::domain::token::bot_id;
use crate::password::PanelPassword;
use crate::service::{ServiceError, ServiceResult};
use crate::ui::brand::Voice;
use crate::ui::outside::Sealed;
use crate::ui::view::{self, styled};
use crate::ui::{Callback, Ctx, Reply, refusal};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// A provider's key is at most so long, in bytes.
const LONGEST_SECRET: usize = 512;

/// Which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A service.
    Service,
    /// A country of a service.
    Country,
    /// Adding to a user's balance.
    Credit,
    /// Taking from a user's balance.
    Debit,
    /// Whom to make an assistant.
    Appoint,
    /// A number of a country.
    Number,
    /// Which number to look for.
    FindNumber,
    /// A provider that is read.
    PolledProvider,
    /// A provider that posts.
    PostingProvider,
    /// How codes look in a provider's messages for a service.
    LinkPattern,
    /// A message to be tried.
    TryMessage,
    /// What is written to one user.
    Letter,
    /// A bot for the farm.
    AddBot,
}

impl Kind {
    /// The area that it belongs to: who may not use that may not fill it in.
    pub fn area(self) -> Area {
        match self {
            Self::Service => Area::Services,
            Self::Country => Area::Countries,
            Self::Credit | Self::Debit | Self::Letter => Area::Users,
            Self::Appoint => Area::Admins,
            Self::AddBot => Area::Bots,
            Self::Number | Self::FindNumber => Area::Numbers,
            Self::PolledProvider | Self::PostingProvider | Self::LinkPattern | Self::TryMessage => Area::Providers,
        }
    }
}

/// How an answer is checked and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A text of at most so many characters.
    Text(usize),
    /// An amount of money.
    Amount,
    /// An amount above 0.
    Positive,
    /// A calling code: one to four digits.
    DialCode,
    /// A regular expression for codes.
    Pattern,
    /// A text of several lines, of at most so many characters.
    Lines(usize),
    /// Letters, digits, - and _: a part of an address.
    Word,
    /// A whole number between these.
    Whole(u32, u32),
    /// An address on the web.
    Address,
    /// An @name of Telegram.
    Username,
    /// A kind of source: offered as buttons.
    Adapter,
    /// A secret: sealed before it is stored, and its message is deleted.
    Secret(Sealed),
}

/// One question of a form. Its texts are `ask-{key}` and `field-{key}`.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Names its texts.
    pub key: &'static str,
    /// How an answer is checked.
    pub check: Check,
    /// It may be left out.
    pub optional: bool,
}

const fn needed(key: &'static str, check: Check) -> Field {
    Field { key, check, optional: false }
}

const fn optional(key: &'static str, check: Check) -> Field {
    Field { key, check, optional: true }
}

const SERVICE: [Field; 6] = [
    needed("service-name", Check::Text(40)),
    optional("emoji", Check::Text(8)),
    needed("price", Check::Amount),
    optional("description", Check::Text(200)),
    optional("aliases", Check::Text(200)),
    optional("pattern", Check::Pattern),
];

const COUNTRY: [Field; 4] = [
    needed("country-name", Check::Text(40)),
    needed("dial-code", Check::DialCode),
    optional("flag", Check::Text(8)),
    optional("country-price", Check::Amount),
];

const MOVEMENT: [Field; 2] = [needed("movement", Check::Positive), needed("reason", Check::Text(100))];

const NUMBER: [Field; 2] = [needed("number", Check::Text(32)), optional("number-price", Check::Amount)];

const FIND_NUMBER: [Field; 1] = [needed("find-number", Check::Text(32))];

const APPOINT: [Field; 1] = [needed("user", Check::Text(64))];

const POLLED_PROVIDER: [Field; 4] = [
    needed("provider-name", Check::Word),
    needed("provider-url", Check::Address),
    optional("provider-key", Check::Secret(Sealed::ProviderKey)),
    optional("provider-interval", Check::Whole(1, 3600)),
];

const POSTING_PROVIDER: [Field; 3] = [
    needed("provider-name", Check::Word),
    needed("provider-adapter", Check::Adapter),
    needed("provider-token", Check::Secret(Sealed::ProviderToken)),
];

const LINK_PATTERN: [Field; 1] = [optional("link-pattern", Check::Pattern)];

const LETTER: [Field; 1] = [needed("letter", Check::Lines(2000))];

const ADD_BOT: [Field; 3] = [
    needed("bot-token", Check::Secret(Sealed::NewToken)),
    needed("bot-username", Check::Username),
    needed("bot-password", Check::Secret(Sealed::NewPassword)),
];

const TRY_MESSAGE: [Field; 1] = [needed("try-message", Check::Lines(1000))];

impl Kind {
    /// Its questions, in their order.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Service => &SERVICE,
            Self::Country => &COUNTRY,
            Self::Credit | Self::Debit => &MOVEMENT,
            Self::Appoint => &APPOINT,
            Self::Number => &NUMBER,
            Self::FindNumber => &FIND_NUMBER,
            Self::PolledProvider => &POLLED_PROVIDER,
            Self::PostingProvider => &POSTING_PROVIDER,
            Self::LinkPattern => &LINK_PATTERN,
            Self::TryMessage => &TRY_MESSAGE,
            Self::AddBot => &ADD_BOT,
            Self::Letter => &LETTER,
        }
    }
}

/// A form that is being filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Which.
    pub kind: Kind,
    /// What the new thing belongs to, or what is changed.
    pub of: i64,
    /// Only this field of something that exists.
    pub only: Option<u8>,
    /// The answers so far; `None` was left out.
    pub answers: Vec<Option<String>>,
    /// Names what is saved, so that it is saved once.
    pub nonce: u64,
}

impl Form {
    /// The field that is asked next.
    fn next(&self) -> Option<&'static Field> {
        let fields = self.kind.fields();
        match self.only {
            Some(only) if self.answers.is_empty() => fields.get(usize::from(only)),
            Some(_) => None,
            None => fields.get(self.answers.len()),
        }
    }

    /// The answer to a field by its place.
    pub fn answer(&self, place: usize) -> Option<String> {
        self.answers.get(place).cloned().flatten()
    }
}

/// Begins a form.
pub async fn begin(ctx: Ctx<'_>, kind: Kind, of: i64, only: Option<u8>) -> ServiceResult<Reply> {
    go_on(ctx, Form { kind, of, only, answers: Vec::new(), nonce: rand::random() }).await
}

/// Takes an answer; a wrong one is told at once and changes nothing.
pub async fn take(ctx: Ctx<'_>, form: Form, answer: Answer<'_>) -> ServiceResult<Reply> {
    let Some(field) = form.next() else { return go_on(ctx, form).await };
    let text = match answer {
        Answer::Text(text) => text.to_owned(),
        // A forwarded message names its writer, unless they hide.
        Answer::Person(Some(id)) if field.key == "user" => id.to_string(),
        Answer::Person(None) if field.key == "user" => {
            return Ok(Reply::notice(ctx.voice().label("person-hidden", &[])));
        }
        _ => return go_on(ctx, form).await,
    };
    let is_secret = matches!(field.check, Check::Secret(_));
    let checked = match field.check {
        Check::Secret(Sealed::ProviderToken) if refuses(&form, &text) => Err("bad-public-key"),
        Check::Secret(place) => seal(ctx, place, &text),
        Check::Address => {
            read_address(&text, ctx.outside.may_be_private()).map(|url| url.to_string()).map_err(bad_address)
        }
        _ => check(field, &text),
    };
    let reply = match checked {
        Ok(kept) => answered(ctx, form, Some(kept)).await,
        Err(why) => Ok(Reply::notice(refused(&ctx.voice(), field, why))),
    };
    if !is_secret {
        return reply;
    }
    // Whatever fails, the message with the secret goes.
    Ok(Reply { delete_input: true, ..reply.unwrap_or_else(|error| sign_in::failed(ctx, error)) })
}

/// What to write instead.
fn refused(voice: &Voice<'_>, field: &Field, why: &str) -> String {
    match field.check {
        Check::Whole(least, most) => voice.label(why, &[("least", &least.to_string()), ("most", &most.to_string())]),
        _ => voice.label(why, &[]),
    }
}

fn bad_address(bad: BadAddress) -> &'static str {
    match bad {
        BadAddress::NotWeb => "bad-address",
        BadAddress::Private => "bad-address-private",
    }
}

/// Whether a posting provider's secret cannot be one of its kind.
fn refuses(form: &Form, secret: &str) -> bool {
    let adapter = form.answer(1).and_then(|name| Adapter::named(&name));
    adapter.is_some_and(|adapter| adapter.refuses(secret.trim()).is_some())
}

fn is_key(secret: &str) -> bool {
    (1..=LONGEST_SECRET).contains(&secret.len()) && !secret.contains(char::is_whitespace)
}

/// A secret as it is stored.
fn seal(ctx: Ctx<'_>, place: Sealed, text: &str) -> Result<String, &'static str> {
    let secret = text.trim();
    let (is_good, why) = match place {
        Sealed::NewToken => (bot_id(secret).is_some(), "bad-token"),
        Sealed::NewPassword => (PanelPassword::may_be(secret), "bad-new-password"),
        Sealed::ProviderKey | Sealed::ProviderToken => (is_key(secret), "bad-secret"),
    };
    if !is_good {
        return Err(why);
    }
    ctx.outside.seal(place, &SecretString::from(secret)).ok_or("busy")
}

/// Takes a choice that is offered as a button, or leaves an optional field out.
pub async fn choose(ctx: Ctx<'_>, form: Form, choice: u8) -> ServiceResult<Reply> {
    match form.next() {
        Some(Field { check: Check::Adapter, .. }) => match Adapter::ALL.get(usize::from(choice)) {
            Some((_, name)) => answered(ctx, form, Some((*name).to_owned())).await,
            None => go_on(ctx, form).await,
        },
        Some(field) if field.optional => answered(ctx, form, None).await,
        _ => go_on(ctx, form).await,
    }
}

async fn answered(ctx: Ctx<'_>, mut form: Form, kept: Option<String>) -> ServiceResult<Reply> {
    form.answers.push(kept);
    // A question alone needs no summary.
    let is_alone = form.only.is_some() || form.kind.fields().len() == 1;
    if is_alone { save(ctx, form).await } else { go_on(ctx, form).await }
}

/// The kept form of an answer, or the text that says what to write instead.
fn check(field: &Field, text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    match field.check {
        Check::Text(most) if text.is_empty() || text.chars().count() > most || text.contains('\n') => Err("bad-text"),
        Check::Text(_) => Ok(text.to_owned()),
        Check::Amount => parse_amount(text).map(|amount| amount.to_string()).map_err(|_| "bad-amount"),
        Check::Positive => match parse_amount(text) {
            Ok(amount) if !amount.is_zero() => Ok(amount.to_string()),
            _ => Err("bad-amount"),
        },
        Check::DialCode => {
            let digits = ascii_digits(text.trim_start_matches('+').trim_start_matches("00"));
            let is_code = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
            if is_code && !digits.starts_with('0') { Ok(digits) } else { Err("bad-dial-code") }
        }
        Check::Pattern => match CodePattern::new(text) {
            Ok(_) => Ok(text.to_owned()),
            Err(BadPattern::TooLarge) => Err("bad-pattern-slow"),
            Err(_) => Err("bad-pattern"),
        },
        Check::Lines(most) if text.is_empty() || text.chars().count() > most => Err("bad-lines"),
        Check::Lines(_) => Ok(text.to_owned()),
        Check::Word => {
            let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            if (1..=40).contains(&text.len()) && text.bytes().all(is_word) {
                Ok(text.to_owned())
            } else {
                Err("bad-word")
            }
        }
        Check::Username => {
            let name = format!("@{}", text.trim_start_matches("https://t.me/").trim_start_matches('@'));
            if is_username(&name) { Ok(name) } else { Err("bad-username") }
        }
        Check::Whole(least, most) => match ascii_digits(text).parse() {
            Ok(number) if (least..=most).contains(&number) => Ok(number.to_string()),
            _ => Err("ask-whole"),
        },
        Check::Adapter => Adapter::named(text).map(|_| text.to_owned()).ok_or("bad-adapter"),
        // Sealed or parsed before.
        Check::Address | Check::Secret(_) => Err("bad-text"),
    }
}

/// Stores the form and asks the next question, or shows the summary.
async fn go_on(ctx: Ctx<'_>, form: Form) -> ServiceResult<Reply> {
    dialog::put(ctx, &Dialog::Form(form.clone())).await?;
    let voice = ctx.voice();
    let (text, mut rows) = match form.next() {
        Some(field) => (voice.say(&format!("ask-{}", field.key), &[]), choices(&voice, field)),
        None => {
            (summary(&voice, &form), vec![vec![styled(button(&voice, "button-save", Panel::Save), Style::Primary)]])
        }
    };
    rows.push(leave_row(&voice));
    let mut message = voice.compose(&text, &[]);
    message.rows = rows;
    Ok(Reply::screen(message))
}

/// The answers that are offered as buttons, two in a row; or the way past an optional field.
fn choices(voice: &Voice<'_>, field: &Field) -> Vec<Vec<Button>> {
    let choice = |(n, (_, name)): (u8, (Adapter, &str))| {
        view::button(voice.label(&format!("adapter-{name}"), &[]), &Callback::Panel(Panel::Choose(n)))
    };
    match field.check {
        Check::Adapter => {
            let buttons: Vec<Button> = (0..).zip(Adapter::ALL).map(choice).collect();
            buttons.chunks(2).map(<[Button]>::to_vec).collect()
        }
        _ if field.optional => vec![vec![button(voice, "button-skip", Panel::Choose(0))]],
        _ => Vec::new(),
    }
}

fn summary(voice: &Voice<'_>, form: &Form) -> String {
    let mut text = voice.say("form-summary", &[]);
    for (field, answer) in form.kind.fields().iter().zip(&form.answers) {
        let value = match (answer, field.check) {
            (None, _) => "—".to_owned(),
            (Some(_), Check::Secret(_)) => "•••".to_owned(),
            (Some(address), Check::Address) => shown_address(address),
            (Some(name), Check::Adapter) => voice.label(&format!("adapter-{name}"), &[]),
            (Some(answer), _) => answer.clone(),
        };
        let name = voice.label(&format!("field-{}", field.key), &[]);
        text.push_str(&format!("\n{}", voice.say("form-line", &[("field", &name), ("value", &value)])));
    }
    text
}

/// Saves a form whose questions are all answered.
pub async fn save(ctx: Ctx<'_>, form: Form) -> ServiceResult<Reply> {
    if form.next().is_some() {
        return go_on(ctx, form).await;
    }
    let saved = match form.kind {
        Kind::Service => services::save(ctx, &form).await,
        Kind::Country => services::save_country(ctx, &form).await,
        Kind::Credit | Kind::Debit => users::save(ctx, &form).await,
        Kind::Appoint => admins::appoint(ctx, &form).await,
        Kind::Number => numbers::save(ctx, &form).await,
        Kind::FindNumber => numbers::search(ctx, &form).await,
        Kind::PolledProvider | Kind::PostingProvider => providers::save(ctx, &form).await,
        Kind::LinkPattern => providers::save_pattern(ctx, &form).await,
        Kind::Letter => users::write(ctx, &form).await,
        Kind::AddBot => bots::save(ctx, &form).await,
        Kind::TryMessage => providers::try_message(ctx, &form).await,
    };
    if let Err(ServiceError::Refused(refused)) = &saved
        && refused.may_be_answered_otherwise()
    {
        // Another answer may do: the form begins again, and says why.
        let why = refusal::sentence(&ctx.voice(), refused);
        let begun = Form { answers: Vec::new(), ..form };
        return Ok(go_on(ctx, begun).await?.with_notice(why));
    }
    dialog::end(ctx).await?;
    let reply = saved?;
    if matches!(form.kind, Kind::FindNumber | Kind::Appoint | Kind::TryMessage | Kind::AddBot) {
        return Ok(reply);
    }
    let money_came = form.kind == Kind::Credit;
    Ok(Reply { settings_changed: !money_came, money_came, ..reply }.with_notice(ctx.voice().label("saved", &[])))
}

/// A button for each field of a form, two in a row.
pub fn fields(voice: &Voice<'_>, area: Area, id: i64, kind: Kind) -> Vec<Vec<Button>> {
    let one = |(n, field): (usize, &Field)| {
        let label = format!("✏️ {}", voice.label(&format!("field-{}", field.key), &[]));
        view::button(label, &Callback::Panel(Panel::In(area, Verb::Edit(id, u8::try_from(n).unwrap_or(u8::MAX)))))
    };
    let buttons: Vec<Button> = kind.fields().iter().enumerate().map(one).collect();
    buttons.chunks(2).map(<[Button]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: A1, A2
    #[test]
    fn answers_are_checked_at_once() {
        let field = |check| needed("x", check);
        assert_eq!(check(&field(Check::Amount), " ١٠٫٥٠ "), Ok("10.50".into()));
        for bad in ["-1", "1e99", "10,50", "ten", ""] {
            assert_eq!(check(&field(Check::Amount), bad), Err("bad-amount"), "{bad}");
        }
        assert_eq!(check(&field(Check::DialCode), "+٢٠"), Ok("20".into()));
        for bad in ["0", "12345", "x", ""] {
            assert_eq!(check(&field(Check::DialCode), bad), Err("bad-dial-code"), "{bad}");
        }
        for bad in ["(", "", "x*", "()"] {
            assert_eq!(check(&field(Check::Pattern), bad), Err("bad-pattern"), "{bad}");
        }
        assert_eq!(check(&field(Check::Text(3)), "abcd"), Err("bad-text"));
    }
}

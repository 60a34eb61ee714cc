//! Forms: dialogs that ask one field after another, check each answer at once, and show what was
//! collected before it is saved. One field of something that exists is asked and saved alone.

mod answer;
mod early;
mod fields;

pub use fields::{Check, Field, Kind};

use super::dialog::{self, Dialog};
use super::{
    Answer, Area, Panel, Verb, admins, bots, button, create_bot, leave_row, numbers, providers, services, source, users,
};
use crate::domain::adapter::Adapter;
use crate::domain::address::shown_address;
use crate::domain::message::{Button, Style};
use crate::domain::sealed::Sealed;
use crate::service::{ServiceError, ServiceResult};
use crate::ui::brand::Voice;
use crate::ui::view::{self, styled};
use crate::ui::{Callback, Ctx, Reply, refusal};
use serde::{Deserialize, Serialize};

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
    /// The first answer was refused when the form was saved: it is asked again, the others stay.
    #[serde(default)]
    again: bool,
}

impl Form {
    /// The field that is asked next.
    fn next(&self) -> Option<&'static Field> {
        let fields = self.kind.fields();
        match self.only {
            None if self.again => fields.first(),
            Some(only) if self.answers.is_empty() => fields.get(usize::from(only)),
            Some(_) => None,
            None => fields.get(self.answers.len()),
        }
    }

    /// Whether what is written now may be a secret: the answer that it waits for, or, at the last
    /// look, one that is sent once more.
    pub fn asks_secret(&self) -> bool {
        let is_secret = |field: &Field| matches!(field.check, Check::Secret(_));
        self.next().map_or_else(|| self.kind.fields().iter().any(is_secret), is_secret)
    }

    /// The answer to a field by its place.
    pub fn answer(&self, place: usize) -> Option<String> {
        self.answers.get(place).cloned().flatten()
    }
}

/// Begins a form.
pub async fn begin(ctx: Ctx<'_>, kind: Kind, of: i64, only: Option<u8>) -> ServiceResult<Reply> {
    go_on(ctx, Form { kind, of, only, answers: Vec::new(), nonce: rand::random(), again: false }).await
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
    let adapter = early::adapter(ctx, &form).await?;
    let kept = match answer::read(ctx, adapter, field, &text) {
        Ok(kept) => kept,
        Err(why) => return Ok(Reply::notice(answer::refused(&ctx.voice(), field, why))),
    };
    match early::refusal(ctx, &form, field, &kept).await? {
        Some(why) => Ok(Reply::notice(why)),
        None => answered(ctx, form, Some(kept)).await,
    }
}

/// Takes a choice that is offered as a button, or leaves an optional field out.
pub async fn choose(ctx: Ctx<'_>, form: Form, choice: u8) -> ServiceResult<Reply> {
    match form.next() {
        Some(Field { check: Check::Adapter, .. }) => match Adapter::ALL.get(usize::from(choice)) {
            Some((_, name)) => answered(ctx, form, Some((*name).to_owned())).await,
            None => go_on(ctx, form).await,
        },
        Some(field) if may_skip(early::adapter(ctx, &form).await?, field) => answered(ctx, form, None).await,
        _ => go_on(ctx, form).await,
    }
}

async fn answered(ctx: Ctx<'_>, mut form: Form, kept: Option<String>) -> ServiceResult<Reply> {
    match form.answers.first_mut().filter(|_| form.again) {
        Some(first) => *first = kept,
        None => form.answers.push(kept),
    }
    form.again = false;
    // What changes one value, or only shows something, needs no summary.
    let is_alone = form.only.is_some() || form.kind.only_asks();
    if is_alone { save(ctx, form).await } else { go_on(ctx, form).await }
}

/// Stores the form and asks the next question, or shows the summary.
async fn go_on(ctx: Ctx<'_>, form: Form) -> ServiceResult<Reply> {
    let tag = dialog::put(ctx, &Dialog::Form(form.clone())).await?;
    let voice = ctx.voice();
    let (text, mut rows) = match form.next() {
        Some(field) => {
            let may_skip = may_skip(early::adapter(ctx, &form).await?, field);
            (voice.say(&format!("ask-{}", field.key), &[]), choices(&voice, field, may_skip, tag))
        }
        None => {
            let save = styled(button(&voice, "button-save", Panel::Save(tag)), Style::Primary);
            (summary(&voice, &form), vec![vec![save]])
        }
    };
    rows.push(leave_row(&voice));
    let about = early::about(ctx, &form).await?;
    let mut message = voice.compose(&about.map_or(text.clone(), |about| format!("{about}\n\n{text}")), &[]);
    message.rows = rows;
    Ok(Reply::screen(message))
}

/// Whether a question may be left out: some sources prove themselves by a secret address instead.
fn may_skip(adapter: Option<Adapter>, field: &Field) -> bool {
    let is_token = field.check == Check::Secret(Sealed::ProviderToken);
    field.optional || (is_token && adapter.is_some_and(Adapter::may_lack_token))
}

/// The answers that are offered as buttons, two in a row; or the way past a field.
fn choices(voice: &Voice<'_>, field: &Field, may_skip: bool, tag: u32) -> Vec<Vec<Button>> {
    let choice = |(n, (_, name)): (u8, (Adapter, &str))| {
        view::button(voice.label(&format!("adapter-{name}"), &[]), &Callback::Panel(Panel::Choose(n, tag)))
    };
    match field.check {
        Check::Adapter => {
            let buttons: Vec<Button> = (0..).zip(Adapter::ALL).filter(|(_, (a, _))| a.posts()).map(choice).collect();
            buttons.chunks(2).map(<[Button]>::to_vec).collect()
        }
        _ if may_skip => vec![vec![button(voice, "button-skip", Panel::Choose(0, tag))]],
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
        Kind::SourceLines | Kind::SourceFields => source::save(ctx, &form).await,
        Kind::ServiceWords => services::save_words(ctx, &form).await,
        Kind::Letter => users::write(ctx, &form).await,
        Kind::AddBot => bots::save(ctx, &form).await,
        Kind::CreateBot => create_bot::save(ctx, &form).await,
        Kind::TryMessage => providers::try_message(ctx, &form).await,
    };
    if let Err(ServiceError::Refused(refused)) = &saved
        && refused.may_be_answered_otherwise()
    {
        // Another first answer may do: it is asked again, with the reason, and the others stay.
        let why = refusal::sentence(&ctx.voice(), refused);
        let answers = if form.only.is_some() { Vec::new() } else { form.answers };
        let again = form.only.is_none();
        return Ok(go_on(ctx, Form { answers, again, ..form }).await?.with_notice(why));
    }
    dialog::end(ctx).await?;
    let reply = saved?;
    if matches!(form.kind, Kind::FindNumber | Kind::Appoint | Kind::TryMessage | Kind::AddBot | Kind::CreateBot) {
        return Ok(reply);
    }
    let money_came = form.kind == Kind::Credit;
    Ok(Reply { settings_changed: !money_came, money_came, ..reply }.with_notice(ctx.voice().label("saved", &[])))
}

/// A button for each field of a form, two in a row. A source's kind stays: with another one its key
/// would mean something else.
pub fn fields(voice: &Voice<'_>, area: Area, id: i64, kind: Kind) -> Vec<Vec<Button>> {
    let one = |(n, field): (usize, &Field)| {
        let label = format!("✏️ {}", voice.label(&format!("field-{}", field.key), &[]));
        view::button(label, &Callback::Panel(Panel::In(area, Verb::Edit(id, u8::try_from(n).unwrap_or(u8::MAX)))))
    };
    let changed = kind.fields().iter().enumerate().filter(|(_, field)| field.check != Check::Adapter);
    let buttons: Vec<Button> = changed.map(one).collect();
    buttons.chunks(2).map(<[Button]>::to_vec).collect()
}

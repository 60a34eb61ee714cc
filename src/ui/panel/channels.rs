//! The channels: listed, shown, changed, removed.

use super::add_channel;
use super::dialog::{self, Dialog};
use super::{Answer, Area, Panel, Verb, actor, button, leave_row};
use crate::domain::channel::Frequency;
use crate::domain::message::{Button, Style};
use crate::domain::money::parse_amount;
use crate::domain::phone::ascii_digits;
use crate::service::browse::Page;
use crate::service::channels::{self, Change, Channel};
use crate::service::{ServiceResult, panel};
use crate::ui::brand::Voice;
use crate::ui::view::{self, pager, styled};
use crate::ui::{Callback, Ctx, Reply};

/// The frequencies that are offered.
const FREQUENCIES: [Frequency; 6] = [
    Frequency::Once,
    Frequency::Hours(6),
    Frequency::Hours(12),
    Frequency::Days(1),
    Frequency::Days(7),
    Frequency::Days(30),
];

/// What of a channel is changed by a button.
const REWARD: u8 = 0;
const FREQUENCY: u8 = 1;
const ACTIVE: u8 = 2;
const REQUIRED: u8 = 3;

fn channel(verb: Verb) -> Panel {
    Panel::In(Area::Channels, verb)
}

/// A press in the channels' area.
pub async fn press(ctx: Ctx<'_>, verb: Verb) -> ServiceResult<Reply> {
    match verb {
        Verb::List { page, .. } => list(ctx, page).await,
        Verb::Show(id) => show(ctx, id).await,
        Verb::Add(_) => add_channel::begin(ctx).await,
        Verb::Edit(id, REWARD) => ask_reward(ctx, id).await,
        Verb::Edit(id, _) => ask_frequency(ctx, id).await,
        Verb::Set(id, FREQUENCY, n) => change(ctx, id, Change::Frequency(nth_frequency(n))).await,
        Verb::Set(id, REQUIRED, value) => change(ctx, id, Change::Required(value == 1)).await,
        Verb::Set(id, _, value) => change(ctx, id, Change::Active(value == 1)).await,
        Verb::Ask(id, _) => ask_remove(ctx, id).await,
        Verb::Do(id, _) => change(ctx, id, Change::Remove).await,
    }
}

/// The channels, one per row; 📄 are the file's.
pub async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let page = Page::of(channels::all(ctx.tenant).await?, page, ctx.brand.page_size);
    let key = if page.rows.is_empty() { "panel-no-channels" } else { "panel-channels-list" };
    let mut message = voice.compose(&voice.say(key, &[]), &[]);
    let row = |c: &Channel| vec![view::button(marked(c), &Callback::Panel(channel(Verb::Show(c.id))))];
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(channel(Verb::List { of: 0, page }))));
    message.rows.push(vec![styled(button(&voice, "panel-channel-add", channel(Verb::Add(0))), Style::Primary)]);
    message.rows.push(vec![button(&voice, "button-back", Panel::Home)]);
    Ok(Reply::screen(message))
}

fn marked(channel: &Channel) -> String {
    let state = if channel.active { "🟢" } else { "⏸" };
    let origin = if channel.origin == "file" { "📄 " } else { "" };
    let required = if channel.required { " 🔒" } else { "" };
    format!("{state} {origin}{}{required}", channel.title)
}

/// How often, in words.
pub fn frequency(voice: &Voice<'_>, every: Frequency) -> String {
    match every {
        Frequency::Once => voice.label("frequency-once", &[]),
        Frequency::Hours(every) => {
            voice.label("frequency-every", &[("span", &voice.count("hours-in", "count", every.into()))])
        }
        Frequency::Days(every) => {
            voice.label("frequency-every", &[("span", &voice.count("days-in", "count", every.into()))])
        }
    }
}

/// What a channel pays, in words.
pub fn reward(voice: &Voice<'_>, amount: Option<rust_decimal::Decimal>) -> String {
    amount.map_or_else(|| voice.label("reward-none", &[]), |amount| voice.amount(amount))
}

/// One channel and what can be done with it.
pub async fn show(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let found = channels::find(ctx.tenant, id).await?;
    let (pays, often) = (reward(&voice, found.reward_amount), frequency(&voice, found.frequency()));
    let required = voice.label(if found.required { "yes" } else { "no" }, &[]);
    let title = marked(&found);
    let args = [
        ("title", title.as_str()),
        ("where", found.username_or_link.as_str()),
        ("reward", &pays),
        ("frequency", &often),
        ("required", &required),
    ];
    let mut message = voice.compose(&voice.say("panel-channel", &args), &[]);
    if found.origin == "panel" {
        message.rows = actions(&voice, &found);
    } else {
        message.text.push_str(&format!("\n\n{}", voice.label("from-file", &[])));
    }
    message.rows.push(vec![button(&voice, "button-back", channel(Verb::List { of: 0, page: 0 }))]);
    Ok(Reply::screen(message))
}

fn actions(voice: &Voice<'_>, shown: &Channel) -> Vec<Vec<Button>> {
    let id = shown.id;
    let active = if shown.active { "panel-pause" } else { "panel-resume" };
    let required = if shown.required { "panel-optional" } else { "panel-required" };
    vec![
        vec![
            button(voice, "panel-reward", channel(Verb::Edit(id, REWARD))),
            button(voice, "panel-frequency", channel(Verb::Edit(id, FREQUENCY))),
        ],
        vec![
            button(voice, active, channel(Verb::Set(id, ACTIVE, u32::from(!shown.active)))),
            button(voice, required, channel(Verb::Set(id, REQUIRED, u32::from(!shown.required)))),
        ],
        vec![styled(button(voice, "panel-remove", channel(Verb::Ask(id, 0))), Style::Danger)],
    ]
}

/// The frequencies to choose from; `to` says what the n-th choice leads to.
pub fn frequencies(voice: &Voice<'_>, to: impl Fn(u8) -> Panel) -> Vec<Vec<Button>> {
    let choice = |(n, every): (u8, &Frequency)| view::button(frequency(voice, *every), &Callback::Panel(to(n)));
    let buttons: Vec<Button> = (0..).zip(&FREQUENCIES).map(choice).collect();
    buttons.chunks(2).map(<[Button]>::to_vec).collect()
}

/// The n-th of them.
pub fn nth_frequency(n: u32) -> Frequency {
    FREQUENCIES.get(n as usize).copied().unwrap_or(Frequency::Once)
}

/// Asks how often a channel pays.
pub async fn ask_frequency(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let found = channels::find(ctx.tenant, id).await?;
    dialog::put(ctx, &Dialog::ChannelFrequency(id)).await?;
    let mut message = voice.compose(&voice.say("panel-ask-frequency", &[("title", &found.title)]), &[]);
    message.rows = frequencies(&voice, |n| channel(Verb::Set(id, FREQUENCY, n.into())));
    message.rows.push(leave_row(&voice));
    Ok(Reply::screen(message))
}

/// Takes the answer to that: hours, or days with a `d` or a word behind the number.
pub async fn take_frequency(ctx: Ctx<'_>, id: i64, answer: Answer<'_>) -> ServiceResult<Reply> {
    let Some(every) = typed_frequency(answer) else {
        return Ok(Reply::notice(ctx.voice().label("bad-frequency", &[])));
    };
    change(ctx, id, Change::Frequency(every)).await
}

/// The largest number of hours or days.
const LONGEST_PERIOD: u32 = 10_000;

/// A frequency that was typed.
pub fn typed_frequency(answer: Answer<'_>) -> Option<Frequency> {
    let text = answer.text()?;
    let text = ascii_digits(text.trim());
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let every = text[..digits].parse().ok().filter(|n| (1..=LONGEST_PERIOD).contains(n))?;
    match text[digits..].trim() {
        "" | "h" | "hours" | "hour" | "ساعة" | "ساعات" => Some(Frequency::Hours(every)),
        "d" | "days" | "day" | "يوم" | "أيام" | "يومًا" => Some(Frequency::Days(every)),
        _ => None,
    }
}

/// Asks whether to remove a channel.
pub async fn ask_remove(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let found = channels::find(ctx.tenant, id).await?;
    let mut message = voice.compose(&voice.say("panel-ask-remove", &[("title", &found.title)]), &[]);
    message.rows = vec![
        vec![styled(button(&voice, "panel-remove-yes", channel(Verb::Do(id, 0))), Style::Danger)],
        vec![button(&voice, "button-back", channel(Verb::Show(id)))],
    ];
    Ok(Reply::screen(message))
}

/// Carries a change out and shows how it stands.
async fn change(ctx: Ctx<'_>, id: i64, change: Change) -> ServiceResult<Reply> {
    panel::end_dialog(ctx.tenant, ctx.user.id).await?;
    channels::change(ctx.tenant, &actor(ctx), id, change, ctx.now()).await?;
    let reply = if change == Change::Remove { list(ctx, 0).await? } else { show(ctx, id).await? };
    Ok(Reply { settings_changed: true, ..reply }.with_notice(ctx.voice().label("saved", &[])))
}

/// Asks what a channel pays.
pub async fn ask_reward(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let found = channels::find(ctx.tenant, id).await?;
    dialog::put(ctx, &Dialog::ChannelReward(id)).await?;
    let mut message = voice.compose(&voice.say("panel-ask-reward", &[("title", &found.title)]), &[]);
    message.rows = vec![leave_row(&voice)];
    Ok(Reply::screen(message))
}

/// Takes the answer to that; 0 is no reward.
pub async fn take_reward(ctx: Ctx<'_>, id: i64, answer: Answer<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let amount = answer.text().and_then(|text| parse_amount(text).ok());
    let Some(amount) = amount else { return Ok(Reply::notice(voice.label("bad-amount", &[]))) };
    let reward = (!amount.is_zero()).then_some(amount);
    channels::change(ctx.tenant, &actor(ctx), id, Change::Reward(reward), ctx.now()).await?;
    panel::end_dialog(ctx.tenant, ctx.user.id).await?;
    let reply = show(ctx, id).await?;
    Ok(reply.with_notice(voice.label("saved", &[])))
}

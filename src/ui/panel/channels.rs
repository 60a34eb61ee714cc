//! The channels: listed, shown, changed, removed.

use super::dialog::{self, Dialog};
use super::{Answer, Panel, actor, button, leave_row};
use crate::domain::channel::Frequency;
use crate::domain::message::{Button, Style};
use crate::domain::money::parse_amount;
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

/// The channels, one per row; 📄 are the file's.
pub async fn list(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let page = Page::of(channels::all(ctx.tenant).await?, page, ctx.brand.page_size);
    let key = if page.rows.is_empty() { "panel-no-channels" } else { "panel-channels-list" };
    let mut message = voice.compose(&voice.say(key, &[]), &[]);
    let row = |c: &Channel| vec![view::button(marked(c), &Callback::Panel(Panel::Channel(c.id)))];
    message.rows = page.rows.iter().map(row).collect();
    message.rows.push(pager(&voice, &page, |page| Callback::Panel(Panel::Channels(page))));
    message.rows.push(vec![styled(button(&voice, "panel-channel-add", Panel::AddChannel), Style::Primary)]);
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
    let channel = channels::find(ctx.tenant, id).await?;
    let (pays, often) = (reward(&voice, channel.reward_amount), frequency(&voice, channel.frequency()));
    let required = voice.label(if channel.required { "yes" } else { "no" }, &[]);
    let title = marked(&channel);
    let args = [
        ("title", title.as_str()),
        ("where", channel.username_or_link.as_str()),
        ("reward", &pays),
        ("frequency", &often),
        ("required", &required),
    ];
    let mut message = voice.compose(&voice.say("panel-channel", &args), &[]);
    if channel.origin == "panel" {
        message.rows = actions(&voice, &channel);
    } else {
        message.text.push_str(&format!("\n\n{}", voice.label("from-file", &[])));
    }
    message.rows.push(vec![button(&voice, "button-back", Panel::Channels(0))]);
    Ok(Reply::screen(message))
}

fn actions(voice: &Voice<'_>, channel: &Channel) -> Vec<Vec<Button>> {
    let id = channel.id;
    let active = if channel.active { "panel-pause" } else { "panel-resume" };
    let required = if channel.required { "panel-optional" } else { "panel-required" };
    vec![
        vec![
            button(voice, "panel-reward", Panel::ChangeReward(id)),
            button(voice, "panel-frequency", Panel::AskFrequency(id)),
        ],
        vec![
            button(voice, active, Panel::SetActive(id, !channel.active)),
            button(voice, required, Panel::SetRequired(id, !channel.required)),
        ],
        vec![styled(button(voice, "panel-remove", Panel::AskRemove(id)), Style::Danger)],
    ]
}

/// The frequencies to choose from; `to` says what a choice leads to.
pub fn frequencies(voice: &Voice<'_>, to: impl Fn(Frequency) -> Panel) -> Vec<Vec<Button>> {
    let choice = |every: &Frequency| view::button(frequency(voice, *every), &Callback::Panel(to(*every)));
    FREQUENCIES.chunks(2).map(|row| row.iter().map(choice).collect()).collect()
}

/// Asks how often a channel pays.
pub async fn ask_frequency(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let channel = channels::find(ctx.tenant, id).await?;
    let mut message = voice.compose(&voice.say("panel-ask-frequency", &[("title", &channel.title)]), &[]);
    message.rows = frequencies(&voice, |every| Panel::SetFrequency(id, every));
    message.rows.push(vec![button(&voice, "button-back", Panel::Channel(id))]);
    Ok(Reply::screen(message))
}

/// Asks whether to remove a channel.
pub async fn ask_remove(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let channel = channels::find(ctx.tenant, id).await?;
    let mut message = voice.compose(&voice.say("panel-ask-remove", &[("title", &channel.title)]), &[]);
    message.rows = vec![
        vec![styled(button(&voice, "panel-remove-yes", Panel::Remove(id)), Style::Danger)],
        vec![button(&voice, "button-back", Panel::Channel(id))],
    ];
    Ok(Reply::screen(message))
}

/// Carries a change out and shows how it stands.
pub async fn change(ctx: Ctx<'_>, id: i64, pressed: Panel) -> ServiceResult<Reply> {
    let change = match pressed {
        Panel::SetActive(_, active) => Change::Active(active),
        Panel::SetRequired(_, required) => Change::Required(required),
        Panel::SetFrequency(_, every) => Change::Frequency(every),
        _ => Change::Remove,
    };
    channels::change(ctx.tenant, &actor(ctx), id, change, ctx.now()).await?;
    let reply = if change == Change::Remove { list(ctx, 0).await? } else { show(ctx, id).await? };
    Ok(Reply { settings_changed: true, ..reply }.with_notice(ctx.voice().label("saved", &[])))
}

/// Asks what a channel pays.
pub async fn ask_reward(ctx: Ctx<'_>, id: i64) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let channel = channels::find(ctx.tenant, id).await?;
    dialog::put(ctx, &Dialog::ChannelReward(id)).await?;
    let mut message = voice.compose(&voice.say("panel-ask-reward", &[("title", &channel.title)]), &[]);
    message.rows = vec![leave_row(&voice)];
    Ok(Reply::screen(message))
}

/// Takes the answer to that; 0 is no reward.
pub async fn take_reward(ctx: Ctx<'_>, id: i64, answer: Answer<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let amount = match answer {
        Answer::Text(text) => parse_amount(text).ok(),
        Answer::Channel(_) => None,
    };
    let Some(amount) = amount else { return Ok(Reply::notice(voice.label("bad-amount", &[]))) };
    let reward = (!amount.is_zero()).then_some(amount);
    channels::change(ctx.tenant, &actor(ctx), id, Change::Reward(reward), ctx.now()).await?;
    panel::end_dialog(ctx.tenant, ctx.user.id).await?;
    let reply = show(ctx, id).await?;
    Ok(reply.with_notice(voice.label("saved", &[])))
}

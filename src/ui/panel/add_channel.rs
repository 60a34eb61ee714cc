//! The dialog that adds a channel: which one, its link, what it pays, how often, whether it is
//! forced; then a summary, and only then is anything saved.

use super::channels::{frequencies, frequency, nth_frequency, reward, typed_frequency};
use super::dialog::{self, Dialog};
use super::{Answer, Panel, actor, button, leave_row};
use crate::domain::channel::{ChannelRef, Frequency, is_invite_link, is_username};
use crate::domain::message::{Picker, Style, Wanted};
use crate::domain::money::parse_amount;
use crate::service::channels::{self, NewChannel};
use crate::service::{ServiceResult, panel};
use crate::ui::outside::{FoundChannel, NoChannel};
use crate::ui::view::{self, styled};
use crate::ui::{Callback, Ctx, Reply};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What was collected so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    chat_id: Option<i64>,
    title: String,
    username_or_link: Option<String>,
    /// Zero is "no reward".
    reward: Option<Decimal>,
    /// The word and the number of the database.
    frequency: Option<(String, u32)>,
    required: Option<bool>,
}

/// Asks which channel: by name, by a forwarded post, or picked on a keyboard.
pub async fn begin(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    dialog::put(ctx, &Dialog::AddChannel(Draft::default())).await?;
    let mut message = voice.compose(&voice.say("panel-ask-channel", &[]), &[]);
    message.rows = vec![leave_row(&voice)];
    let mut picking = voice.compose(&voice.say("panel-pick-hint", &[]), &[]);
    picking.picker = Some(Picker { label: voice.label("panel-pick", &[]), wanted: Wanted::Channel });
    Ok(Reply { also: Some(picking), ..Reply::screen(message) })
}

/// Takes an answer; a wrong one is told at once and changes nothing.
pub async fn take(ctx: Ctx<'_>, draft: Draft, answer: Answer<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    if draft.chat_id.is_none() {
        return take_channel(ctx, draft, answer).await;
    }
    let Answer::Text(text) = answer else { return next(ctx, draft).await };
    if draft.username_or_link.is_none() {
        let link = text.trim();
        if !is_invite_link(link) {
            return Ok(Reply::notice(voice.label("bad-link", &[])));
        }
        return next(ctx, Draft { username_or_link: Some(link.to_owned()), ..draft }).await;
    }
    if draft.reward.is_none() {
        return match parse_amount(text) {
            Ok(amount) => next(ctx, Draft { reward: Some(amount), ..draft }).await,
            Err(_) => Ok(Reply::notice(voice.label("bad-amount", &[]))),
        };
    }
    if missing(&draft) == Missing::Frequency {
        let Some(every) = typed_frequency(answer) else { return Ok(Reply::notice(voice.label("bad-frequency", &[]))) };
        let (word, every) = every.parts();
        return next(ctx, Draft { frequency: Some((word.to_owned(), every)), ..draft }).await;
    }
    // The rest is chosen by buttons: they are shown again.
    next(ctx, draft).await
}

/// Finds the channel and makes sure that the bot sees its members.
async fn take_channel(ctx: Ctx<'_>, draft: Draft, answer: Answer<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let wanted = match answer.channel() {
        Some(id) => ChannelRef { chat_id: Some(id), username: None },
        None => {
            let text = answer.text().unwrap_or_default();
            let name = text.trim().trim_start_matches("https://t.me/").trim_start_matches('@');
            let name = format!("@{name}");
            if !is_username(&name) {
                return Ok(Reply::notice(voice.label("bad-channel", &[])));
            }
            ChannelRef::of(None, &name)
        }
    };
    match ctx.outside.find_channel(&wanted).await {
        Ok(FoundChannel { chat_id, title, username }) => {
            let username_or_link = username.map(|name| format!("@{}", name.to_lowercase()));
            next(ctx, Draft { chat_id: Some(chat_id), title, username_or_link, ..draft }).await
        }
        Err(NoChannel::NotFound) => Ok(Reply::notice(voice.label("channel-not-found", &[]))),
        Err(NoChannel::NoRights) => Ok(Reply::notice(voice.label("channel-no-rights", &[]))),
        Err(NoChannel::Unknown) => Ok(Reply::notice(voice.label("busy", &[]))),
    }
}

/// Takes the n-th choice of those that the present question offers.
pub async fn choose(ctx: Ctx<'_>, draft: Draft, choice: u8) -> ServiceResult<Reply> {
    let chosen = match missing(&draft) {
        Missing::Reward if choice == 0 => Draft { reward: Some(ctx.brand.standard_reward), ..draft },
        Missing::Reward => Draft { reward: Some(Decimal::ZERO), ..draft },
        Missing::Frequency => {
            let (word, every) = nth_frequency(choice.into()).parts();
            Draft { frequency: Some((word.to_owned(), every)), ..draft }
        }
        Missing::Required => Draft { required: Some(choice == 0), ..draft },
        Missing::Channel | Missing::Link | Missing::Nothing => draft,
    };
    next(ctx, chosen).await
}

/// What is still to be asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    Channel,
    Link,
    Reward,
    Frequency,
    Required,
    Nothing,
}

fn missing(draft: &Draft) -> Missing {
    if draft.chat_id.is_none() {
        Missing::Channel
    } else if draft.username_or_link.is_none() {
        Missing::Link
    } else if draft.reward.is_none() {
        Missing::Reward
    } else if draft.frequency.is_none() && pays(draft).is_some() {
        Missing::Frequency
    } else if draft.required.is_none() {
        Missing::Required
    } else {
        Missing::Nothing
    }
}

/// Stores the draft and asks for what is still missing.
async fn next(ctx: Ctx<'_>, draft: Draft) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let tag = dialog::put(ctx, &Dialog::AddChannel(draft.clone())).await?;
    let title = [("title", draft.title.as_str())];
    let choice = |key, n| button(&voice, key, Panel::Choose(n, tag));
    let (text, rows) = match missing(&draft) {
        Missing::Channel => (voice.say("panel-ask-channel", &[]), Vec::new()),
        Missing::Link => (voice.say("panel-ask-link", &title), Vec::new()),
        Missing::Reward => {
            let amount = voice.amount(ctx.brand.standard_reward);
            let standard = voice.label("panel-standard-reward", &[("amount", &amount)]);
            let standard = view::button(standard, &Callback::Panel(Panel::Choose(0, tag)));
            (voice.say("panel-ask-reward", &title), vec![vec![standard, choice("reward-none", 1)]])
        }
        Missing::Frequency => {
            (voice.say("panel-ask-frequency", &title), frequencies(&voice, |n| Panel::Choose(n, tag)))
        }
        Missing::Required => {
            let rows = vec![vec![choice("panel-required", 0), choice("panel-optional", 1)]];
            (voice.say("panel-ask-required", &title), rows)
        }
        Missing::Nothing => {
            let save = styled(button(&voice, "button-save", Panel::Save(tag)), Style::Primary);
            (summary(ctx, &draft), vec![vec![save]])
        }
    };
    let mut message = voice.compose(&text, &[]);
    message.rows = rows;
    message.rows.push(leave_row(&voice));
    Ok(Reply::screen(message))
}

/// What joining will pay, if anything.
fn pays(draft: &Draft) -> Option<Decimal> {
    draft.reward.filter(|amount| !amount.is_zero())
}

fn often(draft: &Draft) -> Frequency {
    let every = |(word, every): &(String, u32)| Frequency::of(word, every.cast_signed());
    draft.frequency.as_ref().map_or(Frequency::Once, every)
}

fn summary(ctx: Ctx<'_>, draft: &Draft) -> String {
    let voice = ctx.voice();
    let (pays, every) = (reward(&voice, pays(draft)), frequency(&voice, often(draft)));
    let required = voice.label(if draft.required == Some(true) { "yes" } else { "no" }, &[]);
    let place = draft.username_or_link.as_deref().unwrap_or_default();
    let args = [
        ("title", draft.title.as_str()),
        ("where", place),
        ("reward", pays.as_str()),
        ("frequency", every.as_str()),
        ("required", required.as_str()),
    ];
    voice.say("panel-channel", &args)
}

/// Saves what was collected.
pub async fn save(ctx: Ctx<'_>, draft: Draft) -> ServiceResult<Reply> {
    let (Some(username_or_link), Some(required)) = (draft.username_or_link.clone(), draft.required) else {
        return next(ctx, draft).await;
    };
    let (frequency, every) = often(&draft).parts();
    let channel = NewChannel {
        chat_id: draft.chat_id,
        title: draft.title.clone(),
        username_or_link,
        required,
        active: true,
        reward_amount: pays(&draft),
        frequency,
        every: every.cast_signed(),
        origin: "panel",
        removed_at: None,
    };
    let added = channels::add(ctx.tenant, &actor(ctx), &channel, ctx.now()).await;
    panel::end_dialog(ctx.tenant, ctx.user.id).await?;
    added?;
    let list = super::channels::list(ctx, 0).await?;
    Ok(Reply { settings_changed: true, ..list }.with_notice(ctx.voice().label("saved", &[])))
}

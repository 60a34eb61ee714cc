//! Channels: free credit for joining them, and those that must be joined first.

use crate::domain::channel::{Membership, join_link};
use crate::domain::message::{Button, ButtonAction, Message, Style, TEXT_LIMIT, cut};
use crate::service::channels::{self, Channel, Reward};
use crate::service::{ServiceResult, Tenant};
use crate::ui::brand::Voice;
use crate::ui::outside::Age;
use crate::ui::view::{home_row, named, styled};
use crate::ui::{Callback, Ctx, Reply};
use futures_util::StreamExt;

/// Channels asked about at once for one press.
const AT_ONCE: usize = 4;

/// The channels that pay, each with its join button.
pub async fn show(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    let rewards = channels::rewards(ctx.tenant, ctx.user.id, ctx.now()).await?;
    Ok(Reply::screen(free_credit(ctx, &rewards)))
}

fn free_credit(ctx: Ctx<'_>, rewards: &[Reward]) -> Message {
    let voice = ctx.voice();
    if rewards.is_empty() {
        let mut message = voice.compose(&voice.say("no-rewards", &[]), &[]);
        message.rows = vec![home_row(&voice)];
        return message;
    }
    let mut text = voice.say("free-credit", &[]);
    for reward in rewards {
        text.push_str(&format!("\n{}", line(ctx, &voice, reward)));
    }
    let mut message = voice.compose(&text, &[]);
    message.rows = rewards.iter().map(|r| vec![join(&voice, &r.channel)]).collect();
    message.rows.push(vec![styled(named(&voice, "button-verify", &Callback::Verify), Style::Primary)]);
    message.rows.push(home_row(&voice));
    message
}

fn line(ctx: Ctx<'_>, voice: &Voice<'_>, reward: &Reward) -> String {
    let amount = voice.amount(reward.amount);
    let args = [("channel", reward.channel.title.as_str()), ("amount", amount.as_str())];
    match reward.due_at {
        _ if reward.is_spent => voice.say("reward-spent", &args),
        Some(at) => voice.say("reward-later", &[args[0], args[1], ("wait", &voice.span(at - ctx.now()))]),
        None => voice.say("reward-due", &args),
    }
}

/// A button that opens a channel.
fn join(voice: &Voice<'_>, channel: &Channel) -> Button {
    let label = voice.label("button-join", &[("channel", &channel.title)]);
    Button { label, action: ButtonAction::Url(join_link(&channel.username_or_link)), style: Style::Plain }
}

/// Asks Telegram anew about every channel, and pays what is due.
pub async fn verify(ctx: Ctx<'_>) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let rewards = channels::rewards(ctx.tenant, ctx.user.id, ctx.now()).await?;
    let asked: Vec<&Channel> = rewards.iter().map(|r| &r.channel).collect();
    let found = memberships(ctx, &asked, Age::Fresh).await;
    let of = |wanted| rewards.iter().zip(&found).filter(move |(_, m)| **m == wanted).map(|(r, _)| r);
    let missing: Vec<&str> = of(Membership::NotMember).map(|r| r.channel.title.as_str()).collect();
    let joined: Vec<i64> = of(Membership::Member).filter(|r| r.is_due()).map(|r| r.channel.id).collect();
    let unknown = of(Membership::Unknown).next().is_some();
    let unseen = of(Membership::NoRights).next().is_some();
    // Unless each channel pays by itself, one that is missing or cannot be seen now stops all.
    let pays = ctx.brand.rewards_each || (missing.is_empty() && !unknown);
    let awarded = if pays && !joined.is_empty() {
        channels::award(ctx.tenant, ctx.user.id, &joined, ctx.now()).await?
    } else {
        channels::Awarded::default()
    };
    let notice = if !awarded.amount.is_zero() {
        let (amount, balance) = (voice.amount(awarded.amount), voice.amount(awarded.balance));
        voice.label("reward", &[("amount", &amount), ("balance", &balance)])
    } else if !missing.is_empty() {
        voice.label("not-joined", &[("channels", &missing.join(voice.comma()))])
    } else if unknown || unseen {
        voice.label("membership-unknown", &[])
    } else {
        voice.label("nothing-due", &[])
    };
    let message = outcome(ctx, &voice, &notice, !awarded.amount.is_zero()).await?;
    Ok(Reply { money_came: !awarded.amount.is_zero(), ..Reply::screen(message).with_notice(notice) })
}

/// The list again, under what came of the check.
async fn outcome(ctx: Ctx<'_>, voice: &Voice<'_>, notice: &str, paid: bool) -> ServiceResult<Message> {
    let rewards = channels::rewards(ctx.tenant, ctx.user.id, ctx.now()).await?;
    let message = free_credit(ctx, &rewards);
    let mark = if paid { "🎉 " } else { "" };
    let text = cut(&format!("{mark}{notice}\n\n{}", message.text), TEXT_LIMIT).to_owned();
    let rows = if paid {
        vec![vec![named(voice, "button-balance", &Callback::Balance(0))], home_row(voice)]
    } else {
        message.rows
    };
    Ok(Message { text, rows, ..message })
}

async fn memberships(ctx: Ctx<'_>, channels: &[&Channel], age: Age) -> Vec<Membership> {
    let asks: Vec<_> = channels.iter().map(|c| ctx.outside.membership(c, ctx.user.telegram_id, age)).collect();
    futures_util::stream::iter(asks).buffered(AT_ONCE).collect().await
}

/// The forced channels: what somebody sees who has not joined them all, or `None`.
pub async fn forced(ctx: Ctx<'_>, says_joined: bool) -> Option<Reply> {
    if ctx.brand.forced.is_empty() {
        return None;
    }
    let asked: Vec<&Channel> = ctx.brand.forced.iter().collect();
    let age = if says_joined { Age::Recent } else { Age::Remembered };
    let found = memberships(ctx, &asked, age).await;
    let is_shut = |m: Membership| match m {
        Membership::Member => false,
        Membership::NotMember => true,
        // A channel whose members cannot be seen must not lock everybody out.
        Membership::Unknown | Membership::NoRights => !ctx.brand.unknown_passes,
    };
    let missing: Vec<&Channel> = asked.into_iter().zip(found).filter(|(_, m)| is_shut(*m)).map(|(c, _)| c).collect();
    (!missing.is_empty()).then(|| gate(ctx, &missing, says_joined))
}

fn gate(ctx: Ctx<'_>, missing: &[&Channel], pressed: bool) -> Reply {
    let voice = ctx.voice();
    let mut message = voice.compose(&voice.say("forced-channels", &[("brand", &ctx.brand.name)]), &[]);
    message.rows = missing.iter().map(|c| vec![join(&voice, c)]).collect();
    message.rows.push(vec![styled(named(&voice, "button-verify", &Callback::Enter), Style::Primary)]);
    let titles: Vec<&str> = missing.iter().map(|c| c.title.as_str()).collect();
    // A screen that shows a number stays.
    let reply = Reply { beside: true, ..Reply::screen(message) };
    if pressed {
        return reply.with_notice(voice.label("not-joined", &[("channels", &titles.join(voice.comma()))]));
    }
    reply
}

/// The channels that must be joined, for a bot's definition in force.
pub async fn forced_of(tenant: &Tenant) -> ServiceResult<Vec<Channel>> {
    Ok(channels::all(tenant).await?.into_iter().filter(|c| c.active && c.required).collect())
}

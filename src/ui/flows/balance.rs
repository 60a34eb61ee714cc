//! The user's money and its movements.

use crate::service::{ServiceResult, browse};
use crate::ui::view::{home_row, named, pager};
use crate::ui::{Callback, Ctx, Reply};

/// Balance, hold, and a page of movements.
pub async fn show(ctx: Ctx<'_>, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let (funds, entries) = browse::balance(ctx.tenant, ctx.user.id, page, ctx.brand.page_size).await?;
    let (balance, held) = (voice.amount(funds.balance), voice.amount(funds.held));
    let mut text = voice.say("balance", &[("balance", &balance), ("held", &held)]);
    if entries.rows.is_empty() {
        text.push_str(&format!("\n\n{}", voice.say("no-transactions", &[])));
    }
    for entry in &entries.rows {
        let (amount, date) = (voice.amount(entry.amount), voice.moment(entry.created_at));
        let key = if entry.kind == "purchase" && entry.reason == "change" { "change" } else { &entry.kind };
        let line = voice.say(&format!("entry-{key}"), &[("amount", &amount), ("date", &date)]);
        text.push_str(&format!("\n{line}"));
    }
    let mut message = voice.compose(&text, &[]);
    message.rows = vec![
        pager(&voice, &entries, Callback::Balance),
        vec![named(&voice, "button-history", &Callback::History(0))],
        home_row(&voice),
    ];
    Ok(Reply::screen(message))
}

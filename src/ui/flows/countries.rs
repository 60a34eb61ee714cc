//! A service's countries.

use crate::service::{ServiceResult, browse};
use crate::ui::brand::Voice;
use crate::ui::view::{button, named, pager};
use crate::ui::{Callback, Ctx, Reply};

/// The countries with price and stock.
pub async fn show(ctx: Ctx<'_>, service_id: i64, page: u32) -> ServiceResult<Reply> {
    let voice = ctx.voice();
    let found = browse::countries(ctx.tenant, service_id, page, ctx.brand.page_size, ctx.now()).await?;
    let service = format!("{} {}", found.emoji, found.service);
    let sentence = voice.say("choose-country", &[("service", service.trim())]);
    let mut message = voice.compose(&sentence, &[]);
    message.rows = found.countries.rows.iter().map(|c| vec![country(&voice, c)]).collect();
    message.rows.push(pager(&voice, &found.countries, |page| Callback::Service(service_id, page)));
    message.rows.push(vec![named(&voice, "button-back", &Callback::Home(0))]);
    Ok(Reply::screen(message))
}

fn country(voice: &Voice<'_>, country: &browse::Country) -> crate::domain::message::Button {
    let (price, free) = (voice.amount(country.price), voice.free(country.free));
    let label = voice.label(
        "country-button",
        &[
            ("flag", &country.flag),
            ("country", &country.name),
            ("code", &country.calling_code),
            ("price", &price),
            ("free", &free),
        ],
    );
    button(label.trim().to_owned(), &Callback::Country(country.id))
}

//! What can be known before a form is saved: whom or what it is about, and that an answer will not do.

use super::super::{create_bot, services, source};
use super::Form;
use super::fields::{Field, Kind};
use crate::domain::adapter::Adapter;
use crate::domain::money::parse_amount;
use crate::service::shop::ServiceChange;
use crate::service::{Refusal, ServiceError, ServiceResult, customers, numbers, providers, shop};
use crate::ui::{Ctx, refusal};

/// Why an answer that reads well will not do.
pub async fn refusal(ctx: Ctx<'_>, form: &Form, field: &Field, kept: &str) -> ServiceResult<Option<String>> {
    if form.only.is_some() {
        return Ok(None);
    }
    let checked = match (form.kind, field.key) {
        (Kind::Service, "service-name") if !services::is_allowed(ctx, kept) => Err(Refusal::OutsideList.into()),
        (Kind::Service, "service-name") => {
            let change = ServiceChange { name: Some(kept.to_owned()), ..ServiceChange::default() };
            shop::may_be_called(ctx.tenant, &change).await
        }
        (Kind::Service, "aliases") => {
            let aliases = Some(services::aliases(Some(kept.to_owned())));
            shop::may_be_called(ctx.tenant, &ServiceChange { aliases, ..ServiceChange::default() }).await
        }
        (Kind::Country, "country-name") => shop::may_have_country(ctx.tenant, form.of, kept).await,
        (_, "provider-name") => free(providers::is_named(ctx.tenant, kept).await?),
        (Kind::Number, "number") => numbers::may_be_added(ctx.tenant, form.of, kept).await,
        (Kind::Debit, "movement") => covered(ctx, form.of, kept).await,
        (Kind::Appoint, _) => match customers::search(ctx.tenant, kept).await {
            Err(ServiceError::Refused(Refusal::NotFound)) => return Ok(Some(ctx.voice().label("user-unknown", &[]))),
            found => found.map(|_| ()),
        },
        _ => Ok(()),
    };
    match checked {
        Ok(()) => Ok(None),
        Err(ServiceError::Refused(refused)) => Ok(Some(refusal::sentence(&ctx.voice(), &refused))),
        Err(error) => Err(error),
    }
}

fn free(is_taken: bool) -> ServiceResult<()> {
    if is_taken { Err(Refusal::Exists.into()) } else { Ok(()) }
}

/// Whether so much can be taken from a user.
async fn covered(ctx: Ctx<'_>, id: i64, amount: &str) -> ServiceResult<()> {
    let funds = customers::find(ctx.tenant, id).await?.funds;
    let free = funds.balance - funds.held;
    match parse_amount(amount) {
        Ok(amount) if amount > free => Err(Refusal::TooMuch { free }.into()),
        _ => Ok(()),
    }
}

/// The kind of source that a form is about.
pub async fn adapter(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Option<Adapter>> {
    if form.kind != Kind::PostingProvider {
        return Ok(None);
    }
    let name = match form.only {
        None => form.answer(1),
        Some(_) => Some(providers::find(ctx.tenant, form.of).await?.0.adapter),
    };
    Ok(name.and_then(|name| Adapter::named(&name)))
}

/// Whom or what a form is about, where its questions do not say it.
pub async fn about(ctx: Ctx<'_>, form: &Form) -> ServiceResult<Option<String>> {
    let voice = ctx.voice();
    Ok(match form.kind {
        Kind::Credit | Kind::Debit | Kind::Letter => {
            let customer = customers::find(ctx.tenant, form.of).await?;
            let name = customer.username.as_ref().map_or(customer.first_name, |name| format!("@{name}"));
            let (id, balance) = (customer.telegram_id.to_string(), voice.amount(customer.funds.balance));
            let key = match form.kind {
                Kind::Credit => "about-credit",
                Kind::Debit => "about-debit",
                _ => "about-user",
            };
            Some(voice.say(key, &[("name", &name), ("id", &id), ("balance", &balance)]))
        }
        Kind::Country if form.only.is_none() => {
            Some(format!("🧩 {}", shop::service(ctx.tenant, form.of, ctx.now()).await?.0.name))
        }
        Kind::Number => {
            let (country, service, _) = shop::country(ctx.tenant, form.of, ctx.now()).await?;
            Some(format!("🧩 {} · {} {}", service.name, country.flag, country.country_name))
        }
        Kind::CreateBot => create_bot::find(ctx, form.of).await?.as_ref().map(create_bot::name),
        Kind::SourceLines | Kind::SourceFields => Some(source::about(ctx, form).await?),
        Kind::ServiceWords => Some(services::about_words(ctx, form.of).await?),
        _ => None,
    })
}

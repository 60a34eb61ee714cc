//! Reserving a number, changing it, giving it back.

use super::{Refusal, ServiceError, ServiceResult, Tenant};
use crate::db::numbers::Wanted;
use crate::db::rentals::NewRental;
use crate::db::{TenantTx, catalog, numbers, rentals, retry, users};
use crate::domain::rental::RentalRules;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

pub use crate::db::rentals::Rental;

/// A user asks for a number.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who.
    pub user_id: i64,
    /// In which country of which service.
    pub country_id: i64,
    /// The price that the offer showed.
    pub price: Decimal,
    /// Names the press: a repetition finds the rental it made.
    pub request_key: String,
}

/// Reserves a free number and holds its price, or says why not.
pub async fn reserve(
    tenant: &Tenant,
    rules: &RentalRules,
    request: &Request,
    now: DateTime<Utc>,
) -> ServiceResult<Rental> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let made = reserve_in(&mut tx, rules, request, now).await;
        tx.finish(made).await
    })
    .await
}

async fn reserve_in(
    tx: &mut TenantTx,
    rules: &RentalRules,
    request: &Request,
    now: DateTime<Utc>,
) -> ServiceResult<Rental> {
    if let Some(made) = rentals::by_request(tx, request.user_id, &request.request_key).await? {
        return view(tx, made, request.user_id).await;
    }
    let (service_id, base_price) = catalog::terms(tx, request.country_id).await?.ok_or(Refusal::NotAvailable)?;
    let wanted = Wanted {
        user_id: request.user_id,
        country_id: request.country_id,
        base_price,
        price: request.price,
        now,
        expires_at: now + rules.time_limit,
        not_since: now - rules.same_user_pause,
    };
    let Some((number_id, phone_number)) = numbers::pick(tx, &wanted).await? else {
        return Err(why_none(tx, request, now).await?.into());
    };
    hold(tx, request.user_id, request.price).await?;
    let new = NewRental {
        user_id: request.user_id,
        service_id,
        country_id: request.country_id,
        number_id,
        phone_number,
        price: request.price,
        held: request.price,
        request_key: request.request_key.clone(),
        created_at: now,
        expires_at: wanted.expires_at,
    };
    let id = rentals::insert(tx, new).await?.ok_or(Refusal::NoStock)?;
    view(tx, id, request.user_id).await
}

/// No number at the price that was shown: there are none, or they cost something else now.
async fn why_none(tx: &mut TenantTx, request: &Request, now: DateTime<Utc>) -> ServiceResult<Refusal> {
    let offer = catalog::offer(tx, request.country_id, now).await?;
    let moved = offer.and_then(|o| o.next_price).is_some_and(|next| next != request.price);
    Ok(if moved { Refusal::PriceChanged } else { Refusal::NoStock })
}

async fn hold(tx: &mut TenantTx, user_id: i64, price: Decimal) -> ServiceResult<()> {
    if users::hold(tx, user_id, price).await? {
        return Ok(());
    }
    let free = users::funds(tx, user_id).await?.free();
    Err(Refusal::Short { missing: price - free }.into())
}

async fn view(tx: &mut TenantTx, id: i64, user_id: i64) -> ServiceResult<Rental> {
    Ok(rentals::view(tx, id, user_id).await?.ok_or(Refusal::NotFound)?)
}

/// Gives a number back and reserves another of the same service, country and price. When there is
/// none, the present rental stays as it is.
pub async fn change(
    tenant: &Tenant,
    rules: &RentalRules,
    user_id: i64,
    rental_id: i64,
    request_key: &str,
    now: DateTime<Utc>,
) -> ServiceResult<Rental> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let changed = change_in(&mut tx, rules, user_id, rental_id, request_key, now).await;
        tx.finish(changed).await
    })
    .await
}

async fn change_in(
    tx: &mut TenantTx,
    rules: &RentalRules,
    user_id: i64,
    rental_id: i64,
    request_key: &str,
    now: DateTime<Utc>,
) -> ServiceResult<Rental> {
    if let Some(made) = rentals::by_request(tx, user_id, request_key).await? {
        return view(tx, made, user_id).await;
    }
    let present = view(tx, rental_id, user_id).await?;
    end(tx, &present, user_id, rules, now).await?;
    let request =
        Request { user_id, country_id: present.country_id, price: present.price, request_key: request_key.to_owned() };
    match reserve_in(tx, rules, &request, now).await {
        Err(ServiceError::Refused(Refusal::NoStock | Refusal::PriceChanged)) => Err(Refusal::NoOtherNumber.into()),
        other => other,
    }
}

/// Gives a number back.
pub async fn cancel(
    tenant: &Tenant,
    rules: &RentalRules,
    user_id: i64,
    rental_id: i64,
    now: DateTime<Utc>,
) -> ServiceResult<Rental> {
    retry(async || {
        let mut tx = tenant.begin().await?;
        let canceled = async {
            let present = view(&mut tx, rental_id, user_id).await?;
            end(&mut tx, &present, user_id, rules, now).await?;
            Ok(present)
        };
        let canceled = canceled.await;
        tx.finish(canceled).await
    })
    .await
}

async fn end(
    tx: &mut TenantTx,
    rental: &Rental,
    user_id: i64,
    rules: &RentalRules,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let ended = rentals::end(tx, rental.id, "canceled", now, now + rules.cooldown).await?.ok_or(Refusal::Ended)?;
    users::release(tx, user_id, ended.held).await?;
    numbers::give_back(tx, ended.number_id, now + rules.cooldown).await?;
    Ok(())
}

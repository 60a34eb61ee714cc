//! Reserving a number, changing it, giving it back.

use super::{Policy, Refusal, ServiceError, ServiceResult, Tenant, alerts};
use crate::db::ledger::{self, Movement};
use crate::db::numbers::Wanted;
use crate::db::rentals::NewRental;
use crate::db::{TenantTx, catalog, numbers, rentals, users};
use crate::meter;
use chrono::{DateTime, TimeDelta, Utc};
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

/// A rental that is to be made, and what it follows.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub user_id: i64,
    pub country_id: i64,
    pub price: Decimal,
    pub request_key: String,
    /// Numbers changed before.
    pub changes: i32,
    /// The expired rental in whose place it comes.
    pub replaces: Option<i64>,
}

/// Reserves a free number and holds its price, or says why not.
pub async fn reserve(tenant: &Tenant, policy: &Policy, request: &Request, now: DateTime<Utc>) -> ServiceResult<Rental> {
    let reserved = transact!(tenant, |tx| reserve_in(tx, policy, request, now).await)?;
    meter::rentals(tenant.slug().as_str(), "reserved", 1);
    Ok(reserved)
}

async fn reserve_in(
    tx: &mut TenantTx,
    policy: &Policy,
    request: &Request,
    now: DateTime<Utc>,
) -> ServiceResult<Rental> {
    let Request { user_id, country_id, price, request_key } = request.clone();
    if let Some(made) = rentals::by_request(tx, user_id, &request_key).await? {
        return view(tx, made, user_id).await;
    }
    let wish = Wish { user_id, country_id, price, request_key, changes: 0, replaces: None };
    let id = make(tx, policy, &wish, now).await?;
    view(tx, id, user_id).await
}

/// Makes a rental. The hold comes first: it locks the user, so that two reservations of one user
/// cannot count the same open rentals.
pub(super) async fn make(tx: &mut TenantTx, policy: &Policy, wish: &Wish, now: DateTime<Utc>) -> ServiceResult<i64> {
    let rules = &policy.rules;
    let (service_id, base_price) = catalog::terms(tx, wish.country_id).await?.ok_or(Refusal::NotAvailable)?;
    let held = rules.hold(wish.price);
    hold(tx, wish.user_id, held).await?;
    if rentals::open_count(tx, wish.user_id).await? >= i64::from(rules.open_at_once) {
        return Err(Refusal::TooManyOpen { limit: rules.open_at_once }.into());
    }
    let expires_at = now + rules.time_limit;
    let wanted = Wanted {
        user_id: wish.user_id,
        country_id: wish.country_id,
        base_price,
        price: wish.price,
        now,
        expires_at,
        not_since: now - rules.same_user_pause,
    };
    let Some((number_id, phone_number)) = numbers::pick(tx, &wanted).await? else {
        return Err(why_none(tx, wish, now).await?.into());
    };
    let new = NewRental {
        user_id: wish.user_id,
        service_id,
        country_id: wish.country_id,
        number_id,
        phone_number,
        price: wish.price,
        held,
        request_key: wish.request_key.clone(),
        created_at: now,
        expires_at,
        changes: wish.changes,
        replaces: wish.replaces,
    };
    let id = rentals::insert(tx, new).await?.ok_or(Refusal::NoStock)?;
    alerts::check_stock(tx, policy, wish.country_id, now).await?;
    Ok(id)
}

/// No number at the price that was shown: there are none, or they cost something else now.
async fn why_none(tx: &mut TenantTx, wish: &Wish, now: DateTime<Utc>) -> ServiceResult<Refusal> {
    let offer = catalog::offer(tx, wish.country_id, now).await?;
    let moved = offer.and_then(|o| o.next_price).is_some_and(|next| next != wish.price);
    Ok(if moved { Refusal::PriceChanged } else { Refusal::NoStock })
}

async fn hold(tx: &mut TenantTx, user_id: i64, price: Decimal) -> ServiceResult<()> {
    if users::hold(tx, user_id, price).await? {
        return Ok(());
    }
    let free = users::funds(tx, user_id).await?.free();
    Err(Refusal::Short { missing: price - free }.into())
}

pub(super) async fn view(tx: &mut TenantTx, id: i64, user_id: i64) -> ServiceResult<Rental> {
    Ok(rentals::view(tx, id, user_id).await?.ok_or(Refusal::NotFound)?)
}

/// Gives a number back and reserves another of the same service, country and price. When there is
/// none, the present rental stays as it is.
pub async fn change(
    tenant: &Tenant,
    policy: &Policy,
    user_id: i64,
    rental_id: i64,
    shown_fee: Decimal,
    now: DateTime<Utc>,
) -> ServiceResult<Rental> {
    let changed = transact!(tenant, |tx| change_in(tx, policy, user_id, rental_id, shown_fee, now).await)?;
    meter::rentals(tenant.slug().as_str(), "changed", 1);
    Ok(changed)
}

async fn change_in(
    tx: &mut TenantTx,
    policy: &Policy,
    user_id: i64,
    rental_id: i64,
    shown_fee: Decimal,
    now: DateTime<Utc>,
) -> ServiceResult<Rental> {
    let request_key = format!("change:{rental_id}");
    if let Some(made) = rentals::by_request(tx, user_id, &request_key).await? {
        return view(tx, made, user_id).await;
    }
    let present = view(tx, rental_id, user_id).await?;
    end(tx, &present, user_id, policy, now).await?;
    // Only what the button showed is taken.
    if policy.rules.fee_after(present.changes.unsigned_abs()) != shown_fee {
        return Err(Refusal::PriceChanged.into());
    }
    check_pace(tx, policy, user_id, now).await?;
    let Rental { country_id, price, changes, .. } = present;
    let wish = Wish { user_id, country_id, price, request_key, changes: changes + 1, replaces: None };
    let id = match make(tx, policy, &wish, now).await {
        Err(ServiceError::Refused(Refusal::NoStock | Refusal::PriceChanged)) => Err(Refusal::NoOtherNumber.into()),
        other => other,
    }?;
    take_fee(tx, shown_fee, user_id, &present, id, now).await?;
    view(tx, id, user_id).await
}

/// Numbers changed within this time are counted.
const PACE: TimeDelta = TimeDelta::hours(1);

/// Refuses when the user changed too many numbers lately. The user's row is locked by now.
async fn check_pace(tx: &mut TenantTx, policy: &Policy, user_id: i64, now: DateTime<Utc>) -> ServiceResult<()> {
    let (changes, first) = rentals::changes_since(tx, user_id, now - PACE).await?;
    if changes < i64::from(policy.rules.changes_per_hour) {
        return Ok(());
    }
    let wait = first.map_or(PACE, |first| first + PACE - now);
    Err(Refusal::TooFast { seconds: wait.num_seconds().max(1) }.into())
}

/// Takes the fee of a change, if this one costs something.
async fn take_fee(
    tx: &mut TenantTx,
    fee: Decimal,
    user_id: i64,
    before: &Rental,
    id: i64,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    if fee.is_zero() {
        return Ok(());
    }
    let number = rentals::number_of(tx, id).await?;
    let movement = Movement {
        user_id,
        kind: "purchase",
        amount: -fee,
        released: Decimal::ZERO,
        reason: "change".to_owned(),
        actor: "farm".to_owned(),
        bought: Some((before.service_id, number, id)),
        request_key: None,
    };
    if ledger::record(tx, movement, now).await?.is_some() {
        return Ok(());
    }
    let free = users::funds(tx, user_id).await?.free();
    Err(Refusal::Short { missing: fee - free }.into())
}

/// Gives a number back.
pub async fn cancel(
    tenant: &Tenant,
    policy: &Policy,
    user_id: i64,
    rental_id: i64,
    now: DateTime<Utc>,
) -> ServiceResult<Rental> {
    let canceled = transact!(tenant, |tx| {
        let present = view(tx, rental_id, user_id).await?;
        end(tx, &present, user_id, policy, now).await?;
        Ok(present)
    })?;
    meter::rentals(tenant.slug().as_str(), "canceled", 1);
    Ok(canceled)
}

async fn end(
    tx: &mut TenantTx,
    rental: &Rental,
    user_id: i64,
    policy: &Policy,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let rests_until = now + policy.rules.cooldown;
    let ended = rentals::end(tx, rental.id, "canceled", now, rests_until).await?.ok_or(Refusal::Ended)?;
    users::release(tx, user_id, ended.held).await?;
    numbers::give_back(tx, ended.number_id, rests_until).await?;
    Ok(())
}

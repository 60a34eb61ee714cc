//! How a bot does, over a period.

use super::{ServiceResult, Tenant};
use crate::db::statistics;
use rust_decimal::Decimal;
use std::collections::HashMap;

pub use crate::db::statistics::{DayRow, Period};

/// One service or country.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Codes delivered.
    pub codes: i64,
    /// What users paid, in the bot's currency.
    pub income: Decimal,
    /// Rentals without a code.
    pub expired: i64,
    /// Rentals that users gave up.
    pub canceled: i64,
    /// Rentals whose code was never paid.
    pub failed: i64,
}

/// Everything over a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Users: all, new ones, those who were here.
    pub users: (i64, i64, i64),
    /// Numbers by their state, now.
    pub stock: Vec<(String, i64)>,
    /// Everything together.
    pub total: Line,
    /// Rewards paid: how many, and how much.
    pub rewards: (i64, Decimal),
    /// Credit added by hand.
    pub added: Decimal,
    /// By service, the most codes first.
    pub services: Vec<Line>,
    /// By country, the most codes first.
    pub countries: Vec<Line>,
    /// The days on which something was paid.
    pub days: Vec<DayRow>,
}

/// Counts a period; days are those of a time zone of the tz database.
pub async fn over(tenant: &Tenant, period: Period, zone: &str) -> ServiceResult<Statistics> {
    // The history of years is more than a usual statement has time for.
    let (ended, earned, moved, days, stock, users) = crate::db::retry(async || {
        let mut tx = tenant.begin_audit().await?;
        let counted: ServiceResult<_> = async {
            Ok((
                statistics::ended(&mut tx, period).await?,
                statistics::earned(&mut tx, period).await?,
                statistics::moved(&mut tx, period).await?,
                statistics::days(&mut tx, period, zone).await?,
                statistics::stock(&mut tx).await?,
                statistics::people(&mut tx, period).await?,
            ))
        }
        .await;
        tx.finish(counted).await
    })
    .await?;
    let sum = |kind: &str| moved.iter().find(|(k, ..)| k == kind).map_or((0, Decimal::ZERO), |(_, n, sum)| (*n, *sum));
    let services = lines(&ended, &earned, |service, _| service);
    let countries = lines(&ended, &earned, |_, country| country);
    let total = services.iter().fold(Line::default(), |sum, line| Line {
        name: String::new(),
        codes: sum.codes + line.codes,
        income: sum.income + line.income,
        expired: sum.expired + line.expired,
        canceled: sum.canceled + line.canceled,
        failed: sum.failed + line.failed,
    });
    Ok(Statistics { users, stock, total, rewards: sum("reward"), added: sum("add").1, services, countries, days })
}

fn lines(
    ended: &[statistics::EndedRow],
    earned: &[statistics::EarnedRow],
    name: impl for<'a> Fn(&'a str, &'a str) -> &'a str,
) -> Vec<Line> {
    let mut lines: HashMap<&str, Line> = HashMap::new();
    for (service, country, status, count) in ended {
        let line = lines.entry(name(service, country)).or_default();
        match status.as_str() {
            "completed" => line.codes += count,
            "expired" => line.expired += count,
            "canceled" => line.canceled += count,
            _ => line.failed += count,
        }
    }
    for (service, country, income) in earned {
        lines.entry(name(service, country)).or_default().income += *income;
    }
    let mut lines: Vec<Line> = lines.into_iter().map(|(name, line)| Line { name: name.to_owned(), ..line }).collect();
    lines.sort_by(|a, b| (b.codes, b.income, &a.name).cmp(&(a.codes, a.income, &b.name)));
    lines
}

//! The audit log: append-only.

use super::containing;
use super::scope::TenantTx;
use super::{retry::DbError, schema::audit_log};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use diesel_async::RunQueryDsl;
use serde_json::Value;

/// Something that somebody did.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// Who: `owner:ID`, `admin:ID`, `user:ID`, `operator`, `farm`.
    pub actor: &'a str,
    /// What, as `area.action`.
    pub action: &'a str,
    /// With what.
    pub subject: &'a str,
    /// How it was.
    pub before: Option<Value>,
    /// How it is now.
    pub after: Option<Value>,
}

impl<'a> Act<'a> {
    /// An act that leads from one state to another.
    pub fn between(actor: &'a str, action: &'a str, subject: &'a str, before: Value, after: Value) -> Self {
        Self { before: Some(before), after: Some(after), ..Self::new(actor, action, subject) }
    }

    /// An act without a before and an after.
    pub fn new(actor: &'a str, action: &'a str, subject: &'a str) -> Self {
        Self { actor, action, subject, before: None, after: None }
    }
}

/// Writes a row.
pub async fn note(tx: &mut TenantTx, act: &Act<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    use audit_log as a;
    let what = (a::actor.eq(act.actor), a::action.eq(act.action), a::subject.eq(act.subject));
    diesel::insert_into(a::table)
        .values((a::at.eq(now), what, a::before.eq(&act.before), a::after.eq(&act.after)))
        .execute(tx)
        .await?;
    Ok(())
}

/// A row of the log.
#[derive(Clone, Debug, Queryable)]
pub struct Row {
    /// Its row.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// What, as `area.action`.
    pub action: String,
    /// With what.
    pub subject: String,
    /// How it was.
    pub before: Option<Value>,
    /// How it was then.
    pub after: Option<Value>,
}

/// A page of the log, newest first: the acts of some areas (all, if none is named) that hold a text
/// in who, what or with what.
pub async fn page(tx: &mut TenantTx, areas: &[&str], text: &str, offset: i64, limit: i64) -> Result<Vec<Row>, DbError> {
    use audit_log as a;
    let columns = (a::id, a::at, a::actor, a::action, a::subject, a::before, a::after);
    let rows = a::table.order((a::at.desc(), a::id.desc())).offset(offset).limit(limit).select(columns);
    let mut rows = rows.into_boxed();
    if !text.is_empty() {
        let text = containing(text);
        let holds = a::actor.ilike(text.clone()).or(a::action.ilike(text.clone())).or(a::subject.ilike(text));
        rows = rows.filter(holds);
    }
    if !areas.is_empty() {
        let areas: Vec<String> = areas.iter().map(|area| (*area).to_owned()).collect();
        let of_areas = diesel::dsl::sql::<Bool>("split_part(action, '.', 1) = ANY(");
        rows = rows.filter(of_areas.bind::<Array<Text>, _>(areas).sql(")"));
    }
    Ok(rows.load(tx).await?)
}

/// One row of the log.
pub async fn find(tx: &mut TenantTx, id: i64) -> Result<Option<Row>, DbError> {
    use audit_log as a;
    let columns = (a::id, a::at, a::actor, a::action, a::subject, a::before, a::after);
    Ok(a::table.find(id).select(columns).first(tx).await.optional()?)
}

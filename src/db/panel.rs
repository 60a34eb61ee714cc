//! Who is signed in to the panel, wrong passwords, and the dialog that somebody is in.

use super::retry::DbError;
use super::scope::TenantTx;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::Value;

/// Somebody's session.
#[derive(Clone, Debug, Queryable)]
pub struct Session {
    /// Until when it lasts.
    pub until: DateTime<Utc>,
    /// Of the password that was given.
    pub mark: String,
}

/// The session of somebody who has signed in.
pub async fn session(tx: &mut TenantTx, user_id: i64) -> Result<Option<Session>, DbError> {
    use super::schema::admin_sessions as s;
    Ok(s::table.find(user_id).select((s::expires_at, s::password_mark)).first(tx).await.optional()?)
}

/// Signs somebody in.
pub async fn sign_in(tx: &mut TenantTx, user_id: i64, session: &Session) -> Result<(), DbError> {
    use super::schema::{admin_failures as f, admin_sessions as s};
    let row = (s::expires_at.eq(session.until), s::password_mark.eq(&session.mark));
    let insert = diesel::insert_into(s::table).values((s::user_id.eq(user_id), row)).on_conflict(s::user_id);
    insert.do_update().set(row).execute(tx).await?;
    diesel::delete(f::table.find(user_id)).execute(tx).await?;
    Ok(())
}

/// Signs somebody out.
pub async fn sign_out(tx: &mut TenantTx, user_id: i64) -> Result<(), DbError> {
    use super::schema::admin_sessions as s;
    diesel::delete(s::table.find(user_id)).execute(tx).await?;
    Ok(())
}

/// Wrong passwords in a row, and until when no more is taken.
pub async fn failures(tx: &mut TenantTx, user_id: i64) -> Result<(i32, Option<DateTime<Utc>>), DbError> {
    use super::schema::admin_failures as f;
    let found = f::table.find(user_id).select((f::failures, f::locked_until)).first(tx).await.optional()?;
    Ok(found.unwrap_or((0, None)))
}

/// Notes how many there were, and until when no more is taken.
pub async fn note_failures(
    tx: &mut TenantTx,
    user_id: i64,
    failures: i32,
    locked_until: Option<DateTime<Utc>>,
) -> Result<(), DbError> {
    use super::schema::admin_failures as f;
    let row = (f::failures.eq(failures), f::locked_until.eq(locked_until));
    let insert = diesel::insert_into(f::table).values((f::user_id.eq(user_id), row)).on_conflict(f::user_id);
    insert.do_update().set(row).execute(tx).await?;
    Ok(())
}

/// The dialog that somebody is in.
pub async fn dialog(tx: &mut TenantTx, user_id: i64) -> Result<Option<Value>, DbError> {
    use super::schema::dialogs as d;
    Ok(d::table.find(user_id).select(d::state).first(tx).await.optional()?)
}

/// Puts somebody into a dialog, or on its next step.
pub async fn put_dialog(tx: &mut TenantTx, user_id: i64, state: &Value, now: DateTime<Utc>) -> Result<(), DbError> {
    use super::schema::dialogs as d;
    let row = (d::state.eq(state), d::changed_at.eq(now));
    let insert = diesel::insert_into(d::table).values((d::user_id.eq(user_id), row)).on_conflict(d::user_id);
    insert.do_update().set(row).execute(tx).await?;
    Ok(())
}

/// Ends somebody's dialog. False when they were in none.
pub async fn end_dialog(tx: &mut TenantTx, user_id: i64) -> Result<bool, DbError> {
    use super::schema::dialogs as d;
    Ok(diesel::delete(d::table.find(user_id)).execute(tx).await? > 0)
}

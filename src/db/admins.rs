//! The owner's assistants and the areas of the panel that each may use.

use super::retry::DbError;
use super::schema::{admin_areas as a, users as u};
use super::scope::TenantTx;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

/// An assistant.
#[derive(Clone, Debug, Queryable)]
pub struct Admin {
    /// Their row.
    pub id: i64,
    /// Telegram's id of them.
    pub telegram_id: i64,
    /// The public @name, without the @.
    pub username: Option<String>,
    /// The given name.
    pub first_name: String,
}

/// Every assistant.
pub async fn all(tx: &mut TenantTx) -> Result<Vec<Admin>, DbError> {
    let admins = u::table.filter(u::role.eq("admin")).order(u::id);
    Ok(admins.select((u::id, u::telegram_id, u::username, u::first_name)).load(tx).await?)
}

/// An assistant by their row.
pub async fn find(tx: &mut TenantTx, id: i64) -> Result<Option<Admin>, DbError> {
    let found = u::table.find(id).filter(u::role.eq("admin"));
    Ok(found.select((u::id, u::telegram_id, u::username, u::first_name)).first(tx).await.optional()?)
}

/// Makes a user an assistant, or an ordinary user again.
pub async fn set_admin(tx: &mut TenantTx, id: i64, is_admin: bool) -> Result<(), DbError> {
    let role = if is_admin { "admin" } else { "user" };
    diesel::update(u::table.find(id)).set(u::role.eq(role)).execute(tx).await?;
    Ok(())
}

/// The areas that somebody may use.
pub async fn areas(tx: &mut TenantTx, id: i64) -> Result<Vec<String>, DbError> {
    Ok(a::table.filter(a::user_id.eq(id)).order(a::area).select(a::area).load(tx).await?)
}

/// Opens or closes an area to somebody.
pub async fn set_area(tx: &mut TenantTx, id: i64, area: &str, open: bool) -> Result<(), DbError> {
    if open {
        let row = (a::user_id.eq(id), a::area.eq(area));
        diesel::insert_into(a::table).values(row).on_conflict_do_nothing().execute(tx).await?;
    } else {
        diesel::delete(a::table.find((id, area))).execute(tx).await?;
    }
    Ok(())
}

/// Closes every area to somebody.
pub async fn close_all(tx: &mut TenantTx, id: i64) -> Result<(), DbError> {
    diesel::delete(a::table.filter(a::user_id.eq(id))).execute(tx).await?;
    Ok(())
}

//! COPY of a bot's tables to CSV.

use super::retry::DbError;
use super::scope::Tenant;
use futures_util::StreamExt;
use std::pin::pin;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Spreadsheets know UTF-8 by it.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// The stock; the file can be imported again.
    Numbers,
    /// Users and their money.
    Users,
    /// Rentals, without their codes.
    Rentals,
    /// Movements of money.
    Transactions,
    /// Who did what.
    Audit,
}

impl Table {
    /// All of them, with the names of their files.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Numbers, "numbers"),
        (Self::Users, "users"),
        (Self::Rentals, "rentals"),
        (Self::Transactions, "transactions"),
        (Self::Audit, "audit"),
    ];

    /// The name of its file, without the ending.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(table, _)| *table == self).map_or("", |(_, word)| word)
    }

    fn query(self) -> String {
        match self {
            Self::Numbers => "SELECT coalesce(s.deleted_name, s.name) AS service, n.country_code, n.phone_number, \
                 n.price_override, n.status, coalesce(c.deleted_name, c.country_name) AS country_name, \
                 n.code_received_at FROM numbers n JOIN services s ON s.id = n.service_id \
                 JOIN service_countries c ON c.id = n.service_country_id ORDER BY n.id"
                .to_owned(),
            Self::Users => format!(
                "SELECT u.telegram_id, u.username, {} AS first_name, {} AS last_name, u.language, u.balance, u.held, \
                 u.joined_at, u.seen_at, u.role, u.is_banned FROM users u ORDER BY u.id",
                text("u.first_name"),
                text("u.last_name")
            ),
            Self::Rentals => "SELECT r.id, u.telegram_id, coalesce(s.deleted_name, s.name) AS service, \
                 coalesce(c.deleted_name, c.country_name) AS country_name, r.phone_number, r.status, r.price, \
                 r.created_at, r.completed_at, r.ended_at FROM reservations r JOIN users u ON u.id = r.user_id \
                 JOIN services s ON s.id = r.service_id JOIN service_countries c ON c.id = r.service_country_id \
                 ORDER BY r.id"
                .to_owned(),
            Self::Transactions => format!(
                "SELECT t.id, u.telegram_id, t.type, t.amount, t.balance_after, {} AS reason, t.actor, \
                 s.name AS service, n.phone_number, t.reservation_id, t.created_at \
                 FROM transactions t JOIN users u ON u.id = t.user_id LEFT JOIN services s ON s.id = t.service_id \
                 LEFT JOIN numbers n ON n.id = t.number_id ORDER BY t.id",
                text("t.reason")
            ),
            Self::Audit => format!(
                "SELECT a.id, a.at, a.actor, a.action, {} AS subject, a.before, a.after FROM audit_log a ORDER BY a.id",
                text("a.subject")
            ),
        }
    }
}

/// What people wrote, so that no spreadsheet takes it for a formula.
fn text(column: &str) -> String {
    format!("CASE WHEN {column} ~ E'^[=+@\\t\\r-]' THEN '''' || {column} ELSE {column} END")
}

fn other(error: impl std::fmt::Display) -> DbError {
    DbError::Other(error.to_string())
}

/// Streams a table; returns how many bytes were written.
pub async fn write(tenant: &Tenant, table: Table, out: &mut (impl AsyncWrite + Unpin + Send)) -> Result<u64, DbError> {
    let (client, connection) = tenant.database().connect().await?;
    tokio::spawn(connection);
    let begin = format!("{}; SET LOCAL statement_timeout TO '10min'; SET LOCAL timezone TO 'UTC'", tenant.begin_sql);
    client.batch_execute(&begin).await.map_err(other)?;
    let copy = format!("COPY ({}) TO STDOUT WITH (FORMAT csv, HEADER)", table.query());
    let mut rows = pin!(client.copy_out(&copy).await.map_err(other)?);
    out.write_all(BOM).await.map_err(other)?;
    let mut written = BOM.len() as u64;
    while let Some(chunk) = rows.next().await {
        let chunk = chunk.map_err(other)?;
        out.write_all(&chunk).await.map_err(other)?;
        written += chunk.len() as u64;
    }
    out.flush().await.map_err(other)?;
    Ok(written)
}

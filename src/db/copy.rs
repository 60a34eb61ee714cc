//! COPY into a bot's staging table, and the merge into its stock.
//!
//! COPY needs a connection of its own (Diesel has no such call); it opens the same scope.

use super::retry::DbError;
use super::scope::{Tenant, TenantTx};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use futures_util::SinkExt;
use std::pin::Pin;
use tokio_postgres::{Client, CopyInSink};

statement! {
    Merge { import_id: i64 => BigInt, from_line: i64 => BigInt, to_line: i64 => BigInt } -> BigInt =
    "INSERT INTO numbers (service_id, service_country_id, country_code, phone_number, price_override, \
         status) \
     SELECT DISTINCT ON (c.service_id, i.phone_number) c.service_id, c.id, c.country_code, i.phone_number, \
         i.price_override, i.status \
     FROM import_rows i JOIN service_countries c ON c.id = i.service_country_id \
     WHERE i.import_id = ? AND i.line >= ? AND i.line < ? \
     ORDER BY c.service_id, i.phone_number, i.line \
     ON CONFLICT (service_id, phone_number) DO NOTHING"
}

statement! {
    Clear { import_id: i64 => BigInt, of: i64 => BigInt } -> BigInt =
    "DELETE FROM import_rows WHERE import_id = ? \
     AND line < (SELECT min(x.line) + 50000 FROM import_rows x WHERE x.import_id = ?)"
}

statement! {
    Left {} -> BigInt =
    "SELECT i.id FROM imports i WHERE i.status <> 'running' \
     AND EXISTS (SELECT 1 FROM import_rows r WHERE r.import_id = i.id)"
}

/// A COPY in progress; rows are in PostgreSQL's text format.
pub struct Upload {
    client: Client,
    sink: Pin<Box<CopyInSink<bytes_of_copy::Bytes>>>,
}

mod bytes_of_copy {
    /// What `CopyInSink` takes: any buffer.
    pub type Bytes = std::io::Cursor<Vec<u8>>;
}

fn other(error: tokio_postgres::Error) -> DbError {
    DbError::Other(error.to_string())
}

impl Upload {
    /// Opens the COPY as the bot. It lasts as long as its file does: whoever sends the rows bounds it.
    pub async fn begin(tenant: &Tenant) -> Result<Self, DbError> {
        let (client, connection) = tenant.database().connect().await?;
        tokio::spawn(connection);
        let begin = format!("{}; SET LOCAL statement_timeout TO 0", tenant.begin_sql);
        client.batch_execute(&begin).await.map_err(other)?;
        let copy =
            "COPY import_rows (import_id, line, service_country_id, phone_number, price_override, status) FROM STDIN";
        let sink = Box::pin(client.copy_in(copy).await.map_err(other)?);
        Ok(Self { client, sink })
    }

    /// Sends a chunk of rows.
    pub async fn send(&mut self, rows: Vec<u8>) -> Result<(), DbError> {
        self.sink.send(std::io::Cursor::new(rows)).await.map_err(other)
    }

    /// Ends the COPY and commits it; returns how many rows were taken.
    pub async fn finish(mut self) -> Result<u64, DbError> {
        let rows = self.sink.as_mut().finish().await.map_err(other)?;
        self.client.batch_execute("COMMIT").await.map_err(other)?;
        Ok(rows)
    }
}

/// Adds the uploaded rows of some lines to the stock; known numbers stay as they are. Returns how
/// many were added.
pub async fn merge(tx: &mut TenantTx, import_id: i64, from_line: i64, to_line: i64) -> Result<usize, DbError> {
    Ok(Merge { import_id, from_line, to_line }.execute(tx).await?)
}

/// Takes some of an import's rows out of the staging table: all at once could outlast a statement's
/// time. Returns how many; none are left when it is 0.
pub async fn clear_some(tx: &mut TenantTx, import_id: i64) -> Result<usize, DbError> {
    Ok(Clear { import_id, of: import_id }.execute(tx).await?)
}

/// The imports that have ended and left rows in the staging table.
pub async fn left(tx: &mut TenantTx) -> Result<Vec<i64>, DbError> {
    Ok(Left {}.load(tx).await?)
}

//! Messages that match nothing are most of what arrives, and each costs a transaction. Those that arrive
//! while one is being written are written together, in the next: the more there are, the less each costs.

use super::complete::Message;
use super::{DbError, ServiceResult, Tenant};
use crate::db::inbox::{self, Stored};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use tokio::sync::oneshot;

/// Written at once.
const MOST: usize = 500;
/// Waiting for that; more are to be posted again.
const WAITING: usize = 20_000;

/// Where the messages of one bot wait to be written.
#[derive(Debug, Default)]
pub struct Shelf {
    waiting: Mutex<Vec<Waiting>>,
    /// Who holds it writes what waits.
    pen: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Waiting {
    message: Message,
    reason: &'static str,
    at: DateTime<Utc>,
    /// Hears whether the message was new.
    written: oneshot::Sender<Result<bool, String>>,
}

impl Shelf {
    /// Stores messages with the reasons why they match nothing; tells how many are new.
    pub async fn keep(
        &self,
        tenant: &Tenant,
        messages: Vec<(Message, &'static str)>,
        at: DateTime<Utc>,
    ) -> ServiceResult<usize> {
        let mut answers = Vec::new();
        for (message, reason) in messages {
            let (written, answer) = oneshot::channel();
            self.put(Waiting { message, reason, at, written })?;
            answers.push(answer);
        }
        let mut new = 0;
        for mut answer in answers {
            // Written by whoever had the pen meanwhile, or now, with all that waits.
            let written = loop {
                match answer.try_recv() {
                    Ok(written) => break written,
                    Err(oneshot::error::TryRecvError::Closed) => break Err("it was interrupted".to_owned()),
                    Err(oneshot::error::TryRecvError::Empty) => self.write(tenant).await,
                }
            };
            new += usize::from(written.map_err(DbError::Other)?);
        }
        Ok(new)
    }

    fn put(&self, row: Waiting) -> Result<(), DbError> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING {
            return Err(DbError::Busy);
        }
        waiting.push(row);
        Ok(())
    }

    /// Waits for the pen and writes what waits then.
    async fn write(&self, tenant: &Tenant) {
        let _pen = self.pen.lock().await;
        let batch: Vec<Waiting> = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let most = waiting.len().min(MOST);
            waiting.drain(..most).collect()
        };
        if batch.is_empty() {
            return;
        }
        let written: ServiceResult<HashSet<(i64, String)>> = transact!(tenant, |tx| {
            let rows = batch.iter().map(|row| (Stored::of(&row.message), row.reason, row.at)).collect();
            Ok(inbox::keep(tx, rows).await?.into_iter().collect())
        });
        let mut written = written.map_err(|error| error.to_string());
        for Waiting { message, written: hears, .. } in batch {
            let is_new = match &mut written {
                // The same message may wait twice: it is new once.
                Ok(new) => Ok(new.remove(&(message.provider_id, message.identity))),
                Err(why) => Err(why.clone()),
            };
            // Whoever hung up hears nothing.
            let _ = hears.send(is_new);
        }
    }
}

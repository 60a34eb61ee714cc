//! Messages that match nothing are most of what arrives, and each costs a transaction. Those that arrive
//! while one is being written are written together, in the next: the more there are, the less each costs.

use super::complete::Message;
use super::{DbError, ServiceResult, Tenant};
use crate::db::inbox::{self, Stored};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Written at once.
const MOST: usize = 500;
/// Where many come, more are waited for: a transaction costs as much as this.
const WINDOW: Duration = Duration::from_millis(5);
/// Waiting for that; more are to be posted again.
const WAITING: usize = 5_000;

/// Where the messages of one bot wait to be written.
#[derive(Debug, Default)]
pub struct Shelf {
    waiting: Mutex<Vec<Waiting>>,
    /// Who holds it writes what waits; it tells whether the last ones came together.
    pen: tokio::sync::Mutex<bool>,
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
        self: &Arc<Self>,
        tenant: &Tenant,
        messages: Vec<(Message, &'static str)>,
        at: DateTime<Utc>,
    ) -> ServiceResult<usize> {
        let (mut messages, mut new, mut failed) = (messages.into_iter().peekable(), 0, None);
        while messages.peek().is_some() {
            match self.keep_some(tenant, messages.by_ref().take(MOST).collect(), at).await {
                Ok(kept) => new += kept,
                // Those behind one that cannot be stored are stored all the same.
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(new), Err)
    }

    /// The same, for as many as are written at once.
    async fn keep_some(
        self: &Arc<Self>,
        tenant: &Tenant,
        messages: Vec<(Message, &'static str)>,
        at: DateTime<Utc>,
    ) -> ServiceResult<usize> {
        let mut answers = Vec::new();
        for (message, reason) in messages {
            let (written, answer) = oneshot::channel();
            if !self.has_room() {
                // Perhaps nobody is left who waits for what is there.
                Arc::clone(self).written(tenant).await?;
            }
            self.put(Waiting { message, reason, at, written })?;
            answers.push(answer);
        }
        let mut new = 0;
        for mut answer in answers {
            // Written by whoever has the pen meanwhile, or by us, with all that waits.
            let written = loop {
                tokio::select! {
                    biased;
                    heard = &mut answer => break heard.unwrap_or_else(|_| Err("it was interrupted".to_owned())),
                    done = Arc::clone(self).written(tenant) => done?,
                }
            };
            new += usize::from(written.map_err(DbError::Other)?);
        }
        Ok(new)
    }

    fn has_room(&self) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).len() < WAITING
    }

    fn is_empty(&self) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn put(&self, row: Waiting) -> Result<(), DbError> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING {
            return Err(DbError::Busy);
        }
        waiting.push(row);
        Ok(())
    }

    /// Waits until what waits now is written, in a task of its own: whoever is interrupted holds the others'
    /// messages too.
    async fn written(self: Arc<Self>, tenant: &Tenant) -> Result<(), DbError> {
        let tenant = tenant.clone();
        let writing = tokio::spawn(async move { self.write(&tenant).await });
        writing.await.map_err(|error| DbError::Other(error.to_string()))
    }

    async fn write(&self, tenant: &Tenant) {
        let mut came_together = self.pen.lock().await;
        if self.is_empty() {
            return;
        }
        if *came_together {
            tokio::time::sleep(WINDOW).await;
        }
        let batch: Vec<Waiting> = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let most = waiting.len().min(MOST);
            waiting.drain(..most).collect()
        };
        *came_together = batch.len() > 1;
        let mut written = write_rows(tenant, &batch).await;
        if written.is_err() && batch.len() > 1 {
            // One that cannot be stored must not hold the others back.
            for row in batch {
                let alone = write_rows(tenant, std::slice::from_ref(&row)).await;
                let _ = row.written.send(alone.map(|new| !new.is_empty()).map_err(|error| error.to_string()));
            }
            return;
        }
        for Waiting { message, written: hears, .. } in batch {
            let is_new = match &mut written {
                // The same message may wait twice: it is new once.
                Ok(new) => Ok(new.remove(&(message.provider_id, message.identity))),
                Err(why) => Err(why.to_string()),
            };
            // Whoever hung up hears nothing.
            let _ = hears.send(is_new);
        }
    }
}

/// Writes messages; gives provider and identity of the new ones.
async fn write_rows(tenant: &Tenant, batch: &[Waiting]) -> ServiceResult<HashSet<(i64, String)>> {
    if batch.is_empty() {
        return Ok(HashSet::new());
    }
    transact!(tenant, |tx| {
        let rows = batch.iter().map(|row| (Stored::of(&row.message), row.reason, row.at)).collect();
        Ok(inbox::keep(tx, rows).await?.into_iter().collect())
    })
}

//! How far the account's updates were handled: the lowest contiguous position.
//!
//! Updates are handled concurrently, so a later one may be done first. A position may be saved
//! only when everything up to it is done, and only at the end of a batch: the updates of one
//! difference all carry the position of its end.

use crate::telegram::Position;
use std::collections::VecDeque;

/// An update that is being handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u64);

#[derive(Debug)]
enum Entry {
    Update { position: Position, done: bool },
    BatchEnd,
}

/// Keeps the order of what arrived.
#[derive(Debug, Default)]
pub struct Progress {
    entries: VecDeque<Entry>,
    first: u64,
    reached: Position,
}

impl Progress {
    /// Notes an update that arrived.
    pub fn arrived(&mut self, position: Position) -> Ticket {
        self.entries.push_back(Entry::Update { position, done: false });
        Ticket(self.first + self.entries.len() as u64 - 1)
    }

    /// Notes that everything that had arrived was handed over. Returns a position to save.
    pub fn batch_end(&mut self) -> Position {
        self.entries.push_back(Entry::BatchEnd);
        self.advance()
    }

    /// Notes that an update was handled. Returns a position to save.
    pub fn done(&mut self, ticket: Ticket) -> Position {
        let index = usize::try_from(ticket.0.wrapping_sub(self.first)).ok();
        if let Some(Entry::Update { done, .. }) = index.and_then(|i| self.entries.get_mut(i)) {
            *done = true;
        }
        self.advance()
    }

    fn advance(&mut self) -> Position {
        let mut to_save = None;
        loop {
            match self.entries.front() {
                Some(Entry::Update { done: true, position }) => self.reached = position.or(self.reached),
                Some(Entry::BatchEnd) => to_save = self.reached.take().or(to_save),
                _ => return to_save,
            }
            self.entries.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(pts: i32) -> Position {
        Some((pts, 0, 0))
    }

    #[test]
    fn a_position_is_saved_when_everything_before_it_is_done() {
        let mut progress = Progress::default();
        let (first, second) = (progress.arrived(at(2)), progress.arrived(at(3)));
        assert_eq!(progress.batch_end(), None);
        assert_eq!(progress.done(second), None);
        assert_eq!(progress.done(first), at(3));
    }

    #[test]
    fn updates_of_one_difference_are_saved_together() {
        let mut progress = Progress::default();
        let first = progress.arrived(at(9));
        assert_eq!(progress.done(first), None, "more of the same difference may follow");
        let second = progress.arrived(at(9));
        assert_eq!(progress.batch_end(), None);
        assert_eq!(progress.done(second), at(9));
    }

    #[test]
    fn updates_without_a_position_hold_later_ones_back() {
        let mut progress = Progress::default();
        let (press, text) = (progress.arrived(None), progress.arrived(at(5)));
        progress.batch_end();
        assert_eq!(progress.done(text), None);
        assert_eq!(progress.done(press), at(5));
        assert_eq!(progress.batch_end(), None);
    }
}

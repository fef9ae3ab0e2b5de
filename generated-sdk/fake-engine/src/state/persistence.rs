//! Keeping the state in a file: opening it, writing changes as they happen, writing all of it elsewhere.

use std::path::Path;

use ovirt_sdk::Error;

use super::journal::{self, Journal, Lock};
use super::store::State;
use crate::clock::Clock;
use crate::hooks::Hooks;

/// The time after which the file gets the time of the clock, although nothing else has changed.
const TIME_WRITTEN: i64 = 10_000;

/// A state that is kept in a file.
pub(crate) struct Kept {
    pub(crate) state: State,
    /// What was wrong with the file and is repaired.
    pub(crate) problem: Option<String>,
}

impl State {
    /// Reads the state in a file and sets the clock to its time.
    pub(crate) fn load(path: &Path, hooks: Hooks<Self>, clock: Clock) -> Result<Self, Error> {
        Self::read(path, hooks, clock).map(|(state, _)| state)
    }

    fn read(path: &Path, hooks: Hooks<Self>, clock: Clock) -> Result<(Self, journal::Contents), Error> {
        let mut state = Self::new(hooks, clock, 0);
        let contents = journal::read(path, |text| state.apply_document(text))?;
        state.clock.catch_up(state.now);
        Ok((state, contents))
    }

    /// Opens the state in a file, or creates a state in a new file. From now on, [`commit`](Self::commit) writes to it.
    pub(crate) fn keep(
        path: &Path,
        hooks: Hooks<Self>,
        clock: Clock,
        create: impl FnOnce(Hooks<Self>, Clock) -> Self,
    ) -> Result<Kept, Error> {
        // A link and its target are the same file, and have the same lock.
        let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let lock = Lock::acquire(path)?;
        let is_new = !path.metadata().is_ok_and(|metadata| metadata.len() > 0);
        let (mut state, journal, problem) = if is_new {
            let state = create(hooks, clock);
            let journal = Journal::create(path, lock, |sink| state.write_all(sink))?;
            (state, journal, None)
        } else {
            let (state, contents) = Self::read(path, hooks, clock)?;
            let (journal, problem) = Journal::resume(path, lock, &contents)?;
            (state, journal, problem)
        };
        state.journal = Some(journal);
        state.forget_changes();
        Ok(Kept { state, problem })
    }

    /// Writes what has changed to the state file, if there is one. If that fails, the file keeps its last state, and the next
    /// call writes the changes.
    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        let Some(mut journal) = self.journal.take() else { return Ok(()) };
        let committed = self.commit_to(&mut journal);
        self.journal = Some(journal);
        committed
    }

    fn commit_to(&mut self, journal: &mut Journal) -> Result<(), Error> {
        let is_current = self.now.saturating_sub(self.written) < TIME_WRITTEN;
        if is_current && self.changes.is_empty() && !self.tasks.has_changes() {
            return Ok(());
        }
        journal.append(&self.write_changes()?)?;
        self.forget_changes();
        if journal.is_long() {
            // The long file is complete, so a failure does no harm.
            let _ = journal.compact(|sink| self.write_all(sink));
        }
        Ok(())
    }

    fn forget_changes(&mut self) {
        self.changes.begin();
        self.tasks.begin_changes();
        self.written = self.now;
    }

    /// Writes the whole state to a file. An existing one is replaced when the new one is complete.
    pub(crate) fn save(&mut self, path: &Path) -> Result<(), Error> {
        if let Some(mut journal) = self.journal.take_if(|journal| is_same(journal.path(), path)) {
            let compacted = journal.compact(|sink| self.write_all(sink));
            self.journal = Some(journal);
            if compacted.is_ok() {
                self.forget_changes();
            }
            return compacted;
        }
        let _lock = Lock::acquire_existing(path)?;
        journal::write_file(path, |sink| self.write_all(sink))
    }
}

/// Whether two paths lead to the same file.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().ok().is_some_and(|one| other.canonicalize().ok() == Some(one))
}

//! The state of an upload while it runs, and in its file.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::super::copy::blocking;
use super::super::error::{Action, ImageProblem};
use super::super::link::Link;
use super::super::ranges::Ranges;
use super::super::source::Mark;
use super::super::state::State;
use super::super::transfer::Transfer;
use super::checks::Target;
use super::input::Input;
use crate::connection::Connection;
use crate::error::Error;

/// How much may have to be sent again after the program was killed.
const SAVE_AFTER: u64 = 512 << 20;

/// The file of an upload that can be continued.
pub(super) struct Saved {
    path: PathBuf,
    mark: Mark,
    /// What the file contained.
    pub(super) earlier: Option<State>,
}

impl Saved {
    /// Reads the file, if there is one. It must be about the same image and engine.
    pub(super) fn open(
        path: Option<PathBuf>,
        connection: &Connection,
        input: &Input,
        action: &Action,
    ) -> Result<Option<Self>, Error> {
        let Some(path) = path else { return Ok(None) };
        let Some(mark) = input.mark().map_err(|error| action.file(&error))? else {
            return Err(action.error(ImageProblem::State, "only uploads of files can be continued"));
        };
        let failed = |problem: String| action.error(ImageProblem::State, format!("`{}`: {problem}", path.display()));
        let earlier = State::load(&path).map_err(|error| failed(error.to_string()))?;
        if let Some(state) = &earlier {
            if state.engine != connection.url() {
                return Err(failed(format!("it is about an upload to {}", state.engine)));
            }
            if !state.is_about(mark) {
                let detail = "the image was changed since the upload began";
                return Err(action.error(ImageProblem::SourceChanged, detail));
            }
        }
        Ok(Some(Self { path, mark, earlier }))
    }

    /// Starts to write the file.
    pub(super) fn record(
        self,
        transfer: &Transfer,
        connection: &Connection,
        target: &Target,
        action: &Action,
    ) -> Result<Arc<Record>, Error> {
        let state = match self.earlier {
            Some(state) => state,
            None => {
                let disk = target.disk.try_id()?.to_owned();
                State::new(connection.url(), transfer.id(), disk, target.created, self.mark)
            }
        };
        Record::start(self.path, state, action).map(Arc::new)
    }
}

/// What was sent, and what of it is in the file.
pub(super) struct Record {
    path: PathBuf,
    sent: Mutex<Sent>,
    /// Held while the file is written.
    state: tokio::sync::Mutex<State>,
}

struct Sent {
    ranges: Ranges,
    unsaved: u64,
}

impl Record {
    /// Starts with a state, which it writes.
    fn start(path: PathBuf, state: State, action: &Action) -> Result<Self, Error> {
        state.save(&path).map_err(|error| action.error(ImageProblem::State, error))?;
        let sent = Mutex::new(Sent { ranges: state.done.clone(), unsaved: 0 });
        Ok(Self { path, sent, state: tokio::sync::Mutex::new(state) })
    }

    /// What is stored for good. What was sent after it is forgotten.
    pub(super) async fn restart(&self, transfer: String, action: &Action) -> Result<Ranges, Error> {
        let mut state = self.state.lock().await;
        state.transfer = transfer;
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = Sent { ranges: state.done.clone(), unsaved: 0 };
        self.save(&state, action).await?;
        Ok(state.done.clone())
    }

    async fn save(&self, state: &State, action: &Action) -> Result<(), Error> {
        let (state, path) = (state.clone(), self.path.clone());
        blocking(move || state.save(&path)).await?.map_err(|error| action.error(ImageProblem::State, error))
    }

    /// Removes the file.
    pub(super) fn remove(&self, action: &Action) -> Result<(), Error> {
        std::fs::remove_file(&self.path).map_err(|error| action.file(&error))
    }

    /// What was sent so far.
    fn sent(&self) -> Ranges {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).ranges.clone()
    }

    /// Adds what was sent. From time to time, makes sure that the host has stored it, and writes the file.
    pub(super) async fn add(&self, start: u64, length: u64, link: &Link, action: &Action) -> Result<(), Error> {
        let due = {
            let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
            sent.ranges.add(start, start.saturating_add(length));
            sent.unsaved = sent.unsaved.saturating_add(length);
            let due = sent.unsaved >= SAVE_AFTER;
            if due {
                sent.unsaved = 0;
            }
            due
        };
        if !due {
            return Ok(());
        }
        let mut state = self.state.lock().await;
        // What is sent from now on may not be stored by the flush.
        let ranges = self.sent();
        link.flush().await?;
        state.done = ranges;
        self.save(&state, action).await
    }
}

//! Lists that are decoded while their response arrives, so that the document is never in memory as a whole.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::http::BodySink;
use crate::list::List;
use crate::markup::DataError;
use crate::object::Struct;
use crate::xml::{DecodeOptions, ListDecoder};

/// The part of a body in which its root must be, in bytes.
const LONGEST_BEGINNING: usize = 64 * 1024;

/// A result that is decoded while its response arrives.
pub(super) trait Arriving<T>: Send + Sync {
    /// Where the body goes.
    fn sink(self: Arc<Self>) -> Arc<dyn BodySink>;
    /// Returns the result, or the error for a document that can't be decoded; `None` if the body was not what was expected.
    fn finish(&self) -> Option<Result<T, DataError>>;
}

/// A list that is decoded while its response arrives.
pub(super) struct ArrivingList<T>(Mutex<State<T>>);

struct State<T> {
    list: List<T>,
    progress: Progress,
}

enum Progress {
    /// The root of the document has not been read. Without it, the body may be anything, such as a fault.
    Beginning(Vec<u8>),
    Reading(Box<ListDecoder>),
    Complete,
    Failed(DataError),
}

impl<T: Struct> ArrivingList<T> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State::new()))
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Struct> State<T> {
    fn new() -> Self {
        Self { list: List::new(), progress: Progress::Beginning(Vec::new()) }
    }

    /// Ends with an error. The rest of the body is read, because a connection that breaks is another failure.
    fn fail(&mut self, error: DataError) {
        self.list = List::new();
        self.progress = Progress::Failed(error);
    }
}

impl<T: Struct> BodySink for ArrivingList<T> {
    fn start(&self) {
        *self.state() = State::new();
    }

    fn take(&self, chunk: Vec<u8>) -> Result<(), Vec<u8>> {
        let mut state = self.state();
        let State { list, progress } = &mut *state;
        match progress {
            Progress::Beginning(beginning) => {
                let bytes = match std::mem::take(beginning) {
                    before if before.is_empty() => chunk,
                    before => [before, chunk].concat(),
                };
                let mut decoder = ListDecoder::new(T::INFO, DecodeOptions::new());
                let outcome = decoder.feed(&bytes, list);
                match outcome {
                    Ok(()) if decoder.has_begun() => *progress = Progress::Reading(Box::new(decoder)),
                    Ok(()) if bytes.len() < LONGEST_BEGINNING => *beginning = bytes,
                    Err(error) if decoder.has_begun() => state.fail(error),
                    _ => return Err(bytes),
                }
            }
            Progress::Reading(decoder) => {
                if let Err(error) = decoder.feed(&chunk, list) {
                    state.fail(error);
                }
            }
            Progress::Complete | Progress::Failed(_) => {}
        }
        Ok(())
    }

    fn end(&self) -> Result<(), Vec<u8>> {
        let mut state = self.state();
        let State { list, progress } = &mut *state;
        match progress {
            Progress::Beginning(beginning) => return Err(std::mem::take(beginning)),
            Progress::Reading(decoder) => match decoder.finish(list) {
                Ok(()) => *progress = Progress::Complete,
                Err(error) => state.fail(error),
            },
            Progress::Complete | Progress::Failed(_) => {}
        }
        Ok(())
    }
}

impl<T: Struct> Arriving<List<T>> for ArrivingList<T> {
    fn sink(self: Arc<Self>) -> Arc<dyn BodySink> {
        self
    }

    fn finish(&self) -> Option<Result<List<T>, DataError>> {
        let State { list, progress } = std::mem::replace(&mut *self.state(), State::new());
        match progress {
            Progress::Complete => Some(Ok(list)),
            Progress::Failed(error) => Some(Err(error)),
            Progress::Beginning(_) | Progress::Reading(_) => None,
        }
    }
}

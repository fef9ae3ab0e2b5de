//! The progress of a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a request was sent without a definite response so far. All clones share it, so that it is still known after
/// the future of the request was dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress(Arc<AtomicBool>);

impl Progress {
    /// Whether the request, or part of it, may have reached the engine without a definite response.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set_unanswered(&self, unanswered: bool) {
        self.0.store(unanswered, Ordering::Relaxed);
    }
}

//! Following what requests have started: the jobs of the engine, with their steps, up to the outcome.
//!
//! Every request that changes something has `send_operation`, which returns an [`Operation`].

mod course;
mod progress;
mod wait;

pub use crate::request::Operation;
pub use progress::Progress;
pub use wait::OperationWait;

//! The decoder of documents.

mod document;
mod errors;
mod events;
mod scalars;
mod state;

pub use state::Decoder;
pub(crate) use state::{DEFAULT_MEMORY, Start};

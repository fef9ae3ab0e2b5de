//! The decoder of documents.

mod document;
mod errors;
mod events;
mod scalars;
mod scanner;
mod state;

pub(crate) use scanner::Start;
pub use state::Decoder;
pub(crate) use state::{DEFAULT_MEMORY, Kept, MEMORY_PER_BYTE};

//! The decoder of documents.

mod document;
mod errors;
mod events;
mod scalars;
mod scanner;
mod state;

pub(crate) use scanner::Start;
pub(crate) use state::DEFAULT_MEMORY;
pub use state::Decoder;

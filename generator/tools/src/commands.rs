//! The commands: they call the library and print what it found.

pub(crate) mod diff;
pub(crate) mod documentation;
pub(crate) mod export;
pub(crate) mod import;
mod output;
pub(crate) mod reference;

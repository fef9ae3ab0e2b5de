//! The commands. They call the library and print its results.

pub(crate) mod diff;
pub(crate) mod documentation;
pub(crate) mod export;
pub(crate) mod follow;
pub(crate) mod import;
mod output;
pub(crate) mod reference;

//! Reads the declarative model of the oVirt Engine API and writes the Rust SDK from it.
//!
//! A datum goes one way: files → [`load`] → [`syntax`] → [`resolve`] → [`model`] → [`check`] → [`names`] → [`emit`] →
//! [`mod@format`] → [`output`]. [`read`] and [`generate`] are that way, read top to bottom.
//!
//! Only what generating needs is here, so that this crate builds fast and without a C compiler. The other commands of
//! `cargo xtask` are in `ovirt-sdk-generator-tools`.

pub mod check;
pub mod diagnostics;
pub mod emit;
pub mod files;
pub mod format;
pub mod load;
pub mod model;
pub mod name;
pub mod names;
pub mod output;
pub mod resolve;
pub mod syntax;
pub mod wire;
pub mod workspace;
pub mod yaml;

use std::path::Path;

use diagnostics::{Diagnostics, Sources};
use files::Files;
pub use load::MODEL;
use model::Model;
use names::Names;

/// A model that was read, with its Rust names.
#[derive(Debug)]
pub struct Read {
    /// The resolved model.
    pub model: Model,
    /// Its Rust names.
    pub names: Names,
    /// The files it was read from.
    pub sources: Sources,
}

/// Why there is no model.
#[derive(Debug)]
pub enum ReadError {
    /// A file can't be read.
    Io(load::ReadError),
    /// The model has problems.
    Problems {
        /// The problems.
        problems: Diagnostics,
        /// The files they are about.
        sources: Sources,
    },
}

impl ReadError {
    /// The problems as text for people.
    pub fn render(&self, colour: bool) -> String {
        match self {
            Self::Io(error) => format!("error: {error}\n"),
            Self::Problems { problems, sources } => problems.render(sources, colour),
        }
    }
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ReadError {}

/// Reads, resolves, checks and names the model in a folder. Messages show paths relative to `shown_from`.
pub fn read(folder: &Path, shown_from: &Path) -> Result<Read, ReadError> {
    let texts = load::read_texts(folder, shown_from).map_err(ReadError::Io)?;
    read_texts(&texts, &diagnostics::shown_path(folder, shown_from))
}

/// The same for a model whose files are no files yet, or no more. Messages show their paths after `shown`.
pub fn read_texts(texts: &load::Texts, shown: &str) -> Result<Read, ReadError> {
    let mut sources = Sources::default();
    let problems = Diagnostics::default();
    let syntax = load::load_texts(texts, shown, &mut sources, &problems);
    let model = resolve::resolve(syntax, &problems);
    check::check(&model, &problems);
    let names = names::name(&model, &problems);
    if problems.is_empty() {
        Ok(Read { model, names, sources })
    } else {
        Err(ReadError::Problems { problems, sources })
    }
}

/// The generated files of a model.
pub fn generate(read: &Read) -> Result<Files, emit::EmitError> {
    emit::emit(&read.model, &read.names)
}

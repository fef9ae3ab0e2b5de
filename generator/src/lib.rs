//! Generates the Rust SDK from the declarative model of the oVirt Engine API.
//!
//! Data flows in one direction: files → [`load`] → [`syntax`] → [`resolve`] → [`model`] → [`check`] → [`names`] →
//! [`emit`] → [`mod@format`] → [`output`]. Read [`load_model`] and [`generate`] to see the steps in order.
//!
//! This crate contains only what generating needs, so that it builds fast and without a C compiler.
//! `ovirt-sdk-generator-tools` contains the other commands of `cargo xtask`.

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

/// A model that passed all checks, with its Rust names.
#[derive(Debug)]
pub struct LoadedModel {
    /// The resolved model.
    pub model: Model,
    /// Its Rust names.
    pub names: Names,
    /// The files that it was loaded from.
    pub sources: Sources,
}

/// An error that prevents loading a model.
#[derive(Debug)]
pub enum ModelError {
    /// A file can't be read.
    Io(load::ReadError),
    /// The model has problems.
    Problems {
        /// The problems.
        problems: Diagnostics,
        /// The files that they refer to.
        sources: Sources,
    },
}

impl ModelError {
    /// Renders the error for a terminal.
    pub fn render(&self, color: bool) -> String {
        match self {
            Self::Io(error) => format!("error: {error}\n"),
            Self::Problems { problems, sources } => problems.render(sources, color),
        }
    }
}

impl std::fmt::Display for ModelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ModelError {}

/// Loads the model in a folder: reads, resolves, checks and names it. Messages show paths relative to `shown_from`.
pub fn load_model(folder: &Path, shown_from: &Path) -> Result<LoadedModel, ModelError> {
    let texts = load::read_files(folder, shown_from).map_err(ModelError::Io)?;
    parse_model(&texts, &diagnostics::shown_path(folder, shown_from))
}

/// Like [`load_model`], for a model that is not on disk. Messages show its paths below `shown`.
pub fn parse_model(texts: &load::ModelFiles, shown: &str) -> Result<LoadedModel, ModelError> {
    let mut sources = Sources::default();
    let problems = Diagnostics::default();
    let syntax = load::parse_files(texts, shown, &mut sources, &problems);
    let model = resolve::resolve(syntax, &problems);
    check::check(&model, &problems);
    let names = names::name(&model, &problems);
    if problems.is_empty() {
        Ok(LoadedModel { model, names, sources })
    } else {
        Err(ModelError::Problems { problems, sources })
    }
}

/// Generates the files of the SDK.
pub fn generate(read: &LoadedModel) -> Result<Files, emit::EmitError> {
    emit::emit(&read.model, &read.names)
}

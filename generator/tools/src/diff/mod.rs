//! Compares two models and classifies the changes.
//!
//! Each change is classified by its effect on programs that use the crate, and described by its effect on the wire
//! format. The effect on programs is taken from the public API of the code that is generated from both models. Whatever
//! changes there is reported, even if no change of the model explains it. Inherited items count as a struct's own, because
//! the crate flattens inheritance. A change that comes from a base is reported once, at the base.

mod changes;
pub mod code;
mod effects;
mod locations;
pub mod render;
mod rust_names;
mod searches;
mod services;
mod settings;
pub mod side;
mod types;
mod waiters;

use changes::Changes;
pub use changes::{Change, Consequence, Diff, Kind, Verdict};
use ovirt_sdk_generator::emit::EmitError;
use ovirt_sdk_generator::{LoadedModel, generate};

use crate::public_api::{self, ApiError, Runtime};

/// An error that prevents a comparison.
#[derive(Debug)]
pub enum DiffError {
    /// No code can be generated from a model.
    Emit(EmitError),
    /// The public API of the code can't be described.
    Api(ApiError),
}

impl std::fmt::Display for DiffError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Emit(error) => error.fmt(f),
            Self::Api(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for DiffError {}

/// Compares two models. `names` are the names of the old and the new model in reports, and `runtime` are the hand-written
/// sources of the SDK.
pub fn diff(
    old: &LoadedModel,
    new: &LoadedModel,
    names: (String, String),
    runtime: &Runtime,
) -> Result<Diff, DiffError> {
    let mut changes = Changes::default();
    let (from, to) = (&old.model, &new.model);
    types::diff(old, new, &mut changes);
    services::diff(from, to, &mut changes);
    searches::diff(from, to, &mut changes);
    settings::diff(from, to, &mut changes);
    let files = (generate(old).map_err(DiffError::Emit)?, generate(new).map_err(DiffError::Emit)?);
    let describe = |files| public_api::describe(files, runtime).map_err(DiffError::Api);
    let (old_api, new_api) = (describe(&files.0)?, describe(&files.1)?);
    effects::rank(&mut changes, &public_api::compare(&old_api, &new_api), old, new);
    effects::code(&mut changes, (&files.0, &files.1), old, new);
    changes.list.append(&mut changes.hand_written);
    rust_names::add(&mut changes.list, from, to);
    changes.list.sort_by(|a, b| b.consequence.cmp(&a.consequence).then_with(|| a.cmp(b)));
    let (old_name, new_name) = names;
    Ok(Diff {
        old: (old_name, from.version.clone()),
        new: (new_name, to.version.clone()),
        changes: changes.list,
        reworded_texts: changes.reworded_texts,
    })
}

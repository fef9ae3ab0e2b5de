//! The public API of the generated code: every path, signature, trait and constant, one line each.
//!
//! It is read from the generated code itself. The macros that the code calls are expanded as in the hand-written sources
//! of the SDK, so nothing here has to change when the generator emits other code.

mod compare;
mod description;
mod items;
mod macros;
mod modules;
mod pattern;
mod print;
mod use_paths;

use ovirt_sdk_generator::files::Files;

pub use compare::{ApiChange, compare};
pub use description::{ApiError, ApiItem, PublicApi};
pub use macros::Runtime;

/// Describes the public API of generated files. `runtime` are the hand-written sources that belong to them.
pub fn describe(files: &Files, runtime: &Runtime) -> Result<PublicApi, ApiError> {
    Ok(items::collect(&modules::Modules::read(files, runtime)?))
}

//! `cargo xtask export`.

use std::path::Path;

use ovirt_sdk_generator_tools::export::export;

use super::output::{message, print, read_model};

/// Prints the resolved model as JSON.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    print(&export(&read_model(root)?.model).map_err(message)?)
}

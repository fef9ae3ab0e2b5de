//! `cargo xtask documentation`.

use std::path::Path;

use ovirt_sdk_generator_tools::documentation;

use super::output::{color, read_model};

/// Checks the texts of the model.
pub(crate) fn run(root: &Path) -> Result<(), String> {
    let read = read_model(root)?;
    documentation::check(&read, color())?;
    eprintln!(
        "all items of {} types and {} services are documented",
        read.model.types.len(),
        read.model.services.len()
    );
    Ok(())
}

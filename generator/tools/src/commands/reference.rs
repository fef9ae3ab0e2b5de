//! `cargo xtask reference`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use ovirt_sdk_generator::MODEL;
use ovirt_sdk_generator::output;
use ovirt_sdk_generator_tools::reference;

use super::output::{message, read_model};

/// Writes the API reference as a static site.
pub(crate) fn run(root: &Path, output: Option<PathBuf>) -> Result<(), String> {
    let start = Instant::now();
    let folder = output.unwrap_or_else(|| root.join(reference::FOLDER));
    eprintln!("reading {}", root.join(MODEL).display());
    let read = read_model(root)?;
    let files = reference::render(&read).map_err(message)?;
    let _lock = output::lock(root).map_err(message)?;
    let written = reference::write(&folder, &files).map_err(message)?;
    let [new, changed, removed] = output::count(&written);
    let bytes: usize = files.values().map(String::len).sum();
    eprintln!(
        "{} files, {:.1} MB: {new} new, {changed} changed, {removed} removed ({:.2?})",
        files.len(),
        bytes as f64 / 1e6,
        start.elapsed(),
    );
    eprintln!("open {}", folder.join("index.html").display());
    Ok(())
}

//! `cargo xtask reference`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use ovirt_sdk_generator::output::Difference;
use ovirt_sdk_generator::reference;

/// Writes the reference of the API as a static site.
pub(crate) fn run(root: &Path, output: Option<PathBuf>) -> Result<(), String> {
    let start = Instant::now();
    let folder = output.unwrap_or_else(|| root.join(reference::FOLDER));
    eprintln!("reading {}", root.join(ovirt_sdk_generator::MODEL).display());
    let read = super::read(root)?;
    let files = reference::render(&read).map_err(|error| format!("error: {error}"))?;
    let written = reference::write(&folder, &files).map_err(|error| format!("error: {error}"))?;
    let count = |wanted| written.values().filter(|difference| **difference == wanted).count();
    let bytes: usize = files.values().map(String::len).sum();
    eprintln!(
        "{} files of {:.1} MB: {} new, {} changed, {} removed ({:.2?})",
        files.len(),
        bytes as f64 / 1e6,
        count(Difference::Missing),
        count(Difference::Changed),
        count(Difference::Stale),
        start.elapsed(),
    );
    eprintln!("open {}", folder.join("index.html").display());
    Ok(())
}

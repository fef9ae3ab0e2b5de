//! `cargo xtask regenerate`.

use std::path::Path;
use std::time::Instant;

use ovirt_sdk_generator::emit::COMMAND;
use ovirt_sdk_generator::output::{self, Difference};

/// Rebuilds the generated files, or checks them.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), String> {
    let start = Instant::now();
    eprintln!("reading {}", root.join(ovirt_sdk_generator::MODEL).display());
    let read = super::read(root)?;
    let (types, services) = (read.model.types.len(), read.model.services.len());
    eprintln!("generating from {types} types and {services} services");
    let files = ovirt_sdk_generator::generate(&read).map_err(|error| format!("error: {error}"))?;
    let differences = output::compare(root, &files).map_err(|error| format!("error: {error}"))?;
    if check {
        for (path, difference) in &differences {
            eprintln!("{}: {path}", told(*difference));
        }
        return match differences.len() {
            0 => {
                eprintln!("all {} generated files are fresh ({:.2?})", files.len(), start.elapsed());
                Ok(())
            }
            1 => Err(format!("error: a generated file is not fresh; run `{COMMAND}`")),
            count => Err(format!("error: {count} generated files are not fresh; run `{COMMAND}`")),
        };
    }
    output::write(root, &files, &differences).map_err(|error| format!("error: {error}"))?;
    let count = |wanted| differences.values().filter(|difference| **difference == wanted).count();
    let lines: usize = files.values().map(|text| text.lines().count()).sum();
    eprintln!(
        "read {} files, generated {} files of {lines} lines: {} new, {} changed, {} removed ({:.2?})",
        read.sources.len(),
        files.len(),
        count(Difference::Missing),
        count(Difference::Changed),
        count(Difference::Stale),
        start.elapsed(),
    );
    Ok(())
}

fn told(difference: Difference) -> &'static str {
    match difference {
        Difference::Missing => "missing",
        Difference::Changed => "edited, or the model has changed",
        Difference::Stale => "stale, generated from nothing",
    }
}

//! `cargo xtask regenerate`.

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use ovirt_sdk_generator::files::COMMAND;
use ovirt_sdk_generator::output::{self, Difference};
use ovirt_sdk_generator::{MODEL, generate, load_model};

/// Rebuilds the generated files, or checks them.
pub(crate) fn run(root: &Path, check: bool) -> Result<ExitCode, String> {
    let start = Instant::now();
    // The lock covers the reading too: otherwise a run that read an older model could write last.
    let _lock = if check { None } else { Some(output::lock(root).map_err(|error| format!("error: {error}"))?) };
    let folder = root.join(MODEL);
    eprintln!("reading {}", folder.display());
    let read = load_model(&folder, root).map_err(|error| error.render(std::io::stderr().is_terminal()))?;
    let (types, services) = (read.model.types.len(), read.model.services.len());
    eprintln!("generating code for {types} types and {services} services");
    let files = generate(&read).map_err(|error| format!("error: {error}"))?;
    let differences = output::compare(root, &files).map_err(|error| format!("error: {error}"))?;
    if check {
        for (path, difference) in &differences {
            eprintln!("{path}: {}", explain(*difference));
        }
        return match differences.len() {
            0 => {
                eprintln!("all {} generated files are up to date ({:.2?})", files.len(), start.elapsed());
                Ok(ExitCode::SUCCESS)
            }
            1 => Err(format!("error: 1 generated file is out of date\nhelp: run `{COMMAND}`")),
            count => Err(format!("error: {count} generated files are out of date\nhelp: run `{COMMAND}`")),
        };
    }
    output::write(root, &files, &differences).map_err(|error| format!("error: {error}"))?;
    let [new, changed, removed] = output::count(&differences);
    let lines: usize = files.values().map(|text| text.lines().count()).sum();
    eprintln!(
        "read {} files, generated {} files with {lines} lines: {new} new, {changed} changed, {removed} removed ({:.2?})",
        read.sources.len(),
        files.len(),
        start.elapsed(),
    );
    Ok(ExitCode::SUCCESS)
}

fn explain(difference: Difference) -> &'static str {
    match difference {
        Difference::Missing => "missing",
        Difference::Changed => "differs from the model",
        Difference::Stale => "stale: nothing in the model generates it",
    }
}

//! `cargo xtask import`.

use std::path::Path;
use std::time::Instant;

use ovirt_sdk_generator::{MODEL, files, load, output};
use ovirt_sdk_generator_tools::import;

use super::output::{color, message, print};

/// Imports a release of upstream's model, or shows what that would change.
pub(crate) fn run(root: &Path, upstream: &Path, release: Option<&str>, dry_run: bool) -> Result<(), String> {
    let start = Instant::now();
    let folder = root.join(MODEL);
    eprintln!("reading {} and {}", folder.display(), upstream.display());
    let _lock = if dry_run { None } else { Some(output::lock(root).map_err(message)?) };
    let present = load::read_files(&folder, root).map_err(message)?;
    let import = import::plan(upstream, &present, release).map_err(|error| error.render(color()))?;
    eprintln!();
    print(&import.report.render())?;
    if !dry_run {
        import::write(&folder, &present, &import).map_err(message)?;
    }
    eprintln!("{} ({:.2?})", import.report.summary(), start.elapsed());
    match (dry_run, import.report.is_empty()) {
        (_, true) => eprintln!("the model is up to date; nothing was written"),
        (true, false) => eprintln!("nothing was written; run the command without `--dry-run` to write the files"),
        (false, false) => eprintln!("next: write the missing summaries, then run `{}`", files::COMMAND),
    }
    Ok(())
}

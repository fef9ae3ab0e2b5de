//! `cargo xtask import`.

use std::io::IsTerminal;
use std::path::Path;
use std::time::Instant;

use ovirt_sdk_generator::{import, load};

/// Brings a release of upstream's model into ours, or shows what that would change.
pub(crate) fn run(root: &Path, upstream: &Path, release: Option<&str>, dry_run: bool) -> Result<(), String> {
    let start = Instant::now();
    let folder = root.join(ovirt_sdk_generator::MODEL);
    eprintln!("reading {} and {}", folder.display(), upstream.display());
    let present = load::read_texts(&folder, root).map_err(|error| format!("error: {error}"))?;
    let import =
        import::plan(upstream, &present, release).map_err(|error| error.render(std::io::stderr().is_terminal()))?;
    eprintln!();
    super::print(&import.report.render())?;
    if !dry_run {
        import::write(&folder, &present, &import).map_err(|error| format!("error: {error}"))?;
    }
    eprintln!("{} ({:.2?})", import.report.summary(), start.elapsed());
    match (dry_run, import.report.is_empty()) {
        (_, true) => eprintln!("the model says all of that already; nothing was written"),
        (true, false) => eprintln!("nothing was written; run it without `--dry-run` to write the files"),
        (false, false) => eprintln!("next: write the summaries, then run `{}`", ovirt_sdk_generator::emit::COMMAND),
    }
    Ok(())
}

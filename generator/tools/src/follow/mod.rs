//! Follows a release of upstream's model: import → texts → code → comparison → changelog → reference.
//!
//! Each step looks at the workspace to find out what is left of it, so a run continues where the one before stopped. There
//! is no file with the progress: people edit, commit and revert files between the runs, and such a file would then be
//! wrong.

mod changelog;

use std::path::{Path, PathBuf};

use ovirt_sdk_generator::load::{self, ModelFiles};
use ovirt_sdk_generator::output::{self, Differences};
use ovirt_sdk_generator::{LoadedModel, MODEL, files, generate, parse_model};

use crate::diff::{self, Diff, Verdict, render, side};
use crate::import::{self, Import};
use crate::public_api::Runtime;
use crate::{documentation, reference};
pub use changelog::{CHANGELOG, Insertion, insert};

/// The release note, relative to the root of the workspace.
pub const NOTE: &str = "target/follow/release-note.md";

/// The steps, by their number.
#[derive(Clone, Copy)]
enum Step {
    Import = 1,
    Texts,
    Code,
    Comparison,
    Changelog,
    Reference,
}

impl Step {
    const LAST: Self = Self::Reference;

    fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Texts => "texts",
            Self::Code => "code",
            Self::Comparison => "comparison",
            Self::Changelog => "changelog",
            Self::Reference => "reference",
        }
    }

    /// How a run ends at a step that needs a person.
    fn stop(self, what: &str) -> Outcome {
        let name = self.name();
        Outcome::Stopped(format!("stopped at the step `{name}`: {what}\nhelp: then run the same command again"))
    }
}

/// What to follow.
#[derive(Clone, Debug)]
pub struct Options {
    /// Upstream's checkout or sources jar.
    pub upstream: PathBuf,
    /// The release, if upstream's files don't name it.
    pub release: Option<String>,
    /// The git revision with the model before the release.
    pub since: String,
    /// Whether to write nothing.
    pub dry_run: bool,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All steps are done. The text says what is left for a person.
    Done(String),
    /// A step needs a person. The text says what to do.
    Stopped(String),
}

/// Follows a release. `say` receives what the steps report.
pub fn follow(root: &Path, options: &Options, color: bool, say: &mut dyn FnMut(&str)) -> Result<Outcome, String> {
    let _lock = if options.dry_run { None } else { Some(output::lock(root).map_err(message)?) };
    let mut run = Run { root, options, color, say };
    let base = side::revision(root, &options.since)?;
    let import = run.import(&base)?;
    let mut stopped = run.texts(&import.read);
    if let (Some(what), false) = (&stopped, options.dry_run) {
        return Ok(Step::Texts.stop(what));
    }
    run.code(&import.read)?;
    let diff = run.comparison(&base, &import.read)?;
    if let Some(what) = run.changelog(&diff)? {
        if !options.dry_run {
            return Ok(Step::Changelog.stop(&what));
        }
        stopped.get_or_insert(what);
    }
    run.reference(&import.read)?;
    Ok(match stopped {
        Some(what) => Outcome::Stopped(format!("without `--dry-run`, the command would stop here: {what}")),
        None => Outcome::Done(next(&diff, options.dry_run)),
    })
}

/// What is left when all steps are done.
fn next(diff: &Diff, dry_run: bool) -> String {
    if dry_run {
        return "nothing was written; run the command without `--dry-run`".to_owned();
    }
    let version = match diff.verdict() {
        Verdict::Major => "while the version starts with 0, increment its second number",
        Verdict::Minor | Verdict::Patch => "while the version starts with 0, increment its third number",
    };
    format!(
        "all steps are done; the changes are {}: {version}\n\
         next: review them with `git diff`, run `cargo test --workspace`, and commit everything together",
        diff.verdict().as_str()
    )
}

struct Run<'r> {
    root: &'r Path,
    options: &'r Options,
    color: bool,
    say: &'r mut dyn FnMut(&str),
}

impl Run<'_> {
    /// Reports the result of a step.
    fn report(&mut self, step: Step, result: &str) {
        (self.say)(&format!("{}/{} {}: {result}\n", step as usize, Step::LAST as usize, step.name()));
    }

    /// Brings upstream's facts into the model.
    fn import(&mut self, base: &ModelFiles) -> Result<Import, String> {
        let options = self.options;
        let folder = self.root.join(MODEL);
        let present = load::read_files(&folder, self.root).map_err(message)?;
        let plan = |texts| import::plan(&options.upstream, texts, options.release.as_deref());
        let import = plan(&present).map_err(|error| error.render(self.color))?;
        // What the release changes, not only what is left to import.
        let whole = if *base == present { None } else { Some(plan(base)) };
        let shown = match &whole {
            Some(Ok(whole)) => &whole.report,
            Some(Err(_)) | None => &import.report,
        };
        let [new, changed, removed] = import.report.files;
        let files = match import.report.is_empty() {
            true => "the model is up to date".to_owned(),
            false => format!("{new} new, {changed} changed, {removed} removed files"),
        };
        self.report(Step::Import, &format!("{} ({} → {})", files, shown.versions.0, shown.versions.1));
        if let Some(Err(error)) = &whole {
            let error = error.render(self.color);
            let since = &options.since;
            (self.say)(&format!(
                "only what is left to import is shown, because the model of `{since}` can't be compared:\n{error}\n"
            ));
        }
        (self.say)(&shown.render());
        if !options.dry_run {
            import::write(&folder, &present, &import).map_err(message)?;
        }
        Ok(import)
    }

    /// Checks that a person has described the new items. Returns what to do otherwise.
    fn texts(&mut self, read: &LoadedModel) -> Option<String> {
        match documentation::check(read, self.color) {
            Ok(()) => {
                self.report(Step::Texts, "all items are described");
                None
            }
            Err(problems) => {
                self.report(Step::Texts, "some items are not described");
                (self.say)(&problems);
                let what = "describe these items in the files of the model. For an item that was renamed or moved, copy \
                            the texts of the old item, which `git diff` shows. Mark secrets and add quirks, as \
                            model/README.md describes";
                Some(what.to_owned())
            }
        }
    }

    /// Generates the code.
    fn code(&mut self, read: &LoadedModel) -> Result<(), String> {
        let files = generate(read).map_err(message)?;
        let differences = output::compare(self.root, &files).map_err(message)?;
        if !self.options.dry_run {
            output::write(self.root, &files, &differences).map_err(message)?;
        }
        self.report(Step::Code, &counts(&differences, files.len()));
        Ok(())
    }

    /// Compares the model with that before the release, and writes the release note.
    fn comparison(&mut self, base: &ModelFiles, read: &LoadedModel) -> Result<Diff, String> {
        let since = &self.options.since;
        let old = parse_model(base, &format!("{since}:{MODEL}")).map_err(|error| error.render(self.color))?;
        let runtime = Runtime::read(self.root).map_err(message)?;
        let names = (since.clone(), "working tree".to_owned());
        let diff = diff::diff(&old, read, names, &runtime).map_err(message)?;
        let place = if self.options.dry_run { String::new() } else { format!(" (also in {NOTE})") };
        self.report(Step::Comparison, &format!("{}{place}", diff.verdict().as_str()));
        (self.say)(&render::text(&diff));
        self.write(NOTE, &render::markdown(&diff))?;
        Ok(diff)
    }

    /// Brings the API section of the changelog up to date. Returns what to do first if that is impossible.
    fn changelog(&mut self, diff: &Diff) -> Result<Option<String>, String> {
        let path = self.root.join(CHANGELOG);
        let text = std::fs::read_to_string(&path).map_err(|error| format!("error: can't read {CHANGELOG}: {error}"))?;
        let result = match insert(&text, diff) {
            Insertion::Same => "the section is up to date",
            Insertion::Edited => "the section has no mark, so it is left as it is",
            Insertion::Nothing => "no section, because nothing changes for programs",
            Insertion::NoPlace => {
                self.report(Step::Changelog, "no place for the section");
                return Ok(Some(format!("add the heading `{}` to {CHANGELOG}", changelog::UNRELEASED)));
            }
            Insertion::Text(new) => {
                self.write(CHANGELOG, &new)?;
                "the section is new or changed"
            }
        };
        self.report(Step::Changelog, result);
        Ok(None)
    }

    /// Renders the API reference.
    fn reference(&mut self, read: &LoadedModel) -> Result<(), String> {
        let files = reference::render(read).map_err(message)?;
        let result = match self.options.dry_run {
            true => format!("{} files", files.len()),
            false => {
                let written = reference::write(&self.root.join(reference::FOLDER), &files).map_err(message)?;
                format!("{} in {}", counts(&written, files.len()), reference::FOLDER)
            }
        };
        self.report(Step::Reference, &result);
        Ok(())
    }

    /// Writes a file of the workspace, unless nothing is to be written.
    fn write(&self, path: &str, text: &str) -> Result<(), String> {
        if self.options.dry_run {
            return Ok(());
        }
        let files = files::Files::from([(path.to_owned(), text.to_owned())]);
        let differences = output::compare_folders(self.root, &[], &files).map_err(message)?;
        output::write(self.root, &files, &differences).map_err(message)
    }
}

fn counts(differences: &Differences, all: usize) -> String {
    let [new, changed, removed] = output::count(differences);
    format!("{all} files: {new} new, {changed} changed, {removed} removed")
}

fn message(error: impl std::fmt::Display) -> String {
    format!("error: {error}")
}

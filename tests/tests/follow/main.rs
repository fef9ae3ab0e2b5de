//! Tests of `cargo xtask follow` in a workspace with a small model.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests"
)]

mod changelog;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ovirt_sdk_generator::files::GENERATED;
use ovirt_sdk_generator_tools::follow::{CHANGELOG, NOTE, Options, Outcome, follow};
use ovirt_sdk_generator_tools::reference;
use ovirt_sdk_tests::models;
use tempfile::TempDir;

const EMPTY: &str = "# Changes\n\n## Unreleased\n\n### Added\n\n- Something.\n";

/// A repository with the library's model, its code and the hand-written sources of the SDK.
struct Workspace(TempDir);

impl Workspace {
    fn new() -> Self {
        let workspace = Self(tempfile::tempdir().unwrap());
        let root = workspace.root();
        let library = models::tests_folder().join("releases/library");
        for path in models::files(&library) {
            models::write(&root.join(path.strip_prefix(&library).unwrap()), &text(&path));
        }
        workspace.describe();
        let sources = models::repository().join("generated-sdk/src");
        for path in models::files(&sources).into_iter().filter(|path| !path.starts_with(sources.join("generated"))) {
            models::write(&root.join("generated-sdk/src").join(path.strip_prefix(&sources).unwrap()), &text(&path));
        }
        for (path, text) in models::generate(root) {
            models::write(&root.join(path), &text);
        }
        models::write(&root.join("Cargo.toml"), "[workspace]\n");
        models::write(&root.join(CHANGELOG), EMPTY);
        models::write(&root.join(".gitignore"), "/target\n");
        workspace.git(&["init", "--quiet"]);
        workspace.git(&["add", "--all"]);
        workspace.git(&["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "One"]);
        workspace
    }

    fn root(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git").arg("-C").arg(self.root()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Writes the texts that are missing or say nothing, as a person does.
    fn describe(&self) {
        for path in models::files(&self.root().join("model")) {
            let old = text(&path);
            let mut lines: Vec<String> = Vec::new();
            for (number, line) in old.lines().enumerate() {
                let line = line.replace("summary: ~", &format!("summary: Described by a person in line {number}."));
                let line = ["The book.", "Its name.", "Its identifier."]
                    .iter()
                    .fold(line, |line, text| line.replace(text, &format!("Described by a person in line {number}.")));
                lines.push(line.replace("deprecated: true", "deprecated: Use another one."));
            }
            let new = lines.join("\n") + "\n";
            if new != old {
                fs::write(&path, new).unwrap();
            }
        }
    }

    fn follow_with(&self, change: impl FnOnce(&mut Options)) -> (Result<Outcome, String>, String) {
        let mut options = Options {
            upstream: models::tests_folder().join("releases/java"),
            release: None,
            since: "HEAD".to_owned(),
            dry_run: false,
        };
        change(&mut options);
        let mut said = String::new();
        let outcome = follow(self.root(), &options, false, &mut |text| said.push_str(text));
        (outcome, said)
    }

    fn follow(&self) -> (Outcome, String) {
        let (outcome, said) = self.follow_with(|_| {});
        (outcome.unwrap_or_else(|error| panic!("{error}\n{said}")), said)
    }

    /// All files except those of git.
    fn files(&self) -> BTreeMap<PathBuf, String> {
        let files = models::files(self.root()).into_iter().filter(|path| !path.starts_with(self.root().join(".git")));
        files.map(|path| (path.clone(), text(&path))).collect()
    }

    fn read(&self, path: &str) -> String {
        text(&self.root().join(path))
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines that report the steps.
fn steps(said: &str) -> Vec<&str> {
    said.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()) && line.contains("/6 ")).collect()
}

#[test]
fn a_run_stops_where_a_person_is_needed_and_the_next_one_continues() {
    let workspace = Workspace::new();
    let (outcome, said) = workspace.follow();
    let Outcome::Stopped(what) = outcome else { panic!("not stopped: {said}") };
    assert!(what.starts_with("stopped at the step `texts`: describe these items"), "{what}");
    assert!(what.ends_with("help: then run the same command again"), "{what}");
    assert_eq!(steps(&said).len(), 2, "{said}");
    assert!(said.contains("possibly renamed or moved") && said.contains("has no summary"), "{said}");
    assert!(workspace.git(&["status", "--porcelain"]).lines().all(|line| line.contains(" model/")));

    // The report of the import is repeated, and the model of the person is kept.
    workspace.describe();
    let (outcome, said) = workspace.follow();
    let Outcome::Done(next) = outcome else { panic!("stopped: {said}") };
    assert!(next.starts_with("all steps are done; the changes are major"), "{next}");
    assert!(said.contains("possibly renamed or moved"), "{said}");
    assert_eq!(steps(&said).len(), 6, "{said}");
    assert!(workspace.read("model/types/book.yaml").contains("Described by a person"));

    // The code, the note, the changelog and the reference belong to the new model.
    for (path, text) in models::generate(workspace.root()) {
        assert_eq!(workspace.read(&path), text, "{path}");
    }
    assert!(workspace.read(NOTE).contains("**Verdict: major**"));
    let changelog = workspace.read(CHANGELOG);
    assert!(changelog.starts_with("# Changes\n\n## Unreleased\n\n### API of oVirt"), "{changelog}");
    assert!(changelog.contains("#### Breaking") && changelog.ends_with("### Added\n\n- Something.\n"), "{changelog}");
    assert!(workspace.root().join(reference::FOLDER).join("index.html").is_file());

    // Another run changes nothing.
    let before = workspace.files();
    let (outcome, said) = workspace.follow();
    assert_eq!(outcome, Outcome::Done(next));
    assert!(steps(&said)[0].starts_with("1/6 import: the model is up to date"), "{said}");
    assert_eq!(workspace.files(), before);
}

#[test]
fn steps_that_were_undone_are_done_again() {
    let workspace = Workspace::new();
    workspace.follow();
    workspace.describe();
    workspace.follow();
    let before = workspace.files();
    let book = format!("{GENERATED}/types/book.rs");
    for path in [book.as_str(), CHANGELOG, "model/types/shelf.yaml"] {
        workspace.git(&["checkout", "--quiet", "--", path]);
    }
    fs::remove_dir_all(workspace.root().join("target")).unwrap();
    workspace.follow();
    workspace.describe();
    assert!(matches!(workspace.follow().0, Outcome::Done(_)));
    assert_eq!(workspace.files(), before);
}

#[test]
fn a_dry_run_shows_all_steps_and_writes_nothing() {
    let workspace = Workspace::new();
    let before = workspace.files();
    let (outcome, said) = workspace.follow_with(|options| options.dry_run = true);
    let Outcome::Stopped(what) = outcome.unwrap() else { panic!("not stopped: {said}") };
    assert!(what.starts_with("without `--dry-run`, the command would stop here: describe"), "{what}");
    assert_eq!(steps(&said).len(), 6, "{said}");
    assert!(said.contains("verdict: major") && said.contains("has no summary"), "{said}");
    assert_eq!(workspace.files(), before);
}

#[test]
fn committed_steps_are_compared_with_the_previous_release() {
    let workspace = Workspace::new();
    workspace.follow();
    workspace.describe();
    workspace.git(&["tag", "v1"]);
    workspace.git(&["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--all", "--message", "Two"]);
    let (outcome, said) = workspace.follow_with(|options| options.since = "v1".to_owned());
    assert!(matches!(outcome.unwrap(), Outcome::Done(_)), "{said}");
    assert!(said.contains("possibly renamed or moved") && said.contains("verdict: major"), "{said}");
}

#[test]
fn a_changelog_without_a_place_needs_a_person() {
    let workspace = Workspace::new();
    workspace.follow();
    workspace.describe();
    fs::write(workspace.root().join(CHANGELOG), "# Changes\n\n## 1.0.0\n").unwrap();
    let (outcome, said) = workspace.follow();
    let Outcome::Stopped(what) = outcome else { panic!("not stopped: {said}") };
    assert!(what.starts_with("stopped at the step `changelog`: add the heading `## Unreleased`"), "{what}");
    fs::write(workspace.root().join(CHANGELOG), EMPTY).unwrap();
    assert!(matches!(workspace.follow().0, Outcome::Done(_)));
}

#[test]
fn errors_name_what_is_wrong() {
    let workspace = Workspace::new();
    let error = workspace.follow_with(|options| options.since = "v9".to_owned()).0.unwrap_err();
    assert!(error.contains("`v9` is neither a file nor a git revision"), "{error}");
    let error = workspace.follow_with(|options| options.upstream = PathBuf::from("nowhere")).0.unwrap_err();
    assert!(error.contains("no such file or folder"), "{error}");
    models::write(&workspace.root().join("model/types/shelf.yaml"), "struct: shelf\nextends: nothing\n");
    let error = workspace.follow_with(|_| {}).0.unwrap_err();
    assert!(error.contains("unknown type `nothing`") && error.contains("fix the current model"), "{error}");
}

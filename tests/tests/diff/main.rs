//! Tests of `cargo xtask diff` and `changelog`, with all formats and kinds of sides.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests may fail as tests do")]

mod edits;

use std::path::{Path, PathBuf};
use std::process::Command;

use ovirt_sdk_generator::load::{self, ModelFiles};
use ovirt_sdk_generator::{LoadedModel, parse_model};
use ovirt_sdk_generator_tools::diff::side::{self, Side};
use ovirt_sdk_generator_tools::diff::{self, Diff, Verdict, code, render};
use ovirt_sdk_generator_tools::import;
use ovirt_sdk_generator_tools::public_api::Runtime;
use ovirt_sdk_tests::models;

fn fixture(name: &str) -> PathBuf {
    models::tests_folder().join("releases").join(name)
}

fn library() -> ModelFiles {
    load::read_files(&fixture("library/model"), Path::new("")).expect("can't read the fixture")
}

fn read(texts: &ModelFiles) -> LoadedModel {
    parse_model(texts, "model").unwrap_or_else(|error| panic!("{error}"))
}

fn compare(old: &ModelFiles, new: &ModelFiles) -> Diff {
    compare_with(old, new, &runtime())
}

fn compare_with(old: &ModelFiles, new: &ModelFiles, runtime: &Runtime) -> Diff {
    let names = ("old".to_owned(), "new".to_owned());
    diff::diff(&read(old), &read(new), names, runtime).unwrap_or_else(|error| panic!("{error}"))
}

fn runtime() -> Runtime {
    Runtime::read(&models::repository()).unwrap_or_else(|error| panic!("{error}"))
}

/// The library fixture with parts of its files replaced. Replacing an empty text adds a file.
fn with(changes: &[(&str, &str, &str)]) -> ModelFiles {
    let mut texts = library();
    for (path, from, to) in changes {
        let text = texts.entry((*path).to_owned()).or_default();
        assert!(text.contains(from), "{path} has no {from}");
        *text = text.replacen(from, to, 1);
    }
    texts
}

fn report(changes: &[(&str, &str, &str)]) -> String {
    render::text(&compare(&library(), &with(changes)))
}

fn imported() -> ModelFiles {
    import::plan(&fixture("java"), &library(), None).expect("the import succeeds").texts
}

#[test]
fn all_formats() {
    let diff = compare(&library(), &imported());
    insta::assert_snapshot!("text", render::text(&diff));
    insta::assert_snapshot!("markdown", render::markdown(&diff));
    insta::assert_snapshot!("json", render::json(&diff).expect("valid JSON"));
    insta::assert_snapshot!("changelog", render::changelog(&diff));
}

#[test]
fn equal_models_have_no_changes() {
    let diff = compare(&library(), &library());
    assert!(diff.changes.is_empty());
    assert_eq!(diff.verdict(), Verdict::Patch);
    insta::assert_snapshot!(render::changelog(&diff));
}

#[test]
fn reworded_texts_are_only_counted() {
    let diff = compare(&library(), &with(&[("types/book.yaml", "A book of ours.", "A book.")]));
    assert_eq!((diff.reworded_texts, diff.changes.len(), diff.verdict()), (1, 0, Verdict::Patch));
}

#[test]
fn changes_of_waiters() {
    let waiter = |states: &str, rest: &str| {
        format!(
            "waiters:\n  lent:\n    unmet: was not lent\n    field: lent\n{states}    typical: 1 min\n{rest}    sources: [A.b]\n"
        )
    };
    let model = |waiter: &str| {
        let service = "service: book\nsummary: A single book.\nmethods:\n  get:\n    summary: Reads it.\n    \
                       parameters:\n      book: { type: book, direction: out, summary: The book. }\n";
        with(&[
            ("types/book.yaml", "attributes:\n", "attributes:\n  lent: { type: boolean, summary: Who reads it. }\n"),
            ("services/books.yaml", "methods:\n", "locators:\n  book: { service: book, parameter: id }\nmethods:\n"),
            ("services/book.yaml", "", &format!("{service}{waiter}")),
        ])
    };
    let old = waiter("    success: [\"true\"]\n    initial: [\"false\"]\n", "");
    let new = waiter("    success: [\"true\"]\n    failure: [\"false\"]\n", "    settle: 10 s\n");
    let text = |old: &str, new: &str| render::text(&compare(&model(old), &model(new)));
    insta::assert_snapshot!("waiter_removed", text(&old, ""));
    insta::assert_snapshot!("waiter_added", text("", &old));
    insta::assert_snapshot!("waiter_changed", text(&old, &new));
}

#[test]
fn changes_of_types() {
    insta::assert_snapshot!(report(&[
        ("types/book.yaml", "next_books", "later_books"),
        ("types/book.yaml", "nextbooks", "laterbooks"),
        ("types/book.yaml", "secret: true, ", ""),
        ("types/book.yaml", "{ type: shelf, summary", "{ type: shelf, deprecated: true, summary"),
        ("types/book.yaml", "type: integer", "type: decimal"),
        ("types/shelf.yaml", "deprecated: Use a table instead.\n", ""),
        ("types/shelf.yaml", "item_tag: volume", "item_tag: tome"),
        ("types/shelf.yaml", "struct: shelf", "struct: shelf\nsince: \"1.0\""),
        ("types/magazine.yaml", "tag: journal", "tag: weekly"),
        ("types/magazine.yaml", "extends: identified\n", ""),
        ("types/fault.yaml", "struct: fault", "enum: fault"),
        ("types/fault.yaml", "attributes:\n  reason: { type: string, summary: Why. }", "values:\n  bad: {}"),
    ]));
}

#[test]
fn changes_of_the_identifying_field() {
    let found_by = |path: &'static str| ("services/books.yaml", "service: books", path);
    let (by_name, by_id) = (found_by("service: books\nfound_by: name"), found_by("service: books\nfound_by: id"));
    let text = |old: &ModelFiles, new: &ModelFiles| {
        let diff = compare(old, new);
        (render::text(&diff), diff.verdict())
    };
    let (added, verdict) = text(&library(), &with(&[by_name]));
    assert!(added.contains("its objects are found by `name`") && verdict == Verdict::Minor, "{added}");
    let (removed, verdict) = text(&with(&[by_name]), &library());
    assert!(removed.contains("its objects are no longer found by `name`") && verdict == Verdict::Major, "{removed}");
    let (changed, verdict) = text(&with(&[by_name]), &with(&[by_id]));
    assert!(
        changed.contains("its objects are found by `id` instead of `name`") && verdict == Verdict::Minor,
        "{changed}"
    );
}

#[test]
fn inherited_changes_are_reported_once_at_the_base() {
    let text = report(&[
        ("types/identified.yaml", "  description: { type: string, summary: Some words. }\n", ""),
        ("types/identified.yaml", "references: [id, name]", "references: [id]"),
        ("types/identified.yaml", "order: [name, description]", "order: [name]"),
    ]);
    assert_eq!(text.matches(".description").count(), 1, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn a_field_that_moves_to_the_base_is_no_change() {
    let text = report(&[
        (
            "types/magazine.yaml",
            "summary: Comes every week.",
            "summary: Weekly.\nattributes:\n  color: { type: string }",
        ),
        ("types/identified.yaml", "attributes:", "attributes:\n  pages: { type: integer }"),
        (
            "types/book.yaml",
            "  pages:\n    type: integer\n    summary: How many pages.\n    details: |\n      Covers are no pages.\n",
            "",
        ),
    ]);
    assert!(!text.contains("book.pages"), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn changes_of_services() {
    insta::assert_snapshot!(report(&[
        ("services/books.yaml", "    answer: action\n    because: The engine tells how it went.\n", ""),
        ("services/books.yaml", "segment: order", "segment: rank"),
        ("services/books.yaml", "max: { type: integer }", "max: { type: string }\n      page: { type: integer }"),
        ("services/books.yaml", "summary: The book. }", "summary: The book., mandatory: [name], optional: [pages] }"),
        (
            "services/books.yaml",
            "Sorts them.",
            "Sorts them.\n    signatures: { by_name: { parameters: { key: { type: string } } } }"
        ),
        ("services/library.yaml", "direction: out", "direction: inout"),
        ("services/library.yaml", "segment: volumes", "segment: tomes"),
        ("services/library.yaml", "locators:", "locators:\n  shelf: { service: books, parameter: id }"),
    ]));
    insta::assert_snapshot!(
        "changes_of_locators_and_bases",
        report(&[
            (
                "services/library.yaml",
                "service: books, segment: volumes, because: An old word., ",
                "service: library, parameter: id, "
            ),
            ("services/books.yaml", "service: books", "service: books\nextends: library\narea: Reading"),
            (
                "services/books.yaml",
                "  list:\n    summary: Lists books.\n    parameters:\n      books: { type: [book], direction: out, summary: Those found. }\n      max: { type: integer }\n",
                ""
            ),
        ])
    );
}

#[test]
fn changes_of_examples_are_documentation() {
    const BOOKS: &str = "services/books.yaml";
    const SORT: &str = "summary: Sorts them.";
    let example = |text: &str| format!("{SORT}\n    example: {text}");
    let changes = |old: &str, new: &str| {
        let (old, new) = (with(&[(BOOKS, SORT, old)]), with(&[(BOOKS, SORT, new)]));
        let diff = compare(&old, &new);
        diff.changes.iter().map(|it| format!("{:?} {} {}", it.consequence, it.item, it.text)).collect::<Vec<_>>()
    };
    assert_eq!(changes(SORT, &example("sort();")), ["Documentation books.sort example added"]);
    assert_eq!(changes(&example("sort();"), &example("turn();")), ["Documentation books.sort example changed"]);
    assert_eq!(changes(&example("sort();"), SORT), ["Documentation books.sort example removed"]);
    assert!(changes(&example("sort();"), &example("sort();")).is_empty());
}

#[test]
fn generated_code_is_compare() {
    let new = with(&[("types/magazine.yaml", "summary: Comes every week.", "summary: Weekly.")]);
    insta::assert_snapshot!(code::diff(&read(&library()), &read(&new)).expect("can't generate code"));
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"];
    let done =
        Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().expect("can't run git");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn write(folder: &Path, texts: &ModelFiles) {
    for (path, text) in texts {
        let path = folder.join("model").join(path);
        std::fs::create_dir_all(path.parent().expect("can't create a folder")).expect("can't write");
        std::fs::write(path, text).expect("can't write");
    }
}

fn open(root: &Path, wanted: Option<&str>) -> Result<Side, String> {
    side::open(root, wanted, false)
}

#[test]
fn sides_are_revisions_folders_and_releases_of_upstream() {
    let folder = tempfile::tempdir().expect("can't create a folder");
    let root = folder.path();
    write(root, &library());
    git(root, &["init", "--quiet"]);
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message", "first"]);
    git(root, &["tag", "v1"]);
    let changed = with(&[("types/book.yaml", "wrapper: { type: string", "wrapper: { type: integer")]);
    write(root, &changed);
    let count = |old: &str, new: Option<&str>| {
        let (old, new) =
            (open(root, Some(old)).expect("can't open the side"), open(root, new).expect("can't open the side"));
        diff::diff(&old.read, &new.read, (old.name, new.name), &runtime()).expect("can't compare").changes.len()
    };
    assert_eq!(count("HEAD", None), 1);
    assert_eq!(count("v1", Some("HEAD")), 0);
    let here = root.to_string_lossy().into_owned();
    assert_eq!(count("v1", Some(&here)), 1);
    assert_eq!(count(&here, Some(&format!("{here}/model"))), 0);
    let java = fixture("java").to_string_lossy().into_owned();
    assert!(count("HEAD", Some(&java)) > 10);
}

#[test]
fn invalid_sides_are_errors() {
    let folder = tempfile::tempdir().expect("can't create a folder");
    let root = folder.path();
    write(root, &library());
    git(root, &["init", "--quiet"]);
    std::fs::create_dir(root.join("empty")).expect("can't write");
    let error = |wanted: &str| open(root, Some(wanted)).expect_err("the side is invalid");
    assert!(error("v9").contains("`v9` is neither a file nor a git revision with a model folder"), "{}", error("v9"));
    assert!(error("--output=x").contains("starts with a hyphen"), "{}", error("--output=x"));
    let empty = root.join("empty").to_string_lossy().into_owned();
    assert!(error(&empty).contains("contains neither a model"), "{}", error(&empty));
    std::fs::write(root.join("model/types/book.yaml"), "struct: book\nfoo: bar\n").expect("can't write");
    let broken = open(root, None).expect_err("the model is invalid");
    assert!(broken.contains("model/types/book.yaml:2"), "{broken}");
}

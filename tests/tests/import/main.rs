//! Tests of `cargo xtask import` with a small Java model.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests may fail as tests do")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use ovirt_sdk_generator::load::{self, ModelFiles};
use ovirt_sdk_generator_tools::import::{self, Import, ImportError};
use ovirt_sdk_tests::models;
use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    models::tests_folder().join("releases").join(name)
}

fn present() -> ModelFiles {
    load::read_files(&fixture("library/model"), Path::new("")).expect("can't read the fixture")
}

fn plan(upstream: &Path, present: &ModelFiles) -> Result<Import, ImportError> {
    import::plan(upstream, present, None)
}

fn concatenated(texts: &ModelFiles) -> String {
    texts.iter().map(|(path, text)| format!("==> {path}\n{text}\n")).collect()
}

/// Creates a checkout from the fixture with some files replaced or added. An empty text removes the file.
fn changed(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&fixture("java"), folder.path());
    for (path, text) in files {
        let path = folder.path().join("src/main/java").join(path);
        if text.is_empty() {
            fs::remove_file(path).expect("can't remove");
        } else {
            fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
            fs::write(path, text).expect("writable");
        }
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("writable");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("readable").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).expect("writable");
        }
    }
}

fn message(files: &[(&str, &str)]) -> String {
    let folder = changed(files);
    plan(folder.path(), &present()).expect_err("the import fails").render(false)
}

#[test]
fn facts_are_replaced_and_everything_else_is_kept() {
    let import = plan(&fixture("java"), &present()).expect("the import succeeds");
    insta::assert_snapshot!("files", concatenated(&import.texts));
    insta::assert_snapshot!("report", format!("{}{}", import.report.render(), import.report.summary()));
}

#[test]
fn a_second_import_changes_nothing() {
    let first = plan(&fixture("java"), &present()).expect("the import succeeds");
    let second = plan(&fixture("java"), &first.texts).expect("the import succeeds");
    assert!(second.report.is_empty(), "{}", second.report.render());
    assert_eq!(first.texts, second.texts);
}

#[test]
fn written_files_can_be_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&fixture("library/model"), folder.path());
    let present = present();
    let import = plan(&fixture("java"), &present).expect("the import succeeds");
    import::write(folder.path(), &present, &import).expect("writable");
    assert_eq!(load::read_files(folder.path(), folder.path()).expect("readable"), import.texts);
    assert!(!folder.path().join("types/magazine.yaml").exists());
}

#[test]
fn a_sources_jar_is_imported_like_a_checkout() {
    let root = fixture("java/src/main/java");
    let mut jar = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/");
                jar.start_file(name, zip::write::SimpleFileOptions::default()).expect("open");
                jar.write_all(&fs::read(&path).expect("readable")).expect("open");
            }
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model-2.0.0-sources.jar");
    fs::write(&path, jar.finish().expect("open").into_inner()).expect("writable");
    let from_jar = plan(&path, &present()).expect("the import succeeds");
    assert_eq!(from_jar.texts, plan(&fixture("java"), &present()).expect("the import succeeds").texts);
}

#[test]
fn all_problems_are_reported_at_once() {
    let messages = message(&[
        ("types/Broken.java", "package types;\n@Type\npublic interface Broken {\n    String name(;\n}\n"),
        ("types/Class.java", "package types;\npublic class Class {}\n"),
        (
            "types/Odd.java",
            "package types;\n@Type\npublic interface Odd extends Book, Shelf {\n    Bok book();\n    int number();\n    \
             String[][] table();\n    @Lnik Shelf shelf();\n    String größe();\n    String with(String argument);\n    \
             String twice();\n    String twice();\n    int CONSTANT = 1;\n}\n",
        ),
        ("types/Loose.java", "package types;\npublic interface Loose {}\n"),
        ("types/Heir.java", "package types;\n@Type\npublic interface Heir extends Cover {}\n"),
        ("types/Rich.java", "package types;\n@Type\npublic enum Rich { ONE(1) { }; int field; }\n"),
        (
            "services/OddService.java",
            "package services;\n@Service\n@Area(1)\npublic interface OddService extends NothingService {\n    \
             interface Get extends Add { Book book(); @In Book other(); }\n    interface Add {\n        \
             interface Sign extends Get {}\n        @InputDetail\n        default void inputDetail() {\n            \
             mandatory(book().name());\n            perhaps(book());\n            int x = 1;\n            \
             mandatory(book(1));\n        }\n        @In @Out Book book();\n    }\n    BooksService plain();\n    \
             @Service BooksService two(String a, String b);\n    @Service NowhereService nowhere();\n}\n",
        ),
    ]);
    insta::assert_snapshot!(messages);
}

#[test]
fn references_to_invalid_files_are_not_reported() {
    let messages =
        message(&[("types/Book.java", "package types;\n@Type\npublic interface Book {\n    String name(\n}\n")]);
    insta::assert_snapshot!(messages);
}

#[test]
fn fixups_are_noted() {
    let import = plan(&fixture("java"), &present()).expect("the import succeeds");
    let notes = import.report.notes.join("\n");
    assert!(notes.contains("services/book.yaml: methods.update"), "{notes}");
    assert!(notes.contains("services/countable.yaml: methods.count"), "{notes}");
}

#[test]
fn a_result_that_fails_the_checks_is_not_imported() {
    let hidden = "package types;\n@Type\npublic interface Shelf extends Identified {\n    String name();\n}\n";
    insta::assert_snapshot!(message(&[("types/Shelf.java", hidden)]));
}

#[test]
fn the_current_model_must_be_valid() {
    let mut present = present();
    present.insert("types/vm.yaml".to_owned(), "struct: vm\nfoo: bar\n".to_owned());
    let error = plan(&fixture("java"), &present).expect_err("the model is invalid");
    insta::assert_snapshot!(error.render(false));
}

#[test]
fn paths_without_a_release_are_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let message = |path: &Path| {
        let text = plan(path, &present()).expect_err("there is no release").render(false);
        text.replace(&folder.path().to_string_lossy().into_owned(), "FOLDER")
    };
    let mut messages = vec![message(folder.path()), message(&folder.path().join("nowhere"))];
    let jar = folder.path().join("classes.jar");
    fs::write(&jar, zip::ZipWriter::new(Cursor::new(Vec::new())).finish().expect("open").into_inner()).expect("ok");
    messages.push(message(&jar));
    fs::write(&jar, "no jar").expect("writable");
    messages.push(message(&jar));
    insta::assert_snapshot!(messages.join(""));
}

#[test]
fn renames_are_suggested() {
    let import = plan(&fixture("java"), &present()).expect("the import succeeds");
    let pairs: BTreeMap<String, String> =
        import.report.renames().iter().map(|(old, new)| (old.to_string(), new.to_string())).collect();
    let renamed = pairs.get("types/book.yaml: links.bookshelf").map(String::as_str);
    assert_eq!(renamed, Some("types/book.yaml: links.shelf"), "{pairs:?}");
}

#[test]
fn the_real_model_has_the_canonical_layout() {
    let root = models::repository().join("model");
    for (path, text) in load::read_files(&root, &root).expect("readable") {
        // An import does not write searches, because upstream's model has none.
        if path.contains('/') && !path.starts_with(load::SEARCHES) {
            assert_eq!(import::laid_out(&text).as_deref(), Some(text.as_str()), "{path}");
        }
    }
}

#[test]
fn a_snapshot_counts_as_its_release() {
    let folder = changed(&[]);
    fs::write(folder.path().join("pom.xml"), "<project><version>2.1.0-SNAPSHOT</version></project>").expect("ok");
    let import = plan(folder.path(), &present()).expect("the import succeeds");
    assert_eq!(import.report.versions, ("1.0.0".to_owned(), "2.1.0".to_owned()));
    fs::remove_file(folder.path().join("pom.xml")).expect("there");
    assert_eq!(plan(folder.path(), &present()).expect("the import succeeds").report.versions.1, "1.0.0");
    let explicit = import::plan(folder.path(), &present(), Some("3.0")).expect("the import succeeds");
    assert_eq!(explicit.report.versions.1, "3.0");
}

/// Imports the release with one file replaced.
fn import_with(path: &str, text: &str, present: &ModelFiles) -> Import {
    let folder = changed(&[(path, text)]);
    plan(folder.path(), present).unwrap_or_else(|error| panic!("{}", error.render(false)))
}

#[test]
fn every_form_of_java_means_the_same() {
    let plain = "package types;\n@Type\npublic interface Form {\n    @Deprecated Integer[] counts();\n    \
                 @Deprecated Boolean old();\n    @Link Shelf[] shelves();\n}\n";
    let other = "package types;\n\n@org.example.Type public interface Form {\n    \
                 @Deprecated(since = \"4.7\", forRemoval = true) java.lang.Integer counts ( ) [ ];\n    \
                 @java.lang.Deprecated(forRemoval = !true) public abstract Boolean old();;\n    \
                 @org.example.Link /* why */ types.Shelf[] shelves();\n}\n";
    let file = |text| import_with("types/Form.java", text, &present()).texts["types/form.yaml"].clone();
    assert_eq!(file(other), file(plain));
    assert!(file(plain).contains("counts: { type: [integer], deprecated: true"), "{}", file(plain));

    let service = |area: &str, get: &str| {
        let text = format!("package services;\n@Service\n{area}\npublic interface FormService {{\n    {get}\n}}\n");
        import_with("services/FormService.java", &text, &present()).texts["services/form.yaml"].clone()
    };
    let plain =
        service("@Area(\"A b\")", "interface List { @Out Book[] books(); } interface Sort { @In Integer[] sheets(); }");
    for area in ["@Area(value = \"A b\")", "@Area({\"A b\"})", "@org.example.Area((\"A\" + \" b\"))"] {
        let get = "interface List { @Out Book books()[]; } interface Sort { @org.example.In Integer sheets()[]; }";
        assert_eq!(service(area, get), plain, "{area}");
    }
}

#[test]
fn forms_without_a_meaning_are_reported() {
    let member = |member: &str| {
        let text = format!("package types;\n@Type\npublic interface Form {{\n    {member}\n}}\n");
        message(&[("types/Form.java", &text)])
    };
    for (form, expected) in [
        ("Integer[] counts()[];", "lists of lists are not supported"),
        ("Integer counts()[][];", "lists of lists are not supported"),
        ("<T> Integer count();", "unexpected type parameters in a method"),
        ("Integer count() throws Exception;", "unexpected throws in a method"),
        ("List<Integer> counts();", "unexpected generic type in a type"),
    ] {
        let text = member(form);
        assert!(text.contains(expected), "{form}: {text}");
        assert!(text.contains("Form.java:4:"), "{form}: {text}");
    }
}

#[test]
fn a_rename_is_suggested_beside_another_new_parameter() {
    let path = fixture("java/src/main/java/services/BooksService.java");
    let text = fs::read_to_string(path).expect("readable");
    let first = import_with("services/BooksService.java", &text, &present()).texts;
    let renamed = text.replace("@In Integer max();", "@In Integer limit();\n        @In Boolean reverse();");
    let renamed = renamed.replace("interface SortAll {}", "interface SortAll { @In Integer passes(); }");
    let import = import_with("services/BooksService.java", &renamed, &first);
    let renames: Vec<String> = import.report.renames().iter().map(|(old, new)| format!("{old} → {new}")).collect();
    let expected = "services/books.yaml: methods.list.parameters.max → \
                    services/books.yaml: methods.list.parameters.limit";
    assert_eq!(renames, [expected]);
}

#[test]
fn comments_after_values_survive() {
    let mut present = present();
    let text = "struct: book  # our books\nextends: identified\nsummary: A book of ours.\nattributes:  # sorted\n  \
                cover: { type: string, summary: \"Hard # or soft.\" }  # as printed\n  pages:  # of paper\n    \
                type: decimal  # once\n    summary: How many pages.\n    details: |\n      # no comment\n  \
                weight: { type: decimal, summary: In grams. }  # without packaging\n";
    present.insert("types/book.yaml".to_owned(), text.to_owned());
    let imported = &plan(&fixture("java"), &present).expect("the import succeeds").texts["types/book.yaml"];
    for line in [
        "struct: book  # our books",
        "attributes:  # sorted",
        "  cover: { type: cover, summary: \"Hard # or soft.\" }  # as printed",
        "  pages:  # of paper",
        "    type: integer  # once",
        "      # no comment",
        "  weight: { type: decimal, summary: In grams. }  # without packaging",
    ] {
        assert!(imported.lines().any(|other| other == line), "{line}: {imported}");
    }
    assert_eq!(import::laid_out(imported).as_deref(), Some(imported.as_str()));
}

#[test]
fn corrected_lists_of_fields_are_kept() {
    let file = "services/books.yaml";
    let mut present = plan(&fixture("java"), &present()).expect("the import succeeds").texts;
    let (upstream, reason) = ("            mandatory: [shelf.id]\n", "            corrected: Any shelf will do.\n");
    let ours = format!("            optional: [shelf.id]\n{reason}");
    let corrected = present[file].replace(upstream, &ours);
    present.insert(file.to_owned(), corrected.clone());
    let import = plan(&fixture("java"), &present).expect("the import succeeds");
    assert!(import.report.is_empty(), "{}", import.report.render());
    assert_eq!(import.texts[file], corrected);

    present.insert(file.to_owned(), corrected.replace(&ours, &format!("{upstream}{reason}")));
    let import = plan(&fixture("java"), &present).expect("the import succeeds");
    let report = import.report.render();
    assert!(report.contains("parameters.book: `corrected` is no longer needed"), "{report}");
    let summary = import.report.summary();
    assert!(summary.ends_with("0 removed quirks"), "{summary}");

    // Without the key, upstream's lists win.
    present.insert(file.to_owned(), corrected.replace(reason, ""));
    let import = plan(&fixture("java"), &present).expect("the import succeeds");
    assert!(import.texts[file].contains(upstream) && !import.report.is_empty());
}

/// A waiter of books, with states of their cover.
const BOUND: &str = "waiters:\n  bound:\n    summary: Waits until the book is bound.\n    unmet: was not bound\n    field: cover\n    success: [soft]\n    failure: [leather]\n    initial: [hard_4_0]\n    typical: \"60 s\"\n    grace: \"30 s\"\n    sources: [Binder.bind]\n";

/// Imports Java files into a model whose books have a waiter.
fn with_waiter(files: &[(&str, &str)]) -> Import {
    with(BOUND, files)
}

fn with(waiters: &str, files: &[(&str, &str)]) -> Import {
    let mut present = plan(&fixture("java"), &present()).expect("the import succeeds").texts;
    present.get_mut("services/book.yaml").expect("a service").push_str(waiters);
    plan(changed(files).path(), &present).unwrap_or_else(|error| panic!("{}", error.render(false)))
}

#[test]
fn waiters_lose_states_that_no_longer_exist() {
    let kept = with_waiter(&[]);
    assert!(kept.report.is_empty() && kept.texts["services/book.yaml"].ends_with(BOUND));

    let cover = "package types;\n\n@Type\npublic enum Cover {\n    SOFT,\n    PAPER;\n}\n";
    let import = with_waiter(&[("types/Cover.java", cover)]);
    let text = &import.texts["services/book.yaml"];
    assert!(text.contains("success: [soft]") && !text.contains("leather") && !text.contains("grace"), "{text}");
    let report = import.report.render();
    for line in [
        "waiters.bound: removed leather from `failure`: no longer a state",
        "waiters.bound: removed hard_4_0 from `initial`: no longer a state",
        "waiters.bound: removed `grace`: no initial state is left",
    ] {
        assert!(report.contains(line), "{report}");
    }
}

#[test]
fn waiters_without_their_field_or_success_are_removed() {
    let cover = "package types;\n\n@Type\npublic enum Cover {\n    LEATHER;\n}\n";
    let import = with_waiter(&[("types/Cover.java", cover)]);
    assert!(!import.texts["services/book.yaml"].contains("waiters"));
    assert!(import.report.render().contains("removed the waiter: no state of success is left"));

    let book = fs::read_to_string(fixture("java/src/main/java/types/Book.java")).expect("a file");
    let book = book.replace("Cover cover();", "String cover();");
    let import = with_waiter(&[("types/Book.java", &book)]);
    assert!(!import.texts["services/book.yaml"].contains("waiters"));
    assert!(import.report.render().contains("`cover` is no longer a field with states"));
}

#[test]
fn waiters_without_their_addresses_are_removed() {
    let addresses = "    addresses:\n      list: sequels\n      address: name\n      network: shelf\n      missing: none is known\n    sources:";
    let waiters = BOUND.replace("    sources:", addresses);
    let kept = with(&waiters, &[]);
    assert!(kept.report.is_empty() && kept.texts["services/book.yaml"].ends_with(&waiters));

    let book = fs::read_to_string(fixture("java/src/main/java/types/Book.java")).expect("a file");
    for (part, missing) in [("@Link Shelf shelf();", "sequels.shelf"), ("@Link Book[] sequels();", "sequels.name")] {
        let import = with(&waiters, &[("types/Book.java", &book.replace(part, ""))]);
        assert!(!import.texts["services/book.yaml"].contains("waiters"), "{part}");
        let report = import.report.render();
        assert!(
            report.contains(&format!("removed the waiter: `{missing}` is no longer the path of a field")),
            "{report}"
        );
    }
}

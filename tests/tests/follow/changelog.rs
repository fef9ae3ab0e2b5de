//! The API section of the changelog.

use ovirt_sdk_generator::parse_model;
use ovirt_sdk_generator_tools::diff::{self, Diff};
use ovirt_sdk_generator_tools::follow::{Insertion, insert};
use ovirt_sdk_generator_tools::public_api::Runtime;
use ovirt_sdk_tests::models;

use super::EMPTY;

/// The comparison of two models that differ in a field, or of equal ones.
fn changes(field: &str, release: &str) -> Diff {
    let model = |field: &str, release: &str| {
        let text = |text: &str| text.to_owned();
        let files = [
            ("model.yaml", format!("api: A\nversion: \"{release}\"\nroot: system\n")),
            ("services/system.yaml", text(models::SYSTEM)),
            ("types/disk.yaml", format!("struct: disk\nattributes:\n  {field}: {{ type: string }}\n")),
        ];
        let files = files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
        parse_model(&files, "model").unwrap()
    };
    let runtime = Runtime::read(&models::repository()).unwrap();
    let names = ("old".to_owned(), "new".to_owned());
    diff::diff(&model("size", "1.0"), &model(field, release), names, &runtime).unwrap()
}

fn inserted(text: &str, diff: &Diff) -> String {
    match insert(text, diff) {
        Insertion::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_section_is_added_and_replaced() {
    let first = inserted(EMPTY, &changes("length", "1.1"));
    assert!(first.contains("`disk.length`") && first.contains("### Added\n\n- Something."), "{first}");
    assert_eq!(insert(&first, &changes("length", "1.1")), Insertion::Same);
    let second = inserted(&first, &changes("width", "1.2"));
    assert!(second.contains("`disk.width`") && !second.contains("`disk.length`"), "{second}");
    assert_eq!(second.matches("### API of oVirt").count(), 1);
    // Without a change, there is no section.
    assert_eq!(inserted(&second, &changes("size", "1.0")), EMPTY);
    assert_eq!(insert(EMPTY, &changes("size", "1.0")), Insertion::Nothing);
}

#[test]
fn an_edited_section_stays() {
    let first = inserted(EMPTY, &changes("length", "1.1"));
    let mark = first.lines().find(|line| line.starts_with("<!--")).unwrap();
    let edited = first.replace(mark, "Disks are measured differently.");
    assert_eq!(insert(&edited, &changes("width", "1.2")), Insertion::Edited);
}

#[test]
fn sections_of_releases_stay() {
    let released = "# Changes\n\n## Unreleased\n\n## 1.0.0\n\n### API of oVirt 1.0\n\n- A.\n";
    let text = inserted(released, &changes("length", "1.1"));
    assert!(text.ends_with("\n\n## 1.0.0\n\n### API of oVirt 1.0\n\n- A.\n"), "{text}");
    assert_eq!(text.matches("### API of oVirt").count(), 2);
    assert_eq!(insert("# Changes\n\n## 1.0.0\n", &changes("length", "1.1")), Insertion::NoPlace);
}

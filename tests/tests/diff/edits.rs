//! The verdict on single edits of a model, in both directions.

use ovirt_sdk_generator::load::ModelFiles;

use super::{compare_with, render, runtime};

#[path = "edits/table.rs"]
mod table;

/// The model before and after an edit.
fn edited(changes: &[(&str, &str, &str)]) -> (ModelFiles, ModelFiles) {
    let model: ModelFiles = table::MODEL.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let mut after = model.clone();
    for (path, from, to) in changes {
        let text = after.entry((*path).to_owned()).or_default();
        assert!(text.contains(from), "{path} has no {from}");
        *text = text.replacen(from, to, 1);
    }
    after.retain(|_, text| !text.is_empty());
    (model, after)
}

#[test]
fn every_edit_has_the_verdict_that_the_compiler_confirms() {
    let (mut wrong, runtime) = (String::new(), runtime());
    for (name, changes, forward, backward) in table::EDITS {
        let (before, after) = edited(changes);
        for (old, new, expected) in [(&before, &after, forward), (&after, &before, backward)] {
            let diff = compare_with(old, new, &runtime);
            if diff.verdict().as_str() != *expected {
                wrong.push_str(&format!("{name}: expected {expected}\n{}\n", render::text(&diff)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What the report says about some edits.
#[test]
fn reports_of_edits() {
    let runtime = runtime();
    let report = |name: &str| {
        let (_, changes, _, _) = table::EDITS.iter().find(|(other, _, _, _)| *other == name).expect("no such edit");
        let (before, after) = edited(changes);
        format!(
            "# {name}\n{}\n{}",
            render::text(&compare_with(&before, &after, &runtime)),
            render::text(&compare_with(&after, &before, &runtime))
        )
    };
    let names = [
        "action gains a result",
        "method moves to the base",
        "nothing is found by name",
        "body renamed",
        "order of elements",
        "another root",
        "add removed",
        "field moves to the base",
        "type with another Rust name",
    ];
    insta::assert_snapshot!(names.map(report).join("\n"));
}

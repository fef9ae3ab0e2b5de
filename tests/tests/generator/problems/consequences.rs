//! One mistake is one problem: its consequences in this and other files are not reported.

use ovirt_sdk_generator::load::{self, ModelFiles};
use ovirt_sdk_generator::{MODEL, ModelError};
use ovirt_sdk_tests::models;

/// The real model with a part of a file replaced. Returns the number of problems and their text.
fn real(path: &str, from: &str, to: &str) -> (usize, String) {
    let root = models::repository();
    let mut texts: ModelFiles = load::read_files(&root.join(MODEL), &root).unwrap();
    let text = texts.get_mut(path).unwrap();
    assert!(text.contains(from), "{path} has no {from}");
    *text = text.replacen(from, to, 1);
    match ovirt_sdk_generator::parse_model(&texts, MODEL) {
        Err(ModelError::Problems { problems, sources }) => (problems.len(), problems.render(&sources, false)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_a_file_that_is_not_yaml() {
    for (path, from, to) in [
        ("types/vm.yaml", "attributes:\n  ", "attributes:\n\t"),
        ("types/vm.yaml", "attributes:\n", "<<<<<<< ours\nattributes:\n=======\n>>>>>>> theirs\n"),
        ("types/identified.yaml", "attributes:\n  ", "attributes:\n\t"),
        ("types/vm_status.yaml", "values:\n", "values: [\n"),
        ("services/vms.yaml", "methods:\n  ", "methods:\n\t"),
        ("services/system.yaml", "locators:\n  ", "locators:\n\t"),
        ("model.yaml", "envelope:\n  ", "envelope:\n\t"),
    ] {
        let (count, text) = real(path, from, to);
        assert_eq!(count, 1, "{path}: {text}");
        assert!(text.contains(&format!("model/{path}:")), "{text}");
    }
}

#[test]
fn of_keys_and_values() {
    for (path, from, to) in [
        ("types/identified.yaml", "attributes:", "atributes:"),
        ("types/vm.yaml", "struct: vm", "struct: vmm"),
        ("types/vm_status.yaml", "values:", "value:"),
        ("services/vms.yaml", "service: vms", "service: vmss"),
        ("services/vms.yaml", "direction: inout", "direction: in-out"),
        ("services/vms.yaml", "type: vm\n", "type: vmm\n"),
        ("types/vm.yaml", "extends: ", "extends: x"),
        ("model.yaml", "plurals:", "plural:"),
    ] {
        let (count, text) = real(path, from, to);
        assert_eq!(count, 1, "{path}: {text}");
        assert!(text.contains(&format!("model/{path}:")), "{text}");
    }
}

#[test]
fn of_cycles() {
    let (count, text) = real("types/identified.yaml", "struct: identified\n", "struct: identified\nextends: vm\n");
    assert_eq!(count, 1, "{text}");
    let (count, text) = real("services/measurable.yaml", "service: measurable\n", "service: measurable\nextends: vm\n");
    assert_eq!(count, 1, "{text}");
}

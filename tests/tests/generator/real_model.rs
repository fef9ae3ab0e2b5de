//! Snapshots of a few files generated from the real model, and a check that the repository is up to date.

use std::path::Path;

use ovirt_sdk_generator::files::{COMMAND, GENERATED};
use ovirt_sdk_generator::output;
use ovirt_sdk_tests::models;

#[test]
fn the_repository_is_up_to_date() {
    let root = models::repository();
    let differences = output::compare(&root, &models::generate(&root)).unwrap();
    assert!(differences.is_empty(), "run `{COMMAND}`: generated files are out of date: {differences:#?}");
}

#[test]
fn common_methods_have_examples() {
    let read = models::read(&models::repository()).unwrap();
    let methods = read.model.services.iter().flat_map(|service| &service.methods);
    let examples = methods.filter(|method| method.example.is_some()).count();
    assert!(examples >= 40, "only {examples} methods have examples");
}

fn generated(name: &str) -> String {
    std::fs::read_to_string(models::repository().join(GENERATED).join(Path::new(name))).unwrap()
}

macro_rules! snapshots {
    ($($name:ident: $path:literal;)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(generated($path));
            }
        )*
    };
}

snapshots! {
    disk_attachment: "types/disk_attachment.rs";
    identified: "types/identified.rs";
    usb: "types/usb.rs";
    vm_status: "types/vm_status.rs";
    wire: "wire.rs";
}

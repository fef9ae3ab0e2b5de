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

/// Collections whose items nothing identifies would get another item with each `find_or_create`.
#[test]
fn only_collections_with_an_identifying_field_are_searched() {
    let model = models::read(&models::repository()).unwrap().model;
    let lookup = |name: &str| {
        let (id, _) = model.services().find(|(_, service)| service.name == *name).unwrap();
        model.lookup(id).map(|lookup| (lookup.text(), lookup.search.is_some(), lookup.creates))
    };
    for name in ["events", "jobs", "steps", "image_transfers", "vm_backups", "vm_watchdogs", "fence_agents", "icons"] {
        assert_eq!(lookup(name), None, "{name}");
    }
    for name in ["system_permissions", "assigned_permissions", "quota_cluster_limits", "vm_cdroms", "katello_errata"] {
        assert_eq!(lookup(name), None, "{name}");
    }
    let text = |text: &str, search, creates| Some((text.to_owned(), search, creates));
    assert_eq!(lookup("vms"), text("name", true, true));
    assert_eq!(lookup("vm_nics"), text("name", false, true));
    assert_eq!(lookup("disk_attachments"), text("disk.id", false, true));
    assert_eq!(lookup("template_disk_attachments"), text("disk.id", false, false));
    assert_eq!(lookup("snapshots"), text("description", false, true));
    // The query has another word for the field.
    assert_eq!(lookup("users"), text("user_name", false, true));
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
    faults: "faults.rs";
    identified: "types/identified.rs";
    usb: "types/usb.rs";
    vm_status: "types/vm_status.rs";
    wire: "wire.rs";
}

//! Searches through references, in an engine with many objects.

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::types::{Disk, Host, Template, Vm};

/// Identifiers in order.
fn ids<'o>(all: impl Iterator<Item = &'o Option<String>>) -> Vec<String> {
    let mut ids: Vec<String> = all.flatten().cloned().collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn objects_are_found_by_what_refers_to_them() {
    // With a pass over all objects for each searched one, this would take minutes.
    let engine = FakeEngine::builder().manual_clock().vms(1500).start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    let system = connection.system();
    let vms: Vec<Vm> = system.vms().list().send().await.unwrap().into_vec();
    for vm in vms.iter().step_by(400) {
        let (id, name) = (vm.id.as_deref().unwrap(), vm.name.as_deref().unwrap());
        let disks: Vec<Disk> =
            system.disks().list().search(format!("vm_names={name}")).send().await.unwrap().into_vec();
        let attached = system.vms().vm(id).disk_attachments().list().send().await.unwrap();
        assert!(!disks.is_empty());
        assert_eq!(ids(disks.iter().map(|disk| &disk.id)), ids(attached.iter().map(|it| &it.id)), "{name}");

        let hosts: Vec<Host> = system.hosts().list().search(format!("vm.name={name}")).send().await.unwrap().into_vec();
        let on = vm.host.as_ref().map(|host| host.id.clone());
        assert_eq!(ids(hosts.iter().map(|host| &host.id)), ids(on.iter()), "{name}");

        let templates = system.templates().list().search(format!("vms.name={name}")).send().await.unwrap();
        let templates: Vec<Template> = templates.into_vec();
        let from = vm.template.as_ref().map(|template| template.id.clone());
        assert_eq!(ids(templates.iter().map(|template| &template.id)), ids(from.iter()), "{name}");
    }
}

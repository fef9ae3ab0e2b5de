//! What an engine begins with.

use std::collections::BTreeSet;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::types::{Vm, VmStatus};

use super::{GIB, engine};

#[tokio::test]
async fn every_engine_has_the_sizes_of_machines() {
    let (_engine, connection) = engine().await;
    let sizes = connection.system().instance_types().list().send().await.unwrap();
    let told: BTreeSet<(i64, i64, String)> = sizes
        .iter()
        .map(|size| {
            let sockets = size.cpu.as_ref().unwrap().topology.as_ref().unwrap().sockets.unwrap();
            (size.memory.unwrap(), sockets, size.name.clone().unwrap())
        })
        .collect();
    let expected = [(GIB / 2, 1, "Tiny"), (2 * GIB, 1, "Small"), (4 * GIB, 2, "Medium"), (8 * GIB, 2, "Large")];
    let mut expected: BTreeSet<_> = expected.map(|(memory, sockets, name)| (memory, sockets, name.to_owned())).into();
    expected.insert((16 * GIB, 4, "XLarge".to_owned()));
    assert_eq!(told, expected);
    let blank = connection.system().templates().list().send().await.unwrap();
    assert_eq!(blank[0].name.as_deref(), Some("Blank"));
}

#[tokio::test]
async fn an_inventory_can_have_any_size() {
    let engine = FakeEngine::builder().manual_clock().seed(7).vms(200).start().await.unwrap();
    let connection = engine.connect().build().unwrap();
    let vms = connection.system().vms();
    let all = vms.list().follow("nics,disk_attachments.disk,reported_devices").send().await.unwrap();
    assert_eq!(all.len(), 200);
    assert!(all.iter().any(|vm| vm.name.as_deref() == Some("vm0001")));
    let of = |status: VmStatus| all.iter().filter(|vm| vm.status.as_ref() == Some(&status)).collect::<Vec<&Vm>>();
    let up = of(VmStatus::Up);
    assert!(up.len() > 80 && of(VmStatus::Down).len() > 30, "{} up", up.len());
    let hosts: BTreeSet<_> = up.iter().map(|vm| vm.host.as_ref().unwrap().id.clone().unwrap()).collect();
    assert!(hosts.len() > 1);
    assert!(up.iter().all(|vm| vm.fqdn.is_some() && !vm.reported_devices.as_ref().unwrap().is_empty()));
    let macs: BTreeSet<_> =
        all.iter().flat_map(|vm| vm.nics.as_ref().unwrap().iter()).map(|it| it.mac.clone().unwrap().address).collect();
    assert_eq!(macs.len(), 400, "every interface has an address of its own");
    assert!(all.iter().all(|vm| !vm.disk_attachments.as_ref().unwrap().is_empty()));

    let same = FakeEngine::builder().manual_clock().seed(7).vms(200).start().await.unwrap();
    let again = same.connect().build().unwrap().system().vms().list().send().await.unwrap();
    assert!(all.iter().zip(again.iter()).all(|(one, other)| one.id == other.id && one.status == other.status));
}

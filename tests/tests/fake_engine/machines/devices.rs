//! NICs, drives and other devices.

use ovirt_sdk::types::{
    Cdrom, Cpu, CpuTopology, File, HostDevice, Mac, Network, Nic, NicInterface, VirtualNumaNode, VnicProfile, Watchdog,
    WatchdogAction, WatchdogModel,
};

use super::*;

impl Fixture {
    /// A NIC in the management network.
    async fn nic(&self, name: &str) -> Nic {
        let profiles = self.connection.system().vnic_profiles().list().send().await.unwrap();
        let profile = profiles.iter().find(|profile| profile.name.as_deref() == Some("ovirtmgmt")).unwrap();
        Nic::new().name(name).vnic_profile(VnicProfile::with_id(profile.id.clone().unwrap()))
    }
}

#[tokio::test]
async fn nics_get_addresses_of_their_own() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    let first = vm.nics().add(fixture.nic("nic1").await).send().await.unwrap();
    let second = Nic::new().name("nic2").vnic_profile(VnicProfile::with_name("ovirtmgmt"));
    let second = vm.nics().add(second.network(Network::with_name("ovirtmgmt"))).send().await.unwrap();
    assert_eq!(first.interface, Some(NicInterface::Virtio));
    assert_eq!((first.plugged, first.linked), (Some(true), Some(true)));
    assert!(first.vnic_profile.is_some());
    assert_eq!(second.vnic_profile, None, "only the identifier of a profile counts");
    let (one, other) = (first.mac.unwrap().address.unwrap(), second.mac.unwrap().address.unwrap());
    assert_ne!(one, other);

    assert_refused(vm.nics().add(fixture.nic("nic1").await).send().await, "Network interface name is already in use");
    let neighbour = fixture.machine("web2").await;
    let taken = fixture.nic("nic1").await.mac(Mac::new().address(one.to_uppercase()));
    let words = format!("MAC Address {} is already in use by VM or snapshot: web1.", one.to_uppercase());
    assert_refused(neighbour.nics().add(taken).send().await, &words);
    assert_eq!(
        refusal(neighbour.nics().add(fixture.nic("x").await.mac(Mac::new().address("56:6f"))).send().await).0,
        400
    );
    assert_eq!(refusal(neighbour.nics().add(Nic::new()).send().await).0, 400);
    let own = fixture.nic("nic1").await.mac(Mac::new().address("56:6F:AA:BB:CC:DD"));
    let own = neighbour.nics().add(own).send().await.unwrap();
    assert_eq!(own.mac.unwrap().address.as_deref(), Some("56:6F:AA:BB:CC:DD"));
}

#[tokio::test]
async fn guests_report_what_is_plugged() {
    let fixture = Fixture::new().await;
    let vm = fixture.running("web1").await;
    assert!(vm.reported_devices().list().send().await.unwrap().is_empty());
    let added = vm.nics().add(fixture.nic("nic1").await).send().await.unwrap();
    let service = vm.nics().nic(added.id.unwrap());
    let devices = vm.reported_devices().list().send().await.unwrap();
    assert_eq!(devices.len(), 1);
    assert_eq!(devices[0].name.as_deref(), Some("eth0"));
    assert_eq!(devices[0].ips.as_ref().unwrap().len(), 2);
    let seen = service.get().send().await.unwrap();
    assert_eq!(seen.reported_devices.unwrap()[0].id, devices[0].id, "NICs are shown with them");
    assert_eq!(service.reported_devices().list().send().await.unwrap().len(), 1);

    assert_refused(service.remove().send().await, "plugged to a running VM");
    let other = Nic::new().interface(NicInterface::E1000);
    assert_refused(service.update(other.clone()).send().await, "Please un-plug the interface");
    let unlinked = service.update(Nic::new().linked(false)).send().await.unwrap();
    assert_eq!(unlinked.linked, Some(false));
    assert_eq!(vm.reported_devices().list().send().await.unwrap()[0].ips, None);
    service.deactivate().send().await.unwrap();
    assert_eq!(service.get().send().await.unwrap().plugged, Some(false));
    assert!(vm.reported_devices().list().send().await.unwrap().is_empty());
    assert_eq!(service.update(other).send().await.unwrap().interface, Some(NicInterface::E1000));
    service.remove().send().await.unwrap();
    assert!(vm.nics().list().send().await.unwrap().is_empty());
}

#[tokio::test]
async fn nics_lose_their_profile_when_none_is_sent() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    let added = vm.nics().add(fixture.nic("nic1").await).send().await.unwrap();
    let changed = vm.nics().nic(added.id.unwrap()).update(Nic::new().vnic_profile(VnicProfile::new())).send().await;
    assert_eq!(changed.unwrap().vnic_profile, None);
}

#[tokio::test]
async fn a_drive_has_what_is_in_it_now_and_what_will_be() {
    let fixture = Fixture::new().await;
    let files = fixture.connection.system().storage_domains();
    let iso = files.list().search("name=iso").send().await.unwrap()[0].id.clone().unwrap();
    let disc = files.storage_domain(&iso).files().list().send().await.unwrap()[0].id.clone().unwrap();

    let vm = fixture.machine("web1").await;
    let drives = vm.cdroms().list().send().await.unwrap();
    assert_eq!(drives.len(), 1, "from the start");
    assert!(drives[0].file.is_none());
    let drive = vm.cdroms().cdrom(drives[0].id.clone().unwrap());
    let with = |file: &str| Cdrom::new().file(File::with_id(file));
    let inside = |drive: Cdrom| drive.file.and_then(|file| file.id);
    assert_eq!(refusal(drive.update(with("nothing.iso")).send().await), (400, "[Invalid ISO image path]".to_owned()));
    assert_refused(drive.update(with(&disc)).current(true).send().await, "because the VM is in Down status");

    vm.start().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    drive.update(with(&disc)).current(true).send().await.unwrap();
    assert_eq!(inside(drive.get().current(true).send().await.unwrap()).as_ref(), Some(&disc));
    assert_eq!(inside(drive.get().send().await.unwrap()), None, "that was only for now");
    drive.update(with("")).current(true).send().await.unwrap();
    assert_eq!(inside(drive.get().current(true).send().await.unwrap()), None);
    drive.update(with(&disc)).send().await.unwrap();
    assert_eq!(inside(drive.get().current(true).send().await.unwrap()), None, "from the next start on");
    vm.stop().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(inside(drive.get().current(true).send().await.unwrap()), Some(disc));
}

#[tokio::test]
async fn other_devices_have_their_rules() {
    let fixture = Fixture::new().await;
    let vm = Vm::new().name("web1").cpu(Cpu::new().topology(CpuTopology::new().cores(2)));
    let vm = fixture.machine_of(vm).await;
    let watchdog = Watchdog::new().action(WatchdogAction::Reset).model(WatchdogModel::I6300esb);
    vm.watchdogs().add(watchdog.clone()).send().await.unwrap();
    assert_refused(vm.watchdogs().add(watchdog).send().await, "WATCHDOG_ALREADY_EXISTS");
    let device = vm.host_devices().add(HostDevice::with_name("pci_0000_01_00_0")).send().await;
    assert_refused(device, "VM must be pinned to a host");

    let node = |index| {
        let cpu =
            Cpu::new().topology(CpuTopology::new().cores(1)).cores(vec![ovirt_sdk::types::Core::new().index(index)]);
        VirtualNumaNode::new().index(index).memory(512).cpu(cpu)
    };
    let invalid = async |index| refusal(vm.numa_nodes().add(node(index)).send().await);
    let (status, detail) = invalid(1).await;
    assert_eq!(status, 400);
    assert!(detail.contains("Missing indices 0."), "{detail}");
    vm.numa_nodes().add(node(0)).send().await.unwrap();
    assert_eq!(invalid(0).await, (400, "[NUMA node with index 0 exists at least twice.]".to_owned()));
    vm.numa_nodes().add(node(1)).send().await.unwrap();
    assert!(invalid(2).await.1.contains("Assigned 3 NUMA nodes for 2 CPU cores."));
}

#[tokio::test]
async fn addresses_follow_the_names_of_nics() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    for (name, mac) in [("nic1", "56:6f:00:00:00:22"), ("nic2", "56:6f:00:00:00:11")] {
        vm.nics().add(fixture.nic(name).await.mac(Mac::new().address(mac))).send().await.unwrap();
    }
    vm.reorder_mac_addresses().send().await.unwrap();
    let nics = vm.nics().list().send().await.unwrap();
    let mac = |index: usize| nics[index].mac.clone().unwrap().address.unwrap();
    assert_eq!((mac(0).as_str(), mac(1).as_str()), ("56:6f:00:00:00:11", "56:6f:00:00:00:22"));
}

#[tokio::test]
async fn people_log_on_to_guests_that_are_up() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    assert_eq!(refusal(vm.logon().send().await), (400, "[]".to_owned()));
    assert_refused(vm.freeze_filesystems().send().await, "because the VM is in Down status");
    vm.start().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    vm.logon().send().await.unwrap();
    assert_eq!(vm.sessions().list().send().await.unwrap().len(), 1);
    vm.freeze_filesystems().send().await.unwrap();
    vm.thaw_filesystems().send().await.unwrap();
}

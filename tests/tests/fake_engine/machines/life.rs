//! Starting, stopping, suspending and moving machines.

use ovirt_sdk::types::{
    Boot, BootDevice, DiskStatus, Display, DisplayType, Host, HostStatus, Initialization, JobStatus, MemoryPolicy, Nic,
    OperatingSystem, Snapshot, SnapshotType, Vm, VmAffinity, VmPlacementPolicy, VmStatus,
};

use super::*;

#[tokio::test]
async fn a_machine_starts_in_steps_and_tells_of_its_guest() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    assert_eq!(status(&vm).await, VmStatus::Down);
    vm.start().send().await.unwrap();
    let launching = read(&vm).await;
    assert_eq!(launching.status, Some(VmStatus::WaitForLaunch));
    assert!(launching.host.is_some() && launching.start_time.is_some());
    fixture.engine.advance(3 * SECOND);
    assert_eq!(status(&vm).await, VmStatus::PoweringUp);
    assert_eq!(read(&vm).await.fqdn, None, "the guest is not there yet");
    fixture.engine.advance(5 * SECOND);
    let up = read(&vm).await;
    assert_eq!(up.status, Some(VmStatus::Up));
    assert_eq!(up.fqdn.as_deref(), Some("web1"));
    assert_eq!(up.guest_operating_system.unwrap().family.as_deref(), Some("Linux"));
    assert!(up.guest_time_zone.is_some());
    assert!(up.display.unwrap().port.is_some());
    assert!(!vm.applications().list().send().await.unwrap().is_empty());

    let jobs = fixture.connection.system().jobs().list().send().await.unwrap();
    assert!(jobs.iter().any(|job| job.description.as_deref() == Some("Launching VM web1")), "{jobs:?}");
    let events = fixture.connection.system().events().list().send().await.unwrap();
    let codes: Vec<i64> = events.iter().filter_map(|event| event.code).collect();
    assert!(codes.contains(&153) && codes.contains(&32), "{codes:?}");
}

#[tokio::test]
async fn jobs_are_forgotten_a_while_after_their_end() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    let jobs = fixture.connection.system().jobs();
    fixture.engine.advance(15 * MINUTE);
    assert!(jobs.list().send().await.unwrap().is_empty());
    vm.start().send().await.unwrap();
    let launching = jobs.list().send().await.unwrap();
    assert_eq!(launching.len(), 1);
    fixture.engine.advance(9 * MINUTE);
    let ended = jobs.list().send().await.unwrap();
    assert_eq!(ended[0].status, Some(JobStatus::Finished));
    fixture.engine.advance(2 * MINUTE);
    assert!(jobs.list().send().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_stateless_machine_is_afterwards_what_it_was_before() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    let types = async || {
        let all = vm.snapshots().list().send().await.unwrap();
        all.into_iter().filter_map(|snapshot| snapshot.snapshot_type).collect::<Vec<_>>()
    };
    vm.start().vm(Vm::new().stateless(true)).send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(types().await, [SnapshotType::Active, SnapshotType::Stateless]);
    assert_refused(vm.suspend().send().await, "VM is stateless");
    let snapshot = Snapshot::new().description("now");
    assert_refused(vm.snapshots().add(snapshot).send().await, "The VM is running as Stateless");
    vm.nics().add(Nic::new().name("more")).send().await.unwrap();
    vm.update(Vm::new().description("changed")).send().await.unwrap();
    assert_eq!(vm.nics().list().send().await.unwrap().len(), 1);
    vm.shutdown().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(status(&vm).await, VmStatus::Down);
    assert_eq!(types().await, [SnapshotType::Active]);
    assert!(vm.nics().list().send().await.unwrap().is_empty());
    assert_eq!(vm.disk_attachments().list().send().await.unwrap().len(), 1);
    vm.start().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(types().await, [SnapshotType::Active], "it was so for one run");
}

#[tokio::test]
async fn what_was_said_for_one_run_is_told_as_long_as_it_runs() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    let told = async || {
        let vm = read(&vm).await;
        (vm.display.unwrap().type_.unwrap(), vm.initialization.and_then(|it| it.host_name))
    };
    assert_eq!(told().await, (DisplayType::Vnc, None));
    let once = Vm::new().display(Display::new().type_(DisplayType::Spice));
    vm.start().vm(once.initialization(Initialization::new().host_name("other"))).send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(told().await, (DisplayType::Spice, Some("other".to_owned())));
    vm.stop().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(told().await, (DisplayType::Vnc, None));
}

#[tokio::test]
async fn a_start_that_is_waited_for_is_still_only_begun() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    vm.start().async_(false).send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::WaitForLaunch);
}

#[tokio::test]
async fn a_machine_that_runs_does_not_start_again() {
    let fixture = Fixture::new().await;
    let vm = fixture.running("web1").await;
    assert_refused(vm.start().send().await, "Cannot run VM because the VM is in Up status.");
    assert_refused(vm.remove().send().await, "Cannot remove VM. VM is running.");
    vm.stop().send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::PoweringDown);
    assert_refused(vm.start().send().await, "because the VM is in Powering Down status");
    fixture.engine.advance(2 * SECOND);
    let down = read(&vm).await;
    assert_eq!(down.status, Some(VmStatus::Down));
    assert!(down.host.is_none() && down.stop_time.is_some() && down.fqdn.is_none());
    assert!(vm.reported_devices().list().send().await.unwrap().is_empty());
    vm.stop().send().await.unwrap();
    vm.shutdown().send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::Down, "nothing is to be done");
    assert_refused(vm.reboot().send().await, "Cannot restart VM because the VM is in Down status.");
}

#[tokio::test]
async fn a_machine_needs_something_to_boot_from_and_a_host() {
    let fixture = Fixture::new().await;
    let bare = fixture.without_disk(Vm::new().name("bare")).await;
    assert_refused(bare.start().send().await, "Cannot run VM without at least one bootable disk.");
    let from_network = Boot::new().devices(vec![BootDevice::Network]);
    let once = Vm::new().os(OperatingSystem::new().boot(from_network));
    assert_refused(bare.start().vm(once).send().await, "no Network Interface is configured");

    let from_disc = Boot::new().devices(vec![BootDevice::Cdrom]);
    bare.start().vm(Vm::new().os(OperatingSystem::new().boot(from_disc))).send().await.unwrap();
    fixture.engine.advance(MINUTE);
    let up = read(&bare).await;
    assert_eq!((up.status, up.run_once), (Some(VmStatus::Up), Some(true)));
    let devices = |vm: &Vm| vm.os.as_ref().unwrap().boot.as_ref().unwrap().devices.clone().unwrap();
    let up = read(&bare).await;
    assert_eq!(devices(&up), [BootDevice::Cdrom]);
    assert_eq!(up.fqdn, None, "without a disk there is no agent");
    bare.stop().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    let down = read(&bare).await;
    assert_eq!((devices(&down), down.run_once), (vec![BootDevice::Hd], None));

    let memory = 1_i64 << 42;
    let policy = MemoryPolicy::new().guaranteed(memory).max(memory);
    let huge = fixture.machine_of(Vm::new().name("huge").memory(memory).memory_policy(policy)).await;
    assert_refused(huge.start().send().await, "There is no host that satisfies current scheduling constraints");
}

#[tokio::test]
async fn a_machine_runs_where_it_is_bound_to() {
    let fixture = Fixture::new().await;
    let host = fixture.host("host2").await;
    let policy =
        VmPlacementPolicy::new().affinity(VmAffinity::Pinned).hosts(vec![Host::with_id(host.id.clone().unwrap())]);
    let vm = fixture.machine_of(Vm::new().name("bound").placement_policy(policy)).await;
    vm.start().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(host_of(&fixture, &vm).await.as_deref(), Some("host2"));
    assert_refused(vm.migrate().send().await, "VM is pinned to Host.");
}

#[tokio::test]
async fn a_locked_machine_or_disk_keeps_it_down() {
    let fixture = Fixture::new().await;
    let vm = fixture.without_disk(Vm::new().name("web1")).await;
    fixture.add_disk(&vm).await;
    assert_refused(vm.start().send().await, "The following disks are locked: disk1.");
    fixture.engine.advance(MINUTE);
    vm.start().send().await.unwrap();
}

#[tokio::test]
async fn a_machine_shuts_down_and_reboots() {
    let fixture = Fixture::new().await;
    let vm = fixture.running("web1").await;
    vm.reboot().send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::RebootInProgress);
    fixture.engine.advance(6 * SECOND);
    assert_eq!(status(&vm).await, VmStatus::Up);
    vm.shutdown().reason("maintenance").send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::PoweringDown);
    fixture.engine.advance(6 * SECOND);
    let down = read(&vm).await;
    assert_eq!((down.status, down.stop_reason.as_deref()), (Some(VmStatus::Down), Some("maintenance")));
}

#[tokio::test]
async fn a_machine_that_is_stopped_while_it_starts_stays_down() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    vm.start().send().await.unwrap();
    vm.stop().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(status(&vm).await, VmStatus::Down);
}

#[tokio::test]
async fn a_machine_starts_paused_and_goes_on() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    vm.start().pause(true).send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(status(&vm).await, VmStatus::Paused);
    vm.start().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(status(&vm).await, VmStatus::Up);
}

#[tokio::test]
async fn a_machine_is_suspended_and_wakes_up() {
    let fixture = Fixture::new().await;
    let vm = fixture.running("web1").await;
    vm.suspend().send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::SavingState);
    fixture.engine.advance(MINUTE);
    let suspended = read(&vm).await;
    assert_eq!((suspended.status, suspended.host), (Some(VmStatus::Suspended), None));
    assert_refused(vm.remove().send().await, "Cannot remove VM that its state is not down.");
    vm.start().send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::RestoringState);
    fixture.engine.advance(MINUTE);
    assert_eq!(status(&vm).await, VmStatus::Up);
    assert!(read(&vm).await.fqdn.is_some());
}

#[tokio::test]
async fn a_machine_moves_to_another_host() {
    let fixture = Fixture::new().await;
    let vm = fixture.running("web1").await;
    let before = host_of(&fixture, &vm).await.unwrap();
    let same = vm.migrate().host(Host::with_name(before.as_str())).send().await;
    assert_refused(same, "it currently hosts the VM.");
    vm.migrate().send().await.unwrap();
    assert_eq!(status(&vm).await, VmStatus::Migrating);
    assert_refused(vm.migrate().send().await, "VM web1 is being migrated.");
    fixture.engine.advance(MINUTE);
    assert_eq!(status(&vm).await, VmStatus::Up);
    let after = host_of(&fixture, &vm).await.unwrap();
    assert_ne!(before, after);

    vm.migrate().host(Host::with_name(before.as_str())).send().await.unwrap();
    vm.cancel_migration().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(host_of(&fixture, &vm).await, Some(after));
    assert_refused(vm.cancel_migration().send().await, "Cannot cancel migration for non migrating VM");
}

#[tokio::test]
async fn a_machine_goes_with_its_disks_unless_they_are_to_stay() {
    let fixture = Fixture::new().await;
    let disks = fixture.connection.system().disks();
    let vm = fixture.machine("web1").await;
    let disk = vm.disk_attachments().list().send().await.unwrap()[0].id.clone().unwrap();
    vm.update(Vm::new().delete_protected(true)).send().await.unwrap();
    assert_refused(vm.remove().send().await, "Delete protection is enabled");
    vm.update(Vm::new().delete_protected(false)).send().await.unwrap();
    vm.remove().send().await.unwrap();
    assert!(vm.get().send().await.unwrap_err().is_not_found());
    let locked = disks.disk(&disk).get().send().await.unwrap();
    assert_eq!(locked.status, Some(DiskStatus::Locked));
    fixture.engine.advance(MINUTE);
    assert!(disks.disk(&disk).get().send().await.unwrap_err().is_not_found());

    let vm = fixture.machine("web2").await;
    let disk = vm.disk_attachments().list().send().await.unwrap()[0].id.clone().unwrap();
    vm.remove().detach_only(true).send().await.unwrap();
    assert!(vm.get().send().await.unwrap_err().is_not_found());
    disks.disk(&disk).get().send().await.unwrap();
}

#[tokio::test]
async fn hosts_that_are_not_up_take_no_machines() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    let hosts = fixture.connection.system().hosts();
    for host in hosts.list().send().await.unwrap() {
        let host = hosts.host(host.id.unwrap());
        host.deactivate().send().await.unwrap();
    }
    fixture.engine.advance(10 * MINUTE);
    for host in hosts.list().send().await.unwrap() {
        assert_eq!(host.status, Some(HostStatus::Maintenance));
    }
    assert_refused(vm.start().send().await, "Unknown Data Center status.");
}

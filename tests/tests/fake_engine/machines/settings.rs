//! What machines are set to, and when a change of that holds.

use ovirt_sdk::types::{Cpu, CpuTopology, Display, DisplayType, GraphicsType, MemoryPolicy, Vm, VmStatus};

use super::*;

const GIB: i64 = 1 << 30;

#[tokio::test]
async fn a_machine_has_all_that_machines_have() {
    let fixture = Fixture::new().await;
    let vm = read(&fixture.without_disk(Vm::new().name("web1")).await).await;
    assert_eq!(vm.status, Some(VmStatus::Down));
    assert_eq!(vm.memory, Some(GIB));
    let policy = vm.memory_policy.unwrap();
    assert_eq!((policy.guaranteed, policy.max, policy.ballooning), (Some(GIB), Some(4 * GIB), Some(true)));
    let topology = vm.cpu.unwrap().topology.unwrap();
    assert_eq!((topology.cores, topology.sockets, topology.threads), (Some(1), Some(1), Some(1)));
    assert!(vm.bios.is_some() && vm.io.is_some() && vm.os.is_some() && vm.time_zone.is_some() && vm.usb.is_some());
    assert!(vm.migration.is_some() && vm.high_availability.is_some() && vm.placement_policy.is_some());
    assert!(vm.template.is_some() && vm.original_template.is_some() && vm.cpu_profile.is_some());
    assert_eq!((vm.run_once, vm.next_run_configuration_exists), (None, Some(false)));
    assert_eq!((vm.soundcard_enabled, vm.rng_device), (None, None), "these are shown only on request");
    let whole = fixture.connection.system().vms().list().all_content(true).send().await.unwrap();
    assert!(whole[0].rng_device.is_some());
    let configuration = whole[0].initialization.as_ref().unwrap().configuration.clone().unwrap();
    assert!(configuration.data.unwrap().contains("<Name>web1</Name>"));
}

#[tokio::test]
async fn what_needs_a_restart_waits_for_it() {
    let fixture = Fixture::new().await;
    let vm = fixture.running("web1").await;
    let cores = |vm: &Vm| vm.cpu.as_ref().unwrap().topology.as_ref().unwrap().cores;
    let change = Vm::new().comment("changed").cpu(Cpu::new().topology(CpuTopology::new().cores(4)));
    let changed = vm.update(change).send().await.unwrap();
    assert_eq!(changed.comment.as_deref(), Some("changed"));
    assert_eq!((cores(&changed), changed.next_run_configuration_exists), (Some(1), Some(true)));
    let next = vm.get().next_run(true).send().await.unwrap();
    assert_eq!((cores(&next), next.status), (Some(4), Some(VmStatus::Up)));

    vm.update(Vm::new().name("web2")).next_run(true).send().await.unwrap();
    vm.stop().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    let down = read(&vm).await;
    assert_eq!((cores(&down), down.next_run_configuration_exists), (Some(4), Some(false)));
    assert_eq!((down.name.as_deref(), down.comment.as_deref()), (Some("web2"), Some("changed")));
    assert_eq!(down.status, Some(VmStatus::Down));
}

#[tokio::test]
async fn a_machine_that_is_down_changes_at_once() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    let change = Vm::new().cpu(Cpu::new().topology(CpuTopology::new().cores(4))).memory(2 * GIB);
    let changed = vm.update(change).send().await.unwrap();
    let topology = changed.cpu.unwrap().topology.unwrap();
    assert_eq!((topology.cores, topology.sockets), (Some(4), Some(1)), "what was not sent stays");
    assert_eq!((changed.memory, changed.next_run_configuration_exists), (Some(2 * GIB), Some(false)));
}

#[tokio::test]
async fn memory_and_sockets_can_grow_while_a_machine_runs() {
    let fixture = Fixture::new().await;
    let vm = fixture.running("web1").await;
    let more = Vm::new().memory(2 * GIB).cpu(Cpu::new().topology(CpuTopology::new().sockets(2)));
    let changed = vm.update(more).send().await.unwrap();
    assert_eq!((changed.memory, changed.next_run_configuration_exists), (Some(2 * GIB), Some(false)));
    assert_eq!(changed.cpu.unwrap().topology.unwrap().sockets, Some(2));
    let odd = vm.update(Vm::new().memory(2 * GIB + (1 << 20))).send().await;
    assert_invalid(odd, "Amount of added memory (1MiB) is not dividable by 256MiB.");
    let less = vm.update(Vm::new().memory(GIB)).send().await.unwrap();
    assert_eq!((less.memory, less.next_run_configuration_exists), (Some(GIB), Some(false)), "it was plugged");
    let half = Vm::new().memory(GIB / 2).memory_policy(MemoryPolicy::new().guaranteed(GIB / 2));
    let less = vm.update(half).send().await.unwrap();
    assert_eq!((less.memory, less.next_run_configuration_exists), (Some(GIB), Some(false)), "it wasn't plugged");
}

#[tokio::test]
async fn settings_that_contradict_each_other_are_refused() {
    let fixture = Fixture::new().await;
    let vm = fixture.machine("web1").await;
    fixture.machine("web2").await;
    let guaranteed = Vm::new().memory_policy(MemoryPolicy::new().guaranteed(2 * GIB));
    assert_invalid(vm.update(guaranteed).send().await, "Physical Memory Guaranteed cannot exceed Memory Size");
    let max = Vm::new().memory(2 * GIB).memory_policy(MemoryPolicy::new().max(GIB));
    assert_refused(vm.update(max).send().await, "cannot exceed maximum memory size (1024MB)");
    assert_refused(vm.update(Vm::new().name("web2")).send().await, "The VM name is already in use");
    assert_eq!(refusal(vm.update(Vm::new().name("no good")).send().await).0, 400);
}

#[tokio::test]
async fn consoles_can_be_seen_while_a_machine_runs() {
    let fixture = Fixture::new().await;
    let spice = Vm::new().name("web1").display(Display::new().type_(DisplayType::Spice));
    let vm = fixture.machine_of(spice).await;
    let consoles = vm.graphics_consoles();
    let list = consoles.list().send().await.unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0].id.as_deref(), Some("7370696365"), "the letters of `spice`");
    let console = consoles.console("7370696365");
    assert_refused(console.ticket().send().await, "because the VM is in Down status");
    let vnc = ovirt_sdk::types::GraphicsConsole::new().protocol(GraphicsType::Vnc);
    assert_eq!(consoles.add(vnc.clone()).send().await.unwrap().id.as_deref(), Some("766e63"));
    assert_invalid(consoles.add(vnc).send().await, "more than one device with the same graphics type");

    vm.start().send().await.unwrap();
    fixture.engine.advance(MINUTE);
    assert_eq!(console.get().send().await.unwrap().port, None, "only the current one has a place");
    let current = console.get().current(true).send().await.unwrap();
    assert!(current.address.is_some() && current.port.is_some() && current.tls_port.is_some());
    let ticket = console.ticket().send().await.unwrap();
    assert_eq!(ticket.expiry, Some(7200));
    assert!(ticket.value.is_some_and(|value| !value.is_empty()));
    let file = console.remote_viewer_connection_file().send().await.unwrap().unwrap();
    assert!(file.starts_with("[virt-viewer]\ntype=spice\n") && file.contains("tls-port="), "{file}");
}

#[tokio::test]
async fn statistics_have_the_names_and_identifiers_of_an_engine() {
    let fixture = Fixture::new().await;
    let vm = fixture.running("web1").await;
    fixture.engine.advance(5 * MINUTE);
    let statistics = vm.statistics().list().send().await.unwrap();
    let value = |name: &str| {
        let statistic = statistics.iter().find(|it| it.name.as_deref() == Some(name)).unwrap();
        statistic.values.as_ref().unwrap().iter().filter_map(|value| value.datum).collect::<Vec<_>>()
    };
    assert_eq!(value("memory.installed"), [GIB as f64]);
    assert_eq!(value("cpu.usage.history").len(), 10);
    assert!(value("elapsed.time")[0] >= 300.0);
    let sum = value("cpu.current.guest")[0] + value("cpu.current.hypervisor")[0];
    assert_eq!(value("cpu.current.total"), [sum]);
    let again = vm.statistics().list().send().await.unwrap();
    assert_eq!(statistics.iter().collect::<Vec<_>>(), again.iter().collect::<Vec<_>>(), "at the same time");

    let id = "5a89a1d2-32be-33f7-a0d1-f8b5bc974ff6";
    let one = vm.statistics().statistic(id).get().send().await.unwrap();
    assert_eq!(one.name.as_deref(), Some("memory.installed"));
    let followed = vm.get().follow("statistics").send().await.unwrap();
    assert_eq!(followed.statistics.unwrap().len(), statistics.len());

    let host = fixture.host("host1").await;
    let host = fixture.connection.system().hosts().host(host.id.unwrap());
    let names: Vec<String> =
        host.statistics().list().send().await.unwrap().into_iter().filter_map(|it| it.name).collect();
    assert!(names.contains(&"cpu.load.avg.5m".to_owned()), "{names:?}");
}

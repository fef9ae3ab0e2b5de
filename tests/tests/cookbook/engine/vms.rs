//! Creating, starting, changing and removing virtual machines.

use std::time::Duration;

use ovirt_sdk::types::{Core, Cpu, VirtualNumaNode, VmAffinity, VmStatus};

use super::{add_vm, find_vm, get_vm, start_engine};
use crate::{
    create_and_start_vm, inventory, list_vms, vm_create, vm_devices, vm_disks, vm_json, vm_nics, vm_power, vm_settings,
};

#[tokio::test]
async fn power_states() {
    let (_engine, connection) = start_engine().await;
    create_and_start_vm::run(&connection, "web1").await.unwrap();
    vm_nics::add(&connection, "web1", "nic1", "ovirtmgmt").await.unwrap();
    let status = async || get_vm(&connection, "web1").await.status.unwrap();
    assert_eq!(status().await, VmStatus::Up);
    vm_power::reboot(&connection, "web1").await.unwrap();
    vm_power::suspend(&connection, "web1").await.unwrap();
    assert_eq!(status().await, VmStatus::Suspended);
    vm_power::start(&connection, "web1").await.unwrap();

    let hosts = connection.system().hosts().list().send().await.unwrap();
    let current = get_vm(&connection, "web1").await.host.unwrap().id;
    let other = hosts.iter().find(|host| host.id != current).unwrap();
    vm_power::migrate(&connection, "web1", other.try_name().unwrap()).await.unwrap();
    assert_eq!(get_vm(&connection, "web1").await.host.unwrap().id, other.id);

    vm_power::shutdown(&connection, "web1").await.unwrap();
    assert_eq!(status().await, VmStatus::Down);
    vm_power::run_once(&connection, "web1").await.unwrap();
    assert_eq!(get_vm(&connection, "web1").await.run_once, Some(true));
    vm_power::stop(&connection, "web1").await.unwrap();
    vm_power::start_with_cloud_init(&connection, "web1", "s3cret").await.unwrap();
    vm_power::stop(&connection, "web1").await.unwrap();
    vm_power::start_with_sysprep(&connection, "web1", "s3cret").await.unwrap();
    vm_nics::guest_addresses(&connection, "web1").await.unwrap();
}

#[tokio::test]
async fn settings() {
    let (_engine, connection) = start_engine().await;
    add_vm(&connection, "web1").await;
    vm_settings::resize(&connection, "web1", 2, 4).await.unwrap();
    vm_settings::pin_to_host(&connection, "web1", "host1").await.unwrap();
    vm_settings::set_serial_number(&connection, "web1", "A-42").await.unwrap();
    vm_settings::enable_serial_console(&connection, "web1").await.unwrap();
    vm_settings::enable_serial_console(&connection, "web1").await.unwrap();
    vm_settings::set_lease(&connection, "web1", "data").await.unwrap();
    let vm = find_vm(&connection, "web1").await.get().all_content(true).send().await.unwrap();
    assert_eq!(vm.memory, Some(4 << 30));
    assert_eq!(vm.cpu.unwrap().topology.unwrap().sockets, Some(2));
    assert_eq!(vm.placement_policy.unwrap().affinity, Some(VmAffinity::Pinned));
    assert_eq!(vm.serial_number.unwrap().value.as_deref(), Some("A-42"));
    assert_eq!(vm.console.unwrap().enabled, Some(true));
    assert!(vm.lease.is_some());

    let nodes = find_vm(&connection, "web1").await.numa_nodes();
    for index in 0..2 {
        let cpu = Cpu::new().cores([Core::new().index(index)]);
        nodes.add(VirtualNumaNode::new().index(index).memory(1024).cpu(cpu)).send().await.unwrap();
    }
    vm_settings::remove_numa_nodes(&connection, "web1").await.unwrap();
    assert!(nodes.list().send().await.unwrap().is_empty());
}

#[tokio::test]
async fn consoles_and_cds() {
    let (_engine, connection) = start_engine().await;
    create_and_start_vm::run(&connection, "web1").await.unwrap();
    vm_devices::console_ticket(&connection, "web1").await.unwrap();
    vm_devices::viewer_file(&connection, "web1").await.unwrap();
    let cd = async || {
        let drives = find_vm(&connection, "web1").await.cdroms().list().send().await.unwrap();
        drives[0].file.as_ref().and_then(|file| file.id.clone()).filter(|id| !id.is_empty())
    };
    let domains = connection.system().storage_domains();
    let iso = domains.find("iso").await.unwrap();
    let files = domains.storage_domain(iso.try_id().unwrap()).files().list().send().await.unwrap();
    let image = files[0].try_id().unwrap();
    vm_devices::change_cd(&connection, "web1", Some(image)).await.unwrap();
    assert_eq!(cd().await.as_deref(), Some(image));
    vm_devices::change_cd(&connection, "web1", None).await.unwrap();
    assert_eq!(cd().await, None);

    add_vm(&connection, "web2").await;
    vm_devices::add_vnc_console(&connection, "web2").await.unwrap();
    vm_devices::add_vnc_console(&connection, "web2").await.unwrap();
}

#[tokio::test]
async fn creating_listing_and_removing() {
    let (engine, connection) = start_engine().await;
    vm_create::with_instance_type(&connection, "web1", "Small").await.unwrap();
    assert_eq!(get_vm(&connection, "web1").await.memory, Some(2 << 30));
    vm_create::clone_template(&connection, "web2", "Blank").await.unwrap();
    vm_disks::create(&connection, "web2", "example-data", "data").await.unwrap();

    assert_eq!(list_vms::run(&connection, None).await.unwrap(), 2);
    assert_eq!(list_vms::run(&connection, Some("name=web2")).await.unwrap(), 1);
    inventory::follow_links(&connection, "web2").await.unwrap();
    assert_eq!(inventory::list_pages(&connection, 1).await.unwrap(), 2);
    assert_eq!(inventory::list_with_follow(&connection).await.unwrap(), 2);
    assert_eq!(inventory::list_concurrently(&connection).await.unwrap(), 2);

    vm_create::remove(&connection, "web2").await.unwrap();
    vm_create::remove(&connection, "web2").await.unwrap();
    assert_eq!(engine.calls("DELETE", "vms/*").len(), 1);
    // The engine removes the disks after the virtual machine.
    engine.advance(Duration::from_secs(60));
    let disks = connection.system().disks().list().send().await.unwrap();
    assert!(disks.iter().all(|disk| disk.name.as_deref() != Some("example-data")));
}

#[tokio::test]
async fn json() {
    let (_engine, connection) = start_engine().await;
    let json =
        r#"{"name": "web1", "cluster": {"name": "Default"}, "template": {"name": "Blank"}, "memory": 4294967296}"#;
    vm_json::add(&connection, json).await.unwrap();
    vm_nics::add(&connection, "web1", "nic1", "ovirtmgmt").await.unwrap();
    let printed = vm_json::show(&connection, "web1").await.unwrap();
    let vm: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(vm["memory"], 4_294_967_296_i64);
    assert_eq!(vm["nics"][0]["name"], "nic1");
    let error = vm_json::add(&connection, r#"{"name": "web2", "memroy": 1}"#).await.unwrap_err().to_string();
    assert!(error.starts_with("unknown member `memroy` of `vm`, did you mean `memory`? at line 1"), "{error}");
}

#[tokio::test]
async fn mac_addresses_are_unique() {
    let (_engine, connection) = start_engine().await;
    for name in ["web1", "web2"] {
        add_vm(&connection, name).await;
        vm_nics::add(&connection, name, "nic1", "ovirtmgmt").await.unwrap();
    }
    assert!(vm_nics::find_duplicate_macs(&connection).await.unwrap().is_empty());
    vm_nics::fix_duplicate_macs(&connection).await.unwrap();
}

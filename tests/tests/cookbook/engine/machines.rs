//! Virtual machines: making, starting, changing, removing.

use ovirt_sdk::types::{Core, Cpu, Disk, VirtualNumaNode, VmAffinity, VmStatus};

use super::{PAUSE, add_vm, service_of, started, vm};
use crate::{
    add_disk_and_nic, create_and_start_vm, follow_links, inventory, list_vms, vm_create, vm_devices, vm_json, vm_nics,
    vm_power, vm_settings,
};

#[tokio::test]
async fn a_machine_runs_through_its_states() {
    let (_engine, connection) = started().await;
    create_and_start_vm::run(&connection, "web1", PAUSE).await.unwrap();
    add_disk_and_nic::run(&connection, "web1", "data", "ovirtmgmt", PAUSE).await.unwrap();
    let status = async || vm(&connection, "web1").await.status.unwrap();
    assert_eq!(status().await, VmStatus::Up);
    vm_power::reboot(&connection, "web1", PAUSE).await.unwrap();
    vm_power::suspend(&connection, "web1", PAUSE).await.unwrap();
    assert_eq!(status().await, VmStatus::Suspended);
    vm_power::start(&connection, "web1", PAUSE).await.unwrap();

    let hosts = connection.system().hosts().list().send().await.unwrap();
    let now = vm(&connection, "web1").await.host.unwrap().id;
    let other = hosts.iter().find(|host| host.id != now).unwrap();
    vm_power::migrate(&connection, "web1", other.try_name().unwrap(), PAUSE).await.unwrap();
    assert_eq!(vm(&connection, "web1").await.host.unwrap().id, other.id);

    vm_power::shutdown(&connection, "web1", PAUSE).await.unwrap();
    assert_eq!(status().await, VmStatus::Down);
    vm_power::start_once(&connection, "web1", PAUSE).await.unwrap();
    assert_eq!(vm(&connection, "web1").await.run_once, Some(true));
    vm_power::stop(&connection, "web1", PAUSE).await.unwrap();
    vm_power::start_with_cloud_init(&connection, "web1", "s3cret", PAUSE).await.unwrap();
    vm_power::stop(&connection, "web1", PAUSE).await.unwrap();
    vm_power::start_with_sysprep(&connection, "web1", "s3cret", PAUSE).await.unwrap();
    vm_nics::addresses(&connection, "web1").await.unwrap();
}

#[tokio::test]
async fn settings_of_a_machine() {
    let (_engine, connection) = started().await;
    add_vm(&connection, "web1").await;
    vm_settings::size(&connection, "web1", 2, 4).await.unwrap();
    vm_settings::pin(&connection, "web1", "host1").await.unwrap();
    vm_settings::serial_number(&connection, "web1", "A-42").await.unwrap();
    vm_settings::serial_console(&connection, "web1").await.unwrap();
    vm_settings::serial_console(&connection, "web1").await.unwrap();
    vm_settings::lease(&connection, "web1", "data").await.unwrap();
    let now = service_of(&connection, "web1").await.get().all_content(true).send().await.unwrap();
    assert_eq!(now.memory, Some(4 << 30));
    assert_eq!(now.cpu.unwrap().topology.unwrap().sockets, Some(2));
    assert_eq!(now.placement_policy.unwrap().affinity, Some(VmAffinity::Pinned));
    assert_eq!(now.serial_number.unwrap().value.as_deref(), Some("A-42"));
    assert_eq!(now.console.unwrap().enabled, Some(true));
    assert!(now.lease.is_some());

    let nodes = service_of(&connection, "web1").await.numa_nodes();
    for index in 0..2 {
        let cpu = Cpu::new().cores([Core::new().index(index)]);
        nodes.add(VirtualNumaNode::new().index(index).memory(1024).cpu(cpu)).send().await.unwrap();
    }
    vm_settings::remove_numa_nodes(&connection, "web1").await.unwrap();
    assert!(nodes.list().send().await.unwrap().is_empty());
}

#[tokio::test]
async fn consoles_and_discs() {
    let (_engine, connection) = started().await;
    create_and_start_vm::run(&connection, "web1", PAUSE).await.unwrap();
    vm_devices::ticket(&connection, "web1").await.unwrap();
    vm_devices::viewer(&connection, "web1").await.unwrap();
    let disc = async || {
        let drives = service_of(&connection, "web1").await.cdroms().list().send().await.unwrap();
        drives[0].file.as_ref().and_then(|file| file.id.clone()).filter(|id| !id.is_empty())
    };
    let domains = connection.system().storage_domains();
    let iso = domains.find("iso").await.unwrap();
    let files = domains.storage_domain(iso.try_id().unwrap()).files().list().send().await.unwrap();
    let image = files[0].try_id().unwrap();
    vm_devices::change_disc(&connection, "web1", image).await.unwrap();
    assert_eq!(disc().await.as_deref(), Some(image));
    vm_devices::change_disc(&connection, "web1", "").await.unwrap();
    assert_eq!(disc().await, None);

    add_vm(&connection, "web2").await;
    vm_devices::add_vnc(&connection, "web2").await.unwrap();
    vm_devices::add_vnc(&connection, "web2").await.unwrap();
}

#[tokio::test]
async fn machines_are_made_listed_and_removed() {
    let (engine, connection) = started().await;
    vm_create::sized(&connection, "web1", "Small").await.unwrap();
    assert_eq!(vm(&connection, "web1").await.memory, Some(2 << 30));
    vm_create::independent(&connection, "web2", "Blank", PAUSE).await.unwrap();
    add_disk_and_nic::run(&connection, "web2", "data", "ovirtmgmt", PAUSE).await.unwrap();

    assert_eq!(list_vms::run(&connection, None).await.unwrap(), 2);
    assert_eq!(list_vms::run(&connection, Some("name=web2".to_owned())).await.unwrap(), 1);
    follow_links::run(&connection, "web2").await.unwrap();
    assert_eq!(inventory::pages(&connection, 1).await.unwrap(), 2);
    assert_eq!(inventory::followed(&connection).await.unwrap(), 2);
    assert_eq!(inventory::concurrent(&connection).await.unwrap(), 2);

    vm_create::remove(&connection, "web2", PAUSE).await.unwrap();
    vm_create::remove(&connection, "web2", PAUSE).await.unwrap();
    assert_eq!(engine.calls("DELETE", "vms/*").len(), 1);
    assert!(
        connection
            .system()
            .disks()
            .list()
            .send()
            .await
            .unwrap()
            .iter()
            .all(|disk: &Disk| { disk.name.as_deref() != Some("example-data") })
    );
}

#[tokio::test]
async fn machines_as_json() {
    let (_engine, connection) = started().await;
    let file =
        r#"{"name": "web1", "cluster": {"name": "Default"}, "template": {"name": "Blank"}, "memory": 4294967296}"#;
    vm_json::add(&connection, file).await.unwrap();
    vm_nics::add(&connection, "web1", "nic1", "ovirtmgmt").await.unwrap();
    let text = vm_json::show(&connection, "web1").await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["memory"], 4_294_967_296_i64);
    assert_eq!(json["nics"][0]["name"], "nic1");
    let wrong = vm_json::add(&connection, r#"{"name": "web2", "memroy": 1}"#).await.unwrap_err().to_string();
    assert!(wrong.starts_with("unknown member `memroy` of `vm`, did you mean `memory`? at line 1"), "{wrong}");
}

#[tokio::test]
async fn nics_get_addresses_of_their_own() {
    let (_engine, connection) = started().await;
    for name in ["web1", "web2"] {
        add_vm(&connection, name).await;
        vm_nics::add(&connection, name, "nic1", "ovirtmgmt").await.unwrap();
    }
    assert!(vm_nics::duplicates(&connection).await.unwrap().is_empty());
    vm_nics::repair(&connection).await.unwrap();
}

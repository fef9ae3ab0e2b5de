//! Templates, instance types and pools.

use std::time::Duration;

use super::{find_vm, get_vm, start_engine_with_vm};
use crate::{templates, vm_create, vm_nics, vm_pools};

const POLL_INTERVAL: Duration = Duration::from_millis(2);

#[tokio::test]
async fn template_versions_and_instance_types() {
    let (_engine, connection) = start_engine_with_vm().await;
    vm_nics::add(&connection, "web1", "nic1", "ovirtmgmt").await.unwrap();
    templates::add(&connection, "web", "web1").await.unwrap();
    templates::add_version(&connection, "web", "web1", "next").await.unwrap();
    templates::list(&connection).await.unwrap();
    assert_eq!(connection.system().templates().find_all("web").await.unwrap().len(), 2);
    vm_create::from_version(&connection, "web2", "web", 2, "data").await.unwrap();
    templates::add_instance_type(&connection, "Two").await.unwrap();
    let instance_type = connection.system().instance_types().find("Two").await.unwrap();
    assert_eq!(instance_type.memory, Some(2 << 30));
    vm_create::remove(&connection, "web2").await.unwrap();
    let address = vm_create::start_clone(&connection, "web3", "web").await.unwrap();
    assert!(address.to_string().starts_with("10."), "not the link-local one: {address}");
    templates::remove(&connection, "web").await.unwrap();
    assert!(connection.system().templates().find_all("web").await.unwrap().is_empty());
}

#[tokio::test]
async fn pools() {
    let (engine, connection) = start_engine_with_vm().await;
    templates::add(&connection, "desk", "web1").await.unwrap();
    vm_pools::add(&connection, "desks", "desk").await.unwrap();
    engine.advance(Duration::from_secs(60));
    vm_pools::grow(&connection, "desks", 1).await.unwrap();
    let pool = connection.system().vm_pools().find("desks").await.unwrap();
    assert_eq!(pool.size, Some(3));
    find_vm(&connection, "desks-3").await.wait_until_down().await.unwrap();
    vm_pools::allocate_vm(&connection, "desks").await.unwrap();

    templates::add_version(&connection, "desk", "web1", "next").await.unwrap();
    let before = get_vm(&connection, "desks-3").await;
    // It does not wait with the clock of the connection.
    let time_passes = async {
        loop {
            tokio::time::sleep(POLL_INTERVAL).await;
            engine.advance(Duration::from_secs(1));
        }
    };
    tokio::select! {
        recreated = vm_pools::recreate_vm(&connection, "desks-3", POLL_INTERVAL) => recreated.unwrap(),
        () = time_passes => {}
    }
    let after = get_vm(&connection, "desks-3").await;
    assert_eq!(after.id, before.id);
    assert_ne!(after.try_template().unwrap().id, before.try_template().unwrap().id);
    vm_pools::recreate_vm(&connection, "desks-3", POLL_INTERVAL).await.unwrap();
}

//! VM pools: create a pool, grow it, allocate a virtual machine, recreate one from the latest template version.
//!
//! ```sh
//! cargo run --example vm_pools -- add desktops desktop-template
//! cargo run --example vm_pools -- grow desktops 2
//! cargo run --example vm_pools -- allocate desktops
//! cargo run --example vm_pools -- recreate desktops-1
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Template, Vm, VmPool, VmStatus};
use ovirt_sdk::{Connection, Error};

/// How long the engine may take to recreate a virtual machine.
const RECREATION: Duration = Duration::from_secs(600);

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["add", pool, template] => add(connection, pool, template).await,
        ["grow", pool, count] => grow(connection, pool, count.parse().map_err(Error::custom)?).await,
        ["allocate", pool] => allocate_vm(connection, pool).await,
        ["recreate", vm] => recreate_vm(connection, vm, Duration::from_secs(5)).await,
        _ => common::usage(include_str!("vm_pools.rs")),
    })
}

/// Creates a pool of two virtual machines. The engine keeps one of them running for the next user.
pub async fn add(connection: &Connection, name: &str, template: &str) -> Result<(), Error> {
    let pool = VmPool::new().name(name).cluster(Cluster::with_name("Default")).template(Template::with_name(template));
    let pool = connection.create(pool.size(2).prestarted_vms(1)).await?;
    println!("created pool {}", pool.try_name()?);
    Ok(())
}

/// Adds virtual machines to a pool.
pub async fn grow(connection: &Connection, name: &str, count: i64) -> Result<(), Error> {
    let pool = connection.system().vm_pools().find(name).await?;
    let size = pool.try_size()? + count;
    connection.of(&pool)?.update(VmPool::new().size(size)).send().await?;
    println!("new size of pool {name}: {size} VMs");
    Ok(())
}

/// Allocates a virtual machine of the pool to the current user.
pub async fn allocate_vm(connection: &Connection, name: &str) -> Result<(), Error> {
    connection.system().vm_pools().find_service(name).await?.allocate_vm().send().await?;
    Ok(())
}

/// Recreates a virtual machine of a pool from the latest version of its template. It keeps its permissions.
pub async fn recreate_vm(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let vm = connection.system().vms().find(name).await?;
    let template = connection.follow(&vm.template).await?;
    let versions = connection.system().templates().find_all(template.try_name()?).await?;
    let number = |template: &&Template| template.version.as_ref().and_then(|version| version.version_number);
    let Some(latest) = versions.iter().max_by_key(number).filter(|latest| latest.id != template.id) else {
        println!("VM {name} already uses the latest version");
        return Ok(());
    };
    let service = connection.of(&vm)?;
    if vm.status != Some(VmStatus::Down) {
        service.stop().send().await?;
        service.wait_until_down().await?;
    }
    // The engine removes the VM and creates it again with the same ID. Until then, its response is 404.
    match service.update(Vm::new().template(Template::with_id(latest.try_id()?))).send().await {
        Err(error) if !error.is_not_found() => return Err(error),
        _ => tokio::time::timeout(RECREATION, wait_until_recreated(&service, interval))
            .await
            .map_err(Error::custom)??,
    }
    Ok(())
}

/// Waits until the virtual machine exists again and is down. To `wait_until_down`, the removal would be a failure.
async fn wait_until_recreated(service: &VmService, interval: Duration) -> Result<(), Error> {
    loop {
        match service.get().send().await {
            Ok(vm) if *vm.try_status()? == VmStatus::Down => return Ok(()),
            Err(error) if !error.is_not_found() => return Err(error),
            _ => tokio::time::sleep(interval).await,
        }
    }
}

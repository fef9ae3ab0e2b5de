//! VM pools: create a pool, grow it, allocate a virtual machine, recreate one from the latest template version.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_pools -- add desktops desktop-template
//! cargo run --example vm_pools -- grow desktops 2
//! cargo run --example vm_pools -- allocate desktops
//! cargo run --example vm_pools -- recreate desktops-1
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Template, Vm, VmPool, VmStatus};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// How long the engine may take to recreate a virtual machine.
const RECREATION: Duration = Duration::from_secs(600);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["add", pool, template] => add(&connection, pool, template).await,
        ["grow", pool, count] => grow(&connection, pool, count.parse().unwrap_or_else(|_| usage())).await,
        ["allocate", pool] => allocate_vm(&connection, pool).await,
        ["recreate", vm] => recreate_vm(&connection, vm, POLL_INTERVAL).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: vm_pools add POOL TEMPLATE
       vm_pools grow POOL COUNT
       vm_pools allocate POOL
       vm_pools recreate VM"
    );
    std::process::exit(2)
}

/// Creates a pool of two virtual machines. The engine keeps one of them running for the next user.
pub async fn add(connection: &Connection, name: &str, template: &str) -> Result<(), Error> {
    let pool = VmPool::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .template(Template::with_name(template))
        .size(2)
        .prestarted_vms(1);
    let pool = connection.system().vm_pools().add(pool).send().await?;
    println!("created pool {}", pool.try_name()?);
    Ok(())
}

/// Adds virtual machines to a pool.
pub async fn grow(connection: &Connection, name: &str, count: i64) -> Result<(), Error> {
    let pools = connection.system().vm_pools();
    let pool = pools.find(name).await?;
    let size = pool.try_size()? + count;
    pools.pool(pool.try_id()?).update(VmPool::new().size(size)).send().await?;
    println!("new size of pool {name}: {size} VMs");
    Ok(())
}

/// Allocates a virtual machine of the pool to the current user.
pub async fn allocate_vm(connection: &Connection, name: &str) -> Result<(), Error> {
    let pools = connection.system().vm_pools();
    let pool = pools.find(name).await?;
    pools.pool(pool.try_id()?).allocate_vm().send().await?;
    println!("allocated a VM of pool {name}");
    Ok(())
}

/// Recreates a virtual machine of a pool from the latest version of its template. It keeps its permissions.
pub async fn recreate_vm(connection: &Connection, name: &str, interval: Duration) -> Result<(), Error> {
    let system = connection.system();
    let vm = system.vms().find(name).await?;
    let template = connection.follow(&vm.template).await?;
    let versions = system.templates().find_all(template.try_name()?).await?;
    let number = |template: &&Template| template.version.as_ref().and_then(|version| version.version_number);
    let latest = versions.iter().max_by_key(number).filter(|latest| latest.id != template.id);
    let Some(latest) = latest else {
        println!("VM {name} already uses the latest version");
        return Ok(());
    };

    let service = system.vms().vm(vm.try_id()?);
    if *vm.try_status()? != VmStatus::Down {
        service.stop().send().await?;
        service.wait_until_down().interval(interval).await?;
    }
    // The engine removes the VM and creates it again with the same ID. Until then, its response is 404.
    match service.update(Vm::new().template(Template::with_id(latest.try_id()?))).send().await {
        Err(error) if !error.is_not_found() => return Err(error),
        _ => tokio::time::timeout(RECREATION, wait_until_recreated(&service, interval)).await.map_err(|_| {
            Error::custom(format!("the engine has not created VM {name} again within {RECREATION:?}"))
        })??,
    }
    println!("recreated VM {name}");
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

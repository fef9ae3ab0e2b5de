//! Pools of virtual machines: making one, more machines in it, taking one, making one of its machines anew.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example vm_pools -- add desktops desktop-template
//! cargo run --example vm_pools -- grow desktops 2
//! cargo run --example vm_pools -- take desktops
//! cargo run --example vm_pools -- renew desktops-1
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::services::VmService;
use ovirt_sdk::types::{Cluster, Template, Vm, VmPool, VmStatus};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, name) = (word("add"), word("example-pool"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "add" => add(&connection, &name, &word("example-template")).await,
        "grow" => grow(&connection, &name, word("1").parse().unwrap_or(1)).await,
        "take" => take(&connection, &name).await,
        "renew" => renew(&connection, &name, PAUSE).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// A pool of two machines, of which one always runs and waits for a user.
pub async fn add(connection: &Connection, name: &str, template: &str) -> Result<(), Error> {
    let wanted = VmPool::new()
        .name(name)
        .cluster(Cluster::with_name("Default"))
        .template(Template::with_name(template))
        .size(2)
        .prestarted_vms(1);
    let pool = connection.system().vm_pools().add(wanted).send().await?;
    println!("{} is being filled", pool.try_name()?);
    Ok(())
}

/// So many machines more.
pub async fn grow(connection: &Connection, name: &str, more: i64) -> Result<(), Error> {
    let pools = connection.system().vm_pools();
    let pool = pools.find(name).await?;
    let size = pool.try_size()? + more;
    pools.pool(pool.try_id()?).update(VmPool::new().size(size)).send().await?;
    println!("{name} gets {size} machines");
    Ok(())
}

/// Takes a machine for the user of the connection.
pub async fn take(connection: &Connection, name: &str) -> Result<(), Error> {
    let pools = connection.system().vm_pools();
    let pool = pools.find(name).await?;
    pools.pool(pool.try_id()?).allocate_vm().send().await?;
    println!("one of the machines of {name} is ours");
    Ok(())
}

/// Makes a machine of a pool anew from the latest version of its template; who may use it stays.
pub async fn renew(connection: &Connection, name: &str, pause: Duration) -> Result<(), Error> {
    let system = connection.system();
    let vm = system.vms().find(name).await?;
    let template = connection.follow(&vm.template).await?;
    let versions = system.templates().find_all(template.try_name()?).await?;
    let number = |it: &&Template| it.version.as_ref().and_then(|version| version.version_number);
    let Some(latest) = versions.iter().max_by_key(number).filter(|latest| latest.id != template.id) else {
        println!("{name} is of the latest version already");
        return Ok(());
    };

    let service = system.vms().vm(vm.try_id()?);
    if *vm.try_status()? != VmStatus::Down {
        service.stop().send().await?;
        wait_until_down(&service, pause).await?;
    }
    // The engine removes the machine and makes it again, with the same identifier.
    match service.update(Vm::new().template(Template::with_id(latest.try_id()?))).send().await {
        Err(error) if !error.is_not_found() => return Err(error),
        _ => wait_until_down(&service, pause).await?,
    }
    println!("{name} is new");
    Ok(())
}

/// Also while there is no such machine.
async fn wait_until_down(vm: &VmService, pause: Duration) -> Result<(), Error> {
    loop {
        match vm.get().send().await {
            Ok(vm) if *vm.try_status()? == VmStatus::Down => return Ok(()),
            Err(error) if !error.is_not_found() => return Err(error),
            _ => tokio::time::sleep(pause).await,
        }
    }
}

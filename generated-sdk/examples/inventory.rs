//! Reads all virtual machines with what belongs to them: page by page, with links followed by the engine, and with many
//! requests at a time.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example inventory -- pages 20
//! cargo run --example inventory -- followed
//! cargo run --example inventory -- concurrent
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::types::Vm;
use ovirt_sdk::{Connection, Error};
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let task = words.next().unwrap_or_else(|| "followed".to_owned());
    let size = words.next().and_then(|size| size.parse().ok()).unwrap_or(20);
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "pages" => pages(&connection, size).await,
        "followed" => followed(&connection).await,
        "concurrent" => concurrent(&connection).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.map(drop).and(closed)
}

/// Page by page; gives how many machines there are. The order has to be said, or pages may overlap.
pub async fn pages(connection: &Connection, size: usize) -> Result<usize, Error> {
    let mut count = 0;
    for page in 1.. {
        let search = format!("sortby name asc page {page}");
        let max = i64::try_from(size).unwrap_or(i64::MAX);
        let vms = connection.system().vms().list().search(search).max(max).send().await?;
        println!("page {page}: {} virtual machines", vms.len());
        for vm in &vms {
            println!("  {}", vm.try_name()?);
        }
        count += vms.len();
        if vms.len() < size {
            break;
        }
    }
    Ok(count)
}

/// In one request: the engine puts NICs and disks into the answer. Fewer round trips, a longer wait for the first
/// machine.
pub async fn followed(connection: &Connection) -> Result<usize, Error> {
    let mut vms = connection.system().vms().list().follow("nics,disk_attachments.disk").items();
    let mut count = 0;
    while let Some(vm) = vms.next().await? {
        show(&vm)?;
        count += 1;
    }
    Ok(count)
}

/// The list first, and then the links of all machines at once; the connection limits how many requests are under way.
pub async fn concurrent(connection: &Connection) -> Result<usize, Error> {
    let mut tasks = JoinSet::new();
    for mut vm in connection.system().vms().list().send().await? {
        let connection = connection.clone();
        tasks.spawn(async move {
            let (nics, disks) = (connection.follow(&vm.nics), connection.follow(&vm.disk_attachments));
            let (nics, disks) = tokio::join!(nics, disks);
            (vm.nics, vm.disk_attachments) = (Some(nics?), Some(disks?));
            Ok::<Vm, Error>(vm)
        });
    }
    let vms = tasks.join_all().await;
    let count = vms.len();
    for vm in vms {
        show(&vm?)?;
    }
    Ok(count)
}

fn show(vm: &Vm) -> Result<(), Error> {
    let nics = vm.nics.as_ref().map_or(0, |nics| nics.len());
    let disks = vm.disk_attachments.as_ref().map_or(0, |disks| disks.len());
    println!("{}: {nics} NICs, {disks} disks", vm.try_name()?);
    Ok(())
}

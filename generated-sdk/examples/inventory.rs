//! Virtual machines with their NICs and disks: following the links of one, and three ways to read all of them.
//!
//! ```sh
//! cargo run --example inventory -- links web1
//! cargo run --example inventory -- pages 20
//! cargo run --example inventory -- follow
//! cargo run --example inventory -- concurrent
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::search::{self, Search};
use ovirt_sdk::types::{DiskAttachment, Vm};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["links", vm] => follow_links(connection, vm).await,
        ["pages", size] => list_pages(connection, size.parse().map_err(Error::custom)?).await.map(drop),
        ["follow"] => list_with_follow(connection).await.map(drop),
        ["concurrent"] => list_concurrently(connection).await.map(drop),
        _ => common::usage(include_str!("inventory.rs")),
    })
}

/// Follows links of a virtual machine: one request for each link, and all in one request.
pub async fn follow_links(connection: &Connection, vm: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find(vm).await?;
    // The VM contains only links to its cluster and NICs. Each `follow` is a request.
    println!("cluster: {}", connection.follow(&vm.cluster).await?.try_name()?);
    for nic in connection.follow(&vm.nics).await? {
        println!("NIC: {}", nic.try_name()?);
    }
    // With the `follow` parameter, the engine includes the linked objects in its response.
    let vm = connection.of(&vm)?.get().follow(Vm::CLUSTER.and(Vm::NICS)).send().await?;
    println!("{} NICs in one request", Vm::NICS.of(&vm).len());
    Ok(())
}

/// Lists the names page by page. Returns the number of virtual machines.
pub async fn list_pages(connection: &Connection, page_size: usize) -> Result<usize, Error> {
    let mut count = 0;
    let mut pages = connection.system().vms().list().search(Search::all().sort_by(search::vm::NAME)).pages(page_size);
    for page in 1.. {
        let Some(vms) = pages.next().await? else { break };
        println!("page {page}: {} virtual machines", vms.len());
        for vm in &vms {
            println!("  {}", vm.try_name()?);
        }
        count += vms.len();
    }
    Ok(count)
}

/// Lists everything in one request: the response includes the NICs and disks, and takes the engine longer.
pub async fn list_with_follow(connection: &Connection) -> Result<usize, Error> {
    let links = Vm::NICS.and(Vm::DISK_ATTACHMENTS.then(DiskAttachment::DISK));
    let mut vms = connection.system().vms().list().follow(links).items();
    let mut count = 0;
    while let Some(vm) = vms.next().await? {
        print_vm(&vm)?;
        count += 1;
    }
    Ok(count)
}

/// Lists the virtual machines, then follows their links with requests of their own, some at the same time.
pub async fn list_concurrently(connection: &Connection) -> Result<usize, Error> {
    let mut vms = connection.system().vms().list().send().await?;
    connection.follow_each(&mut vms, Vm::NICS).await?;
    connection.follow_each(&mut vms, Vm::DISK_ATTACHMENTS).await?;
    for vm in &vms {
        print_vm(vm)?;
    }
    Ok(vms.len())
}

fn print_vm(vm: &Vm) -> Result<(), Error> {
    let (nics, disks) = (Vm::NICS.of(vm).len(), Vm::DISK_ATTACHMENTS.of(vm).len());
    println!("{}: {nics} NICs, {disks} disks", vm.try_name()?);
    Ok(())
}

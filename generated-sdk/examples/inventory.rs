//! Three ways to read all virtual machines with their NICs and disks: pages, `follow`, concurrent requests.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example inventory -- pages 20
//! cargo run --example inventory -- follow
//! cargo run --example inventory -- concurrent
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::search::{self, Search};
use ovirt_sdk::types::{DiskAttachment, Vm};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["pages", page_size] => list_pages(&connection, page_size.parse().unwrap_or_else(|_| usage())).await,
        ["follow"] => list_with_follow(&connection).await,
        ["concurrent"] => list_concurrently(&connection).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.map(drop).and(closed)
}

fn usage() -> ! {
    eprintln!("usage: inventory pages PAGE_SIZE | follow | concurrent");
    std::process::exit(2)
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

//! Starts or removes the virtual machines that have been down for some days.
//!
//! ```sh
//! cargo run --example idle_vms -- start 7
//! cargo run --example idle_vms -- remove 30
//! cargo run --example idle_vms -- remove 30 --yes
//! ```
//!
//! Without `--yes`, it only lists them.

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::search::vm;
use ovirt_sdk::types::VmStatus;
use ovirt_sdk::{Connection, Error};

const DAY: i64 = 24 * 3600;

/// What happens to idle virtual machines.
#[derive(Clone, Copy, Debug)]
pub enum Task {
    List,
    Start,
    Remove,
}

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| {
        let (task, days) = match arguments {
            ["start" | "remove", days] => (Task::List, days),
            ["start", days, "--yes"] => (Task::Start, days),
            ["remove", days, "--yes"] => (Task::Remove, days),
            _ => common::usage(include_str!("idle_vms.rs")),
        };
        run(connection, task, days.parse().map_err(Error::custom)?).await.map(drop)
    })
}

/// Returns the names of the virtual machines for which the task succeeded.
pub async fn run(connection: &Connection, task: Task, days: i64) -> Result<Vec<String>, Error> {
    // The engine's clock counts, not this computer's.
    let now = connection.system().get().send().await?.try_time()?.unix_seconds();
    let mut done = Vec::new();
    for vm in connection.system().vms().list().search(vm::STATUS.eq(VmStatus::Down)).send().await? {
        // A virtual machine that has never run has no time of its last stop.
        let Some(since) = vm.stop_time.or(vm.creation_time) else { continue };
        if now - since.unix_seconds() < days * DAY {
            continue;
        }
        let service = connection.of(&vm)?;
        let result = match task {
            Task::List => Ok(()),
            Task::Start => service.start().send().await.map(drop),
            Task::Remove => service.remove().send().await.map(drop),
        };
        // Some are protected against removal, for example.
        match result {
            Ok(()) => done.push(vm.try_name()?.to_owned()),
            Err(error) => println!("failed: {error}"),
        }
        println!("{}, down since {since}", vm.try_name()?);
    }
    Ok(done)
}

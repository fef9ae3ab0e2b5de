//! Jobs: list them, follow the operation of a request, report the work of another system as a job.
//!
//! ```sh
//! cargo run --example jobs -- list
//! cargo run --example jobs -- clone web1 web2
//! cargo run --example jobs -- report 'Nightly tests'
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::{Job, Step, StepEnum, StepStatus, Vm};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["list"] => list(connection).await,
        ["clone", vm, clone] => clone_vm(connection, vm, clone).await,
        ["report", description] => report(connection, description).await,
        _ => common::usage(include_str!("jobs.rs")),
    })
}

/// Lists the engine's jobs and their steps.
pub async fn list(connection: &Connection) -> Result<(), Error> {
    for job in connection.system().jobs().list().follow(Job::STEPS).send().await? {
        println!("{}: {}", job.try_description()?, job.try_status()?);
        for step in Job::STEPS.of(&job) {
            println!("  {}: {}", step.try_description()?, step.try_status()?);
        }
    }
    Ok(())
}

/// Clones a virtual machine and waits until the engine has copied its disks.
pub async fn clone_vm(connection: &Connection, vm: &str, clone: &str) -> Result<(), Error> {
    let vm = connection.system().vms().find_service(vm).await?;
    let operation = vm.clone_().vm(Vm::new().name(clone)).send_operation().await?;
    // Fails if the job fails, and ends after an hour at the latest.
    operation.wait().on_change(|progress| println!("{progress}")).await?;
    Ok(())
}

/// Creates an external job with one step and ends it when the work is done.
pub async fn report(connection: &Connection, description: &str) -> Result<(), Error> {
    let jobs = connection.system().jobs();
    let job = jobs.add(Job::new().description(description).auto_cleared(true)).send().await?;
    let step = Step::new().description("The only step").type_(StepEnum::Executing).status(StepStatus::Started);
    let steps = jobs.job(&job).steps();
    let step = steps.add(step).send().await?;
    println!("started job {description:?}");
    // The external system does its work here.
    steps.step(&step).end().succeeded(true).send().await?;
    jobs.job(&job).end().succeeded(true).send().await?;
    Ok(())
}

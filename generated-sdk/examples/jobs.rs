//! Jobs: list them, follow the operation of a request, report the work of another system as a job.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example jobs -- list
//! cargo run --example jobs -- clone web1 web2
//! cargo run --example jobs -- report 'Nightly tests'
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use std::time::Duration;

use ovirt_sdk::types::{Job, Step, StepEnum, StepStatus, Vm};
use ovirt_sdk::{Connection, Error};

const POLL_INTERVAL: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["list"] => list(&connection).await,
        ["clone", vm, clone] => clone_vm(&connection, vm, clone, POLL_INTERVAL).await,
        ["report", description] => report(&connection, description).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: jobs list
       jobs clone VM NEW_VM
       jobs report DESCRIPTION"
    );
    std::process::exit(2)
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
pub async fn clone_vm(connection: &Connection, vm: &str, clone: &str, interval: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    let operation = vms.vm(&vm).clone_().vm(Vm::new().name(clone)).send_operation().await?;
    // Fails if the job fails, and ends after an hour at the latest.
    operation.wait().interval(interval).on_change(|progress| println!("{progress}")).await?;
    println!("cloned VM {} as {clone}", vm.try_name()?);
    Ok(())
}

/// Creates an external job with one step and ends it when the work is done.
pub async fn report(connection: &Connection, description: &str) -> Result<(), Error> {
    let jobs = connection.system().jobs();
    let job = jobs.add(Job::new().description(description).auto_cleared(true)).send().await?;
    let job = jobs.job(job.try_id()?);
    let step = Step::new().description("The only step").type_(StepEnum::Executing).status(StepStatus::Started);
    let step = job.steps().add(step).send().await?;
    println!("started job {description:?}");
    // The external system does its work here.
    job.steps().step(step.try_id()?).end().succeeded(true).send().await?;
    job.end().succeeded(true).send().await?;
    println!("ended job {description:?}");
    Ok(())
}

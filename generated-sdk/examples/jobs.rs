//! Jobs of the engine: those that run, waiting for those of a request, and telling of work that another system does.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example jobs -- list
//! cargo run --example jobs -- clone web1 web2
//! cargo run --example jobs -- report 'Nightly tests'
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use std::time::Duration;

use ovirt_sdk::types::{Job, JobStatus, Step, StepEnum, StepStatus, Vm};
use ovirt_sdk::{Connection, Error};

const PAUSE: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("list").as_str() {
        "list" => list(&connection).await,
        "clone" => clone(&connection, &word("example"), &word("example-2"), PAUSE).await,
        "report" => report(&connection, &word("An example")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// The jobs that the engine remembers, and their steps.
pub async fn list(connection: &Connection) -> Result<(), Error> {
    for job in connection.system().jobs().list().follow("steps").send().await? {
        println!("{} is {}", job.try_description()?, job.try_status()?);
        for step in job.steps.iter().flatten() {
            println!("  {} is {}", step.try_description()?, step.try_status()?);
        }
    }
    Ok(())
}

/// Clones a machine and waits until the jobs of that have ended.
pub async fn clone(connection: &Connection, vm: &str, name: &str, pause: Duration) -> Result<(), Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    // Each request has a correlation id, which its jobs and events carry; `correlation_id` sets one of our own.
    let reply = vms.vm(vm.try_id()?).clone_().vm(Vm::new().name(name)).send_reply().await?;
    if let Some(id) = &reply.correlation_id {
        wait(connection, id, pause).await?;
    }
    println!("{name} is a copy of {}", vm.try_name()?);
    Ok(())
}

/// Waits until no job of a request runs. The engine forgets jobs some minutes after their end, so look at once: when
/// there is none then, there never was.
async fn wait(connection: &Connection, id: &str, pause: Duration) -> Result<(), Error> {
    loop {
        let jobs = connection.system().jobs().list().search(format!("correlation_id={id}")).send().await?;
        if let Some(job) = jobs.iter().find(|job| job.status == Some(JobStatus::Failed)) {
            return Err(Error::custom(format!("{} has failed", job.try_description()?)));
        }
        if !jobs.iter().any(|job| job.status == Some(JobStatus::Started)) {
            return Ok(());
        }
        println!("{} jobs of {id} run", jobs.len());
        tokio::time::sleep(pause).await;
    }
}

/// Shows work of our own among the jobs, from its beginning to its end.
pub async fn report(connection: &Connection, description: &str) -> Result<(), Error> {
    let jobs = connection.system().jobs();
    let job = jobs.add(Job::new().description(description).auto_cleared(true)).send().await?;
    let job = jobs.job(job.try_id()?);
    let step = Step::new().description("The only step").type_(StepEnum::Executing).status(StepStatus::Started);
    let step = job.steps().add(step).send().await?;
    println!("{description} has begun");
    // Here the work is done.
    job.steps().step(step.try_id()?).end().succeeded(true).send().await?;
    job.end().succeeded(true).send().await?;
    println!("{description} has ended");
    Ok(())
}
